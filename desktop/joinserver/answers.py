"""Bodies on their way out: the full answer, its lean form, and the weak ETag over what does not change by itself."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from desktop.backend.wire import ADDED, WireShape

_NOT_IN_ETAG = frozenset({"serverTime", "timestamp", "url", "url_expires_at"})


def lean(shape: WireShape) -> dict[str, object]:
    """Return an answer as the platform gives it: without everything the join server adds."""
    return shape.model_dump(mode="json", by_alias=True, exclude=_additions(shape))


def _additions(shape: WireShape) -> dict[str, Any]:
    excluded: dict[str, Any] = {}
    for name, field in type(shape).model_fields.items():
        value = getattr(shape, name)
        if ADDED in field.metadata:
            excluded[name] = True
        elif isinstance(value, WireShape):
            excluded[name] = _additions(value)
        elif isinstance(value, tuple):
            excluded[name] = {
                index: _additions(item) for index, item in enumerate(value) if isinstance(item, WireShape)
            }
    return {name: what for name, what in excluded.items() if what}


def etag(body: Mapping[str, object]) -> str:
    """Return the weak ETag of a body: server times, signed links and their expiry do not count."""
    settled = json.dumps(_settled(body), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f'W/"{hashlib.sha256(settled.encode()).hexdigest()[:16]}"'


def _settled(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _settled(inner) for key, inner in value.items() if key not in _NOT_IN_ETAG}
    if isinstance(value, list):
        return [_settled(inner) for inner in value]
    return value

"""How often a login or an address may ask: one bucket a caller and rule, refilled evenly."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from desktop.joinserver.errors import ApiError

_KEPT_BUCKETS = 20_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limiter(Protocol):
    """Counts what callers ask."""

    async def take(self, rule: str, caller: str, *, count: int, per_s: float = 60.0, burst: int | None = None) -> None:
        """Count one call of `caller`. Raises ApiError `rate_limited` where `count` in `per_s` seconds is used up."""


class RateLimiter:
    """Counts calls in memory. `monotonic` gives seconds and is replaced in tests."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start with every bucket full."""
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    async def take(self, rule: str, caller: str, *, count: int, per_s: float = 60.0, burst: int | None = None) -> None:
        """Count one call of `caller`. Raises ApiError `rate_limited` where `count` in `per_s` seconds is used up."""
        now = self._monotonic()
        size = float(burst or count)
        refill = count / per_s
        if len(self._buckets) > _KEPT_BUCKETS:
            self._forget(now)
        bucket = self._buckets.setdefault((rule, caller), _Bucket(size, now))
        bucket.left = min(size, bucket.left + (now - bucket.at) * refill)
        bucket.at = now
        if bucket.left < 1:
            raise ApiError("rate_limited", retry_after_s=max(1, math.ceil((1 - bucket.left) / refill)))
        bucket.left -= 1

    def _forget(self, now: float) -> None:
        # A bucket that rested for 15 minutes is full under every rule.
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.at < 15 * 60}

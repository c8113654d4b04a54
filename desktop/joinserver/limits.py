"""How often a login or an address may ask: one bucket a caller and rule, refilled evenly."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from desktop.joinserver.errors import ApiError
from desktop.joinserver.storage import Database
from desktop.joinserver.unit import Unit

_KEPT_BUCKETS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call of `caller`, which `rule` allows `count` times in `per_s` seconds, and `burst` (or `count`) at once."""

    rule: str
    caller: str
    count: int
    per_s: float = 60.0
    burst: int | None = None

    @property
    def size(self) -> float:
        """How many calls a full bucket holds."""
        return float(self.burst or self.count)

    @property
    def refill(self) -> float:
        """How many calls come back in a second."""
        return self.count / self.per_s

    def refusal(self, left: float) -> ApiError:
        """Return `rate_limited` for a bucket that holds less than a call."""
        return ApiError("rate_limited", retry_after_s=max(1, math.ceil((1 - left) / self.refill)))


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limiter(Protocol):
    """Counts what callers ask."""

    async def take(self, call: Call) -> None:
        """Count a call. Raises ApiError `rate_limited` where the caller has used up what the rule allows."""

    async def write[T](self, call: Call, db: Database, work: Callable[[Unit], T]) -> T:
        """Count a call, whatever becomes of it, and run its unit. Raises ApiError as `take` and `work` do."""


class RateLimiter:
    """Counts calls in memory. `monotonic` gives seconds and is replaced in tests."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start with every bucket full."""
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    async def take(self, call: Call) -> None:
        """Count a call. Raises ApiError `rate_limited` where the caller has used up what the rule allows."""
        now = self._monotonic()
        if len(self._buckets) > _KEPT_BUCKETS:
            self._forget(now)
        bucket = self._buckets.setdefault((call.rule, call.caller), _Bucket(call.size, now))
        bucket.left = min(call.size, bucket.left + (now - bucket.at) * call.refill)
        bucket.at = now
        if bucket.left < 1:
            raise call.refusal(bucket.left)
        bucket.left -= 1

    async def write[T](self, call: Call, db: Database, work: Callable[[Unit], T]) -> T:
        """Count a call, whatever becomes of it, and run its unit. Raises ApiError as `take` and `work` do."""
        await self.take(call)
        return await db.write(work)

    def _forget(self, now: float) -> None:
        # A bucket that rested for 15 minutes is full under every rule.
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.at < 15 * 60}

"""Allowance: how often something may happen, whoever wishes it: so many times at once, and so often in the long run."""


class Allowance:
    """A token bucket. Times are seconds of any clock that only goes forward."""

    def __init__(self, burst: int, per_s: float) -> None:
        """Allow `burst` times at once; what was used comes back at `per_s` a second."""
        self._burst, self._per_s = burst, per_s
        self._left = float(burst)
        self._at_s: float | None = None

    def take(self, now: float) -> bool:
        """Use it once if that is allowed; say whether it was."""
        self._fill(now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def wait_s(self, now: float) -> float:
        """Return how long to wait until it may be used again; 0 where it may be now."""
        self._fill(now)
        return max(0.0, (1 - self._left) / self._per_s)

    def _fill(self, now: float) -> None:
        if self._at_s is not None:
            self._left = min(float(self._burst), self._left + (now - self._at_s) * self._per_s)
        self._at_s = now

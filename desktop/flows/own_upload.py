"""The own camera under a weak upload: off for now, so that the sound stays clear; back when the network is."""

from desktop.core.link import LinkStats

_BAD_OF = 5
_BAD_NEEDED = 4
_LOSS = 0.15
_LEAST_SPARE_KBPS = 100.0
"""Below this the sound and the smallest picture do not fit beside each other."""
_ROUND_TRIP_MS = 1500.0
_FINE_LOSS = 0.05
_FINE_ROUND_TRIP_MS = 500.0
_SETTLE_S = 5.0
_FIRST_WAIT_S = 20.0
_LONGEST_WAIT_S = 160.0
_PROBE_S = 30.0
_BY_HAND_S = 60.0


class OwnUpload:
    """Whether the own camera is held off. Pure; times are seconds of any steady clock."""

    def __init__(self) -> None:
        """Start with the camera free."""
        self.is_held = False
        self._recent: list[bool] = []
        self._changed_s = float("-inf")
        self._fine_since_s: float | None = None
        self._freed_s: float | None = None
        self._wait_s = _FIRST_WAIT_S
        self._free_until_s = float("-inf")

    def take(self, stats: LinkStats, now: float) -> bool:
        """Take a second of the link; say whether the camera is to go off or on now."""
        if now - self._changed_s < _SETTLE_S:
            return False
        return self._look_for_end(stats, now) if self.is_held else self._look_for_trouble(stats, now)

    def free_by_hand(self, now: float) -> bool:
        """Let the camera on because the mechanic wants it, and leave it for a while; say whether it was held."""
        was_held = self.is_held
        self._free_until_s = now + _BY_HAND_S
        if was_held:
            self._change(now, held=False)
        return was_held

    def _look_for_trouble(self, stats: LinkStats, now: float) -> bool:
        sends = stats.sent_fps > 0 or stats.sent_width > 0
        is_tight = stats.spare_out_kbps is not None and stats.spare_out_kbps < _LEAST_SPARE_KBPS
        is_bad = stats.tx_loss >= _LOSS or is_tight or stats.round_trip_ms >= _ROUND_TRIP_MS
        self._recent = [*self._recent, sends and is_bad][-_BAD_OF:]
        if sum(self._recent) < _BAD_NEEDED or now < self._free_until_s:
            return False
        if self._freed_s is not None and now - self._freed_s <= _PROBE_S:
            self._wait_s = min(2 * self._wait_s, _LONGEST_WAIT_S)
        elif self._freed_s is not None:
            self._wait_s = _FIRST_WAIT_S
        self._change(now, held=True)
        return True

    def _look_for_end(self, stats: LinkStats, now: float) -> bool:
        is_fine = stats.tx_loss < _FINE_LOSS and stats.round_trip_ms < _FINE_ROUND_TRIP_MS
        if not is_fine:
            self._fine_since_s = None
            return False
        self._fine_since_s = now if self._fine_since_s is None else self._fine_since_s
        if now - self._fine_since_s < self._wait_s:
            return False
        self._change(now, held=False)
        self._freed_s = now
        return True

    def _change(self, now: float, *, held: bool) -> None:
        self.is_held = held
        self._changed_s = now
        self._recent = []
        self._fine_since_s = None

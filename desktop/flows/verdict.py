"""The plain verdict: how good a call's connection is and whose it is that is weak, held against flicker."""

from dataclasses import dataclass

from desktop.core.call import Quality
from desktop.core.link import LinkStats, Verdict

_WORSE_AFTER_S = 2.0
_BETTER_AFTER_S = 5.0
_BAD_LOSS = 0.10
_BAD_ROUND_TRIP_MS = 800.0
_FAIR_LOSS = 0.03
_FAIR_ROUND_TRIP_MS = 300.0
_QUEUE_MS = 50.0
"""So much longer than usual to the server and back: packets queue up on the way, our own line is full."""
_WEAK = frozenset({Quality.WEAK, Quality.LOST})
_RANK = {
    Verdict.UNKNOWN: 0,
    Verdict.GOOD: 1,
    Verdict.FAIR: 2,
    Verdict.WEAK_THEIRS: 3,
    Verdict.WEAK_OWN: 3,
    Verdict.SERVER: 3,
    Verdict.NONE: 4,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at one moment. `is_connected`: this PC is in the room and its connection stands.

    `own` and `theirs` are the server's words about both sides; `stats` were measured here, None while they are not.
    `usual_round_trip_ms` is what the way to the server and back takes where nothing queues up; None before it is known.
    `platform_answers`: None before it was asked, False when it has not answered for a while.
    """

    is_connected: bool
    own: Quality = Quality.UNKNOWN
    theirs: Quality = Quality.UNKNOWN
    stats: LinkStats | None = None
    usual_round_trip_ms: float | None = None
    platform_answers: bool | None = None


def verdict_of(evidence: Evidence) -> Verdict:
    """Return what the evidence of this moment says."""
    if not evidence.is_connected or evidence.own is Quality.LOST:
        return Verdict.NONE
    if (weak := _weak_side(evidence)) is not None:
        return weak
    if evidence.platform_answers is False:
        return Verdict.SERVER
    if Quality.FAIR in {evidence.own, evidence.theirs} or (evidence.stats is not None and _is_fair(evidence.stats)):
        return Verdict.FAIR
    return Verdict.GOOD if evidence.stats is not None or evidence.own is Quality.GOOD else Verdict.UNKNOWN


def _weak_side(evidence: Evidence) -> Verdict | None:
    """Return who is weak, if anybody is."""
    stats = evidence.stats or LinkStats()
    theirs_weak = evidence.theirs in _WEAK
    is_path_bad = stats.tx_loss >= _BAD_LOSS or stats.round_trip_ms >= _BAD_ROUND_TRIP_MS
    # What is lost on their way to the server is missing here too: it only speaks against us if they are well, or if our
    # own way, on which they have no part, is full at the same time.
    is_loss_ours = not theirs_weak or _is_own_way_full(evidence)
    own_weak = evidence.own in _WEAK or is_path_bad or (stats.rx_loss >= _BAD_LOSS and is_loss_ours)
    if own_weak and theirs_weak:
        # Both are weak and our way to the server is clean: what both have in common is the server.
        is_path_clean = evidence.stats is not None and not _is_fair(evidence.stats)
        return Verdict.SERVER if is_path_clean else Verdict.WEAK_OWN
    if own_weak:
        return Verdict.WEAK_OWN
    return Verdict.WEAK_THEIRS if theirs_weak else None


def _is_own_way_full(evidence: Evidence) -> bool:
    if evidence.stats is None or evidence.usual_round_trip_ms is None:
        return False
    return evidence.stats.round_trip_ms >= evidence.usual_round_trip_ms + _QUEUE_MS


def _is_fair(stats: LinkStats) -> bool:
    return max(stats.rx_loss, stats.tx_loss) >= _FAIR_LOSS or stats.round_trip_ms >= _FAIR_ROUND_TRIP_MS


class SteadyVerdict:
    """Holds a verdict until another one has been true for a while: worse ones soon, better ones later.

    Times are seconds of any steady clock.
    """

    def __init__(self) -> None:
        """Start without a verdict."""
        self.verdict = Verdict.UNKNOWN
        self._other: Verdict | None = None
        self._other_since_s = 0.0

    def take(self, evidence: Evidence, now: float) -> Verdict:
        """Take the evidence of a moment; return the verdict to show."""
        found = verdict_of(evidence)
        if found is self.verdict:
            self._other = None
        elif Verdict.NONE in {found, self.verdict} or self.verdict is Verdict.UNKNOWN:
            self._show(found)
        elif found is not self._other:
            self._other, self._other_since_s = found, now
        elif now - self._other_since_s >= self._pause_s(found):
            self._show(found)
        return self.verdict

    def _pause_s(self, found: Verdict) -> float:
        return _BETTER_AFTER_S if _RANK[found] < _RANK[self.verdict] else _WORSE_AFTER_S

    def _show(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self._other = None

"""LossWatch: notices that the connection is gone before the SDK does, and that it is back before the SDK tries."""

from enum import Enum, auto

from desktop.core.call import FROZEN_AFTER_S, TrackState
from desktop.flows.call_conditions import Conditions
from desktop.flows.call_facts import CallFacts
from desktop.flows.call_link import SILENT_KBPS
from desktop.flows.call_probe import Probe

BACK_GRACE_S = 0.1
"""How long an SDK that is reconnecting may take after the network is back: its next try may be seconds away."""
PICTURE_GRACE_S = 1.2
"""How long the pictures of a room that never noticed a loss may take after the network is back."""
_GRACE_AFTER_LONG_S = 0.6
_LONG_LOSS_S = 6.0
"""After so long a loss such a room is seldom healthy: measured, its pictures took between 0.3 and 7 seconds more."""
_FLOWING_S = 4.0
"""How long the SDK may reconnect while pictures flow before that is worth a word: chat may hang meanwhile."""
_RESUME_S = 1.5
"""How long the SDK may reconnect without pictures while the media server answers all the time."""
_RESUME_IN_SILENCE_S = 4.0
"""The same where no picture could show that the room still works."""
_PICTURES_WITHIN_S = 30.0
_RELAPSE_S = 6.0
"""So soon after a return a picture that freezes again is still the same loss: what moved was held back on the way."""
_CUT_OFF_S = 5.0
"""So long without a single byte is no sender's doing: the media server reports on each track at least every 3 s."""
_CUT_OFF_PICTURE_S = 3.0
_CARRIES_S = 1.6
"""A line that has brought anything since then, measured once a second, is not gone, however long the probe waits on it:
one that is full of sound and picture holds back an answer for seconds."""
_DEAF_AFTER_S = 4.0
"""So long without an answer to ICE's checks, which come every 2.5 s and far quicker where one was missed, is a doubt.

It needs neither a picture nor a voice: measured, nothing but these answers comes in where everybody is muted.
"""
_MEASURED_GRACE_S = 1.7
"""The least for a room without a picture after the network is back: it is looked at once a second."""
_MEASURED_EVERY_S = 1.0
_STILL_AWAITED = frozenset({TrackState.STARTING, TrackState.PAUSED})
"""What a picture that froze may become while it is fetched anew or held back: it is no proof of a room that works."""


class Verdict(Enum):
    """How a room stands."""

    FINE = auto()
    UNSURE = auto()
    LOST = auto()
    LEAVE = auto()
    """It is given up: a new one is faster."""


class LossWatch:
    """Looks at pictures, the SDK's word and the probe's. Times are the loop's seconds.

    Only pictures prove that a room works: while they flow nothing is said for some time, whoever answers or not.
    """

    def __init__(self, facts: CallFacts, conditions: Conditions, probe: Probe) -> None:
        """Start without a doubt."""
        self._facts, self._conditions, self._probe = facts, conditions, probe
        self._entered_s = 0.0
        self._reconnecting_s: float | None = None
        self._stuck_s: float | None = None
        self._flowed_s: float | None = None
        self._silent_s: float | None = None
        self._has_heard = False
        self._byte_s: float | None = None
        self._cut_s: float | None = None
        self._life_s: float | None = None
        self._deaf_s: float | None = None
        self._has_answered = False
        self._healed_from_s: float | None = None
        self._relapsed_s: float | None = None
        self._platform_failed = False

    @property
    def is_unsure(self) -> bool:
        """Whether there is a reason to ask the servers."""
        return self._doubted_s() is not None or self._platform_failed

    def entered(self, now: float) -> None:
        """Note a new room."""
        self._entered_s = now
        self._reconnecting_s = self._stuck_s = self._silent_s = None
        self._byte_s = self._cut_s = self._healed_from_s = self._relapsed_s = self._life_s = self._deaf_s = None
        self._has_heard = self._has_answered = False

    def reconnecting(self, now: float) -> None:
        """Note that the SDK works on its connection."""
        self._reconnecting_s = now if self._reconnecting_s is None else self._reconnecting_s

    def reconnected(self) -> None:
        """Note that the SDK has its connection back."""
        self._reconnecting_s = None

    def measured(self, now: float, *, rx_kbps: float, ice_answers: int = 0) -> None:
        """Note what came in during the last second: a picture held back, or none at all, cannot show a loss."""
        self._note_life(now, is_alive=rx_kbps > 0 or ice_answers > 0, has_answered=ice_answers > 0)
        is_silent = rx_kbps < SILENT_KBPS
        if rx_kbps > 0:
            self._byte_s = now
        self._has_heard = self._has_heard or not is_silent
        if not is_silent or not self._has_heard or not self._facts.people.picture_states & _STILL_AWAITED:
            self._silent_s = None
        elif self._silent_s is None:
            self._silent_s = now - _MEASURED_EVERY_S

    def _note_life(self, now: float, *, is_alive: bool, has_answered: bool) -> None:
        """Note since when the media server gives no sign of life; only a room that gave some can stop giving them."""
        self._has_answered = self._has_answered or has_answered
        if is_alive:
            self._life_s, self._deaf_s = now, None
        elif self._has_answered and self._life_s is not None and now - self._life_s >= _DEAF_AFTER_S:
            self._deaf_s = self._life_s

    def platform_answered(self, is_true: bool) -> None:  # noqa: FBT001 - the fact itself is the argument
        """Note whether a question to the platform was answered, or not yet although it should have been."""
        self._platform_failed = not is_true

    def look(self, now: float) -> Verdict:
        """Say how a room that is thought to be there stands."""
        states = self._facts.people.picture_states
        is_flowing = TrackState.FLOWING in states
        if not self._carries(now):
            self._cut_s = now
        if is_flowing:
            self._flows(now)
        elif TrackState.STALLED in states:
            self._stands_still(now)
        elif not states & _STILL_AWAITED:
            self._stuck_s = self._relapsed_s = None
        if not is_flowing and self._must_leave(now):
            return Verdict.LEAVE
        if (lost_s := self._lost_since(now, is_flowing=is_flowing)) is not None:
            self._conditions.connection_lost(lost_s)
            return Verdict.LOST
        return Verdict.FINE if self._doubted_s() is None else Verdict.UNSURE

    def _flows(self, now: float) -> None:
        if self._stuck_s is not None:
            self._healed_from_s = self._stuck_s
        self._flowed_s, self._stuck_s, self._relapsed_s = now, None, None

    def _stands_still(self, now: float) -> None:
        """Note since when the pictures stand still; if the network is just back from a long loss, since it began."""
        if self._stuck_s is not None:
            return
        self._stuck_s = now - FROZEN_AFTER_S
        began_s, back_s = self._healed_from_s, self._probe.media.back_s
        if began_s is None or back_s is None or back_s - began_s < _LONG_LOSS_S:
            return
        if self._stuck_s - back_s < _RELAPSE_S:
            self._stuck_s, self._relapsed_s = began_s, now

    def _lost_since(self, now: float, *, is_flowing: bool) -> float | None:
        """Return since when the connection is certainly gone; None while it is not, or while that is not known."""
        if self._reconnecting_s is not None:
            is_worth_a_word = not is_flowing or now - self._reconnecting_s >= _FLOWING_S
            return self._doubted_s() if is_worth_a_word else None
        media, platform = self._probe.media, self._probe.platform
        if is_flowing or not media.is_down or self._carries(now):
            return None
        if (doubted_s := self._doubted_s()) is not None:
            return doubted_s
        return media.down_s if platform.is_down else None

    def _carries(self, now: float) -> bool:
        return self._byte_s is not None and now - self._byte_s < _CARRIES_S

    def _doubted_s(self) -> float | None:
        doubts = (self._stuck_s, self._silent_s, self._deaf_s, self._reconnecting_s)
        return min((at for at in doubts if at is not None), default=None)

    def _must_leave(self, now: float) -> bool:
        """Say whether a new room is surely faster than the SDK; without the platform there would be none at all."""
        media, platform, doubted_s = self._probe.media, self._probe.platform, self._doubted_s()
        if doubted_s is None or media.answered_s is None or media.is_down or platform.is_down:
            return False
        if self._relapsed_s is not None and media.answered_s <= self._relapsed_s:
            return False
        was_cut = self._cut_s is not None and self._cut_s >= doubted_s
        came_back = was_cut and media.back_s is not None and media.back_s > max(doubted_s, self._entered_s)
        if came_back and media.back_s is not None:
            was_long = media.back_s - doubted_s >= _LONG_LOSS_S
            short_grace_s = PICTURE_GRACE_S if self._stuck_s is not None else _MEASURED_GRACE_S
            room_grace_s = _GRACE_AFTER_LONG_S if was_long else short_grace_s
            return now - media.back_s >= (room_grace_s if self._reconnecting_s is None else BACK_GRACE_S)
        if self._reconnecting_s is None:
            return self._is_cut_off(now, media.answered_s)
        if media.answered_s <= self._reconnecting_s:
            return False
        had_pictures = self._flowed_s is not None and self._flowed_s >= self._reconnecting_s - _PICTURES_WITHIN_S
        return now - self._reconnecting_s >= (_RESUME_S if had_pictures else _RESUME_IN_SILENCE_S)

    def _is_cut_off(self, now: float, answered_s: float) -> bool:
        """Say whether nothing at all comes in although the media server answers: the way of sound and picture is dead.

        Whoever sends may be away, stuck or muted: the server's own reports and its answers to ICE come all the same.
        """
        if self._deaf_s is not None:
            return answered_s > self._deaf_s + _DEAF_AFTER_S and now - self._deaf_s >= _CUT_OFF_S
        if self._stuck_s is None or self._byte_s is None:
            return False
        is_silent = answered_s > max(self._stuck_s, self._byte_s) and now - self._byte_s >= _CUT_OFF_S
        return is_silent and now - self._stuck_s >= _CUT_OFF_PICTURE_S

"""Idle time: when a mechanic who does nothing is asked whether they are there, and when they are signed out."""

import math
from dataclasses import dataclass
from enum import StrEnum

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase, CallState
from desktop.core.restart import RestartPhase, RestartState

COUNTDOWN_S = 30
"""How long the question stands before the sign-out; it is part of the whole time."""
_NOTES_AT_S = (30, 10, 5)
_LOOK_S = 1.0
"""A PC that slept past the end is found out this soon: no timer runs while it sleeps."""
_SHORTEST_LOOK_S = 0.01
_UNDER_WAY = frozenset({RestartPhase.ASKING, RestartPhase.ENTERING})


def idle_counts(account: AccountState, call: CallState | None, restart: RestartState, *, joining: bool) -> bool:
    """Return whether doing nothing counts: somebody is signed in, and no session is open, entered or on its way.

    So it counts on the list, on what is read or written of ended sessions, and while devices are checked before a
    session; it does not while they are checked over one.
    """
    is_open = call is not None and call.phase is not CallPhase.ENDED
    return account.phase is AccountPhase.SIGNED_IN and not (is_open or joining or restart.phase in _UNDER_WAY)


class IdlePhase(StrEnum):
    """Where the idle time stands. OVER stays until it counts anew: who comes back then comes too late."""

    PRESENT = "present"
    COUNTDOWN = "countdown"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class IdleReading:
    """The idle time at one moment.

    `sounds` says that one of the notes is due now. `again_in_s` is when to look again, None while nothing can change.
    """

    phase: IdlePhase
    seconds_left: int = COUNTDOWN_S
    sounds: bool = False
    again_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class IdleState:
    """What the countdown page draws; without `seconds_left` the sign-out is under way."""

    first_name: str = ""
    seconds_left: int = COUNTDOWN_S


class IdleTime:
    """Counts from the last input. Times are seconds of one clock that also goes on while the PC sleeps."""

    def __init__(self, limit_s: float) -> None:
        """Count to `limit_s`, the countdown included; 0 never ends."""
        self._limit_s = limit_s
        self._since_s: float | None = None
        self._is_over = False
        self._noted = math.inf

    def count(self, on: bool, now_s: float) -> None:  # noqa: FBT001 - the state itself is the argument
        """Begin to count from now, or stop counting."""
        self._since_s = now_s if on and self._limit_s else None
        self._is_over = False
        self._noted = math.inf

    def touch(self, now_s: float) -> None:
        """Take an input: it begins anew, unless the time was over before the input came."""
        if self._since_s is not None and self.read(now_s).phase is not IdlePhase.OVER:
            self.count(True, now_s)

    def read(self, now_s: float) -> IdleReading:
        """Return where it stands; each note is told to one reader, and of those that were missed only the last."""
        if self._since_s is None:
            return IdleReading(IdlePhase.PRESENT)
        left_s = self._limit_s - (now_s - self._since_s)
        if self._is_over or left_s <= 0:
            self._is_over = True
            return IdleReading(IdlePhase.OVER, 0)
        if left_s > COUNTDOWN_S:
            return IdleReading(IdlePhase.PRESENT, again_in_s=_pause_s(left_s - COUNTDOWN_S))
        seconds = math.ceil(left_s)
        noted, self._noted = self._noted, seconds
        sounds = any(seconds <= note < noted for note in _NOTES_AT_S)
        return IdleReading(IdlePhase.COUNTDOWN, seconds, sounds, _pause_s(left_s - (seconds - 1)))


def _pause_s(change_in_s: float) -> float:
    return max(_SHORTEST_LOOK_S, min(_LOOK_S, change_in_s))

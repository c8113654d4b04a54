"""What to do about every way in which a call can lose its room, or not get into it: one table, and its sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from desktop.core.errors import BaylinkError, RefusedError, RoomConnectError
from desktop.rtc.events import Disconnected, LostReason

SETUP_TRIES = 3
"""How often a room that looks wrongly set up is tried before it is given up."""


class Next(StrEnum):
    """What follows. Whatever it is, the join endpoint judges: its refusal ends the call here."""

    REJOIN = "rejoin"
    REJOIN_SPREAD = "rejoin_spread"
    """Everybody comes back at once, so each waits for a moment of its own."""
    REJOIN_ONCE = "rejoin_once"
    """A new token may help, but only one."""
    ASK = "ask"
    """The platform says whether the session is over; if it is not, join again."""
    ASK_AND_STOP = "ask_and_stop"
    """The platform says whether the session is over; if it is not, this screen is out all the same."""
    TAKEN_OVER = "taken_over"
    """Another screen has the place, which is never fought for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what follows, and the code of the sentence where it ends this call for good."""

    next: Next
    sentence: str = "room_lost"


AFTER_LOSS: Mapping[LostReason, Rule] = MappingProxyType(
    {
        LostReason.CONNECTION: Rule(Next.REJOIN),
        LostReason.SHUTDOWN: Rule(Next.REJOIN_SPREAD),
        LostReason.ACCESS: Rule(Next.REJOIN_ONCE, "access_changed"),
        LostReason.ROOM_CLOSED: Rule(Next.ASK),
        LostReason.REMOVED: Rule(Next.ASK_AND_STOP, "removed"),
        LostReason.DUPLICATE_IDENTITY: Rule(Next.TAKEN_OVER, "joined_elsewhere"),
        LostReason.REFUSED: Rule(Next.ASK_AND_STOP, "closed_by_server"),
    }
)
"""By the reason of a lost room, as the SDK gives it (its numbers are told apart in `rtc`)."""


def loss_error(lost: Disconnected) -> BaylinkError:
    """Return the sentence of a room that is lost for good; an unknown reason says its number, for support."""
    return BaylinkError(AFTER_LOSS[lost.reason].sentence, details={"number": lost.number})


class Failure(StrEnum):
    """What a room that cannot be entered means."""

    AWAY = "away"
    """Nobody there, or busy: tried for ever."""
    ACCESS = "access"
    """The token was refused: one fresh token, then the access has changed."""
    SETUP = "setup"
    """An address or a certificate is wrong: a few tries, then it is one for support."""


def failure_of(error: RoomConnectError) -> Failure:
    """Tell what a failed connect means."""
    if error.final:
        return Failure.SETUP
    return Failure.ACCESS if error.needs_token else Failure.AWAY


def is_worth_waiting(refusal: RefusedError) -> bool:
    """Say whether a refused join will be answered otherwise later; every other refusal ends the call here."""
    return refusal.code == "rate_limited"

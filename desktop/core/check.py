"""The page "Check and join" in one frozen object: who waits, what this PC has, what was heard and measured."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.core.bands import Band
from desktop.core.clock import ServerTime
from desktop.core.devices import DevicesState
from desktop.core.hearing import Hearing

_GOOD_BELOW_MS = 300
_FAIR_BELOW_MS = 500
_WEAK_BELOW_MS = 1000


class Verdict(StrEnum):
    """The connection in one word; by the round trip to the platform. UNKNOWN while it is being measured."""

    UNKNOWN = "unknown"
    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    VERY_WEAK = "very_weak"
    NONE = "none"


class MediaReach(StrEnum):
    """Whether the media server answers this PC. UNKNOWN where nobody has told yet which one it will be."""

    UNKNOWN = "unknown"
    REACHED = "reached"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Connection:
    """What a test of the connection found; `round_trip_ms` is None while or where there was no answer."""

    verdict: Verdict = Verdict.UNKNOWN
    round_trip_ms: int | None = None
    media: MediaReach = MediaReach.UNKNOWN


def connection_of(round_trip_ms: int | None, media: MediaReach) -> Connection:
    """Return the verdict on a measured round trip; None means that nothing answered."""
    if round_trip_ms is None:
        return Connection(Verdict.NONE, None, media)
    steps = ((_GOOD_BELOW_MS, Verdict.GOOD), (_FAIR_BELOW_MS, Verdict.FAIR), (_WEAK_BELOW_MS, Verdict.WEAK))
    verdict = next((word for below, word in steps if round_trip_ms < below), Verdict.VERY_WEAK)
    return Connection(verdict, round_trip_ms, media)


class Preview(StrEnum):
    """How the own picture stands. REFUSED: the system, or the session, does not allow it."""

    MISSING = "missing"
    REFUSED = "refused"
    FAILED = "failed"
    OFF = "off"
    STARTING = "starting"
    ON = "on"


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What the loop knows of a check: the connection, and the own picture before a call."""

    connection: Connection = field(default_factory=Connection)
    preview: Preview = Preview.OFF


class EchoPhase(StrEnum):
    """How the test "say something, hear it back" stands."""

    IDLE = "idle"
    RECORDING = "recording"
    PLAYING = "playing"


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose session the page is opened for; `waiting_since` is there while the customer is, by the server's clock."""

    customer_name: str
    vehicle: str = ""
    concern: str = ""
    waiting_since: datetime | None = None
    server_time: ServerTime | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """Everything the page draws. With `in_call` it lies over a call that goes on, and [Done] leads back to it.

    With `on_way_back` it lies over the way back into a call, whose room has no devices yet; [Done] leads there.
    The level of the microphone is no part of it: twenty readings a second go to the meter alone. `visit` None is a
    check without a session: nothing can be joined.
    """

    visit: Visit | None = None
    devices: DevicesState = field(default_factory=DevicesState)
    in_call: bool = False
    on_way_back: bool = False
    is_joining: bool = False
    is_muted: bool = False
    microphone_refused: bool = False
    preview: Preview = Preview.OFF
    hearing: Hearing = Hearing.LISTENING
    is_tone_playing: bool = False
    echo: EchoPhase = EchoPhase.IDLE
    connection: Connection = field(default_factory=Connection)
    band: Band | None = None
    bay_name: str = ""

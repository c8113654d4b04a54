"""A call from join to end in one frozen object: everything its pages need, and nothing they have to ask for."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from desktop.core.bands import Band
from desktop.core.clock import SessionTimer
from desktop.core.link import LinkState
from desktop.core.people import Person, Role, SessionId
from desktop.core.session import Completion, SessionKind, Vehicle

FROZEN_AFTER_S = 2.0
"""A picture that should flow and shows nothing new for so long is called frozen."""


class CallPhase(StrEnum):
    """Where a call stands. REJOINING is the place of fresh join calls after a lost room."""

    JOINING = "joining"
    WAITING = "waiting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    REJOINING = "rejoining"
    ENDING = "ending"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a call is over for this screen."""

    ENDED = "ended"
    LEFT = "left"
    LOST = "lost"
    JOINED_ELSEWHERE = "joined_elsewhere"
    REMOVED = "removed"
    SIGNED_OUT = "signed_out"


class TrackState(StrEnum):
    """What is known of somebody's camera, screen or microphone. PAUSED: it is there, and no picture is wanted."""

    ABSENT = "absent"
    MUTED = "muted"
    STARTING = "starting"
    FLOWING = "flowing"
    STALLED = "stalled"
    PAUSED = "paused"


class OwnDevice(StrEnum):
    """The state of an own device.

    `MISSING` there is none, `TAKEN` there is one that another program has or that does not work, `REFUSED` the session
    gives no right to publish.
    """

    MISSING = "missing"
    TAKEN = "taken"
    REFUSED = "refused"
    OFF = "off"
    STARTING = "starting"
    ON = "on"


class VideoSource(StrEnum):
    """Which picture of a person: LiveKit's source names."""

    CAMERA = "camera"
    SCREEN_SHARE = "screen_share"


class PictureLayer(IntEnum):
    """How much of a picture is wanted, in order: nothing at all, or one of the layers of a simulcast picture."""

    OFF = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Quality(StrEnum):
    """LiveKit's connection quality in plain words."""

    UNKNOWN = "unknown"
    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class VideoKey:
    """The key of a picture: pictures are keyed by identity, which survives every reconnect; sids do not."""

    identity: str
    source: VideoSource = VideoSource.CAMERA


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """One person on the call page. `was_in_room` tells "dropped" from "not here yet"."""

    person: Person
    in_room: bool = False
    was_in_room: bool = False
    camera: TrackState = TrackState.ABSENT
    screen: TrackState = TrackState.ABSENT
    microphone: TrackState = TrackState.ABSENT
    speaking: bool = False
    quality: Quality = Quality.UNKNOWN

    @property
    def camera_key(self) -> VideoKey | None:
        """The key under which this person's camera frames arrive; None while no identity is known."""
        return VideoKey(self.person.identity) if self.person.identity else None


@dataclass(frozen=True, slots=True)
class CallState:
    """The whole call page as data: rendered first from the join answer alone, then from every change.

    `session_id` is a key and is never shown. `waiting_since_s` is monotonic. `band` is the most urgent notice.
    `completion` is there once the backend has told how it ended; `end_reason` says why this screen is out.
    `chat_open` False: the composer gives way to "This session has ended. You can read it here."
    """

    session_id: SessionId
    kind: SessionKind
    phase: CallPhase
    mechanic: ParticipantView
    customer: ParticipantView
    plan_name: str
    timer: SessionTimer
    vehicle: Vehicle | None = None
    concern: str = ""
    urgent: bool = False
    microphone: OwnDevice = OwnDevice.MISSING
    camera: OwnDevice = OwnDevice.MISSING
    speaker: OwnDevice = OwnDevice.MISSING
    others: tuple[ParticipantView, ...] = ()
    band: Band | None = None
    chat_open: bool = True
    waiting_since_s: float | None = None
    end_reason: EndReason | None = None
    completion: Completion | None = None
    end_unconfirmed: bool = False
    link: LinkState = field(default_factory=LinkState)

    @property
    def missing_person(self) -> Person | None:
        """Who the session waits for, by name; None when both are in the room."""
        if not self.customer.in_room:
            return self.customer.person
        return None if self.mechanic.in_room else self.mechanic.person

    def name_of(self, sender: str, role: Role) -> str:
        """Return the name to draw for a chat message's sender key: by identity, else by role."""
        for view in (self.mechanic, self.customer, *self.others):
            if view.person.identity == sender:
                return view.person.display_name
        return (self.mechanic if role is Role.MECHANIC else self.customer).person.display_name

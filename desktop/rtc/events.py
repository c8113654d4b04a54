"""What a LiveKit room tells, as frozen data; people are named by identity, which survives every reconnect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop.core.call import OwnDevice, PictureLayer, Quality, TrackState
from desktop.core.link import LinkStats


class TrackSource(StrEnum):
    """LiveKit's track sources that the app knows."""

    CAMERA = "camera"
    SCREEN_SHARE = "screen_share"
    MICROPHONE = "microphone"


class LostReason(StrEnum):
    """Why a room is gone, as far as the app acts differently on it."""

    DUPLICATE_IDENTITY = "duplicate_identity"
    ROOM_CLOSED = "room_closed"
    REMOVED = "removed"
    ACCESS = "access"
    SHUTDOWN = "shutdown"
    REFUSED = "refused"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class ParticipantJoined:
    """Somebody is in the room; told once for each who was there before, and again after a full reconnect."""

    identity: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ParticipantLeft:
    """Somebody is no longer in the room; in a full reconnect it is told although nobody left."""

    identity: str


@dataclass(frozen=True, slots=True)
class ParticipantRenamed:
    """LiveKit's name of somebody changed."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True)
class TrackChanged:
    """What is known of somebody's track changed."""

    identity: str
    source: TrackSource
    state: TrackState


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """Who speaks now, oneself included."""

    identities: frozenset[str]


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """How good somebody's connection is."""

    identity: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """The connection is gone and the SDK works on it."""


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The SDK has the connection back."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The room is gone and will not come back by itself. Never told of an own `leave`. `number` is LiveKit's reason."""

    reason: LostReason
    number: int = 0


@dataclass(frozen=True, slots=True)
class ChatReceived:
    """A line of chat from the room. `id` is the sender's tempId, or the stream's id where the sender has none.

    `is_stored` False: the sender is a stock client that stores nothing. An empty `identity` is somebody whom the room
    has not announced. The same (identity, id) again replaces the text.
    """

    identity: str
    id: str
    text: str = field(repr=False)
    is_stored: bool = True


@dataclass(frozen=True, slots=True)
class ChatEdited:
    """A sender changed an own line."""

    identity: str
    id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionPushed:
    """A packet of the topic `baylink.session`, shape checked. It is a hint: the backend has the last word."""

    seq: int
    session_id: str
    type: str
    data: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhotoTaken:
    """A sharp photo of a paused picture was asked for. `took_s` is None where nothing came in time."""

    identity: str
    took_s: float | None
    layer: PictureLayer


@dataclass(frozen=True, slots=True)
class OwnDevices:
    """The state of the own devices, whole at every change.

    `needs_new_start`: the sound server went away and is back, and only a new process will find it.
    """

    microphone: OwnDevice = OwnDevice.MISSING
    camera: OwnDevice = OwnDevice.MISSING
    speaker: OwnDevice = OwnDevice.MISSING
    needs_new_start: bool = False


RoomEvent = (
    ParticipantJoined
    | ParticipantLeft
    | ParticipantRenamed
    | TrackChanged
    | SpeakersChanged
    | QualityChanged
    | Reconnecting
    | Reconnected
    | Disconnected
    | ChatReceived
    | ChatEdited
    | SessionPushed
    | OwnDevices
    | LinkStats
    | PhotoTaken
)

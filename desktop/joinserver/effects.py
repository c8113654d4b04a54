"""What has to happen outside the database once a unit of work is committed, as data."""

from dataclasses import dataclass

from desktop.core.people import MechanicId, SessionId


@dataclass(frozen=True, slots=True)
class Push:
    """Send a packet to everybody in a room."""

    room: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class CloseRoom:
    """Delete a room soon after the packets before it have gone out."""

    session_id: SessionId
    room: str


@dataclass(frozen=True, slots=True)
class RemoveFromRoom:
    """Put somebody out of a room who has no right to be there."""

    room: str
    identity: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Tell the event streams of one mechanic, or of all where `mechanic_id` is None, that something changed."""

    mechanic_id: MechanicId | None
    event: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class EndStreams:
    """Close the event streams of a mechanic, or only those of one login."""

    mechanic_id: MechanicId | None = None
    login_id: str | None = None


Effect = Push | CloseRoom | RemoveFromRoom | Hint | EndStreams
RoomEffect = Push | CloseRoom | RemoveFromRoom

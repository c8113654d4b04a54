"""The LiveKit side: what the server needs of a room service, and the real one."""

from collections.abc import Callable
from typing import Final, Protocol

import aiohttp
from livekit import api

from desktop.backend.wire import SESSION_TOPIC

EMPTY_TIMEOUT_S: Final = 600
DEPARTURE_TIMEOUT_S: Final = 120
MAX_PARTICIPANTS: Final = 4
_CALL_TIMEOUT_S: Final = 2.0


class RoomServiceAway(Exception):  # noqa: N818 - a state of the world, not a mistake
    """LiveKit did not answer, or refused the server itself."""


class RoomService(Protocol):
    """What the join server asks of LiveKit. Every method may raise RoomServiceAway; a missing room is no error."""

    async def create(self, room: str) -> None:
        """Make the room if it is not there."""

    async def delete(self, room: str) -> None:
        """Put everybody out and delete the room."""

    async def present(self, room: str) -> dict[str, str]:
        """Return who is in the room: participant sid by identity."""

    async def send(self, room: str, payload: bytes) -> None:
        """Send a reliable packet on `baylink.session` to everybody in the room, without a sender."""

    async def remove(self, room: str, identity: str) -> None:
        """Put one participant out."""

    async def ping(self) -> None:
        """Find out whether LiveKit answers."""

    async def aclose(self) -> None:
        """Let go of every connection."""


class LiveKitRooms:
    """The room service of a running livekit-server."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        """Open the client; needs a running event loop."""
        timeout = aiohttp.ClientTimeout(total=_CALL_TIMEOUT_S)
        self._api = api.LiveKitAPI(url, key, secret, timeout=timeout, failover=False)

    async def create(self, room: str) -> None:
        """Make the room if it is not there."""
        request = api.CreateRoomRequest(
            name=room,
            empty_timeout=EMPTY_TIMEOUT_S,
            departure_timeout=DEPARTURE_TIMEOUT_S,
            max_participants=MAX_PARTICIPANTS,
        )
        try:
            await self._api.room.create_room(request)
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            raise RoomServiceAway from error

    async def delete(self, room: str) -> None:
        """Put everybody out and delete the room."""
        try:
            await self._api.room.delete_room(api.DeleteRoomRequest(room=room))
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            _unless_missing(error)

    async def present(self, room: str) -> dict[str, str]:
        """Return who is in the room: participant sid by identity."""
        try:
            answer = await self._api.room.list_participants(api.ListParticipantsRequest(room=room))
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            _unless_missing(error)
            return {}
        gone = api.ParticipantInfo.State.DISCONNECTED
        return {person.identity: person.sid for person in answer.participants if person.state != gone}

    async def send(self, room: str, payload: bytes) -> None:
        """Send a reliable packet on `baylink.session` to everybody in the room, without a sender."""
        request = api.SendDataRequest(room=room, data=payload, kind=api.DataPacket.Kind.RELIABLE, topic=SESSION_TOPIC)
        try:
            await self._api.room.send_data(request)
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            _unless_missing(error)

    async def remove(self, room: str, identity: str) -> None:
        """Put one participant out."""
        try:
            await self._api.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            _unless_missing(error)

    async def ping(self) -> None:
        """Find out whether LiveKit answers."""
        try:
            await self._api.room.list_rooms(api.ListRoomsRequest(names=["baylink-health"]))
        except (api.TwirpError, aiohttp.ClientError, TimeoutError) as error:
            raise RoomServiceAway from error

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._api.aclose()


class NoRooms:
    """Stands in where no LiveKit is configured: sessions open for chat over HTTP only."""

    async def create(self, room: str) -> None:
        """Refuse."""
        raise RoomServiceAway(room)

    async def delete(self, room: str) -> None:
        """There is no room."""

    async def present(self, room: str) -> dict[str, str]:
        """Refuse."""
        raise RoomServiceAway(room)

    async def send(self, room: str, payload: bytes) -> None:
        """There is nobody to send to."""

    async def remove(self, room: str, identity: str) -> None:
        """There is nobody to remove."""

    async def ping(self) -> None:
        """Refuse."""
        raise RoomServiceAway

    async def aclose(self) -> None:
        """Nothing is open."""


class SwitchedRooms:
    """A room service that can be told to be away, as a fault that was asked for."""

    def __init__(self, rooms: RoomService, is_away: Callable[[], bool]) -> None:
        """Stand before the true one."""
        self._rooms = rooms
        self._is_away = is_away

    def _there(self) -> RoomService:
        if self._is_away():
            raise RoomServiceAway("a fault that was asked for")
        return self._rooms

    async def create(self, room: str) -> None:
        """Make the room if it is not there."""
        await self._there().create(room)

    async def delete(self, room: str) -> None:
        """Put everybody out and delete the room."""
        await self._there().delete(room)

    async def present(self, room: str) -> dict[str, str]:
        """Return who is in the room: participant sid by identity."""
        return await self._there().present(room)

    async def send(self, room: str, payload: bytes) -> None:
        """Send a reliable packet to everybody in the room."""
        await self._there().send(room, payload)

    async def remove(self, room: str, identity: str) -> None:
        """Put one participant out."""
        await self._there().remove(room, identity)

    async def ping(self) -> None:
        """Find out whether LiveKit answers."""
        await self._there().ping()

    async def aclose(self) -> None:
        """Let go of every connection."""
        await self._rooms.aclose()


class UnreachableRooms(NoRooms):
    """Stands in where somebody else has to reach LiveKit: rooms stay marked as still to be closed."""

    async def delete(self, room: str) -> None:
        """Refuse."""
        raise RoomServiceAway(room)


def _unless_missing(error: Exception) -> None:
    if not (isinstance(error, api.TwirpError) and error.code == "not_found"):
        raise RoomServiceAway from error

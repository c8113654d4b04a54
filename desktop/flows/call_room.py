"""RoomDoor: the way into a session's room, with a new token for every try, and the room behind it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping

from desktop.core.call import PictureLayer, VideoKey
from desktop.core.errors import (
    BaylinkError,
    OfflineError,
    RefusedError,
    RoomConnectError,
    ServerTroubleError,
    SignedOutError,
)
from desktop.core.session import JoinGrant
from desktop.flows.call_ports import CallBackend, CallRoom, CallRooms
from desktop.flows.call_waiting import pause_s
from desktop.rtc.events import OwnDevices, RoomEvent

_log = logging.getLogger(__name__)


class RoomDoor:
    """Opens the room of one call and keeps it; wishes made before it is open are kept for it."""

    def __init__(
        self,
        grant: JoinGrant,
        backend: CallBackend,
        rooms: CallRooms,
        on_event: Callable[[RoomEvent], None],
        *,
        device_fingerprint: str,
    ) -> None:
        """Make the door; `on_event` hears the room that is current, never a former one."""
        self._grant = grant
        self._backend = backend
        self._rooms = rooms
        self._on_event = on_event
        self._fingerprint = device_fingerprint
        self._room: CallRoom | None = None
        self._is_muted = False
        self._is_camera_on = True
        self._picture_wishes: Mapping[VideoKey, PictureLayer] = {}
        self._picture_limit = PictureLayer.HIGH
        self._is_left = False
        self.is_connected = False

    def prepare(self) -> OwnDevices:
        """Make the first room without connecting it, to know the own devices before anything is on screen."""
        return self._new_room().own_devices

    async def enter(self) -> AsyncGenerator[BaylinkError | JoinGrant]:
        """Get into the room; yield every trouble on the way, and every new join answer. Ends when in, or for good.

        A token is used for one try; every other try asks the platform for a new one (contract section 4.3).
        """
        tries = 0
        while not self._is_left:
            trouble = await self._try()
            if trouble is None:
                self.is_connected = not self._is_left
                return
            yield trouble
            if trouble.final:
                return
            while not self._is_left:
                await asyncio.sleep(pause_s(tries))
                tries += 1
                try:
                    self._grant = await self._backend.join(self._grant.session_id, self._fingerprint)
                except (OfflineError, ServerTroubleError, SignedOutError) as error:
                    _log.info("a new place in the session is not there yet: %s", error.code)
                except RefusedError as error:
                    yield error
                    if error.code != "rate_limited":
                        return
                else:
                    yield self._grant
                    break

    async def leave(self) -> None:
        """Leave the room, if there is one; a connection under way is left as soon as it stands."""
        self._is_left = True
        self.is_connected = False
        if self._room is not None:
            await self._room.leave()

    def send_chat(self, text: str, temp_id: str) -> None:
        """Send a line live, if the room is there; the platform keeps it anyway."""
        if self.is_connected and self._room is not None:
            self._room.send_chat(text, temp_id)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the own microphone, in this room and the next."""
        self._is_muted = muted
        if self._room is not None:
            self._room.set_muted(muted)

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the own camera on or off, in this room and the next."""
        self._is_camera_on = on
        if self._room is not None:
            self._room.set_camera(on)

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Take how much of each picture is wanted, in this room and the next; one that is not named is wanted whole."""
        self._picture_wishes = wishes
        if self._room is not None:
            self._room.want_pictures(wishes)

    def limit_pictures(self, limit: PictureLayer) -> None:
        """Take the most that may be fetched of any picture, in this room and the next."""
        self._picture_limit = limit
        if self._room is not None:
            self._room.limit_pictures(limit)

    def devices_changed(self) -> None:
        """Look at the devices again."""
        if self._room is not None:
            self._room.devices_changed()

    async def _try(self) -> RoomConnectError | None:
        """Try to connect once; return why it did not work."""
        grant = self._grant
        if not grant.room_ready or grant.server_url is None:
            return RoomConnectError()
        room = self._room or self._new_room()
        try:
            await room.connect(grant.server_url, grant.token)
        except RoomConnectError as error:
            _log.info("the room is not open: %s", error.code)
            self._room = None
            await room.leave()
            return error
        return None

    def _new_room(self) -> CallRoom:
        room = self._rooms.open(self._told_by_current, media=self._grant.kind.has_video)
        self._room = room
        if self._is_muted:
            room.set_muted(True)
        if not self._is_camera_on:
            room.set_camera(False)
        room.want_pictures(self._picture_wishes)
        room.limit_pictures(self._picture_limit)
        return room

    def _told_by_current(self, event: RoomEvent) -> None:
        if not self._is_left:
            self._on_event(event)

"""RoomDoor: the one room of a call that counts, former ones on their way out, and what every room must know."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from desktop.core.call import PictureLayer, VideoKey
from desktop.core.errors import RoomConnectError
from desktop.core.session import JoinGrant
from desktop.flows.call_ports import CallRoom, CallRooms
from desktop.rtc.events import OwnDevices, RoomEvent

_log = logging.getLogger(__name__)

_FORMER_OUT_S = 6.0
"""How long a former room is waited for: one that was about to return has taken 4 seconds to leave, and a place
entered meanwhile 12 to open."""


class RoomDoor:
    """Opens one room after the other, never two at once; wishes made in one, or in none, are kept for the next."""

    def __init__(self, rooms: CallRooms, on_event: Callable[[RoomEvent], None], *, media: bool) -> None:
        """Make the door; `on_event` hears the room that is current, never a former one."""
        self._rooms = rooms
        self._on_event = on_event
        self._media = media
        self._room: CallRoom | None = None
        self._number = 0
        self._former: set[asyncio.Task[None]] = set()
        self._is_muted = False
        self._is_camera_on = True
        self._is_camera_held = False
        self._picture_wishes: Mapping[VideoKey, PictureLayer] = {}
        self._picture_limit = PictureLayer.HIGH
        self.is_left = False
        self.is_connected = False

    @property
    def has_former(self) -> bool:
        """Whether a former room of this call is still on its way out."""
        return bool(self._former)

    def prepare(self) -> OwnDevices:
        """Make the first room without connecting it, to know the own devices before anything is on screen."""
        return self._new_room().own_devices

    async def enter(self, grant: JoinGrant) -> RoomConnectError | None:
        """Try once to get into the room of a join answer; return why it did not work.

        Its token is used up by this. A former room is let out first: the server would throw out one of the two.
        """
        if grant.server_url is None:
            return RoomConnectError(grant.media_error or "no_media_server", final=True)
        if not grant.room_ready:
            return RoomConnectError()
        if self._former:
            await asyncio.wait(tuple(self._former), timeout=_FORMER_OUT_S)
        if self.is_left:
            return None
        room = self._room or self._new_room()
        try:
            await room.connect(grant.server_url, grant.token)
        except RoomConnectError as error:
            _log.info("the room is not open: %s", error.code)
            self.let_go()
            return error
        self.is_connected = not self.is_left
        return None

    def let_go(self) -> None:
        """Leave the current room in the background; nothing of it is heard any more, and its last pictures stay."""
        self._number += 1
        self.is_connected = False
        room, self._room = self._room, None
        if room is not None:
            leaving = asyncio.create_task(room.leave(), name="room-let-go")
            self._former.add(leaving)
            leaving.add_done_callback(self._former.discard)

    def shut(self) -> None:
        """Let this call into no room any more, and hear nothing of the one that is there; `leave` comes next."""
        self.is_left = True

    async def leave(self) -> None:
        """Leave for good; a connection under way is left as soon as it stands. Returns when all rooms are released."""
        self.shut()
        self.let_go()
        if self._former:
            await asyncio.wait(tuple(self._former))

    def send_chat(self, text: str, temp_id: str) -> None:
        """Send a line live, if the room is there; the platform keeps it anyway."""
        if self.is_connected and self._room is not None:
            self._room.send_chat(text, temp_id)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the own microphone, in this room and the next."""
        self._is_muted = muted
        if self._room is not None:
            self._room.set_muted(muted)

    async def own_level(self) -> float | None:
        """Return how loud the own microphone is in decibels; None while nothing is published."""
        return await self._room.own_level() if self._room is not None else None

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the own camera on or off, in this room and the next."""
        self._is_camera_on = on
        self._switch_camera()

    def hold_camera(self, held: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Keep the own camera off whatever its owner wishes, in this room and the next, or not any more."""
        self._is_camera_held = held
        self._switch_camera()

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

    def ask_again(self) -> None:
        """Let the media server think anew of how much of each picture it sends, if there is a room."""
        if self.is_connected and self._room is not None:
            self._room.ask_again()

    def hold_pictures(self, held: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Fetch no dried up picture anew in this room while the network is known to be away."""
        if self._room is not None:
            self._room.hold_pictures(held)

    def take_photos(self) -> None:
        """Take one sharp photo of every large picture, if there is a room."""
        if self.is_connected and self._room is not None:
            self._room.take_photos()

    def devices_changed(self) -> None:
        """Look at the devices again."""
        if self._room is not None:
            self._room.devices_changed()

    def _switch_camera(self) -> None:
        if self._room is not None:
            self._room.set_camera(self._is_camera_on and not self._is_camera_held)

    def _new_room(self) -> CallRoom:
        self._number += 1
        room = self._rooms.open(partial(self._told_by, self._number), media=self._media)
        self._room = room
        if self._is_muted:
            room.set_muted(True)
        if not self._is_camera_on or self._is_camera_held:
            room.set_camera(False)
        room.want_pictures(self._picture_wishes)
        room.limit_pictures(self._picture_limit)
        return room

    def _told_by(self, number: int, event: RoomEvent) -> None:
        if number == self._number and not self.is_left:
            self._on_event(event)

"""The room service with a short memory: a room is made once, not at every join of a busy moment."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from desktop.joinserver.rooms import RoomService, RoomServiceAway

KNOWN_FOR_S: Final = 4.0
"""So short that a room which LiveKit lost is made again before anybody notices, and far below its own timeouts."""
_SHORTEST: Final = 0.5
"""Of that time, how much a room is known at least."""
_KEPT: Final = 10_000


class KnownRooms:
    """A room service in front of another one. Used on the event loop only. Methods raise RoomServiceAway."""

    def __init__(
        self, rooms: RoomService, monotonic: Callable[[], float] = time.monotonic, known_for_s: float = KNOWN_FOR_S
    ) -> None:
        """Know no room yet; each is known for `known_for_s` seconds at most, and 0 asks LiveKit every time."""
        self._known_for_s = known_for_s
        self._rooms = rooms
        self._monotonic = monotonic
        self._known_until: dict[str, float] = {}
        self._making: dict[str, asyncio.Task[None]] = {}

    def knows(self, room: str) -> bool:
        """Whether a room was just made, so that a join need not wait for it."""
        return self._monotonic() < self._known_until.get(room, 0.0)

    async def create(self, room: str) -> None:
        """Make the room if it is not there; callers at the same moment share one request."""
        if self.knows(room):
            return
        task = self._making.get(room)
        if task is None:
            task = asyncio.create_task(self._create(room))
            self._making[room] = task
            task.add_done_callback(lambda _: self._making.pop(room, None))
        await asyncio.shield(task)

    async def _create(self, room: str) -> None:
        if len(self._known_until) > _KEPT:
            self._known_until = {name: until for name, until in self._known_until.items() if self.knows(name)}
        try:
            await self._rooms.create(room)
        except RoomServiceAway:
            self._known_until.clear()
            raise
        # Rooms that were made in one busy moment shall not all be asked for again in another one.
        known_for_s = self._known_for_s * random.uniform(_SHORTEST, 1)  # noqa: S311 - spreads, hides nothing
        self._known_until[room] = self._monotonic() + known_for_s

    def forget(self, room: str) -> None:
        """Take a room for gone."""
        self._known_until.pop(room, None)

    async def delete(self, room: str) -> None:
        """Put everybody out and delete the room."""
        self.forget(room)
        await self._told(self._rooms.delete(room))
        self.forget(room)

    async def present(self, room: str) -> dict[str, str]:
        """Return who is in the room: participant sid by identity."""
        return await self._told(self._rooms.present(room))

    async def send(self, room: str, payload: bytes) -> None:
        """Send a reliable packet to everybody in the room."""
        await self._told(self._rooms.send(room, payload))

    async def remove(self, room: str, identity: str) -> None:
        """Put one participant out."""
        await self._told(self._rooms.remove(room, identity))

    async def ping(self) -> None:
        """Find out whether LiveKit answers."""
        await self._told(self._rooms.ping())

    async def aclose(self) -> None:
        """Let go of every connection."""
        for task in list(self._making.values()):
            task.cancel()
        await self._rooms.aclose()

    async def _told[T](self, call: Coroutine[Any, Any, T]) -> T:
        try:
            return await call
        except RoomServiceAway:
            self._known_until.clear()  # LiveKit may come back without any room
            raise

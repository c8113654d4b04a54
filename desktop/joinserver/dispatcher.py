"""Runs effects after their commit: hints at once, room work in order a room, never in the way of an answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from desktop.core.people import SessionId
from desktop.joinserver.broker import Broker
from desktop.joinserver.effects import CloseRoom, Effect, EndStreams, Hint, Push, RoomEffect
from desktop.joinserver.rooms import RoomService, RoomServiceAway

_log = logging.getLogger(__name__)


class Dispatcher:
    """Owns the tasks of effects. Used on the event loop only."""

    def __init__(
        self,
        rooms: RoomService,
        broker: Broker,
        on_closed: Callable[[SessionId], Awaitable[None]],
        close_after_s: float,
    ) -> None:
        """`on_closed` is told of each deleted room; `close_after_s` is what clients get to leave by themselves."""
        self._rooms = rooms
        self._broker = broker
        self._on_closed = on_closed
        self._close_after_s = close_after_s
        self._last: dict[str, asyncio.Task[None]] = {}

    def take(self, effects: list[Effect]) -> None:
        """Start what a committed unit asks for."""
        for effect in effects:
            match effect:
                case Hint():
                    self._broker.publish(effect)
                case EndStreams():
                    self._broker.end(effect)
                case _:
                    self._chain(effect.room, self._run(effect))

    async def settle(self) -> None:
        """Wait until everything taken so far is done."""
        while self._last:
            await asyncio.wait(list(self._last.values()))

    def _chain(self, room: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._after(self._last.get(room), work))
        self._last[room] = task
        task.add_done_callback(lambda done: self._forget(room, done))

    @staticmethod
    async def _after(earlier: asyncio.Task[None] | None, work: Coroutine[Any, Any, None]) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])
        await work

    def _forget(self, room: str, done: asyncio.Task[None]) -> None:
        if self._last.get(room) is done:
            del self._last[room]

    async def _run(self, effect: RoomEffect) -> None:
        try:
            match effect:
                case Push():
                    await self._rooms.send(effect.room, effect.payload)
                case CloseRoom():
                    await asyncio.sleep(self._close_after_s)
                    await self._rooms.delete(effect.room)
                    await self._on_closed(effect.session_id)
                case _:
                    await self._rooms.remove(effect.room, effect.identity)
        except RoomServiceAway:
            _log.warning("livekit away: %s not done", type(effect).__name__)

"""CheckFlow: what the check of devices needs of the loop - the own picture, the connection, the level in a call."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from desktop.core.check import CheckFacts, Connection, MediaReach, Preview, Verdict

_LEVEL_EVERY_S = 0.05
_AGAIN_AFTER_S = 5.0


class CheckPreview(Protocol):
    """The own camera before a call."""

    def start(self) -> None:
        """Film from now on."""
        ...

    async def stop(self) -> None:
        """Stop, and return when the camera is let go of."""
        ...

    def devices_changed(self) -> None:
        """Look at once whether there is a camera now."""
        ...


@dataclass(frozen=True, slots=True)
class CheckListeners:
    """Who hears of a check; called on the loop."""

    publish: Callable[[CheckFacts], None]
    level: Callable[[float], None]
    """The loudness of the own microphone in a call, in decibels, twenty times a second."""


class CheckFlow:
    """One check at a time. Everything is called on the loop; between `close` and `open` nothing runs.

    Before a call the own camera is filmed; in a call the room has it, and the level is asked of the room, which tells
    what noise reduction, echo cancellation and gain leave of it.
    """

    def __init__(
        self,
        test: Callable[[], Awaitable[Connection]],
        own_level: Callable[[], Awaitable[float | None]],
        listeners: CheckListeners,
    ) -> None:
        """Make it closed; `test` measures the connection, `own_level` is None where no microphone is open."""
        self._test = test
        self._own_level = own_level
        self._listeners = listeners
        self._preview: CheckPreview | None = None
        self._facts = CheckFacts()
        self._in_call = False
        self._is_camera_on = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._test_wanted = asyncio.Event()
        self._turn = asyncio.Lock()

    def use_preview(self, preview: CheckPreview) -> None:
        """Take the camera's preview, which tells `preview_changed`."""
        self._preview = preview

    def preview_changed(self, preview: Preview) -> None:
        """Hear how the own picture stands."""
        self._tell(replace(self._facts, preview=preview))

    async def open(self, *, in_call: bool, camera_on: bool = True) -> None:
        """Begin a check; `camera_on` False leaves the camera alone until it is wished."""
        async with self._turn:
            await self._stop()
            self._in_call, self._is_camera_on = in_call, camera_on
            self._facts = CheckFacts()
            self._listeners.publish(self._facts)
            self._test_wanted.clear()
            self._keep(self._keep_testing())
            if in_call:
                self._keep(self._tell_levels())
            elif camera_on and self._preview is not None:
                self._preview.start()

    async def close(self) -> None:
        """End the check, and return when the camera is let go of."""
        async with self._turn:
            await self._stop()

    async def set_camera(self, *, on: bool) -> None:
        """Switch the own picture on or off before a call."""
        async with self._turn:
            if self._in_call or self._preview is None or not self._tasks:
                return
            self._is_camera_on = on
            if on:
                self._preview.start()
            else:
                await self._preview.stop()
                self.preview_changed(Preview.OFF)

    def test_connection(self) -> None:
        """Measure the connection again."""
        self._test_wanted.set()

    def devices_changed(self) -> None:
        """Hear that something was plugged in or out, or that another camera was chosen."""
        if self._preview is not None:
            self._preview.devices_changed()

    async def _stop(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._preview is not None:
            await self._preview.stop()

    async def _keep_testing(self) -> None:
        """Test now and whenever it is wished; where something does not answer, again and again by itself."""
        while True:
            found = await self._test()
            self._tell(replace(self._facts, connection=found))
            is_well = found.verdict is not Verdict.NONE and found.media is not MediaReach.AWAY
            with suppress(TimeoutError):
                async with asyncio.timeout(None if is_well else _AGAIN_AFTER_S):
                    await self._test_wanted.wait()
            if self._test_wanted.is_set():
                self._test_wanted.clear()
                self._tell(replace(self._facts, connection=Connection()))

    async def _tell_levels(self) -> None:
        while True:
            if (level := await self._own_level()) is not None:
                self._listeners.level(level)
            await asyncio.sleep(_LEVEL_EVERY_S)

    def _tell(self, facts: CheckFacts) -> None:
        if facts != self._facts:
            self._facts = facts
            self._listeners.publish(facts)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="check")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

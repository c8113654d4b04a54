"""Whether the platform and the media server answer at all: asked while there is doubt, long before the SDK knows."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

from desktop.core.errors import BaylinkError
from desktop.flows.call_ports import CallBackend

UP_EVERY_S = 1.0
DOWN_EVERY_S = 0.5
_PLATFORM_EVERY_S = 2.0
"""While the platform answers: it takes 60 such questions a minute of everybody behind one address together."""
_MEDIA_LATE_S = 1.0
_PLATFORM_LATE_S = 2.5
"""The platform may itself wait up to two seconds for a media server that has stopped."""
_GIVE_UP_S = 4.0
_FRESH_S = 0.5
_LATE_TIMES = 2.5
_LATEST_S = 3.5
_FORGET = 0.7
"""On a slow line an answer is late only beside those that came before it."""


class Reach:
    """Whether one server answers. Questions overlap: on a slow line an answer may take longer than the pause between.

    Times are the loop's seconds. `changed` is called when it goes away and when it is back.
    """

    def __init__(self, ask: Callable[[], Awaitable[bool]], late_s: float, changed: Callable[[], None]) -> None:
        """Know nothing yet. `ask` says whether the server answered; `late_s` without an answer counts as away."""
        self._ask = ask
        self._late_s = late_s
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._asked: set[asyncio.Task[None]] = set()
        self.down_s: float | None = None
        """When the newest question without an answer was asked."""
        self.answered_s: float | None = None
        self.back_s: float | None = None
        self._took_s = 0.0
        self._settled = asyncio.Event()
        self.back = asyncio.Event()
        """Set whenever it is back after having been away; who waits for the next time clears it."""

    @property
    def is_down(self) -> bool:
        """Whether the newest question that is settled was not answered."""
        return self.down_s is not None

    @property
    def is_known_down(self) -> bool:
        """Whether it is away now and has answered before: so that asking it means something."""
        return self.is_down and self.answered_s is not None

    def ask(self) -> None:
        """Ask once, in the background."""
        task = asyncio.create_task(self._ask_once(), name="probe")
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def is_there(self) -> bool:
        """Ask, unless it has just answered, and return the verdict: no later than when an answer counts as late."""
        began_s = self._loop.time()
        if not self.is_down and self.answered_s is not None and began_s - self.answered_s <= _FRESH_S:
            return True
        self.ask()
        while (self.answered_s or 0.0) < began_s:
            if self.down_s is not None and self.down_s >= began_s:
                return False
            self._settled.clear()
            await self._settled.wait()
        return True

    def forget(self) -> None:
        """Know nothing any more: another server has taken its place."""
        for task in self._asked:
            task.cancel()
        self.down_s = self.answered_s = self.back_s = None

    async def close(self) -> None:
        """End the questions under way."""
        left = tuple(self._asked)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _ask_once(self) -> None:
        began_s = self._loop.time()
        was_up = not self.is_down
        late_s = max(self._late_s, min(_LATEST_S, _LATE_TIMES * self._took_s))
        late = self._loop.call_later(late_s, self._unanswered, began_s)
        is_there = False
        try:
            with suppress(BaylinkError, TimeoutError):
                async with asyncio.timeout(_GIVE_UP_S):
                    is_there = await self._ask()
        finally:
            late.cancel()
        if is_there:
            if was_up:
                self._took_s = max(self._loop.time() - began_s, self._took_s * _FORGET)
            self._answered()
        else:
            self._unanswered(began_s)

    def _answered(self) -> None:
        now = self._loop.time()
        was_down, self.down_s, self.answered_s = self.is_down, None, now
        self._settled.set()
        if was_down:
            self.back_s = now
            self.back.set()
            self._changed()

    def _unanswered(self, began_s: float) -> None:
        if self.answered_s is not None and self.answered_s >= began_s:
            return
        was_down, self.down_s = self.is_down, began_s
        self._settled.set()
        if not was_down:
            self._changed()


class Probe:
    """Asks both servers of one call, about every second and only while there is doubt."""

    def __init__(self, backend: CallBackend, changed: Callable[[], None]) -> None:
        """Make it for one call; `changed` is called when one of them goes away or is back. On the running loop."""
        self._backend = backend
        self._loop = asyncio.get_running_loop()
        self._media_url: str | None = None
        self._doubted = asyncio.Event()
        self.platform = Reach(backend.alive, _PLATFORM_LATE_S, changed)
        self.media = Reach(self._media_alive, _MEDIA_LATE_S, changed)

    def aim(self, media_url: str | None) -> None:
        """Ask this media server from now on."""
        if media_url != self._media_url:
            self._media_url = media_url
            self.media.forget()

    def doubt(self, is_true: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Ask while this is true."""
        if is_true:
            self._doubted.set()
        else:
            self._doubted.clear()

    def ask(self) -> None:
        """Ask both, doubt or none; the platform not too often while it answers."""
        answered_s = self.platform.answered_s
        is_due = answered_s is None or self._loop.time() - answered_s >= _PLATFORM_EVERY_S
        if is_due or self.platform.is_down:
            self.platform.ask()
        if self._media_url is not None:
            self.media.ask()

    async def insisting[Answer](self, ask: Callable[[], Coroutine[object, object, Answer]]) -> Answer:
        """Return what a call to the platform brings. One that was on its way while the platform was away may hang.

        So it is given up for a new one when the platform is back; only for calls that may be repeated.
        """
        back = self.platform.back
        while True:
            back.clear()
            call = asyncio.create_task(ask(), name="call-insisting")
            returned = asyncio.create_task(back.wait(), name="call-platform-back")
            try:
                await asyncio.wait({call, returned}, return_when=asyncio.FIRST_COMPLETED)
                if call.done():
                    return call.result()
            finally:
                for task in (call, returned):
                    task.cancel()
                await asyncio.gather(call, returned, return_exceptions=True)

    async def run(self) -> None:
        """Ask for ever; to be run as a task."""
        try:
            while True:
                await self._doubted.wait()
                self.ask()
                await asyncio.sleep(DOWN_EVERY_S if self.media.is_down or self.platform.is_down else UP_EVERY_S)
        finally:
            await self.platform.close()
            await self.media.close()

    async def _media_alive(self) -> bool:
        return self._media_url is not None and await self._backend.media_alive(self._media_url)

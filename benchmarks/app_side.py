"""Our side of the comparison: the real app as a process on the same screen as the browser, with a probe inside."""

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from benchmarks.process_tree import ProcessTree
from benchmarks.screen import Screen
from benchmarks.side import SignIn
from desktop.practice.children import Child, start_child
from desktop.practice.picture_code import Rect

type Event = dict[str, object]

_ANSWER_TIMEOUT_S = 30.0
_LEAVE_WAIT_S = 10.0


@dataclass(slots=True)
class Layout:
    """What was learned of the app's window for one size of the picture: its own size, and where the picture appears."""

    window: tuple[int, int] | None = None
    places: list[Rect] = field(default_factory=list)

    def learn(self, window: tuple[int, int], places: list[Rect]) -> None:
        """Remember the window that fitted first, and every place where a picture appeared in that window."""
        if self.window is None:
            self.window = window
        else:
            self.places += [place for place in places if place not in self.places]


class AppSide:
    """A running app, signed in, with the session chosen."""

    def __init__(self, child: Child, layout: Layout, start_s: float) -> None:
        """Describe an app that runs; `start_s` is how long it took to a usable sign-in page."""
        self._child, self._layout = child, layout
        self.start_s = start_s
        self.tree = ProcessTree(child.process.pid)
        self.join_button = (0, 0)
        self.picture_rects: tuple[Rect, ...] = ()

    async def sign_in(self, session_id: str) -> None:
        """Sign in and go as far as one tap before the session, in the window that was learned."""
        await self.ask({"do": "sign_in"}, "signed_in")
        order: Event = {"do": "choose", "session": session_id}
        if self._layout.window:
            order["window"] = list(self._layout.window)
        ready = await self.ask(order, "ready")
        x, y = cast("list[int]", ready["button"])
        self.join_button = (x, y)
        self.picture_rects = tuple(self._layout.places)

    async def prepare(self, size: tuple[int, int]) -> None:
        """Show the picture in that size; learns on the way where it appeared before."""
        fitted = await self.ask({"do": "fit", "size": list(size)}, "fitted")
        width, height = cast("list[int]", fitted["window"])
        places = [Rect(*place) for place in cast("list[list[int]]", fitted["places"])]
        self._layout.learn((width, height), places)
        self.picture_rects = (Rect(*cast("list[int]", fitted["picture"])),)

    async def gaps(self, seconds: float) -> list[float]:
        """Return the gaps of the GUI thread's beat over that time, in ms."""
        answer = await self.ask({"do": "gaps", "seconds": seconds}, "gaps")
        return cast("list[float]", answer["gaps"])

    async def follow(self, found: Callable[[Rect], None]) -> None:
        """Hand over every further place of the picture as soon as it was painted there; goes on until cancelled.

        Notices come and go in bad times, and the picture makes room for them. Nothing can be asked meanwhile.
        """
        self.tell({"do": "follow"})
        async for event in events(self._child):
            if event["event"] == "place":
                found(Rect(*cast("list[int]", event["picture"])))

    async def ask(self, order: Event, answer: str) -> Event:
        """Send an order and return the event that answers it. Raises ChildFailedError if the app ends or is silent."""
        self.tell(order)
        return await next_event(self._child, answer)

    def tell(self, order: Event) -> None:
        """Send an order without waiting."""
        assert self._child.process.stdin is not None
        self._child.process.stdin.write((json.dumps(order) + "\n").encode())


class AppOpener:
    """Starts apps on one screen, each with a fresh home; remembers what it learned of their windows."""

    def __init__(self, screen: Screen, logs: Path, environment: Mapping[str, str] | None = None) -> None:
        """Remember where apps run; their error output goes to `logs`.

        `environment` may lead to a sound server, or set a film for a camera.
        """
        self._screen, self._logs = screen, logs
        self._more = dict(environment or {})
        self._layouts: dict[tuple[int, int], Layout] = {}

    @contextlib.asynccontextmanager
    async def open(self, size: tuple[int, int], base_url: str, sign_in: SignIn) -> AsyncIterator[AppSide]:
        """Start an app whose picture is going to have that size, signed in; close it afterwards."""
        home = Path(tempfile.mkdtemp(prefix="baylink-bench-home-"))
        began = time.monotonic()
        child = await start_child(
            "app",
            [sys.executable, "-m", "benchmarks.app_under_test"],
            log=self._logs / "app.log",
            environment=self._environment(home, base_url, sign_in),
            talks=True,
        )
        try:
            usable = await next_event(child, "usable")
            side = AppSide(child, self._layouts.setdefault(size, Layout()), float(str(usable["at"])) - began)
            await side.sign_in(sign_in.session_id)
            yield side
            side.tell({"do": "quit"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.process.wait(), _LEAVE_WAIT_S)
        finally:
            await child.stop()
            shutil.rmtree(home, ignore_errors=True)

    def _environment(self, home: Path, base_url: str, sign_in: SignIn) -> dict[str, str]:
        return (
            self._screen.environment()
            | self._more
            | {
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / "config"),
                "XDG_DATA_HOME": str(home / "data"),
                "XDG_STATE_HOME": str(home / "state"),
                "XDG_CACHE_HOME": str(home / "cache"),
                "BAYLINK_API_BASE_URL": base_url,
                "BAYLINK_DEVELOPMENT": "true",
                "BAYLINK_PREFILL_EMAIL": sign_in.email,
                "BAYLINK_PRACTICE_PASSWORD": sign_in.password,
            }
        )


async def next_event(child: Child, name: str) -> Event:
    """Return the child's next event of that name; other lines are passed over. Raises ChildFailedError."""
    try:
        async with asyncio.timeout(_ANSWER_TIMEOUT_S):
            async for event in events(child):
                if event["event"] == name:
                    return event
    except TimeoutError:
        raise child.failure(f"did not say {name!r} within {_ANSWER_TIMEOUT_S:g} s") from None
    raise child.failure(f"ended before it said {name!r}")


async def events(child: Child) -> AsyncIterator[Event]:
    """Yield the events that the child tells, between whatever else is printed, until it ends."""
    assert child.process.stdout is not None
    while line := await child.process.stdout.readline():
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict) and "event" in event:
                yield event

"""`python -m benchmarks.four_tiles`: CPU of four pictures of 720p30 in one call, the app beside a browser's page.

A customer and two guests film in one layer each, one of them shares a screen as well, so that both sides decode four
times 1280x720; the page shows the pictures in the very places where the app shows them. CPU is worth nothing without
what was shown for it, so the frames that appeared are counted too. The rows are added to `build/bench.json`.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from benchmarks.app_side import AppOpener, AppSide, next_event
from benchmarks.browser_peer import BrowserOpener, BrowserPeer, find_chromium, prepare
from benchmarks.command import BUILD, Seconds, command
from benchmarks.figures import median
from benchmarks.guests import VARIABLE
from benchmarks.open_shop import open_shop
from benchmarks.pointer import Pointer
from benchmarks.process_tree import ProcessTree, cpu_percent
from benchmarks.report import Aim, Measure, Row
from benchmarks.screen import Screen, virtual_screen
from benchmarks.side import SignIn
from benchmarks.watch import Watch
from desktop.practice.children import Child, start_child
from desktop.practice.day import PracticeSession
from desktop.practice.picture_code import Rect

_CPU = Measure("four_tiles_cpu_pct", "% of a core", Aim(ratio=0.8))
_FPS = Measure("four_tiles_shown_fps", "1/s")
_SMALL_FPS = Measure("four_tiles_small_fps", "1/s")
_SCREEN = (2560, 1440)
_LARGE = (1280, 720)
_GUESTS = 2
_PICTURES = 4
_SESSION = PracticeSession("S01", "C1")
_CUSTOMER = ("--no-simulcast", "--no-dynacast", "--no-audio", "--no-greet", "--no-answer", "--no-watch")
_JOIN_S = 6.0
_SETTLE_S = 4.0
_LOOK_S = 0.008
_SMALL_S = 3.0
_TRIES = 8


@dataclass(slots=True)
class Figures:
    """One figure a round, of one side."""

    cpu_pct: list[float] = field(default_factory=list)
    fps: list[float] = field(default_factory=list)
    small_fps: list[float] = field(default_factory=list)

    def add(self, cpu_pct: float, fps: float, small_fps: float) -> None:
        """Take what was counted in one round."""
        self.cpu_pct.append(cpu_pct)
        self.fps.append(fps)
        self.small_fps.append(small_fps)


@dataclass(frozen=True, slots=True)
class Shop:
    """Where both sides join, who signs in, and the guests, who film when they are told to."""

    url: str
    guests: Child
    sign_in: SignIn
    folder: Path


def main() -> int:
    """Measure; return the exit code."""
    seconds = Seconds(15.0, "how long CPU is measured in a call")
    return command("four_tiles", __doc__, _measure, rounds=5, seconds=seconds)


async def _measure(rounds: int, seconds: float) -> list[Row]:
    find_chromium()
    script = prepare(BUILD)
    ours, peer = Figures(), Figures()
    async with _shop() as shop, virtual_screen(*_SCREEN, shop.folder) as screen:
        with Pointer(screen.display) as pointer:
            apps = AppOpener(screen, shop.folder)
            browsers = BrowserOpener(screen, pointer, script, shop.folder)
            for number in range(rounds):
                async with apps.open(_LARGE, shop.url, shop.sign_in) as app, _filming(shop.guests):
                    await _tap(app.join_button, pointer)
                    await asyncio.sleep(_JOIN_S)
                    places = await _count_app(screen, app, seconds, ours)
                origin, size = _frame_of(places)
                async with browsers.open(size, shop.url, shop.sign_in) as browser, _filming(shop.guests):
                    await _show_in_browser(browser, pointer, [_moved(place, origin) for place in places])
                    corner = (origin[0] - round(browser.picture.x), origin[1] - round(browser.picture.y))
                    shown = [_moved(place, corner) for place in places]
                    peer.add(*await _count(screen, browser.tree, shown, seconds))
                print(f"Round {number + 1} of {rounds} is measured", flush=True)
    return [
        Row(_CPU, median(ours.cpu_pct), median(peer.cpu_pct), rounds),
        Row(_FPS, median(ours.fps), median(peer.fps), rounds),
        Row(_SMALL_FPS, median(ours.small_fps), median(peer.small_fps), rounds),
    ]


@contextlib.asynccontextmanager
async def _shop() -> AsyncIterator[Shop]:
    """Run an open shop, and the guests in the room of its session."""
    async with open_shop(_SESSION, *_CUSTOMER) as shop:
        tokens = [shop.guest_token(number) for number in range(1, _GUESTS + 1)]
        guests = await start_child(
            "guests",
            [sys.executable, "-m", "benchmarks.guests"],
            log=shop.folder / "guests.log",
            environment={VARIABLE: json.dumps({"url": shop.livekit_url, "tokens": tokens})},
            talks=True,
        )
        try:
            await next_event(guests, "ready")
            yield Shop(shop.url, guests, shop.sign_in, shop.folder)
        finally:
            await guests.stop()


@contextlib.asynccontextmanager
async def _filming(guests: Child) -> AsyncIterator[None]:
    """Let the guests film only while a side is in the call: its start is not to compete with their encoders."""
    assert guests.process.stdin is not None
    guests.process.stdin.write(b"film\n")
    try:
        yield
    finally:
        guests.process.stdin.write(b"rest\n")


async def _count_app(screen: Screen, app: AppSide, seconds: float, figures: Figures) -> list[Rect]:
    """Measure the app once its pictures rest, and return where they lie.

    Notices come and go in the first minute, and the pictures make room for them: then it is measured again.
    """
    for _ in range(_TRIES):
        await app.prepare(_LARGE)
        await asyncio.sleep(_SETTLE_S)
        places = await _places(app)
        counted = await _count(screen, app.tree, places, seconds)
        if await _places(app) == places and places[0].width == _LARGE[0]:
            figures.add(*counted)
            return places
    raise RuntimeError("the pictures of the app never came to rest")


async def _places(app: AppSide) -> list[Rect]:
    told = await app.ask({"do": "tiles", "count": _PICTURES}, "tiles")
    return [Rect(*place) for place in cast("list[list[int]]", told["places"])]


async def _show_in_browser(browser: BrowserPeer, pointer: Pointer, places: list[Rect]) -> None:
    """Join with every picture in its place of the page."""
    wanted = [[place.x, place.y, place.width, place.height] for place in places]
    await browser.page.evaluate(f"peer.places = {json.dumps(wanted)}")
    await _tap(browser.join_button, pointer)
    await asyncio.sleep(_JOIN_S + _SETTLE_S)
    if error := await browser.page.evaluate("peer.error"):
        raise RuntimeError(f"the browser's page: {error}")
    if await browser.page.evaluate("peer.small") != _PICTURES - 1:
        raise RuntimeError("the browser's page does not show everybody")


async def _tap(button: tuple[int, int], pointer: Pointer) -> None:
    await asyncio.to_thread(pointer.move, *button)
    await asyncio.to_thread(pointer.tap)


async def _count(screen: Screen, tree: ProcessTree, places: list[Rect], seconds: float) -> tuple[float, float, float]:
    """Return what a side uses, and how many frames a second of the large and of a small picture it shows for that."""
    before = tree.read_cpu()
    fps = await _frames(screen, places[0], seconds)
    after = tree.read_cpu()
    small = [await _frames(screen, place, _SMALL_S) for place in places[1:]]
    return cpu_percent(before, after), fps, median(small)


async def _frames(screen: Screen, place: Rect, seconds: float) -> float:
    seen = await asyncio.to_thread(Watch(screen.pixels, (place,)).all_for, seconds, _LOOK_S)
    if not seen:
        raise RuntimeError("no frame of a picture could be read from the screen")
    return len(seen) / seconds


def _frame_of(places: list[Rect]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the corner and the size of what holds all places."""
    left, top = min(place.x for place in places), min(place.y for place in places)
    right = max(place.x + place.width for place in places)
    bottom = max(place.y + place.height for place in places)
    return (round(left), round(top)), (round(right - left), round(bottom - top))


def _moved(place: Rect, origin: tuple[int, int]) -> Rect:
    return Rect(place.x - origin[0], place.y - origin[1], place.width, place.height)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.floods`: what the GUI thread has to do because somebody in the room floods every topic.

The real app in a call on a virtual screen, with its chat to be seen and nobody filming. In every round its GUI thread's
own computing time is read over some seconds of peace and over some of the flood; the difference is the flood's. The
rows are added to `build/bench.json`.
"""

import asyncio
import json
import sys
from dataclasses import dataclass, field

from benchmarks.app_side import AppOpener, AppSide, next_event
from benchmarks.command import Seconds, command
from benchmarks.figures import median
from benchmarks.flooder import VARIABLE
from benchmarks.open_shop import OpenShop, open_shop
from benchmarks.pointer import Pointer
from benchmarks.report import Aim, Measure, Row
from benchmarks.screen import virtual_screen
from desktop.practice.children import Child, start_child
from desktop.practice.day import BRAKES

_GUI = Measure("flood_gui_ms_per_s", "ms/s", Aim(limit=50))
_GAP = Measure("flood_gui_gap_max_ms", "ms")
_SENT = Measure("flood_sent_per_s", "1/s")
_SCREEN = (2560, 1440)
_SIZE = (1280, 720)
_CUSTOMER = ("--no-video", "--no-audio", "--no-greet", "--no-answer")
_JOIN_S = 6.0
_SETTLE_S = 4.0


@dataclass(slots=True)
class Figures:
    """One figure a round."""

    gui_ms_per_s: list[float] = field(default_factory=list)
    gap_ms: list[float] = field(default_factory=list)
    sent_per_s: list[float] = field(default_factory=list)


def main() -> int:
    """Measure; return the exit code."""
    return command(
        "floods", __doc__, _measure, rounds=5, seconds=Seconds(15.0, "how long peace and flood are measured")
    )


async def _measure(rounds: int, seconds: float) -> list[Row]:
    figures = Figures()
    async with open_shop(BRAKES, *_CUSTOMER, films=False) as shop, virtual_screen(*_SCREEN, shop.folder) as screen:
        flooder = await _enter(shop)
        try:
            with Pointer(screen.display) as pointer:
                async with AppOpener(screen, shop.folder).open(_SIZE, shop.url, shop.sign_in) as app:
                    await asyncio.to_thread(pointer.move, *app.join_button)
                    await asyncio.to_thread(pointer.tap)
                    await asyncio.sleep(_JOIN_S)
                    for number in range(rounds):
                        await _round(app, flooder, seconds, figures)
                        print(f"Round {number + 1} of {rounds}: {figures.gui_ms_per_s[-1]:.0f} ms/s", flush=True)
        finally:
            await flooder.stop()
    return [
        Row(_GUI, median(figures.gui_ms_per_s), None, rounds),
        Row(_GAP, max(figures.gap_ms), None, rounds),
        Row(_SENT, median(figures.sent_per_s), None, rounds),
    ]


async def _enter(shop: OpenShop) -> Child:
    """Let somebody into the room who floods it when told to."""
    flooder = await start_child(
        "flooder",
        [sys.executable, "-m", "benchmarks.flooder"],
        log=shop.folder / "flooder.log",
        environment={VARIABLE: json.dumps({"url": shop.livekit_url, "token": shop.guest_token(1)})},
        talks=True,
    )
    await next_event(flooder, "ready")
    return flooder


async def _round(app: AppSide, flooder: Child, seconds: float, figures: Figures) -> None:
    assert flooder.process.stdin is not None
    await asyncio.sleep(_SETTLE_S)
    peace, _ = await _gui_ms_per_s(app, seconds)
    flooder.process.stdin.write(b"flood\n")
    flooded, gap_ms = await _gui_ms_per_s(app, seconds)
    flooder.process.stdin.write(b"rest\n")
    sent = await next_event(flooder, "sent")
    figures.gui_ms_per_s.append(flooded - peace)
    figures.gap_ms.append(gap_ms)
    figures.sent_per_s.append(float(str(sent["count"])) / seconds)


async def _gui_ms_per_s(app: AppSide, seconds: float) -> tuple[float, float]:
    """Return how long the GUI thread computes in a second, and the longest gap between two of its beats in ms."""
    before = await app.ask({"do": "gui_time"}, "gui_time")
    gaps = await app.gaps(seconds)
    after = await app.ask({"do": "gui_time"}, "gui_time")
    passed_s = float(str(after["at"])) - float(str(before["at"]))
    return (float(str(after["seconds"])) - float(str(before["seconds"]))) * 1000 / passed_s, max(gaps)


if __name__ == "__main__":
    sys.exit(main())

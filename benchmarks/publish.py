"""`python -m benchmarks.publish`: what sending a camera of 720p30 costs, the app beside a browser's page.

Both film the same file, show themselves their own picture, and send to a customer who watches. The cost is the CPU of
all processes of a side with the camera on, less that with it off. What the customer receives is counted too: a side
that sends fewer or smaller pictures is cheap for a bad reason. The rows are added to `build/bench.json`.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.app_side import AppOpener, AppSide
from benchmarks.browser_peer import (
    BrowserOpener,
    BrowserPeer,
    camera_flags,
    find_chromium,
    prepare,
)
from benchmarks.command import BUILD, Seconds, command
from benchmarks.film import write_film
from benchmarks.pointer import Pointer
from benchmarks.process_tree import ProcessTree, cpu_percent
from benchmarks.report import Measure, Row
from benchmarks.rounds import SIZE_720
from benchmarks.screen import virtual_screen
from benchmarks.side import SignIn
from benchmarks.turns import Opener, Samples, in_turn, rows_of
from desktop.practice.customer_process import CustomerProcess, Event
from desktop.practice.day import BRAKES, PracticeDay

_CPU = Measure("publish_cpu_pct", "% of a core")
_FPS = Measure("publish_received_fps", "1/s")
_WIDTH = Measure("publish_received_width", "px")
_SCREEN = (2560, 1440)
_CUSTOMER = ("--size", "320x180", "--fps", "5", "--no-simulcast", "--no-audio", "--no-greet", "--no-answer")
_CUSTOMER_TIMEOUT_S = 30.0
_SETTLE_S = 8.0

type Side = AppSide | BrowserPeer


@dataclass(frozen=True, slots=True)
class Received:
    """What the customer saw of the camera: pictures a second, and how wide the last one was."""

    fps: float
    width: int


def received(told: Sequence[Event]) -> Received | None:
    """Return what the customer's reports, one a second, say in all; None for fewer than two of one picture.

    The count begins anew with each track.
    """
    frames = [event for event in told if event["event"] == "frames"]
    if len(frames) < 2:
        return None
    first, last = frames[0], frames[-1]
    count, took_ms = (int(str(last[name])) - int(str(first[name])) for name in ("received", "at_ms"))
    return None if count <= 0 else Received(1000 * count / took_ms, int(str(last["width"])))


def main() -> int:
    """Measure; return the exit code."""
    meaning = "how long CPU is measured, with the camera and without"
    return command("publish", __doc__, _measure, rounds=5, seconds=Seconds(15.0, meaning))


async def _measure(rounds: int, seconds: float) -> list[Row]:
    find_chromium()
    script = prepare(BUILD)
    ours, peer = Samples(), Samples()
    async with PracticeDay(_say) as day, virtual_screen(*_SCREEN, day.folder) as screen:
        film = day.folder / "camera.y4m"
        await asyncio.to_thread(write_film, film)
        customer = await day.add_customer(BRAKES, *_CUSTOMER)
        await customer.wait_for("published", timeout_s=_CUSTOMER_TIMEOUT_S)
        sign_in = SignIn(day.login.email, day.login.password, BRAKES.id)
        with Pointer(screen.display) as pointer:
            apps = AppOpener(screen, day.folder, {"BAYLINK_CAMERA_FILE": str(film)})
            browsers = BrowserOpener(screen, pointer, script, day.folder, flags=camera_flags(film))
            sides: tuple[Opener[Side], Opener[Side]] = (apps.open, browsers.open)
            for number, name, opener, samples in in_turn(rounds, sides, (ours, peer)):
                async with opener(SIZE_720, day.join_server.url, sign_in) as side:
                    await asyncio.to_thread(pointer.move, *side.join_button)
                    await asyncio.to_thread(pointer.tap)
                    await _cost(side, customer, seconds, samples)
                cpu, fps, width = (samples.by_name[measure.name][-1] for measure in (_CPU, _FPS, _WIDTH))
                _say(
                    f"Round {number} of {rounds}, {name}: {cpu:.0f} % of a core, "
                    f"{fps:.0f} pictures a second, {width:.0f} wide"
                )
    return rows_of((_CPU, _FPS, _WIDTH), ours, peer)


async def _cost(side: Side, customer: CustomerProcess, seconds: float, samples: Samples) -> None:
    """Measure one side in a call: with its camera on, then with it off."""
    await asyncio.sleep(_SETTLE_S)
    await side.prepare(SIZE_720)
    await _turn_camera(side, on=True)
    await asyncio.sleep(_SETTLE_S)
    since = len(customer.events)
    with_camera = await _spent(side.tree, seconds)
    seen = received(customer.events[since:])
    if seen is None:
        raise RuntimeError("the customer received no picture")
    await _turn_camera(side, on=False)
    await asyncio.sleep(_SETTLE_S)
    samples.add(_CPU.name, with_camera - await _spent(side.tree, seconds))
    samples.add(_FPS.name, seen.fps)
    samples.add(_WIDTH.name, seen.width)


async def _turn_camera(side: Side, *, on: bool) -> None:
    if isinstance(side, AppSide):
        await side.ask({"do": "camera", "on": on}, "camera")
    else:
        await side.page.evaluate(f"setCamera({str(on).lower()})")


async def _spent(tree: ProcessTree, seconds: float) -> float:
    before = tree.read_cpu()
    await asyncio.sleep(seconds)
    return cpu_percent(before, tree.read_cpu())


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

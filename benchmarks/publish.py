"""`python -m benchmarks.publish`: what sending a camera of 720p30 costs, the app beside a browser's page.

Both film the same file, show themselves their own picture, and send to a customer who watches. The cost is the CPU of
all processes of a side with the camera on, less that with it off. What the customer receives is counted too: a side
that sends fewer or smaller pictures is cheap for a bad reason. The rows are added to `build/bench.json`.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.app_side import AppOpener, AppSide
from benchmarks.browser_peer import (
    BrowserMissingError,
    BrowserOpener,
    BrowserPeer,
    camera_flags,
    find_chromium,
    prepare,
)
from benchmarks.figures import median
from benchmarks.film import write_film
from benchmarks.pointer import Pointer
from benchmarks.process_tree import ProcessTree, cpu_percent
from benchmarks.report import Measure, Row, add_rows, table
from benchmarks.rounds import SIZE_720, Samples
from benchmarks.screen import virtual_screen
from benchmarks.side import SignIn
from desktop.practice.children import ChildFailedError
from desktop.practice.customer_process import CustomerProcess, Event
from desktop.practice.day import BRAKES, PracticeDay
from desktop.practice.livekit_server import LiveKitServerMissingError

_CPU = Measure("publish_cpu_pct", "% of a core")
_FPS = Measure("publish_received_fps", "1/s")
_WIDTH = Measure("publish_received_width", "px")
_BUILD = Path("build")
_SCREEN = (2560, 1440)
_CUSTOMER = ("--size", "320x180", "--fps", "5", "--no-simulcast", "--no-audio", "--no-greet", "--no-answer")
_CUSTOMER_TIMEOUT_S = 30.0
_SETTLE_S = 8.0

type Side = AppSide | BrowserPeer
type Opener = Callable[[tuple[int, int], str, SignIn], AbstractAsyncContextManager[Side]]


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
    """Measure, print the medians and keep them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=15.0, help="how long CPU is measured, with the camera and without"
    )
    parser.add_argument("--output", type=Path, default=_BUILD / "bench.json")
    options = parser.parse_args()
    try:
        ours, peer = asyncio.run(_measure(options.rounds, options.seconds))
    except (BrowserMissingError, LiveKitServerMissingError, ChildFailedError, RuntimeError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    rows = [
        Row(measure, median(ours.by_name[measure.name]), median(peer.by_name[measure.name]), options.rounds)
        for measure in (_CPU, _FPS, _WIDTH)
    ]
    add_rows(options.output, rows)
    print(f"\n{table(rows)}\n")
    return 0


async def _measure(rounds: int, seconds: float) -> tuple[Samples, Samples]:
    find_chromium()
    script = prepare(_BUILD)
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
            for number in range(rounds):
                sides: list[tuple[str, Opener, Samples]] = [("app", apps.open, ours), ("browser", browsers.open, peer)]
                for name, opener, samples in reversed(sides) if number % 2 else sides:
                    async with opener(SIZE_720, day.join_server.url, sign_in) as side:
                        await asyncio.to_thread(pointer.move, *side.join_button)
                        await asyncio.to_thread(pointer.tap)
                        await _cost(side, customer, seconds, samples)
                    cpu, fps, width = (samples.by_name[measure.name][-1] for measure in (_CPU, _FPS, _WIDTH))
                    _say(
                        f"Round {number + 1} of {rounds}, {name}: {cpu:.0f} % of a core, "
                        f"{fps:.0f} pictures a second, {width:.0f} wide"
                    )
    return ours, peer


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

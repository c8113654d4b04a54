"""`python -m benchmarks.loss`: the picture on a bad network, the app beside a browser's page.

Both run on one screen, one after the other, behind one proxy and before one customer with a good network. Measured is
how much of the time the picture stands while packets get lost and come late, and how long after a blackout the first
picture appears that was made since. The rows are added to `build/bench.json`.
"""

import asyncio
import contextlib
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.app_side import AppOpener, AppSide
from benchmarks.browser_peer import BrowserOpener, find_chromium, prepare
from benchmarks.command import BUILD, Seconds, command
from benchmarks.pointer import Pointer
from benchmarks.report import Measure, Row
from benchmarks.rounds import SIZE_720
from benchmarks.screen import Screen, virtual_screen
from benchmarks.side import Side, SignIn
from benchmarks.turns import Opener, Samples, in_turn, rows_of
from benchmarks.watch import Sighting, Watch
from desktop.practice.customer_process import CustomerProcess
from desktop.practice.demo_people import DEMO_PASSWORD
from tests.fixtures.fault_proxy import PROXY_HOST
from tests.fixtures.fault_rig import QUIET, Network
from tests.fixtures.fault_shop import Shop

_FREEZE = Measure("freeze_5pct_100ms_pct", "%")
_RECOVERY = Measure("recovery_20s_s", "s")
_WORST = Measure("recovery_20s_worst_s", "s")
_SCREEN = (2560, 1440)
_PHONE = ("--size", "1280x720", "--fps", "30", "--no-watch", "--no-audio")
_CUSTOMER_TIMEOUT_S = 30.0
_STANDS_FROM_S = 0.4
_SETTLE_S = 8.0  # as long as the app's notices stay
_LOSS, _DELAY_S = 0.05, 0.05  # each way: 100 ms there and back
_AWAY_S = 20.0
_STILL_COMING_S = 2.0  # what was on its way when the network went
_PATIENCE_S = 90.0
_LOOK_S = 0.004


@dataclass(frozen=True, slots=True)
class _Lane:
    """What both sides share: the way in, the network on it, the screen and the finger."""

    url: str
    sign_in: SignIn
    network: Network
    screen: Screen
    pointer: Pointer
    folder: Path


def stood_s(times: Iterable[float]) -> float:
    """Return how long the picture stood in all: every gap between two pictures that somebody sees as one."""
    gaps = (late - early for early, late in itertools.pairwise(times))
    return sum(gap for gap in gaps if gap >= _STANDS_FROM_S)


def new_pictures_s(seen: Iterable[Sighting]) -> list[float]:
    """Return when something newer than all before was seen: a picture that stands and is moved is no new one."""
    newest, times = -1, []
    for sighting in seen:
        if sighting.code.counter > newest:
            newest = sighting.code.counter
            times.append(sighting.at)
    return times


def main() -> int:
    """Measure; return the exit code."""
    return command("loss", __doc__, _measure, rounds=5, seconds=Seconds(30.0, "how long packets get lost in each call"))


async def _measure(rounds: int, seconds: float) -> list[Row]:
    find_chromium()
    script = prepare(BUILD)
    ours, peer = Samples(), Samples()
    async with _lane() as lane:
        apps = AppOpener(lane.screen, lane.folder)
        browsers = BrowserOpener(lane.screen, lane.pointer, script, lane.folder)
        sides: tuple[Opener[Side], Opener[Side]] = (apps.open, browsers.open)
        for number, name, opener, samples in in_turn(rounds, sides, (ours, peer)):
            await _call(lane, opener, seconds, samples)
            freeze, recovery = (samples.by_name[measure.name][-1] for measure in (_FREEZE, _RECOVERY))
            print(f"Round {number} of {rounds}, {name}: stood {freeze:.1f} % of the time", end="")
            print(f", back after {recovery:.2f} s", flush=True)
    worst, peers_worst = (max(side.by_name[_RECOVERY.name]) for side in (ours, peer))
    return [*rows_of((_FREEZE, _RECOVERY), ours, peer), Row(_WORST, worst, peers_worst, rounds)]


@contextlib.asynccontextmanager
async def _lane() -> AsyncIterator[_Lane]:
    """Start the servers, the network, the customer and the screen."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="baylink-loss-")))
        shop = await stack.enter_async_context(Shop(folder))
        session_id, mechanic, email = await shop.book()
        network = Network(shop, PROXY_HOST, None)
        await network.start()
        stack.push_async_callback(network.stop)
        customer = await CustomerProcess.start(
            folder, server=shop.join_server.url, session_id=session_id, email=email, arguments=(*_PHONE, *QUIET)
        )
        stack.push_async_callback(customer.stop)
        await customer.wait_for("published", timeout_s=_CUSTOMER_TIMEOUT_S)
        screen = await stack.enter_async_context(virtual_screen(*_SCREEN, folder))
        pointer = stack.enter_context(Pointer(screen.display))
        sign_in = SignIn(mechanic, DEMO_PASSWORD, session_id)
        yield _Lane(f"http://{PROXY_HOST}:{shop.join_server.port}", sign_in, network, screen, pointer, folder)


async def _call(lane: _Lane, opener: Opener[Side], seconds: float, samples: Samples) -> None:
    """Let one side join, and measure what it shows while the network is bad and after it was away."""
    async with opener(SIZE_720, lane.url, lane.sign_in) as side:
        try:
            await asyncio.to_thread(lane.pointer.move, *side.join_button)
            await asyncio.to_thread(lane.pointer.tap)
            await asyncio.sleep(_SETTLE_S)
            await side.prepare(SIZE_720)
            watch = Watch(lane.screen.pixels, side.picture_rects)
            async with _following(side, watch):
                samples.add(_FREEZE.name, await _freeze_share(lane.network, watch, seconds))
                lane.network.up()
                await asyncio.sleep(_SETTLE_S)
                samples.add(_RECOVERY.name, await _recovery(lane.network, watch))
        finally:
            lane.network.up()


@contextlib.asynccontextmanager
async def _following(side: Side, watch: Watch) -> AsyncIterator[None]:
    """Let the watch know where the picture is whenever the app moves it; a page's stays."""
    if not isinstance(side, AppSide):
        yield
        return
    following = asyncio.create_task(side.follow(watch.add))
    try:
        yield
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following


async def _freeze_share(network: Network, watch: Watch, seconds: float) -> float:
    """Return the percentage of the time in which the picture stood, at 5 % loss and 100 ms."""
    network.media.shape(loss=_LOSS, delay_s=_DELAY_S)
    began_s = time.monotonic()
    seen = await asyncio.to_thread(watch.all_for, seconds, _LOOK_S)
    ended_s = time.monotonic()
    if not seen:
        raise RuntimeError("no frame could be read from the screen")
    return 100 * stood_s([began_s, *new_pictures_s(seen), ended_s]) / (ended_s - began_s)


async def _recovery(network: Network, watch: Watch) -> float:
    """Return how many seconds after the network's return a picture appears that was made since.

    A side that does not come back counts with all the time it was waited for.
    """
    network.down()
    gone_s = time.monotonic()
    seen = await asyncio.to_thread(watch.all_for, _AWAY_S, _LOOK_S)
    if any(sighting.code.clock_ms / 1000 > gone_s + _STILL_COMING_S for sighting in seen):
        raise RuntimeError("pictures came through a network that was away")
    back_s = network.up()
    sighting = await asyncio.to_thread(watch.first_made_after, back_s, _PATIENCE_S)
    return _PATIENCE_S if sighting is None else sighting.at - back_s


if __name__ == "__main__":
    sys.exit(main())

"""The long proof: how quickly calls come back, measured often enough for a figure. Run by `make soak`."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from desktop.core.call import CallPhase, CallState, TrackState
from tests.faults.conftest import Soak
from tests.fixtures.fault_rig import Call, call
from tests.fixtures.fault_shop import Shop

pytestmark = [pytest.mark.server, pytest.mark.soak, pytest.mark.timeout(0)]

_AWAY = {CallPhase.RECONNECTING, CallPhase.REJOINING}
_PATIENCE_S = 60.0
_PHONE = ("--size", "1280x720", "--fps", "30")
_LIFTED_WIDTH = 640
_STEP_S = 7.0
_USABLE_FPS = 10
_FULL_RECONNECT = 7
"""Of the SDK's simulated faults; the one that forces TCP needs a port that is not here."""


def _is_said(state: CallState) -> bool:
    return state.customer.camera is not TrackState.FLOWING or state.phase in _AWAY


@contextlib.asynccontextmanager
async def _three_calls(folder: Path) -> AsyncIterator[list[Call]]:
    async with (
        Shop(folder) as shop,
        call(shop, host="127.0.0.3") as first,
        call(shop, host="127.0.0.4", udp_of=first.network.media) as second,
        call(shop, host="127.0.0.5", udp_of=first.network.media) as third,
    ):
        yield [first, second, third]


async def _share(calls: list[Call], times: int, once: Callable[[Call], Awaitable[None]]) -> None:
    """Do something so many times in all, in several calls at once but not in step."""
    left = iter(range(times))

    async def work(call: Call, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        for _ in left:
            await once(call)

    await asyncio.gather(*(work(call, _STEP_S * number) for number, call in enumerate(calls)))


@pytest.mark.parametrize(
    ("name", "seconds", "times", "at_least_s"), [("20 s", 20, 30, 20), ("60 s", 60, 12, 60), ("10 min", 600, 12, 130)]
)
def test_the_network_returns(
    soak: Soak, tmp_path: Path, name: str, seconds: float, times: int, at_least_s: float
) -> None:
    back: list[float] = []
    said: list[float] = []

    async def once(call: Call) -> None:
        since_s = time.monotonic()
        call.network.down()
        away_s = soak.seconds(seconds, at_least_s)
        await asyncio.sleep(away_s - 2)
        call.say("in the dark")
        await call.answer("to somebody in the dark")
        await asyncio.sleep(2)
        up_s = call.network.up()
        back.append(await call.until_back(up_s, _PATIENCE_S))
        said_s = call.said_s(_is_said, since_s)
        assert said_s is not None
        said.append(said_s)
        await call.settle_chat(_PATIENCE_S)
        await call.assert_everybody_once()
        await asyncio.sleep(random.uniform(6, 8))  # noqa: S311 - the calls shall not be in step

    async def story() -> None:
        async with _three_calls(tmp_path) as calls:
            await _share(calls, soak.times(times, 3), once)

    asyncio.run(story())
    soak.bars.add(f"network back after {name}: first frame", back, at_most=2.0, of="p95")
    soak.bars.add(f"frozen picture said ({name} away)", said, at_most=3.0)


def test_a_full_reconnect_of_livekit(soak: Soak, tmp_path: Path) -> None:
    gaps: list[float] = []

    async def story() -> None:
        async with Shop(tmp_path) as shop, call(shop) as only:
            for _ in range(soak.times(30, 4)):
                since_s = time.monotonic()
                await only.desk.simulate(_FULL_RECONNECT)
                only.say("in a full reconnect")
                await only.desk.until_picture(since_s + 0.3, _PATIENCE_S)
                await asyncio.sleep(1.5)
                gaps.append(only.desk.longest_gap_s(since_s))
                await only.settle_chat(_PATIENCE_S)
                await asyncio.sleep(1)
            await only.assert_everybody_once()

    asyncio.run(story())
    soak.bars.add("full reconnect: next frame", gaps, at_most=1.5, of="p95")


def test_the_media_server_restarts(soak: Soak, tmp_path: Path) -> None:
    back: list[float] = []
    times = soak.times(30, 3)

    async def once(only: Call) -> None:
        since_s = time.monotonic()
        await only.shop.livekit.kill()
        # The phone is sent out and called back, so that the time is the mechanic's side's alone.
        mark = only.mark()
        await only.customer.command("leave")
        await asyncio.sleep(random.uniform(0.5, 6))  # noqa: S311 - any time away
        only.say("to a dead server")
        await only.customer.wait_for("left", after=mark)
        await only.shop.livekit.start()
        up_s = time.monotonic()
        await only.customer.command("return")
        back.append(await only.until_back(up_s, _PATIENCE_S))
        await only.settle_chat(_PATIENCE_S)
        await only.assert_everybody_once()
        assert CallPhase.ENDED not in only.desk.phases(since_s)
        await asyncio.sleep(6)

    async def story() -> None:
        async with Shop(tmp_path) as shop, call(shop) as only:
            for _ in range(times):
                await once(only)

    asyncio.run(story())
    soak.bars.add("media server up: first frame", back, at_most=2.0, of="median")
    soak.bars.add("media server restarts not survived", [float(times - len(back))], at_most=0, unit="calls")


def test_the_join_server_restarts(soak: Soak, tmp_path: Path) -> None:
    stored: list[float] = []
    gaps: list[float] = []
    times = soak.times(30, 3)

    async def story() -> None:
        async with Shop(tmp_path) as shop, call(shop) as only:
            for _ in range(times):
                since_s = time.monotonic()
                await shop.join_server.kill()
                only.say("to a dead platform")
                await asyncio.sleep(random.uniform(0, 3))  # noqa: S311 - any time away
                await shop.join_server.start()
                up_s = time.monotonic()
                await only.settle_chat(_PATIENCE_S)
                stored.append(time.monotonic() - up_s)
                await asyncio.sleep(1)
                gaps.append(only.desk.longest_gap_s(since_s))
                assert not set(only.desk.phases(since_s)) & (_AWAY | {CallPhase.ENDED})
            await only.assert_everybody_once()

    asyncio.run(story())
    soak.bars.add("join server up: every line stored", stored, at_most=20.0)
    soak.bars.add("join server restarts: longest gap of the picture", gaps, at_most=2.0, of="p95")
    soak.bars.add("join server restarts not survived", [float(times - len(stored))], at_most=0, unit="calls")


def test_a_line_that_narrows_and_widens_again(soak: Soak, tmp_path: Path) -> None:
    narrow: list[float] = []
    wide: list[float] = []

    async def story() -> None:
        async with Shop(tmp_path) as shop, call(shop, phone=_PHONE) as only:
            for _ in range(soak.times(10, 1)):
                only.network.media.shape(rate_bps=3_000_000)
                await only.desk.until_usable(_LIFTED_WIDTH, _USABLE_FPS, _PATIENCE_S)
                await asyncio.sleep(5)
                only.network.media.shape(rate_bps=300_000)
                await asyncio.sleep(1)
                narrow.append(1 + await only.desk.until_usable(0, _USABLE_FPS / 2, _PATIENCE_S))
                await asyncio.sleep(15)
                only.network.media.shape(rate_bps=3_000_000)
                wide.append(await only.desk.until_usable(_LIFTED_WIDTH, _USABLE_FPS, _PATIENCE_S))
            assert not set(only.desk.phases()) & _AWAY

    asyncio.run(story())
    soak.bars.add("3 -> 0.3 Mbit/s: usable picture again", narrow, at_most=10.0, of="median")
    soak.bars.add("0.3 -> 3 Mbit/s: usable picture again", wide, at_most=10.0, of="median")

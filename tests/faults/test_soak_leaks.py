"""The long proof that nothing is left behind: hundreds of joins with faults, and an hour of a steady call."""

import asyncio
import gc
import random
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.faults.conftest import Soak
from tests.fixtures.fault_rig import Call, call
from tests.fixtures.fault_shop import Shop

pytestmark = [pytest.mark.server, pytest.mark.soak, pytest.mark.timeout(0)]

_PATIENCE_S = 60.0
_CYCLE_S = 3.5
"""The platform takes twenty joins a minute of one login."""
_WARM_CYCLES = 5
_REMEMBERED = 50
_SETTLED_S = 50.0
"""Native threads end late, and the proxy keeps the sockets of a silent client for a while."""


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What this process holds, the rig's own sockets left out."""

    megabytes: float
    threads: int
    files: int
    tasks: int

    @classmethod
    def now(cls, call: Call) -> "_Holdings":
        gc.collect()
        process = psutil.Process()
        proxies = (call.network.media, call.network.platform)
        own_files = sum(proxy.flow_count + proxy.connection_count for proxy in proxies)
        own_tasks = sum(3 * proxy.connection_count // 2 for proxy in proxies)
        return cls(
            process.memory_info().rss / 1e6,
            process.num_threads(),
            process.num_fds() - own_files,
            len(asyncio.all_tasks()) - own_tasks,
        )


async def _nothing(call: Call) -> None:
    call.say("a quiet call")


async def _hole(call: Call) -> None:
    await call.network.down_for(random.uniform(0.5, 3))  # noqa: S311 - any time away


async def _cut(call: Call) -> None:
    call.network.media.cut()
    await asyncio.sleep(random.uniform(0, 2))  # noqa: S311 - left at any moment of the repair


async def _reconnect(call: Call) -> None:
    await call.desk.simulate(7)
    await asyncio.sleep(random.uniform(0, 1))  # noqa: S311 - left at any moment of the repair


async def _crash(call: Call) -> None:
    await call.shop.livekit.kill()
    await asyncio.sleep(random.uniform(0.1, 1))  # noqa: S311 - any time away
    await call.shop.livekit.start()


async def _left_in_the_dark(call: Call) -> None:
    call.network.down()
    await asyncio.sleep(random.uniform(0.1, 1))  # noqa: S311 - left without a network


_FAULTS: tuple[Callable[[Call], Awaitable[None]], ...] = (
    _nothing, _nothing, _nothing, _hole, _cut, _reconnect, _crash, _left_in_the_dark,
)  # fmt: skip


async def _cycle(only: Call, chance: random.Random) -> None:
    """Join, see a picture, have a fault, leave."""
    started_s = time.monotonic()
    await only.desk.join(only.session_id)
    await only.desk.until_picture(started_s, _PATIENCE_S)
    await chance.choice(_FAULTS)(only)
    leaving = asyncio.create_task(only.desk.flow.leave())
    await asyncio.wait({leaving}, timeout=_PATIENCE_S)
    only.network.up()
    await asyncio.wait_for(leaving, _PATIENCE_S)
    await asyncio.sleep(max(0.2, _CYCLE_S - (time.monotonic() - started_s)))


def test_two_hundred_calls_with_faults_leave_nothing_behind(soak: Soak, tmp_path: Path) -> None:
    times = soak.times(200, 10)

    async def story() -> tuple[_Holdings, _Holdings]:
        chance = random.Random(4)  # noqa: S311 - the same faults each time
        async with Shop(tmp_path) as shop, call(shop) as only:
            await only.desk.flow.leave()
            for _ in range(_WARM_CYCLES):
                await _cycle(only, chance)
            await asyncio.sleep(_SETTLED_S)
            before = _Holdings.now(only)
            for number in range(times):
                await _cycle(only, chance)
                if number % 20 == 19:
                    print(f"{number + 1} of {times}: {_Holdings.now(only)}", flush=True)  # noqa: T201 - progress
            await asyncio.sleep(_SETTLED_S)
            after = _Holdings.now(only)
            ghosts = [name for name in await only.identities() if name.startswith("mechanic")]
            assert not ghosts, "a mechanic who left is still in the room"
            await only.desk.join(only.session_id)
            await only.desk.until_live(_PATIENCE_S)
            await only.assert_everybody_once()
            return before, after

    before, after = asyncio.run(story())
    print(f"\nbefore: {before}\nafter:  {after}")  # noqa: T201 - what the rows below are made of
    soak.bars.add(
        "join-leave cycle with faults: memory", [(after.megabytes - before.megabytes) / times], at_most=1.0, unit="MB"
    )
    soak.bars.add("cycles: threads left", [after.threads - before.threads], at_most=2, unit="threads")
    soak.bars.add("cycles: open files left", [after.files - before.files], at_most=2, unit="files")
    soak.bars.add("cycles: tasks left", [after.tasks - before.tasks], at_most=1, unit="tasks")
    assert threading.active_count() < 20


def test_a_steady_hour_does_not_grow(soak: Soak, tmp_path: Path) -> None:
    async def story() -> None:
        async with Shop(tmp_path) as shop, call(shop) as only:
            # What this rig remembers of an hour is none of the program's: as much as its first minute leaves.
            only.desk.states = deque(only.desk.states, maxlen=_REMEMBERED)
            only.desk.pictures = deque(only.desk.pictures, maxlen=_REMEMBERED)
            await asyncio.sleep(soak.seconds(300, 60))
            before = _Holdings.now(only)
            end_s = time.monotonic() + soak.seconds(3600, 60)
            while time.monotonic() < end_s:
                only.say("still here")
                await asyncio.sleep(min(30, max(1.0, end_s - time.monotonic())))
            since_s = time.monotonic()
            await only.desk.until_picture(since_s, _PATIENCE_S)
            after = _Holdings.now(only)
            print(f"\nbefore: {before}\nafter:  {after}")  # noqa: T201 - what the row below is made of
            growth = after.megabytes - before.megabytes
            soak.bars.add("one steady hour: growth", [growth], at_most=5.0, unit="MB")
            await only.settle_chat(_PATIENCE_S)

    asyncio.run(story())


def test_every_bar_is_met(soak: Soak) -> None:
    assert not soak.bars.unmet

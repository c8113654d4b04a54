"""The run itself: which side is opened when, what is measured in each call, and for how long."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from benchmarks.app_side import AppSide
from benchmarks.figures import median, percentile
from benchmarks.pointer import Pointer
from benchmarks.process_tree import cpu_percent
from benchmarks.screen import Screen
from benchmarks.side import Side
from benchmarks.turns import Samples
from benchmarks.watch import Watch

SIZE_720 = (1280, 720)
SIZE_1080 = (1920, 1080)
_JOIN_TIMEOUT_S = 8.0
_COUNTING_PAUSE_S = 0.008
_TRIES = 6
_FRAMES_BESIDE = {"cpu_720_pct": "shown_720_fps", "cpu_1080_pct": "shown_1080_fps"}
_SIZE_OF = {"cpu_720_pct": SIZE_720, "cpu_1080_pct": SIZE_1080}
_CALL_MEASURES = frozenset({"latency_p50_ms", "latency_p95_ms", "cpu_720_pct", "shown_720_fps", "memory_mb"})
_GAP_MEASURES = frozenset({"gui_gap_p99_ms", "gui_gap_max_ms"})

type Opener = Callable[[tuple[int, int]], AbstractAsyncContextManager[Side]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: rounds a size, and seconds a phase of a call."""

    rounds_720: int = 5
    rounds_1080: int = 3
    settle_s: float = 8.0  # longer than the app shows its notices: they move the picture
    latency_s: float = 6.0
    gaps_s: float = 10.0
    cpu_s: float = 15.0


QUICK = Plan(rounds_720=2, rounds_1080=1, settle_s=8.0, latency_s=4.0, gaps_s=5.0, cpu_s=8.0)


class Rounds:
    """Runs the plan, one side after the other, and collects the figures that are wanted."""

    def __init__(
        self, screen: Screen, pointer: Pointer, plan: Plan, wanted: Collection[str], say: Callable[[str], None]
    ) -> None:
        """Prepare; `wanted` are names of measures, `say` gets progress for people."""
        self._screen, self._pointer, self._plan, self._say = screen, pointer, plan, say
        self._wanted = frozenset(wanted)
        self.ours = Samples()
        self.peer = Samples()

    async def run(self, app: Opener, browser: Opener) -> None:
        """Measure everything that is wanted; the first call of each side only warms up and teaches the layout."""
        self._say("Warming up both sides ...")
        for opener in (app, browser, app):
            async with opener(SIZE_720) as side:
                await self._join(side)
                await asyncio.sleep(self._plan.settle_s)
                await side.prepare(SIZE_720)
        for number in range(self._plan.rounds_720):
            self._say(f"Round {number + 1} of {self._plan.rounds_720}, 1280x720, load {os.getloadavg()[0]:.1f}")
            for opener, samples in _order(number, (app, self.ours), (browser, self.peer)):
                await self._counted(opener, SIZE_720, partial(self._round_720, samples=samples))
        if not self._wanted & {"cpu_1080_pct", "shown_1080_fps"}:
            return
        for number in range(self._plan.rounds_1080):
            self._say(f"Round {number + 1} of {self._plan.rounds_1080}, 1920x1080, load {os.getloadavg()[0]:.1f}")
            for opener, samples in _order(number, (app, self.ours), (browser, self.peer)):
                await self._counted(opener, SIZE_1080, partial(self._round_1080, samples=samples))

    async def _counted(self, opener: Opener, size: tuple[int, int], measure: Callable[[Side], Awaitable[None]]) -> None:
        """Measure one call; one that goes wrong is told and not counted, and the others go on."""
        try:
            async with opener(size) as side:
                await measure(side)
        except RuntimeError as error:
            self._say(f"  {error}; this call is not counted")

    async def _round_1080(self, side: Side, samples: Samples) -> None:
        await self._join(side)
        await asyncio.sleep(self._plan.settle_s)
        await self._measure_cpu(side, "cpu_1080_pct", samples)

    async def _round_720(self, side: Side, samples: Samples) -> None:
        if isinstance(side, AppSide):
            self._add(samples, "start_s", side.start_s)
        first_frame = await self._join(side)
        if first_frame is None:
            self._say(f"  no first frame within {_JOIN_TIMEOUT_S:g} s where it was expected; this join is not counted")
        else:
            self._add(samples, "first_frame_s", first_frame)
        if not self._wanted & (_CALL_MEASURES | _GAP_MEASURES):
            await side.prepare(SIZE_720)
            return
        await asyncio.sleep(self._plan.settle_s)
        await side.prepare(SIZE_720)
        await self._measure_latency(side, samples)
        if isinstance(side, AppSide) and self._wanted & _GAP_MEASURES:
            gaps = await side.gaps(self._plan.gaps_s)
            self._add(samples, "gui_gap_p99_ms", percentile(gaps, 99))
            self._add(samples, "gui_gap_max_ms", max(gaps))
        await self._measure_cpu(side, "cpu_720_pct", samples)
        self._add(samples, "memory_mb", side.tree.memory_mb())

    async def _join(self, side: Side) -> float | None:
        """Tap, and return the seconds to the first frame on the screen; None where its place is not known yet."""
        await asyncio.to_thread(self._pointer.move, *side.join_button)
        watch = Watch(self._screen.pixels, side.picture_rects)
        looking = asyncio.create_task(asyncio.to_thread(watch.first, _JOIN_TIMEOUT_S if side.picture_rects else 0.0))
        tapped = await asyncio.to_thread(self._pointer.tap)
        sighting = await looking
        return None if sighting is None else sighting.at - tapped

    async def _measure_latency(self, side: Side, samples: Samples) -> None:
        if not self._wanted & {"latency_p50_ms", "latency_p95_ms"}:
            return
        watch = Watch(self._screen.pixels, side.picture_rects)
        ages = [sighting.age_ms for sighting in await asyncio.to_thread(watch.all_for, self._plan.latency_s)]
        if not ages:
            raise RuntimeError("no frame could be read from the screen")
        self._add(samples, "latency_p50_ms", median(ages))
        self._add(samples, "latency_p95_ms", percentile(ages, 95))

    async def _measure_cpu(self, side: Side, name: str, samples: Samples) -> None:
        """Measure CPU, and count the frames it was spent on: a side that drops frames is cheap for a bad reason."""
        frames = _FRAMES_BESIDE[name]
        if not self._wanted & {name, frames}:
            return
        for _ in range(_TRIES):
            await side.prepare(_SIZE_OF[name])
            places = side.picture_rects
            before = side.tree.read_cpu()
            seen = await asyncio.to_thread(
                Watch(self._screen.pixels, places).all_for, self._plan.cpu_s, _COUNTING_PAUSE_S
            )
            after = side.tree.read_cpu()
            await side.prepare(_SIZE_OF[name])
            if seen and side.picture_rects == places:
                self._add(samples, name, cpu_percent(before, after))
                self._add(samples, frames, len(seen) / (after.at - before.at))
                return
            self._say("  the picture moved while CPU was measured; it is measured again")
        self._say("  the picture never came to rest; CPU of this call is not counted")

    def _add(self, samples: Samples, name: str, value: float) -> None:
        if name in self._wanted:
            samples.add(name, value)


def _order[Pair](number: int, ours: Pair, peer: Pair) -> tuple[Pair, Pair]:
    """Return both sides, the other one first in every second round, so that neither always meets a warmer machine."""
    return (peer, ours) if number % 2 else (ours, peer)

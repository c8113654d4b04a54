"""`python -m benchmarks.loss`: how long the picture stands under loss and delay, and what sending a camera costs.

Ours alone: the app's own flow and rooms without its pages, behind a proxy that loses packets, against real servers.
The rows are added to `build/bench.json`. CPU is that of this process, the servers and the customer are others.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import median
from benchmarks.report import Measure, Row, add_rows, table
from tests.fixtures.fault_rig import call
from tests.fixtures.fault_shop import Shop

_PHONE = ("--size", "1280x720", "--fps", "30")
_SMALL = ("--size", "320x180", "--fps", "5", "--no-simulcast")
_STANDS_FROM_S = 0.4
_SETTLE_S = 8.0
_LOSS, _DELAY_S = 0.05, 0.05  # each way: 100 ms there and back


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture of the camera below."""

    data: bytearray
    width: int = 1280
    height: int = 720
    rotation: int = 0


class _Camera:
    """720p30 of a grey that moves, made beforehand so that making it costs nothing."""

    def __init__(self) -> None:
        pixels = 1280 * 720
        row = bytes(range(40, 200)) * 8
        self._pictures = [
            _Picture(bytearray(b"".join(row[shift:] + row[:shift] for _ in range(720)) + bytes([128]) * (pixels // 2)))
            for shift in range(0, 160, 10)
        ]

    async def frames(self) -> AsyncIterator[_Picture]:
        """Film for ever."""
        for picture in itertools.cycle(self._pictures):
            yield picture
            await asyncio.sleep(1 / 30)


def stood_s(times: Iterable[float]) -> float:
    """Return how long the picture stood in all: every gap between two pictures that somebody sees as one."""
    gaps = (late - early for early, late in itertools.pairwise(times))
    return sum(gap for gap in gaps if gap >= _STANDS_FROM_S)


async def _freeze_share(shop: Shop, seconds: float) -> float:
    """Return the percentage of the time in which the picture stood, at 5 % loss and 100 ms."""
    async with call(shop, phone=_PHONE) as one:
        await asyncio.sleep(_SETTLE_S)
        one.network.media.shape(loss=_LOSS, delay_s=_DELAY_S)
        began_s = time.monotonic()
        await asyncio.sleep(seconds)
        ended_s = time.monotonic()
        seen = [picture.at_s for picture in one.desk.pictures if began_s <= picture.at_s <= ended_s]
        one.network.up()
    return 100 * stood_s([began_s, *seen, ended_s]) / (ended_s - began_s)


async def _publish_cost(shop: Shop, seconds: float) -> float:
    """Return what sending 720p30 costs, in percent of one core: with the camera on less with it off."""
    camera = _Camera()
    async with call(shop, phone=_SMALL, camera=lambda: camera) as one:
        costs: list[float] = []
        for is_on in (True, False):
            one.desk.flow.set_camera(is_on)
            await asyncio.sleep(_SETTLE_S)
            wall_s, cpu_s = time.monotonic(), time.process_time()
            await asyncio.sleep(seconds)
            costs.append(100 * (time.process_time() - cpu_s) / (time.monotonic() - wall_s))
    return costs[0] - costs[1]


async def _measure(rounds: int, seconds: float) -> dict[str, list[float]]:
    figures: dict[str, list[float]] = {"freeze_5pct_100ms_pct": [], "publish_cpu_pct": []}
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds}", flush=True)
        with tempfile.TemporaryDirectory(prefix="baylink-loss-") as folder:
            async with Shop(Path(folder)) as shop:
                figures["freeze_5pct_100ms_pct"].append(await _freeze_share(shop, seconds))
                figures["publish_cpu_pct"].append(await _publish_cost(shop, seconds))
    return figures


def main() -> int:
    """Measure, print the medians and keep them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loss", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=25.0, help="seconds of each measurement")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    figures = asyncio.run(_measure(options.rounds, options.seconds))
    rows = [Row(Measure(name, "%"), median(values), None, len(values)) for name, values in figures.items()]
    add_rows(options.output, rows)
    print(f"\n{table(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

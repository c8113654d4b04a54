"""A line that narrows and widens again, against real servers: how soon a picture moves again, and a larger one."""

import asyncio
import time
from pathlib import Path

import pytest

from desktop.core.link import LinkStats, Rung
from tests.fixtures.fault_rig import Call, call
from tests.fixtures.fault_shop import Shop

pytestmark = pytest.mark.server

_PHONE = ("--size", "960x540", "--fps", "15", "--max-bitrate", "900000")
_MOVING_FPS = 3.0


def _moves(call: Call) -> bool:
    return (call.desk.state.link.stats or LinkStats()).fps >= _MOVING_FPS


def _rung(call: Call) -> Rung:
    return call.desk.state.link.rung


async def _narrow_and_wide(call: Call) -> None:
    desk = call.desk
    call.network.media.shape(rate_bps=3_000_000)
    await desk.until(lambda: _rung(call) is Rung.FULL and _moves(call), 30, "the full picture")
    call.network.media.shape(rate_bps=300_000)
    narrowed_s = time.monotonic()
    await desk.until(lambda: _rung(call) is Rung.LOW, 10, "the low layer")
    await desk.until(lambda: _moves(call), 10, "a picture that moves")
    print(f"\n3 -> 0.3 Mbit/s: moves again after {time.monotonic() - narrowed_s:.1f} s")  # noqa: T201 - shown by -s
    call.network.media.shape(rate_bps=3_000_000)
    widened_s = time.monotonic()
    await desk.until(lambda: _rung(call) < Rung.LOW and _moves(call), 45, "a larger layer")
    print(f"0.3 -> 3 Mbit/s: larger again after {time.monotonic() - widened_s:.1f} s")  # noqa: T201 - as above
    assert not [told for told in call.customer.events if told["event"] == "went" and told.get("role") == "mechanic"]


def test_a_line_that_narrows_gets_a_picture_that_it_carries_and_a_larger_one_when_it_widens(tmp_path: Path) -> None:
    async def story() -> None:
        async with Shop(tmp_path) as shop, call(shop, phone=_PHONE) as only:
            await _narrow_and_wide(only)

    asyncio.run(story())

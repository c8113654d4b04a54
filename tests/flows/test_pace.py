"""The pace of what reaches the screen: at once as long as it is seldom, together when it is not, and never lost."""

import asyncio

from desktop.flows.pace import Pace
from tests.virtual_loop import run_virtual


def test_seldom_wishes_are_answered_at_once_and_many_together() -> None:
    async def story() -> None:
        acted: list[float] = []
        loop = asyncio.get_running_loop()
        pace = Pace(lambda: acted.append(loop.time()), burst=2, per_s=4)
        began_s = loop.time()
        for _ in range(100):
            pace.wish()
            await asyncio.sleep(0.01)
        assert acted[:2] == [began_s, began_s + 0.01]
        assert 5 <= len(acted) <= 6
        await asyncio.sleep(1)
        assert acted[-1] >= began_s + 0.99, "the last wish is never lost"

    run_virtual(story())


def test_an_own_wish_waits_for_nobody_and_a_closed_pace_does_nothing_more() -> None:
    async def story() -> None:
        acted: list[str] = []
        pace = Pace(lambda: acted.append("act"), burst=1, per_s=1)
        pace.wish()
        pace.wish()
        pace.at_once()
        assert len(acted) == 2
        await asyncio.sleep(5)
        assert len(acted) == 2, "what was done at once is not done again"
        pace.wish()
        pace.wish()
        pace.close()
        await asyncio.sleep(5)
        assert len(acted) == 3

    run_virtual(story())

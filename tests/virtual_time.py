"""Virtual time for the tests of stories: seconds pass when a test says so, never by themselves."""

import asyncio
import functools
import heapq
import itertools
from collections.abc import Awaitable, Callable

_ROUNDS = 50
"""Turns of the loop after which everything that can happen without time passing has happened."""


class VirtualClock:
    """A clock that stands still until `advance`; sleepers wake in the order of their times."""

    def __init__(self, now_s: float = 1_000.0) -> None:
        """Begin at `now_s` monotonic seconds."""
        self._now_s = now_s
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        """Return the seconds shown."""
        return self._now_s

    async def sleep(self, seconds: float) -> None:
        """Return when the clock has been advanced by `seconds`."""
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_s + max(0.0, seconds), next(self._order), wake))
        await wake

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass, and everything happen that they bring."""
        await settle()
        until_s = self._now_s + seconds
        while self._sleepers and self._sleepers[0][0] <= until_s:
            self._now_s, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                wake.set_result(None)
                await settle()
        self._now_s = until_s
        await settle()


async def settle() -> None:
    """Let the loop turn until whatever can happen now has happened."""
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)


def in_loop[**Arguments](story: Callable[Arguments, Awaitable[None]]) -> Callable[Arguments, None]:
    """Make a test of a coroutine function, in a loop of its own; fail it for tasks left behind."""

    @functools.wraps(story)
    def test(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        asyncio.run(_alone(story(*args, **kwargs)))

    return test


async def _alone(story: Awaitable[None]) -> None:
    await story
    await settle()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"tasks left running: {left}"

"""Waiting in a call: for an event no longer than some seconds, and between two tries of the same thing."""

import asyncio
import random

_BACKOFF_S = (1.0, 2.0, 4.0, 8.0, 15.0)
_JITTER = 0.2
_REJOIN_FIRST_S = 0.5
_REJOIN_LONGEST_S = 8.0


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Return when `event` is set, or after `seconds`; None waits for ever."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def pause_s(tries: int) -> float:
    """Return the seconds before the next try: 1, 2, 4, 8, then 15, a fifth more or less (contract section 6)."""
    pause = _BACKOFF_S[min(tries, len(_BACKOFF_S) - 1)]
    return pause * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load, guards nothing


def rejoin_pause_s(tries: int) -> float:
    """Return the seconds before a call that has lost its room tries again: 0.5 doubling to 8, up to a half less."""
    pause = min(_REJOIN_LONGEST_S, _REJOIN_FIRST_S * 2.0 ** min(tries, 10))
    return pause * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing

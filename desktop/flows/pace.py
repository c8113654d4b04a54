"""Pace: does something at once while that is seldom wished, and no more often than a screen can bear when it is not."""

import asyncio
from collections.abc import Callable

from desktop.core.allowance import Allowance

_ROUNDING_S = 0.001


class Pace:
    """On the running loop. Wishes that come too fast are answered together, soon; the last of them is never lost."""

    def __init__(self, act: Callable[[], None], *, burst: int, per_s: float) -> None:
        """Do `act` when it is wished, `burst` times at once and `per_s` times a second in the long run."""
        self._act = act
        self._allowance = Allowance(burst, per_s)
        self._loop = asyncio.get_running_loop()
        self._later: asyncio.TimerHandle | None = None

    def wish(self) -> None:
        """Do it now or soon; a wish that waits already is the same one."""
        if self._later is not None:
            return
        now = self._loop.time()
        if self._allowance.take(now):
            self._act()
        else:
            self._later = self._loop.call_later(self._allowance.wait_s(now) + _ROUNDING_S, self._due)

    def at_once(self) -> None:
        """Do it now, however often it was done: for what this side's own hand wishes."""
        self.close()
        self._act()

    def close(self) -> None:
        """Forget a wish that waits."""
        if self._later is not None:
            self._later.cancel()
            self._later = None

    def _due(self) -> None:
        self._later = None
        self.wish()

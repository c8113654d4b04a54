"""An asyncio loop whose clock jumps to the next timer: stories of minutes run in milliseconds."""

import asyncio
import selectors
from collections.abc import Coroutine
from contextlib import suppress


class _Jumper(selectors.DefaultSelector):
    """A selector that never waits: it adds up how long it would have waited instead."""

    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("nothing is left that could ever happen")
        self.skipped_s += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs timers in order without waiting for them. Real sockets and threads do not fit in here."""

    def __init__(self, *, start_s: float = 1000.0) -> None:
        self._start_s = start_s
        self._jumper = _Jumper()
        super().__init__(self._jumper)

    def time(self) -> float:
        return self._start_s + self._jumper.skipped_s


def run_virtual[Result](story: Coroutine[object, object, Result]) -> Result:
    """Run a story on virtual time, and fail if it leaves a task behind."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_alone(story))


async def _alone[Result](story: Coroutine[object, object, Result]) -> Result:
    result = await story
    for _ in range(3):
        await asyncio.sleep(0)
    current = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not current]
    names = [task.get_name() for task in left]
    for task in left:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert not left, f"tasks left running: {names}"
    return result

"""LoopThread: the one worker thread of the app, with one asyncio loop for its whole life."""

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine

_log = logging.getLogger(__name__)

LoopErrorHandler = Callable[[asyncio.AbstractEventLoop, dict[str, object]], object]

LAST_WORDS_S = 0.3
"""Time for the SDK's native threads to finish before the loop closes; without it the interpreter may abort."""


class LoopThread:
    """Runs coroutines for the GUI thread.

    `start` returns once the loop serves; `submit` may be called from any thread and returns at once; `stop` cancels
    what still runs, waits for it, and ends the thread. A stopped thread is not started again.
    """

    def __init__(self, on_error: LoopErrorHandler | None = None, *, last_words_s: float = LAST_WORDS_S) -> None:
        """Make the thread without starting it; `on_error` is called in it for errors that no task awaits."""
        self._on_error = on_error
        self._last_words_s = last_words_s
        self._thread = threading.Thread(target=self._run, name="baylink-loop")
        self._serving = threading.Event()
        self._lock = threading.Lock()
        self._accepting = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    @property
    def is_running(self) -> bool:
        """Whether coroutines are accepted."""
        return self._accepting

    @property
    def is_finished(self) -> bool:
        """Whether the thread has run and ended; never waits."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def start(self) -> None:
        """Start the thread and return when its loop serves (a few milliseconds)."""
        self._thread.start()
        self._serving.wait()

    def submit[Result](self, work: Coroutine[object, object, Result]) -> concurrent.futures.Future[Result]:
        """Run `work` on the loop; from any thread, without waiting.

        The future carries its result or error. When the loop no longer accepts work the coroutine is closed and the
        future comes back cancelled.
        """
        with self._lock:
            if self._accepting and self._loop is not None:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        refused: concurrent.futures.Future[Result] = concurrent.futures.Future()
        refused.cancel()
        return refused

    def request_stop(self) -> None:
        """Ask the loop to cancel everything and end; returns at once, from any thread."""
        with self._lock:
            if not self._accepting or self._loop is None or self._end is None:
                return
            self._accepting = False
            self._loop.call_soon_threadsafe(self._end.set)

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End the thread and wait for it, at most `timeout_s` seconds; say whether it is gone."""
        self.request_stop()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        if self._on_error is not None:
            loop.set_exception_handler(self._on_error)
        end = asyncio.Event()
        with self._lock:
            self._loop, self._end, self._accepting = loop, end, True
        self._serving.set()
        await end.wait()
        await _cancel_others()
        await asyncio.sleep(self._last_words_s)


async def _cancel_others() -> None:
    """Cancel every task but this one, and wait until the last of them has cleaned up."""
    own = asyncio.current_task()
    while others := [task for task in asyncio.all_tasks() if task is not own]:
        for task in others:
            task.cancel()
        for outcome in await asyncio.gather(*others, return_exceptions=True):
            if isinstance(outcome, Exception):
                _log.error("a task failed while it was stopped", exc_info=outcome)

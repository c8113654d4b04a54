"""A practice day beside a program that has a loop of its own: one thread, one asyncio loop, blocking calls in."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self

from desktop.practice.customer_process import CustomerProcess
from desktop.practice.day import PracticeDay, PracticeSession

_START_WITHIN_S = 120.0
_CALL_WITHIN_S = 60.0


class DayThread:
    """Runs a `PracticeDay` in a thread. A context manager; `call` waits for a coroutine, `submit` does not.

    The children are started by this thread, so they end with it even if the process is killed.
    """

    def __init__(self, make_day: Callable[[], PracticeDay] = PracticeDay) -> None:
        """Prepare; `make_day` is called in the thread."""
        self._make_day = make_day
        self._thread = threading.Thread(target=self._run, name="practice-day", daemon=True)
        self._ready: concurrent.futures.Future[tuple[PracticeDay, asyncio.AbstractEventLoop, asyncio.Event]] = (
            concurrent.futures.Future()
        )
        self._failed: BaseException | None = None

    def __enter__(self) -> Self:
        """Start the day; return when both servers serve."""
        self.start()
        self.wait_until_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self.stop()

    def start(self) -> None:
        """Start the day and return at once."""
        self._thread.start()

    def wait_until_ready(self) -> None:
        """Return when both servers serve; raise what kept them from it."""
        try:
            self._ready.result(_START_WITHIN_S)
        except BaseException:
            self.stop()
            raise

    @property
    def is_ready(self) -> bool:
        """Whether the servers serve, or failed to."""
        return self._ready.done()

    @property
    def day(self) -> PracticeDay:
        """The running day; its coroutines belong to this thread: use `call` or `submit`."""
        return self._ready.result(0)[0]

    def submit[T](self, story: Coroutine[object, object, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine in the day's loop and return its future."""
        return asyncio.run_coroutine_threadsafe(story, self._ready.result(0)[1])

    def call[T](self, story: Coroutine[object, object, T], timeout_s: float = _CALL_WITHIN_S) -> T:
        """Run a coroutine in the day's loop and wait for its result. Not for a GUI thread with work to do."""
        return self.submit(story).result(timeout_s)

    def add_customer(self, session: PracticeSession, *arguments: str, wait: bool = True) -> CustomerProcess:
        """Let a customer enter, and with `wait` return when they are in the room."""
        customer = self.call(self.day.add_customer(session, *arguments))
        if wait:
            self.call(customer.wait_for("joined"))
        return customer

    def stop(self) -> None:
        """Stop everything the day started and end the thread; may be called again."""
        if self._ready.done() and self._ready.exception() is None:
            _, loop, over = self._ready.result()
            if self._thread.is_alive():
                loop.call_soon_threadsafe(over.set)
        self._thread.join()
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that asked, whatever it is
            if self._ready.done():
                self._failed = error
            else:
                self._ready.set_exception(error)

    async def _live(self) -> None:
        over = asyncio.Event()
        async with self._make_day() as day:
            self._ready.set_result((day, asyncio.get_running_loop(), over))
            await over.wait()

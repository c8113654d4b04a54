"""Errands: submits what a gateway is asked for, and turns what nobody expected into a sentence with a reference."""

import concurrent.futures
import logging
import uuid
from collections.abc import Callable, Coroutine

from desktop.bridge.loop_thread import LoopThread
from desktop.core.errors import BaylinkError

_log = logging.getLogger(__name__)


class Errands:
    """Sends coroutines to the loop thread for one gateway; `report` gets the sentence of an unexpected failure.

    `report` is called in the loop thread: give it something that only leaves the text for the GUI thread.
    """

    def __init__(self, loop_thread: LoopThread, report: Callable[[str], None]) -> None:
        """Make it for one gateway."""
        self._loop_thread = loop_thread
        self._report = report

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Submit `work` and return at once; its failure is reported, its cancellation is not."""
        self._loop_thread.submit(work).add_done_callback(self._done)

    def call(self, work: Callable[[], None]) -> None:
        """Run a plain function in the loop thread, and return at once."""
        self.run(_as_coroutine(work))

    def _done(self, future: concurrent.futures.Future[None]) -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self._report(sentence_of(error))


async def _as_coroutine(work: Callable[[], None]) -> None:
    work()


def sentence_of(error: BaseException) -> str:
    """Return what to show for a failure that no flow decided about; the log holds the same reference."""
    if isinstance(error, BaylinkError):
        _log.error("a refusal that no flow expected: %s, request %s", error.code, error.reference, exc_info=error)
        return error.sentence
    reference = uuid.uuid4().hex[:8]
    _log.error("something unexpected, reference %s", reference, exc_info=error)
    return BaylinkError("unexpected", reference=reference).sentence

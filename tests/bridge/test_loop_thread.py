"""The worker thread: work goes in from anywhere, and the end is orderly."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator

import pytest

from desktop.bridge.loop_thread import LoopThread


@pytest.fixture
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread(last_words_s=0)
    thread.start()
    yield thread
    assert thread.stop()


async def _where() -> str:
    return threading.current_thread().name


def test_work_runs_in_the_one_loop_thread(loop_thread: LoopThread) -> None:
    assert loop_thread.submit(_where()).result(5) == "baylink-loop"
    assert loop_thread.is_running


def test_an_error_reaches_whoever_asked(loop_thread: LoopThread) -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        loop_thread.submit(fail()).result(5)


def test_work_can_be_given_up(loop_thread: LoopThread) -> None:
    began, ended = threading.Event(), threading.Event()

    async def forever() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    future = loop_thread.submit(forever())
    assert began.wait(5)
    future.cancel()
    assert ended.wait(5)


def test_stopping_cancels_what_runs_and_waits_for_its_last_steps() -> None:
    thread = LoopThread(last_words_s=0)
    thread.start()
    began = threading.Event()
    steps: list[str] = []

    async def forever() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("tidied up")

    thread.submit(forever())
    assert began.wait(5)
    assert thread.stop()
    assert steps == ["tidied up"]


def test_work_that_starts_more_work_while_it_ends_is_ended_too() -> None:
    thread = LoopThread(last_words_s=0)
    thread.start()
    began, late = threading.Event(), threading.Event()
    kept: list[asyncio.Task[None]] = []

    async def afterwards() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            late.set()

    async def first() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            kept.append(asyncio.get_running_loop().create_task(afterwards()))
            await asyncio.sleep(0)

    thread.submit(first())
    assert began.wait(5)
    assert thread.stop()
    assert late.is_set()


def test_after_the_end_work_comes_back_cancelled() -> None:
    thread = LoopThread(last_words_s=0)
    thread.start()
    thread.stop()
    future = thread.submit(_where())
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(5)
    assert not thread.is_running


def test_stopping_twice_or_before_the_start_does_nothing() -> None:
    LoopThread(last_words_s=0).stop()
    thread = LoopThread(last_words_s=0)
    thread.start()
    assert thread.stop()
    assert thread.stop()


def test_an_error_that_nobody_awaits_is_told() -> None:
    told = threading.Event()
    messages: list[object] = []

    def on_error(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        messages.append(context.get("exception"))
        told.set()

    thread = LoopThread(on_error, last_words_s=0)
    thread.start()

    def fail() -> None:
        raise ValueError("in a callback")

    async def plan() -> None:
        asyncio.get_running_loop().call_soon(fail)

    thread.submit(plan()).result(5)
    assert told.wait(5)
    assert isinstance(messages[0], ValueError)
    assert thread.stop()


def test_whether_the_thread_has_ended_can_be_asked_without_waiting() -> None:
    thread = LoopThread(last_words_s=0)
    thread.start()
    assert not thread.is_finished
    thread.stop()
    assert thread.is_finished

"""Rules for every test: an offscreen Qt unless a display was asked for, and nothing left running afterwards."""

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", "disabled:")
os.environ.setdefault("LANG", "C.UTF-8")

# Pools of libraries that live as long as the process by design.
_PROCESS_WIDE_THREADS = ("asyncio_", "AnyIO", "ThreadPoolExecutor", "pytest_timeout", "Dummy-")


def _own_threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.name.startswith(_PROCESS_WIDE_THREADS)
    }


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread or a running event loop behind."""
    before = _own_threads()
    yield
    for thread in _own_threads() - before:
        thread.join(timeout=5)
    left = [thread.name for thread in _own_threads() - before if thread.is_alive()]
    assert not left, f"threads left running: {left}"
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()

"""Rules for every test: an offscreen Qt unless a display was asked for, and nothing left running afterwards."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", "disabled:")
os.environ.setdefault("LANG", "C.UTF-8")

# A busy machine is no reason to fail: nothing here is judged by the time one example took.
settings.register_profile("baylink", deadline=None)
settings.load_profile("baylink")

# Pools of libraries that live as long as the process by design.
_PROCESS_WIDE_THREADS = ("asyncio_", "AnyIO", "ThreadPoolExecutor", "pytest_timeout", "Dummy-")


def _own_threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.name.startswith(_PROCESS_WIDE_THREADS)
    }


def _children() -> set[str]:
    """Return the processes this one has started and not yet seen the end of, those of every thread."""
    found: set[str] = set()
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            found |= set(listing.read_text().split())
        except OSError:
            continue  # that thread has just ended
    return found


def _running_timers() -> list[str]:
    """Return what still ticks behind a window: a top-level widget nobody owns, with a timer that runs."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - tests without Qt must not load it
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    if QApplication.instance() is None:
        return []
    return [
        f"{widget.objectName() or type(widget).__name__} keeps a timer of {timer.interval()} ms"
        for widget in QApplication.topLevelWidgets()
        if widget.parent() is None
        for timer in widget.findChildren(QTimer)
        if timer.isActive() and not timer.isSingleShot()
    ]


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread, a child process or a running event loop behind."""
    threads, children = _own_threads(), _children()
    yield
    for thread in _own_threads() - threads:
        thread.join(timeout=5)
    left = [thread.name for thread in _own_threads() - threads if thread.is_alive()]
    assert not left, f"threads left running: {left}"
    processes = _children() - children
    assert not processes, f"child processes left: {[_command(process) for process in processes]}"
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def _command(process: str) -> str:
    try:
        return Path("/proc", process, "cmdline").read_text().replace("\0", " ").strip() or process
    except OSError:
        return process

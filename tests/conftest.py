"""Rules for every test: an offscreen Qt unless a display was asked for, and nothing left running afterwards."""

import asyncio
import atexit
import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from desktop.bridge.garbage import collect_what_is_due

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", "disabled:")
os.environ.setdefault("LANG", "C.UTF-8")

# A busy machine is no reason to fail: nothing here is judged by the time one example took.
settings.register_profile("baylink", deadline=None)
settings.load_profile("baylink")

_EXIT_STATUS = pytest.StashKey[int]()

# Pools of libraries that live as long as the process by design.
_PROCESS_WIDE_THREADS = ("asyncio_", "AnyIO", "ThreadPoolExecutor", "pytest_timeout", "Dummy-")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one run hold the whole suite to one database; the rule is both where it matters and SQLite elsewhere."""
    parser.addoption("--database", choices=("both", "sqlite", "postgres"), default="both", help="what servers keep")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how it went, for the very end."""
    session.config.stash[_EXIT_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End as the app ends: native threads of the SDK must not meet a dying interpreter, which they abort.

    Only where rooms were used, and never in a worker of a parallel run, whose results still have to be told.
    """
    status = config.stash.get(_EXIT_STATUS, None)
    if status is None or hasattr(config, "workerinput") or "livekit.rtc" not in sys.modules:
        return
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def pytest_configure(config: pytest.Config) -> None:
    """Pass the choice on to whatever starts a join server."""
    os.environ["BAYLINK_TEST_DATABASE"] = config.getoption("database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the database that was not chosen."""
    chosen = config.getoption("database")
    if chosen == "both":
        return
    left_out = [
        item
        for item in items
        if isinstance(item, pytest.Function)
        and getattr(item, "callspec", None) is not None
        and item.callspec.params.get("database", chosen) != chosen
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=True)
def _chosen_cluster(pytestconfig: pytest.Config) -> None:
    """Start PostgreSQL before any test looks at what runs."""
    if pytestconfig.getoption("database") == "postgres":
        from tests.fixtures.postgres import cluster  # noqa: PLC0415 - the driver is only needed here

        cluster()


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


def _ticking_windows() -> list[str]:
    """Return the windows that outlived their test on the screen, or with a timer that still runs in them."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    core = sys.modules.get("PySide6.QtCore")
    if widgets is None or core is None or widgets.QApplication.instance() is None:
        return []
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    return [
        f"{window.objectName() or type(window).__name__} with a timer of {timer.interval()} ms"
        for window in widgets.QApplication.topLevelWidgets()
        for timer in window.findChildren(core.QTimer)
        if timer.isActive()
    ]


def pytest_collection_finish() -> None:
    """Let every later collection pass over what the modules of all tests have made."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _garbage_is_collected_in_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep the threads of a test from tearing down the pages of the last one; a soak is too long to wait so."""
    if request.node.get_closest_marker("soak") is not None:
        yield
        return
    gc.disable()
    yield
    collect_what_is_due()


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread, a child process, a ticking window or a running event loop behind."""
    threads, children = _own_threads(), _children()
    yield
    for thread in _own_threads() - threads:
        thread.join(timeout=5)
    left = [thread.name for thread in _own_threads() - threads if thread.is_alive()]
    assert not left, f"threads left running: {left}"
    processes = _children() - children
    assert not processes, f"child processes left: {[_command(process) for process in processes]}"
    windows = _ticking_windows()
    assert not windows, f"windows left: {windows}"
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def _command(process: str) -> str:
    try:
        return Path("/proc", process, "cmdline").read_text().replace("\0", " ").strip() or process
    except OSError:
        return process

"""The servers of a practice day, the app in this process, and a robot at its window."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.practice.app_settings import practice_settings
from desktop.practice.camera import mechanic_camera
from desktop.practice.day_thread import DayThread
from desktop.practice.owner_client import OwnerClient
from desktop.practice.robot import Robot, Script
from desktop.practice.shop_day import ShopDay
from tests.fixtures.bay import dispose

_NOT_OURS = ("propagateSizeHints", "pipewire", "PulseAudio", "qt.multimedia")
"""What the offscreen platform and Qt Multimedia say of a machine without window manager and sound."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the whole program, and let the offscreen platform and Qt Multimedia say what they lack."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.end2end)
            item.add_marker(pytest.mark.qt_log_ignore(*_NOT_OURS, extend=True))


@dataclass
class Stage:
    """One test's app and day. `play` lets the robot play steps and fails with what it missed."""

    qtbot: QtBot
    app: App
    script: ShopDay
    thread: DayThread
    pictures: Path

    def play(self, *steps: Callable[[Robot], Script]) -> None:
        """Play steps one after the other; their names are their functions' names."""
        named = [(step.__name__.replace("_", " "), step) for step in steps]
        robot = Robot(named, self.pictures, lambda _result: None)
        with self.qtbot.waitSignal(robot.finished, timeout=150_000):
            robot.start()
        missed = [f"{result.name}: {result.seen}" for result in robot.results if not result.passed]
        assert not missed, missed


@pytest.fixture(scope="package")
def thread() -> Iterator[DayThread]:
    with DayThread() as running:
        yield running


@pytest.fixture
def stage(qtbot: QtBot, thread: DayThread, tmp_path: Path) -> Iterator[Stage]:
    """Load the demo data anew and start the app; stop it and every customer afterwards."""
    thread.call(OwnerClient(thread.day.join_server.url).reset())
    app = App(practice_settings(thread.day), state_folder=tmp_path / "state", camera=mechanic_camera)
    stopped: list[bool] = []
    app.stopped.connect(lambda: stopped.append(True))
    app.start()
    yield Stage(qtbot, app, ShopDay(thread), thread, tmp_path / "pictures")
    app.stop()
    qtbot.waitUntil(lambda: bool(stopped), timeout=30_000)
    dispose(app)
    for customer in thread.day.customers:
        thread.call(customer.stop())

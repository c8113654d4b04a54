"""What every interface test shares: a theme, a fixed moment, and stored pictures."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme, apply_theme
from desktop.ui.tokens import Profile, ThemeName
from tests.ui.snapshots import SnapshotCheck

SIZES = {Profile.KIOSK: (1920, 1080), Profile.DESKTOP: (1366, 768)}

Dress = Callable[..., tuple[int, int]]
"""Puts on a look such as "kiosk-bay", perhaps with another `dpi`, and returns the window size it is drawn for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshot-update", action="store_true", help="store the pictures of the pages anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform say that it has no window manager to tell the least size to."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put every machine in the same zone: times on screen are local."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def dress(qapp: QApplication) -> Dress:
    """Change the theme; motion is off, so that every picture is the last one."""

    def put_on(look: str, dpi: float = 96.0) -> tuple[int, int]:
        profile, name = look.split("-")
        apply_theme(qapp, Theme(ThemeName(name), Profile(profile), dpi, reduced_motion=True))
        return SIZES[Profile(profile)]

    return put_on


@pytest.fixture(autouse=True)
def _desktop_bay(dress: Dress) -> None:
    """Start every test in the same look."""
    dress("desktop-bay")


@pytest.fixture(autouse=True)
def _no_widget_is_left(qapp: QApplication) -> Iterator[None]:
    """Delete what a test has shown, so that no later test is drawn over it or answers its events."""
    yield
    for widget in QApplication.topLevelWidgets():
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> SnapshotCheck:
    """Compare a widget with its stored picture."""
    return SnapshotCheck(update=bool(request.config.getoption("--snapshot-update", default=False)))


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[QWidget, tuple[int, int]], QWidget]:
    """Show a widget in a size and wait until it stands."""

    def show(widget: QWidget, size: tuple[int, int]) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(*size)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show

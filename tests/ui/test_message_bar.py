"""A band says what is going on, once, in words, icon and colour, and goes when it is over."""

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.bands import Band, BandLevel
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import theme
from tests.ui import walk
from tests.ui.conftest import Dress
from tests.ui.hands import find, tap
from tests.ui.snapshots import SnapshotCheck

Show = Callable[[QWidget, tuple[int, int]], QWidget]
LOST = Band(
    "lost",
    BandLevel.WARNING,
    "wifi-off",
    "Connection lost. Reconnecting by itself.",
    "Your messages are kept and sent when it is back.",
)


def bars(bands: list[Band]) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    for band in bands:
        bar = MessageBar(page)
        column.addWidget(bar)
        bar.show_band(band)
    column.addStretch(1)
    return page


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-door"])
def test_every_level_looks_as_designed(look: str, dress: Dress, shown: Show, snapshot: SnapshotCheck) -> None:
    width, _height = dress(look)
    bands = [Band("x", level, "clock", "5 minutes left.", "It closes by itself.", "Show") for level in BandLevel]
    snapshot(shown(bars(bands), (width, 480)), f"bands-{look}")


def test_a_band_is_said_whole_and_plain(shown: Show) -> None:
    page = shown(bars([Band("x", BandLevel.INFO, "info", "<b>Dana</b> is muted.", "&amp;")]), (900, 200))
    assert find(page, PlainLabel, "bandText").text() == "<b>Dana</b> is muted.  &amp;"
    assert find(page, MessageBar).accessibleName() == "<b>Dana</b> is muted.  &amp;"
    assert walk.markup_risks(page) == []


def test_the_button_tells_which_band_was_answered(qtbot: QtBot, shown: Show) -> None:
    page = shown(bars([Band("muted", BandLevel.WARNING, "mic-off", "You are muted.", action="Unmute")]), (900, 200))
    with qtbot.waitSignal(find(page, MessageBar).action_requested) as wish:
        tap(find(page, QPushButton, "bandAction"))
    assert wish.args == ["muted"]


def test_a_band_that_is_over_takes_no_room(shown: Show) -> None:
    page = shown(bars([LOST]), (900, 200))
    bar = find(page, MessageBar)
    assert bar.height() == theme().size("band")
    bar.show_band(None)
    assert not bar.is_open


def test_a_passing_band_goes_by_itself_and_does_not_come_back(qtbot: QtBot, shown: Show) -> None:
    back = Band("back", BandLevel.SUCCESS, "circle-check", "Connected again.", passing=True)
    page = shown(bars([back]), (900, 200))
    bar = find(page, MessageBar)
    timer = next(t for t in bar.findChildren(QTimer) if t.isSingleShot() and t.isActive())
    assert timer.interval() == theme().ms("toast-hold")
    timer.setInterval(1)
    qtbot.waitUntil(lambda: not bar.is_open)
    bar.show_band(back)
    assert not bar.is_open


def test_a_band_counts_how_long_it_lasts(shown: Show) -> None:
    since = Band("x", BandLevel.WARNING, "wifi-off", "Connection lost.", since_s=time.monotonic() - 72)
    page = shown(bars([since]), (900, 200))
    assert "1:12" in walk.shown_texts(page)


def test_a_hidden_page_has_its_band_when_it_is_shown(shown: Show) -> None:
    page = bars([LOST])
    shown(page, (900, 200))
    assert find(page, MessageBar).isVisible()

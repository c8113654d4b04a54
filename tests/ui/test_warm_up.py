"""What a page needs once is done before somebody waits for it, bit by bit, and never for a page left behind."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.warm_up import WarmUp
from tests.fixtures.event_count import EventCount

SIZE = QSize(640, 480)


class Part(QWidget):
    """Counts how often it was drawn."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.sizes: list[QSize] = []

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.sizes.append(self.size())


class Page(QWidget):
    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.seen, self.hidden = Part(self), Part(self)
        for part in (self.seen, self.hidden):
            column.addWidget(part)
        self.hidden.hide()


@pytest.fixture
def parent() -> Iterator[QObject]:
    made = QObject()
    yield made
    made.deleteLater()


def test_what_will_be_seen_of_a_page_is_drawn_once_in_its_place_and_nothing_is_shown(
    parent: QObject, qtbot: QtBot
) -> None:
    pages = [Page(), Page()]
    for page in pages:
        qtbot.addWidget(page)
    shows = [EventCount(page, QEvent.Type.Show) for page in pages]
    warm_up = WarmUp(parent)
    warm_up.begin(pages, SIZE)
    qtbot.waitUntil(lambda: not warm_up.is_on)
    assert [page.seen.sizes for page in pages] == [[SIZE], [SIZE]]
    assert [page.hidden.sizes for page in pages] == [[], []]
    assert [show.times for show in shows] == [0, 0]


def test_pages_that_go_before_their_turn_are_left_alone(parent: QObject, qtbot: QtBot) -> None:
    page = Page()
    qtbot.addWidget(page)
    warm_up = WarmUp(parent)
    warm_up.begin([page], SIZE)
    warm_up.stop()
    assert not warm_up.is_on
    for _ in range(4):
        QApplication.processEvents()
    assert page.seen.sizes == []

"""Which page is on screen: one turn after its words were put on it, but never a moment late where it covers others."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.route import Page
from desktop.page_switch import PageSwitch
from desktop.ui.main_window import MainWindow
from desktop.ui.theme import Theme, apply_theme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

PAGES = (Page.SIGN_IN, Page.SESSIONS, Page.IDLE)
LIVE = (Page.CALL, Page.CHAT)


class Screen:
    """A window with plain pages, and a switch that has shown the list."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.pages = {page: QWidget() for page in PAGES + LIVE}
        self.arrived: list[Page] = []
        for page in LIVE:
            self.window.add_page(self.pages[page])
        fixed = {page: self.pages[page] for page in PAGES}
        self.switch = PageSwitch(self.window, fixed, self._live_pages, self.arrived.append)
        self.window.show()
        self.switch.show(Page.SESSIONS, "")

    def _live_pages(self) -> dict[Page, QWidget]:
        return {page: self.pages[page] for page in LIVE}

    @property
    def shown(self) -> Page:
        return next(page for page, widget in self.pages.items() if widget is self.window.page)


@pytest.fixture
def screen(qtbot: QtBot, qapp: object) -> Screen:
    apply_theme(qapp, Theme(reduced_motion=True))  # type: ignore[arg-type]  # the fixture's own type is wider
    return Screen(qtbot)


def test_a_call_comes_by_itself_with_the_next_turn_and_is_told(screen: Screen, qtbot: QtBot) -> None:
    screen.switch.show(Page.CALL, "Dana Whitfield")
    assert screen.switch.page is Page.SESSIONS
    assert screen.arrived == [Page.SESSIONS]
    qtbot.waitUntil(lambda: screen.shown is Page.CALL)
    assert screen.arrived == [Page.SESSIONS, Page.CALL]
    assert screen.window.windowTitle().startswith("Dana Whitfield")


@pytest.mark.parametrize("cover", [Page.SIGN_IN, Page.IDLE])
def test_what_covers_a_session_from_other_eyes_is_there_at_once(screen: Screen, cover: Page, qtbot: QtBot) -> None:
    screen.switch.show(Page.CALL, "Dana Whitfield")
    qtbot.waitUntil(lambda: screen.shown is Page.CALL)
    screen.switch.show(cover, "")
    assert screen.shown is cover


def test_a_call_that_was_overtaken_by_a_sign_out_is_never_seen(screen: Screen, qtbot: QtBot) -> None:
    screen.switch.show(Page.CALL, "Dana Whitfield")
    screen.switch.show(Page.SIGN_IN, "")
    screen.switch.show(Page.SESSIONS, "")
    qtbot.waitUntil(lambda: screen.shown is Page.SESSIONS)
    assert screen.arrived == [Page.SESSIONS, Page.SIGN_IN, Page.SESSIONS]


def test_of_two_pages_in_one_turn_the_last_one_is_shown(screen: Screen, qtbot: QtBot) -> None:
    screen.switch.show(Page.CALL, "Dana Whitfield")
    screen.switch.show(Page.CHAT, "Dana Whitfield")
    qtbot.waitUntil(lambda: screen.shown is Page.CHAT)
    assert screen.arrived == [Page.SESSIONS, Page.CHAT]

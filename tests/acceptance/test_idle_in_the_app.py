"""SR-38 in the app: who walks away is signed out, never in a session, and the next mechanic sees nothing of them.

Minutes pass on a clock that the tests set by hand.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.route import Page
from desktop.joinserver.demo_data import DEMO_PASSWORD
from desktop.ui.buttons import Button
from desktop.ui.text_area import TextArea
from tests.fixtures.bay import OFFSCREEN_SAYS, Bay, open_bay
from tests.fixtures.hand_clock import HandClock
from tests.fixtures.joinserver import IKE, MARISOL, session_key
from tests.fixtures.served import ServedJoinServer
from tests.ui.hands import find, hold, let_go, tap

pytestmark = [pytest.mark.end2end, pytest.mark.qt_log_ignore(*OFFSCREEN_SAYS, extend=True)]

S01, S12 = session_key("S01"), session_key("S12")
MINUTE_S = 60.0
NAMES_OF_MARISOLS_DAY = ("Marisol", "Dana", "Whitlock", "h.tran", "Wheel bearing", "Grinding", "Subaru", "KTR-482")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedJoinServer]:
    """Serve the demo data."""
    with ServedJoinServer(tmp_path / "joinserver") as running:
        yield running


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def bay(qtbot: QtBot, served: ServedJoinServer, tmp_path: Path, clock: HandClock) -> Iterator[Bay]:
    """Start the app before that server, with a clock for being away."""
    with open_bay(qtbot, served.url, tmp_path, idle_clock=clock) as started:
        yield started


Away = Callable[[float], None]


@pytest.fixture
def away(bay: Bay, clock: HandClock) -> Away:
    """Let somebody be away for seconds, by the clock of the app under test."""

    def pass_by(seconds: float) -> None:
        clock.advance(seconds)
        bay.app.idle.look()

    return pass_by


def come_to_countdown(bay: Bay, away: Away) -> None:
    """Be away until the app asks."""
    away(576)
    assert bay.app.page is Page.IDLE
    assert bay.robot.find("idlePage") is not None


def stay(bay: Bay) -> None:
    """Tap the page and wait for what it covered."""
    tap(bay.robot.see("idlePage"), QPoint(20, 20))
    bay.until(lambda: bay.app.page is not Page.IDLE)


def left_of(bay: Bay, names: tuple[str, ...]) -> list[str]:
    """Return the words that are left of a day."""
    return [text for text in bay.every_word() if any(name in text for name in names)]


def nothing_is_left(bay: Bay, names: tuple[str, ...]) -> None:
    """Wait a moment, and fail with what is left of a day."""

    def nothing() -> None:
        assert left_of(bay, names) == []

    bay.qtbot.waitUntil(nothing, timeout=3_000)


def test_sr_38_who_walks_away_is_asked_and_signed_out_and_the_next_one_sees_nothing_in_the_app(
    bay: Bay, away: Away
) -> None:
    bay.sign_in()
    bay.open("S11", "completionPage")
    bay.robot.click("backToSessions")
    bay.until_seen("sessionsPage")
    away(569)
    assert bay.app.page is Page.SESSIONS
    away(7)
    assert bay.says("idleTitle") == "Still there, Marisol?"
    assert bay.says("idleLine") == "You will be signed out in 24 seconds. Your notes and drafts are saved."
    assert not [text for text in bay.robot.words_on_screen() if "Dana" in text], "it covers the list"
    away(24)
    bay.until_seen("signInPage")
    nothing_is_left(bay, NAMES_OF_MARISOLS_DAY)
    assert bay.app.chat_model.rowCount() == 0
    assert bay.says("emailField") == "Email"
    assert bay.robot.text_in("emailField") == ""
    bay.sign_in(IKE)
    bay.until(lambda: bay.row(S01) is None)
    nothing_is_left(bay, ("Marisol", "Dana", "h.tran", "Grinding"))


def test_sr_38_it_never_comes_in_a_session_in_the_app(bay: Bay, away: Away, clock: HandClock) -> None:
    bay.sign_in()
    away(576)
    stay(bay)
    bay.open("S01")
    for page, opens in ((Page.CALL, ""), (Page.CHECK, "devicesButton")):
        if opens:
            bay.robot.click(opens)
            bay.until_seen("checkPage")
        for _ in range(4):
            away(15 * MINUTE_S)
            assert bay.app.page is page
    bay.robot.click("doneButton")
    bay.until_seen("callPage")
    bay.app.call_gateway.end()
    bay.until_seen("completionPage")
    away(569)
    assert bay.robot.find("completionPage") is not None, "it begins with the end of the session"
    away(1)
    assert bay.robot.find("idlePage") is not None
    stay(bay)
    assert bay.app.page is Page.COMPLETION


def test_sr_38_a_chat_session_is_never_left_in_the_app(bay: Bay, away: Away) -> None:
    bay.sign_in(IKE)
    bay.open("S05", "chatPage")
    away(60 * MINUTE_S)
    assert bay.app.page is Page.CHAT


def test_sr_38_a_link_that_opens_a_session_stops_the_countdown_in_the_app(bay: Bay, away: Away) -> None:
    bay.sign_in()
    come_to_countdown(bay, away)
    bay.app.links.open(f"baylink://video/{S01}")
    bay.until_seen("callPage")
    away(60 * MINUTE_S)
    assert bay.app.page is Page.CALL


def test_sr_38_input_postpones_it_in_the_app(bay: Bay, away: Away) -> None:
    bay.sign_in()
    rows = bay.app.sessions_page.sessions
    inputs: tuple[Callable[[], object], ...] = (
        lambda: tap(bay.robot.see("detailName")),
        lambda: QTest.keyClick(rows, Qt.Key.Key_Down),
        lambda: QTest.mouseMove(bay.app.window, QPoint(300, 300)),
    )
    for act in inputs:
        away(560)
        act()
        away(560)
        assert bay.app.page is Page.SESSIONS
        act()
    come_to_countdown(bay, away)


def test_sr_38_the_touch_that_stays_falls_through_to_nothing_in_the_app(bay: Bay, away: Away) -> None:
    bay.sign_in()
    rows = bay.app.sessions_page.sessions
    bay.until(lambda: bay.row(S01) is not None)
    index = rows.sessions.index_of(bay.app._board.rows[0].id)
    button = rows.itemDelegate().button_rect(rows.visualRect(index)).center()  # type: ignore[attr-defined] # its own
    place = rows.viewport().mapTo(bay.app.window, button)
    wished: list[str] = []
    rows.action_requested.connect(lambda *wish: wished.append(wish[0]))
    come_to_countdown(bay, away)
    page = bay.robot.see("idlePage")
    for _ in range(2):
        hold(page, place)
        away(1)
        let_go(page, place)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(find(page, Button, "idleStay"), key)
    bay.until(lambda: bay.app.page is Page.SESSIONS)
    assert wished == []
    assert bay.app._board.joining is None
    tap(rows.viewport(), button)
    assert wished != [], "the place was that of a button"


def test_sr_38_a_pc_that_slept_past_the_end_signs_out_before_anybody_reads_in_the_app(
    bay: Bay, clock: HandClock
) -> None:
    bay.sign_in()
    bay.until(lambda: bay.row(S01) is not None)
    rows = bay.app.sessions_page.sessions
    wished: list[str] = []
    rows.action_requested.connect(lambda *wish: wished.append(wish[0]))
    clock.advance(8 * 60 * MINUTE_S)
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert bay.app.page is not Page.SESSIONS, "no second is left for the list"
    assert wished == []
    bay.until_seen("signInPage")


def test_sr_38_the_check_page_before_a_session_is_left_as_the_list_is_in_the_app(bay: Bay, away: Away) -> None:
    bay.sign_in()
    bay.until(lambda: bay.row(S01) is not None)
    bay.app.sessions_page.check_requested.emit(S01)
    bay.until_seen("checkPage")
    come_to_countdown(bay, away)
    stay(bay)
    assert bay.app.page is Page.CHECK
    come_to_countdown(bay, away)
    away(30)
    bay.until_seen("signInPage")
    assert not bay.app.check.is_open
    nothing_is_left(bay, NAMES_OF_MARISOLS_DAY)


def write(bay: Bay, text: str) -> QWidget:
    """Begin the summary that is missing."""
    bay.press_row(S12)
    bay.until(lambda: bay.app.page is Page.SUMMARY)
    field = find(bay.app.session_pages.summary, TextArea, "stepsTaken")
    bay.until(field.isEnabled)
    field.setFocus()
    QTest.keyClicks(field, text)
    return field


def test_sr_38_a_draft_is_there_for_its_author_and_for_nobody_else_in_the_app(bay: Bay, away: Away) -> None:
    bay.sign_in()
    write(bay, "Measured the battery")
    come_to_countdown(bay, away)
    away(24)
    bay.until_seen("signInPage")
    nothing_is_left(bay, (*NAMES_OF_MARISOLS_DAY, "battery"))
    bay.sign_in(IKE)
    assert not left_of(bay, ("battery",))
    bay.robot.click("signOutButton")
    bay.until_seen("signInPage")
    bay.sign_in()
    bay.press_row(S12)
    bay.until(lambda: bay.app.page is Page.SUMMARY)
    field = find(bay.app.session_pages.summary, TextArea, "stepsTaken")
    bay.until(lambda: field.toPlainText() == "Measured the battery")


def test_who_says_that_they_are_there_goes_on_where_they_wrote(bay: Bay, away: Away) -> None:
    bay.sign_in()
    field = write(bay, "Measured the battery")
    assert isinstance(field, TextArea)
    field.moveCursor(QTextCursor.MoveOperation.StartOfWord)
    come_to_countdown(bay, away)
    stay(bay)
    assert QApplication.focusWidget() is field
    QTest.keyClicks(field, "old ")
    assert field.toPlainText() == "Measured the old battery"


def test_a_dialog_of_the_one_who_left_goes_with_them(bay: Bay, away: Away) -> None:
    bay.sign_in()
    write(bay, "Measured the battery")
    bay.robot.click("savePdf")
    dialog = bay.app.window.findChild(QDialog, "pdfDialog")
    assert dialog is not None
    assert dialog.isVisible()
    come_to_countdown(bay, away)
    bay.until(lambda: not any(window.isModal() for window in QApplication.topLevelWidgets() if window.isVisible()))


def test_in_a_kiosk_the_next_one_cannot_paste_what_the_former_one_copied(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path
) -> None:
    with open_bay(qtbot, served.url, tmp_path, profile="kiosk") as bay:
        bay.sign_in()
        QGuiApplication.clipboard().setText("Dana Whitlock, KTR-482")
        bay.robot.click("signOutButton")
        bay.until_seen("signInPage")
        assert QGuiApplication.clipboard().text() == ""


def test_a_practice_mechanic_who_was_signed_out_is_filled_in_again(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path, clock: HandClock
) -> None:
    login: dict[str, object] = {"prefill_email": MARISOL, "practice_password": DEMO_PASSWORD}
    with open_bay(qtbot, served.url, tmp_path, idle_clock=clock, camera=None, **login) as bay:
        for _ in range(2):
            bay.until(lambda bay=bay: (button := bay.robot.find("signInButton")) and button.isEnabled())  # type: ignore[misc] # bound on purpose
            bay.robot.click("signInButton")
            bay.until(lambda bay=bay: bay.app.page is Page.SESSIONS)  # type: ignore[misc] # bound on purpose
            clock.advance(11 * MINUTE_S)
            bay.app.idle.look()
            bay.until_seen("signInPage")

"""The contract's acceptance cases as a mechanic sees them: the whole app before the real join server.

LiveKit is away here, so every session opens for chat alone; what needs a room is tested end to end.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.people import SessionId
from tests.fixtures.bay import OFFSCREEN_SAYS, Bay, open_bay
from tests.fixtures.joinserver import DANA, IKE, MARISOL, START, TEODOR, session_key
from tests.fixtures.served import ServedJoinServer

pytestmark = [pytest.mark.end2end, pytest.mark.qt_log_ignore(*OFFSCREEN_SAYS, extend=True)]

S01, S04 = session_key("S01"), session_key("S04")
JEEP = "m.quintero.jeep@post.example"
_MONEY = re.compile(r"[$€£]|\b(price|payout|earn|earnings|fee|cents|usd|stripe)\b", re.IGNORECASE)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedJoinServer]:
    """Serve the demo data."""
    with ServedJoinServer(tmp_path / "joinserver") as running:
        yield running


@pytest.fixture
def bay(qtbot: QtBot, served: ServedJoinServer, tmp_path: Path) -> Iterator[Bay]:
    """Start the app before that server."""
    with open_bay(qtbot, served.url, tmp_path) as started:
        yield started


def say(served: ServedJoinServer, email: str, session_id: str, text: str, temp_id: str) -> None:
    """Let a customer store a line."""
    person = served.call(served.server.sign_in(email))
    body = {"sessionId": session_id, "content": text, "attachments": [], "tempId": temp_id}
    assert served.call(person.post("/api/chat/send-message", body)).status_code == 200


def test_ac_01_tile_header_title_and_chat_show_the_customers_real_name_in_the_app(
    bay: Bay, served: ServedJoinServer
) -> None:
    say(served, DANA, S01, "It squeals when cold", "owner-line-1")
    bay.sign_in()
    bay.open("S01")
    assert bay.says("callName") == "Dana Whitlock"
    assert bay.app.window.windowTitle() == "Dana Whitlock - Baylink"
    assert any("Waiting for Dana Whitlock" in text for text in bay.robot.words_on_screen())
    bay.robot.click("tabChat")
    assert [(row.name, row.text) for row in bay.bubbles()] == [("Dana Whitlock", "It squeals when cold")]
    assert bay.robot.leaks() == []


def test_ac_04_after_the_end_both_names_stand_on_the_page_and_in_the_list_in_the_app(
    bay: Bay, served: ServedJoinServer
) -> None:
    began = START - timedelta(minutes=41)
    served.call(served.server.patch(f"sessions/{S01}", status="live", startedAt=began.isoformat()))
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("endButton")
    bay.until_seen("endNow")
    bay.robot.click("endNow")
    for _ in range(2):
        bay.until_seen("completionPage")
        assert bay.says("completionCustomer") == "Dana Whitlock"
        assert bay.says("completionMechanic") == "Marisol Quintero"
        assert "41" in bay.says("completionDuration")
        assert bay.robot.leaks() == []
        bay.robot.click("backToSessions")
        bay.until_seen("sessionsPage")
        bay.until(lambda: (words := bay.row(S01)) is not None and "completed" in words.spoken)
        words = bay.row(S01)
        assert words is not None
        assert "Dana Whitlock" in words.spoken
        bay.app.sessions_page.view_requested.emit(S01)
    bay.until_seen("completionPage")
    bay.robot.click("writeSummary")
    bay.until_seen("summaryPage")
    assert any("Dana Whitlock" in text for text in bay.robot.words_on_screen())
    assert bay.robot.leaks() == []


@pytest.mark.parametrize("email", [MARISOL, IKE])
def test_sr_34_ac_05_no_view_of_a_day_shows_an_id_or_an_address_in_the_app(bay: Bay, email: str) -> None:
    bay.sign_in(email)
    rows = bay.app.sessions_page.sessions
    ids = [row.id for row in bay.app._board.rows]
    assert len(ids) > 5
    for session_id in ids:
        rows.choose(session_id)
        assert bay.robot.leaks() == []
    for session_id in ids:
        if (words := bay.row(session_id)) is not None and words.button == "View":
            bay.press_row(session_id)
            bay.until_seen("completionPage")
            assert bay.robot.leaks() == []
            bay.robot.click("backToSessions")
            bay.until_seen("sessionsPage")


def test_ac_07_a_session_of_another_mechanic_is_not_available_in_the_app(bay: Bay) -> None:
    bay.sign_in(IKE)
    bay.app.sessions_page.join_requested.emit(S01)
    bay.until_says("messageBar", "This session is not available to you.")
    assert bay.robot.find("sessionsPage") is not None
    assert not [text for text in bay.every_word() if "Dana" in text]


class FirstSights(QObject):
    """Notes what every label of a page said whenever it was painted on screen, and what its notes held at first."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.said: dict[str, set[str]] = {}
        self.notes: list[str] = []
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # an app whose window stands runs

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_seen = event.type() is QEvent.Type.Paint and self._page.isVisible()
        if is_seen and isinstance(watched, QLabel) and self._page.isAncestorOf(watched):
            if not self.said:
                self._look_behind_the_tab()
            self.said.setdefault(watched.objectName(), set()).add(watched.text())
        return False

    def _look_behind_the_tab(self) -> None:
        notes = self._page.findChild(QWidget, "notesTab")
        assert isinstance(notes, QWidget)
        self.notes = [edit.toPlainText() for edit in notes.findChildren(QPlainTextEdit)]


async def written_before(served: ServedJoinServer) -> list[str]:
    """Write notes from elsewhere; return the names of the session's files."""
    marisol = await served.server.sign_in(MARISOL)
    notes = {"notes": "Front left, only when warm.", "baseVersion": 0}
    assert (await marisol.put(f"/api/mechanic/sessions/{S01}/notes", notes)).status_code == 200
    return [file["file_name"] for file in (await marisol.get(f"/api/sessions/{S01}/files")).json()["files"]]


def test_ac_09_the_first_painted_page_is_whole_though_nothing_but_join_answers_in_the_app(
    bay: Bay, served: ServedJoinServer
) -> None:
    say(served, DANA, S01, "It squeals when cold", "owner-line-1")
    files = served.call(written_before(served))
    bay.sign_in()
    sights = FirstSights(bay.app.session_pages.call)
    for path in ("state", "start", "messages", "files", "notes", "summary", "session-info", "queue", "active-sessions"):
        served.fault(f"*/{path}*", status=500)
    bay.open("S01")
    bay.until(lambda: "factPlanned" in sights.said)
    assert sights.said["callName"] == {"Dana Whitlock"}
    assert sights.said["factVehicle"] == {"2016 Subaru Outback"}
    assert sights.said["factPlate"] == {"KTR-482"}
    assert sights.said["factPlan"] == {"Standard Video"}
    assert sights.said["factPlanned"] == {"45 min"}
    assert sights.said["concernText"] == {"“Grinding from the front left when braking”"}
    assert any("Waiting for Dana Whitlock" in said for said in sights.said["stageHeadline"])
    assert all(len(said) == 1 for name, said in sights.said.items() if name.startswith(("call", "fact", "concern")))
    assert "Front left, only when warm." in sights.notes
    assert len(files) == 3
    bay.robot.click("tabFiles")
    assert set(files) <= set(bay.robot.words_on_screen())
    bay.robot.click("tabChat")
    assert [(row.name, row.text) for row in bay.bubbles()] == [("Dana Whitlock", "It squeals when cold")]


def test_ac_10_while_a_slow_join_is_under_way_its_row_says_so_and_the_app_stays_usable_in_the_app(
    bay: Bay, served: ServedJoinServer
) -> None:
    bay.sign_in()
    served.fault("POST /api/mechanic/sessions/*/join", delay_s=1.5)
    sights = FirstSights(bay.app.session_pages.call)
    bay.press_row(S01)
    bay.until(lambda: (words := bay.row(S01)) is not None and not words.enabled)
    words = bay.row(S01)
    assert words is not None
    assert "Joining" in words.button
    bay.app.sessions_page.sessions.choose(SessionId(session_key("S11")))
    bay.until_says("detailName", "h.tran", 1)
    assert bay.robot.find("callPage") is None
    bay.until_seen("callPage")
    bay.until(lambda: "callName" in sights.said)
    assert sights.said["callName"] == {"Dana Whitlock"}


@pytest.mark.parametrize("status", ["completed", "cancelled", "expired", "refunded", "archived"])
def test_ac_12_joining_an_ended_session_is_refused_in_one_sentence_in_the_app(
    bay: Bay, served: ServedJoinServer, status: str
) -> None:
    made = served.call(
        served.server.make_session(type="chat", status=status, mechanic=MARISOL, customer=DANA, startedMinutesAgo=9)
    )
    bay.sign_in()
    bay.app.sessions_page.join_requested.emit(made["id"])
    bay.until_seen("completionPage")
    bay.until_says("messageBar", "This session has ended. You can still read it.")
    assert bay.says("completionCustomer") == "Dana Whitlock"
    assert bay.robot.find("composerField") is None


def test_ac_17_a_guest_is_named_by_the_first_part_of_the_address_in_the_app(bay: Bay) -> None:
    bay.sign_in()
    words = bay.row(session_key("S14"))
    assert words is not None
    assert "walkin+bay3" in words.spoken
    bay.open("S14", "completionPage")
    assert bay.says("completionCustomer") == "walkin+bay3"
    assert bay.robot.leaks() == []


def test_ac_18_two_people_of_one_name_are_told_apart_by_their_roles_in_the_app(
    bay: Bay, served: ServedJoinServer
) -> None:
    served.call(served.server.patch(f"sessions/{S01}", status="cancelled"))
    made = served.call(served.server.make_session(type="chat", status="waiting", mechanic=MARISOL, customer=JEEP))
    say(served, JEEP, made["id"], "Hello, namesake", "owner-line-1")
    bay.sign_in()
    bay.press_row(made["id"])
    bay.until_seen("chatPage")
    bay.write_line("Hello to you")
    bay.until(lambda: len(bay.bubbles()) == 2)
    assert {(row.name, row.role_word) for row in bay.bubbles()} == {
        ("Marisol Quintero", "Customer"),
        ("Marisol Quintero", "Mechanic"),
    }


def test_ac_38_a_second_session_is_refused_with_a_button_to_the_first_in_the_app(bay: Bay) -> None:
    bay.sign_in()
    bay.press_row(S04)
    bay.until_says("messageBar", "You are still in a session with Dana Whitlock. End it before opening another.")
    bay.robot.click("bandAction")
    bay.until_seen("callPage")
    assert bay.says("callName") == "Dana Whitlock"


def test_ac_44_a_new_request_shows_within_two_seconds_in_the_app(bay: Bay, served: ServedJoinServer) -> None:
    bay.sign_in()
    bay.until(lambda: bay.app._parts is not None and bay.app._parts.board._hints_flow)
    made = served.call(served.server.make_session(type="chat", status="pending"))
    bay.until(lambda: bay.row(made["id"]) is not None, 2)


def test_ac_45_without_a_server_the_last_list_stays_with_its_age_in_the_app(bay: Bay, served: ServedJoinServer) -> None:
    bay.sign_in()
    rows = bay.app.sessions_page.sessions.sessions.rowCount()
    served.unplug()
    bay.until_says("messageBar", "No connection to Baylink.", 15)
    assert "This is the list from" in bay.says("messageBar")
    assert bay.app.sessions_page.sessions.sessions.rowCount() == rows
    assert bay.robot.find("emptyList") is None


def test_ac_47_a_login_used_twice_asks_for_a_sign_in_and_keeps_room_and_draft_in_the_app(
    bay: Bay, served: ServedJoinServer
) -> None:
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("tabChat")
    bay.robot.write("composerField", "half a sentence about the")
    parts = bay.app._parts
    assert parts is not None
    copied = bay.app.loop_thread.submit(parts.account._credentials.load()).result(5)
    for _ in range(3):
        # A thief who is served once; the replay, late, closes the whole login.
        served.call(served.server.nobody.post("/auth/v1/token?grant_type=refresh_token", {"refresh_token": copied}))
        served.server.clock.advance(seconds=30)
    bay.until_seen("signInPage", 20)
    assert any("sign" in text.lower() for text in bay.robot.words_on_screen())
    page = bay.app.session_pages.call
    bay.try_sign_in(MARISOL)
    bay.until_seen("callPage")
    assert bay.app.session_pages.call is page
    field = bay.robot.see("composerField")
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText() == "half a sentence about the"


def test_ac_48_a_suspended_mechanic_reads_why_in_the_app(bay: Bay) -> None:
    bay.try_sign_in(TEODOR)
    bay.until(lambda: any("This account is paused. Ask the shop office." in t for t in bay.robot.words_on_screen()))
    assert bay.robot.find("signInPage") is not None


def test_ac_49_50_a_whole_session_on_a_lean_platform_without_a_media_server_in_the_app(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with (
        ServedJoinServer(tmp_path / "joinserver", lean=True) as served,
        open_bay(qtbot, served.url, tmp_path) as bay,
    ):
        served.call(served.server.patch(f"sessions/{S01}", status="live", startedAt=START.isoformat()))
        bay.sign_in()
        bay.open("S01")
        assert bay.says("callName") == "Dana Whitlock"
        bay.until_says("messageBar", "No media server is set. Ask the shop office.")
        bay.write_line("Can you hear the grinding at low speed?")
        bay.until(lambda: [row.status for row in bay.bubbles()] == ["Sent"])
        assert bay.bubbles()[0].name == "Marisol Quintero"
        assert bay.robot.leaks() == []
        bay.robot.click("endButton")
        bay.until_seen("endNow")
        bay.robot.click("endNow")
        bay.until_seen("completionPage")
        assert bay.says("completionCustomer") == "Dana Whitlock"


def test_ac_56_a_workshops_mechanic_sees_no_money_in_any_view_in_the_app(bay: Bay) -> None:
    bay.sign_in(IKE)
    for row in bay.app._board.rows:
        bay.app.sessions_page.sessions.choose(row.id)
        assert not [text for text in bay.robot.words_on_screen() if _MONEY.search(text)]
    bay.open("S05", "chatPage")
    assert not [text for text in bay.robot.words_on_screen() if _MONEY.search(text)]
    bay.robot.click("endButton")
    bay.until_seen("endNow")
    bay.robot.click("endNow")
    bay.until_seen("completionPage")
    assert not [text for text in bay.every_word() if _MONEY.search(text)]


def test_ac_57_the_next_mechanic_finds_nothing_of_the_former_one_in_the_app(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("tabChat")
    bay.robot.write("composerField", "a line that was never sent")
    bay.robot.click("leaveButton" if bay.robot.find("leaveButton") else "endButton")
    if bay.robot.find("endNow"):
        bay.robot.click("endNow")
        bay.until_seen("completionPage")
        bay.robot.click("backToSessions")
    bay.until_seen("sessionsPage")
    bay.open("S11", "completionPage")
    bay.robot.click("backToSessions")
    bay.until_seen("sessionsPage")
    bay.robot.click("signOutButton")
    bay.until_seen("signInPage")
    bay.sign_in(IKE)
    names = ("Marisol", "Dana", "h.tran", "never sent", "Wheel bearing", "Grinding")

    def left() -> list[str]:
        return [text for text in bay.every_word() if any(name in text for name in names)]

    bay.until(lambda: bay.row(S01) is None and not left(), 5)
    assert bay.app.chat_model.rowCount() == 0

"""The whole app after a kill: its mechanic is led back, nobody else is; an ended session leads to its summary."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.core.people import SessionId
from desktop.core.route import Page
from desktop.joinserver.demo_data.ids import mechanic_id
from desktop.store.open_call import OpenCall, OpenCallStore
from tests.fixtures.bay import Bay, open_bay
from tests.fixtures.joinserver import IKE, MARISOL, session_key
from tests.fixtures.served import ServedJoinServer
from tests.ui import walk

S01 = SessionId(session_key("S01"))


@pytest.fixture
def _killed(tmp_path: Path) -> None:
    """Leave on disk what a program leaves that was killed in Marisol's session."""
    asyncio.run(noted(tmp_path))


async def noted(folder: Path, restarts: int = 0) -> None:
    calls = OpenCallStore(folder / "state" / "open-call.sqlite3")
    await calls.put(OpenCall(mechanic_id("M1"), S01, datetime.now(UTC)))
    for _ in range(restarts):
        await calls.note_restart(datetime.now(UTC), within=timedelta(minutes=10))


async def left_open(folder: Path) -> tuple[OpenCall, ...]:
    return await OpenCallStore(folder / "state" / "open-call.sqlite3").since(datetime.now(UTC) - timedelta(hours=1))


@pytest.mark.usefixtures("_killed")
def test_the_mechanic_of_the_session_is_led_back_after_the_sign_in(bay: Bay) -> None:
    bay.try_sign_in(MARISOL)
    bay.until_seen("rejoiningPage")
    bay.until_says("rejoiningTitle", "Rejoining Dana Whitlock")
    assert bay.robot.leaks() == []
    assert walk.markup_risks(bay.app.window) == []
    bay.until_seen("callPage")
    assert bay.says("callName") == "Dana Whitlock"


@pytest.mark.usefixtures("_killed")
def test_somebody_else_is_not_led_there_and_sees_nothing_of_it(bay: Bay, tmp_path: Path) -> None:
    bay.sign_in(IKE)
    assert bay.app.page is Page.SESSIONS
    assert not [text for text in bay.robot.words_on_screen() if "Dana" in text]
    bay.stop()
    assert len(asyncio.run(left_open(tmp_path))) == 1


@pytest.mark.usefixtures("_killed")
def test_a_session_that_ended_meanwhile_leads_to_its_summary_and_back_to_the_list(
    bay: Bay, served: ServedJoinServer
) -> None:
    started = datetime.now(UTC) - timedelta(minutes=20)
    served.call(served.server.patch(f"sessions/{S01}", status="completed", startedAt=started.isoformat()))
    bay.try_sign_in(MARISOL)
    bay.until_says("rejoiningTitle", "The session ended while Baylink restarted.")
    bay.robot.click("rejoiningSummary")
    bay.until(lambda: bay.app.page is Page.SUMMARY)
    bay.app.session_pages.summary.back_requested.emit()
    bay.until(lambda: bay.app.page is Page.SESSIONS)


@pytest.mark.usefixtures("_killed")
def test_the_way_back_can_be_left_for_the_list(bay: Bay, served: ServedJoinServer, tmp_path: Path) -> None:
    served.fault("GET /api/sessions/*/state", status=503)
    bay.try_sign_in(MARISOL)
    bay.until_seen("rejoiningBack")
    bay.robot.click("rejoiningBack")
    bay.until(lambda: bay.app.page is Page.SESSIONS)
    bay.stop()
    assert asyncio.run(left_open(tmp_path)) == ()


def test_the_third_stop_in_ten_minutes_asks_to_tell_the_manager(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path
) -> None:
    asyncio.run(noted(tmp_path, restarts=2))
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.try_sign_in(MARISOL)
        bay.until_says("rejoiningTitle", "Baylink keeps stopping. Tell your workshop manager.")
        bay.robot.click("copyReport")
        report = QGuiApplication.clipboard().text()
        assert report.startswith("Baylink report")
        assert not [word for word in ("Dana", "Marisol", S01, "eyJ") if word in report]
        bay.robot.click("rejoiningBack")
        bay.until(lambda: bay.app.page is Page.SESSIONS)


def test_a_session_that_was_left_properly_is_not_entered_at_the_next_start(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path
) -> None:
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.sign_in(MARISOL)
        bay.open("S01")
        bay.until(lambda: len(asyncio.run(left_open(tmp_path))) == 1)
    assert asyncio.run(left_open(tmp_path)) == ()


def test_after_a_new_start_the_line_begun_here_is_back_and_none_of_another_session(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path
) -> None:
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.sign_in()
        bay.open("S01")
        bay.app.session_pages.chat.set_draft("For somebody else")
        assert bay.app.session_pages.call.draft() == ""
        bay.app.session_pages.call.set_draft("The hose looks")
        bay.app.start_again()
        bay.stop()
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.try_sign_in(MARISOL)
        bay.until_seen("callPage")
        assert bay.app.session_pages.call.draft() == "The hose looks"
        assert bay.app.session_pages.chat.draft() == ""
        bay.app.session_pages.call.set_draft("")
        bay.app.session_pages.chat.set_draft("For somebody else")
        bay.app.start_again()
        bay.stop()
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.try_sign_in(MARISOL)
        bay.until_seen("callPage")
        assert bay.app.session_pages.call.draft() == ""

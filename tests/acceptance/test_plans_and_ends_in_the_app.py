"""Acceptance cases of plan names and of ends before and after the first minute, as the app must show them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fixtures.bay import OFFSCREEN_SAYS, Bay, open_bay
from tests.fixtures.joinserver import START, session_key
from tests.fixtures.served import ServedJoinServer
from tests.flows.call_fakes import Stage, play


def test_ac_21_a_renamed_plan_shows_and_never_moves_the_clock_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        before = stage.screen.state.timer
        stage.platform.plan_name = "Standard Video Plus"
        stage.platform.version += 1
        await stage.screen.until(lambda: stage.screen.state.plan_name == "Standard Video Plus", 12)
        after = stage.screen.state.timer
        assert (after.ends_at, after.planned_minutes) == (before.ends_at, before.planned_minutes)
        assert len(stage.rooms.opened) == 1

    play(story)


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


@pytest.mark.end2end
@pytest.mark.qt_log_ignore(*OFFSCREEN_SAYS, extend=True)
@pytest.mark.parametrize(("seconds", "status"), [(59, "cancelled"), (61, "completed")])
def test_ac_28_a_minute_decides_what_the_completion_says_in_the_app(
    bay: Bay, served: ServedJoinServer, seconds: int, status: str
) -> None:
    began = (START - timedelta(seconds=seconds)).isoformat()
    session_id = session_key("S01")
    served.call(served.server.patch(f"sessions/{session_id}", status="live", startedAt=began))
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("endButton")
    bay.until_seen("endNow")
    bay.robot.click("endNow")
    bay.until_seen("completionPage")
    assert (
        bay.says("completionTitle")
        == {
            "cancelled": "Session with Dana Whitlock was cancelled",
            "completed": "Session ended with Dana Whitlock",
        }[status]
    )
    bay.robot.click("backToSessions")
    bay.until_seen("sessionsPage")
    bay.until(lambda: (words := bay.row(session_id)) is not None and status in words.spoken)

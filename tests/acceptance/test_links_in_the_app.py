"""AC-7 in the whole app: a copied link to a session of somebody else opens nothing and says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fixtures.bay import OFFSCREEN_SAYS, Bay, open_bay
from tests.fixtures.joinserver import IKE, session_key
from tests.fixtures.served import ServedJoinServer

pytestmark = [pytest.mark.end2end, pytest.mark.qt_log_ignore(*OFFSCREEN_SAYS, extend=True)]

NOT_YOURS = "This session is not available to you."


@pytest.fixture
def bay(qtbot: QtBot, tmp_path: Path) -> Iterator[Bay]:
    """Start the app before a server with the demo data."""
    with ServedJoinServer(tmp_path / "joinserver") as served, open_bay(qtbot, served.url, tmp_path) as started:
        yield started


@pytest.mark.parametrize("key", ["S01", "S11"])
def test_ac_07_a_copied_link_to_another_mechanics_session_is_not_available_in_the_app(bay: Bay, key: str) -> None:
    bay.app.links.open(f"baylink://video/{session_key(key)}")
    bay.sign_in(IKE)
    bay.until_says("messageBar", NOT_YOURS)
    assert bay.robot.find("sessionsPage") is not None
    assert not [text for text in bay.robot.words_on_screen() if "Dana" in text or "h.tran" in text]
    assert bay.robot.leaks() == []


def test_ac_07_a_link_to_no_session_at_all_reads_the_same_in_the_app(bay: Bay) -> None:
    bay.sign_in(IKE)
    bay.app.links.open("baylink://video/00000000-0000-4000-8000-000000000000")
    bay.until_says("messageBar", NOT_YOURS)
    assert bay.robot.find("sessionsPage") is not None

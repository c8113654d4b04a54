"""The app before a join server behind a true socket, both in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.fixtures.bay import OFFSCREEN_SAYS, Bay, open_bay
from tests.fixtures.served import ServedJoinServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen platform and Qt Multimedia say what they lack."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*OFFSCREEN_SAYS, extend=True))


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

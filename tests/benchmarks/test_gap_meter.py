"""The beat that shows how long the GUI thread leaves its events waiting."""

import time

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from benchmarks.gap_meter import GapMeter


def test_a_blocked_gui_thread_shows_as_a_gap_of_that_length(qtbot: QtBot) -> None:
    owner, gaps = QObject(), list[float]()

    GapMeter(0.3, gaps.extend, owner)
    QTimer.singleShot(100, owner, lambda: _block_for(0.08))
    qtbot.waitUntil(lambda: bool(gaps), timeout=5_000)

    assert 75 < max(gaps) < 280
    assert sum(gaps) >= 300


def _block_for(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass

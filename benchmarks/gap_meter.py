"""How long the GUI thread leaves its events waiting: the gaps between the beats of a 5 ms timer."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot

_BEAT_MS = 5


class GapMeter(QObject):
    """Measures once for a while and hands over all gaps in ms; lives in the GUI thread."""

    def __init__(self, seconds: float, done: Callable[[list[float]], None], parent: QObject) -> None:
        """Start measuring; `done` is called once, after `seconds`."""
        super().__init__(parent)
        self._done = done
        self._gaps: list[float] = []
        self._end = time.perf_counter() + seconds
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now
        if now >= self._end:
            self._timer.stop()
            self._done(self._gaps)
            self.deleteLater()

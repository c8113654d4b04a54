"""Garbage: cycles are collected in the GUI thread alone, because objects of Qt may only end in their own thread.

Python collects in whichever thread happens to make the next object. Where that is the loop's, a dropped page is torn
down there while the GUI thread still serves it: the program hangs or crashes, seldom and anywhere
(https://doc.qt.io/qt-6/threads-qobject.html, "Accessing QObject Subclasses from Other Threads").
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_EVERY_MS = 2000


def collect_what_is_due() -> None:
    """Collect as far as Python's own thresholds say, in the calling thread."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    due = [number for number, count in enumerate(counts) if count > thresholds[number]]
    if due:
        gc.collect(due[-1])


class Garbage(QObject):
    """Made and used in the GUI thread. Between `start` and `stop` no other thread of the process collects."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Make it; Python goes on collecting as it does."""
        super().__init__(parent)
        self._was_automatic = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Collect here from now on."""
        self._was_automatic = gc.isenabled()
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again, if it was before."""
        self._timer.stop()
        if self._was_automatic:
            gc.enable()

    @Slot()
    def _collect(self) -> None:
        collect_what_is_due()

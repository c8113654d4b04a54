"""SoundThread: the thread in which sound devices are opened, because a hung sound server must not hang a page."""

import logging

from PySide6.QtCore import QObject, QThread

_log = logging.getLogger(__name__)

_END_WITHIN_MS = 2000
_stuck: list[QObject] = []
"""Threads a hanging sound server does not let go, with what lives in them: to drop either would end the process."""


class SoundThread(QObject):
    """A thread with an event loop for objects that speak to sound devices; made and closed in the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Make it; it runs from the first `adopt` on."""
        super().__init__(parent)
        self._thread = QThread(self)
        self._thread.setObjectName("baylink-sound")
        self._workers: list[QObject] = []

    def adopt(self, worker: QObject) -> None:
        """Let a parentless object live in the thread until it ends; speak to it by queued signals only."""
        # Held here until its thread has deleted it: to drop it would delete it in another thread.
        self._workers.append(worker)
        worker.moveToThread(self._thread)
        self._thread.finished.connect(worker.deleteLater)
        self._thread.start()

    def close(self) -> None:
        """End the thread after what is queued; returns when it has ended, or after two seconds."""
        self._thread.quit()
        if not self._thread.wait(_END_WITHIN_MS):
            _log.warning("the sound server does not let go")
            self._thread.setParent(None)
            _stuck.extend((self._thread, *self._workers))

"""Newest: hands state objects from the loop thread to the GUI thread, only the newest when the GUI is busy."""

import threading

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Newest[State](QObject):
    """A one-slot mailbox between the threads.

    Made in the GUI thread. `put` may be called from any thread; `arrived` is emitted in the GUI thread with the newest
    object, once for however many were put since.
    """

    arrived = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Make the mailbox empty."""
        super().__init__(parent)
        self._lock = threading.Lock()
        self._slot: State | None = None
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def put(self, state: State) -> None:
        """Leave `state` for the GUI thread; an older one that was not fetched yet is dropped."""
        with self._lock:
            was_empty = self._slot is None
            self._slot = state
        if was_empty:
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            state, self._slot = self._slot, None
        if state is not None:
            self.arrived.emit(state)

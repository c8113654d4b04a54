"""Application: the QApplication, which also hears of links that the system opens by an event (macOS)."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """One a process. `link_opened` carries the text of what was opened, not yet looked at.

    Only events of the application itself come by here; a filter would see every event of every widget.
    """

    link_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        """Take an open event; everything else goes its way."""
        if event.type() is QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            self.link_opened.emit(event.url().toString())
            return True
        return super().event(event)

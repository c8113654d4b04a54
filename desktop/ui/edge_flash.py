"""EdgeFlash: one short pulse of colour along the window's edge, for who cannot hear the cue."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.core.bands import BandLevel
from desktop.ui.theme import theme

_FOR_MS = 200
_WIDTH_PX = 12
_ROLES = {
    BandLevel.INFO: "accent",
    BandLevel.ACCENT: "accent",
    BandLevel.SUCCESS: "success",
    BandLevel.WARNING: "warning",
    BandLevel.DANGER: "danger",
}


class EdgeFlash(QWidget):
    """Lies over its parent without being in the way of a finger; hidden but for the pulse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("edgeFlash")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._color = QColor()
        self._end = QTimer(self, singleShot=True, interval=_FOR_MS)
        self._end.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def flash(self, level: BandLevel) -> None:
        """Show one pulse in a band's colour."""
        self._color = theme().color(_ROLES[level])
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self._end.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if isinstance(watched, QWidget) and watched is self.parent() and event.type() is QEvent.Type.Resize:
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the four edges."""
        painter = QPainter(self)
        area, wide = self.rect(), _WIDTH_PX
        painter.fillRect(0, 0, area.width(), wide, self._color)
        painter.fillRect(0, area.height() - wide, area.width(), wide, self._color)
        painter.fillRect(0, 0, wide, area.height(), self._color)
        painter.fillRect(area.width() - wide, 0, wide, area.height(), self._color)

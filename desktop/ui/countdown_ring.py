"""A ring that empties while seconds run out, with the seconds in its middle."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, theme

_SIXTEENTHS = 16
_TOP = 90 * _SIXTEENTHS
_ROUND = 360 * _SIXTEENTHS


class CountdownRing(QWidget):
    """Shows `seconds` of `whole`; the words beside it say the same to a screen reader."""

    def __init__(self, whole: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self._seconds = whole
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)

    @property
    def seconds(self) -> int:
        """The seconds in the middle."""
        return self._seconds

    def show_seconds(self, seconds: int) -> None:
        """Show what is left."""
        if seconds != self._seconds:
            self._seconds = seconds
            self.update()

    def sizeHint(self) -> QSize:
        """Return the ring's square."""
        px = theme().pick(kiosk=248, desktop=168)
        return QSize(px, px)

    def minimumSizeHint(self) -> QSize:
        """Return the same: it never shrinks."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring's ground, what is left of it, and the figures."""
        look = theme()
        width = look.pick(kiosk=12, desktop=8)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(QPen(look.color("control"), width))
        painter.drawEllipse(area)
        if self._seconds:
            pen = QPen(look.color("accent"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(area, _TOP, round(-_ROUND * self._seconds / self._whole))
        figures = look.font("display", tabular=True, px=look.pick(kiosk=92, desktop=60))
        paint_text(painter, area, str(self._seconds), figures, look.color("text"), Qt.AlignmentFlag.AlignHCenter)

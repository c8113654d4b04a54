"""The round corners and the frame of a small picture, drawn once for each look and not for every picture."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap


class RoundedFrame:
    """Pixmaps of one look: what is left of a picture whose corners are round, and the frame inside its edge."""

    def __init__(self) -> None:
        """Draw nothing before a look is asked for."""
        self._look: object = None
        self._corners = QPixmap()
        self._edge = QPixmap()

    def paint(self, painter: QPainter, size: QSize, radius: int, edge: QColor | None, width: int) -> None:
        """Cut the corners out of what was painted so far, and draw the frame; sizes in device-independent pixels.

        The painter's device needs transparency, and holds nothing but the picture.
        """
        ratio = painter.device().devicePixelRatioF()
        look = (size, ratio, radius, edge, width)
        if look != self._look:
            self._look = look
            self._corners = _blank(size, ratio)
            self._edge = _blank(size, ratio)
            _draw(self._corners, radius, None, QColor(Qt.GlobalColor.black))
            if edge is not None:
                _draw(self._edge, radius, QPen(edge, width), None)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawPixmap(0, 0, self._corners)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.drawPixmap(0, 0, self._edge)


def _blank(size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _draw(pixmap: QPixmap, radius: int, pen: QPen | None, fill: QColor | None) -> None:
    half = pen.widthF() / 2 if pen is not None else 0.0
    area = QRectF(0, 0, *pixmap.deviceIndependentSize().toTuple()).adjusted(half, half, -half, -half)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen if pen is not None else Qt.PenStyle.NoPen)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, radius - half, radius - half)

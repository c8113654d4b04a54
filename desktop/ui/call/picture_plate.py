"""The plate over a picture of the past: what is being done to get the present one back."""

import time

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.call.plates import paint_plate
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_TRACK_ALPHA = 0.18
_ARC_SHARE = 0.3


class _Ring(QWidget):
    """A ring with a moving part: something is being done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._turn = QVariantAnimation(self, startValue=0.0, endValue=360.0)
        self._turn.setLoopCount(-1)
        self._turn.valueChanged.connect(self._step)

    def _step(self) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        """Return the square of the ring."""
        px = theme().pick(kiosk=66, desktop=44)
        return QSize(px, px)

    def showEvent(self, event: QShowEvent) -> None:
        """Turn only while seen."""
        super().showEvent(event)
        if theme().ms("pulse"):
            self._turn.setDuration(theme().ms("pulse"))
            self._turn.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while hidden."""
        super().hideEvent(event)
        self._turn.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint track and arc."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = look.pick(kiosk=8, desktop=5)
        area = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        track = QColor(look.color("video-label-text"))
        track.setAlphaF(_TRACK_ALPHA)
        painter.setPen(QPen(track, width))
        painter.drawEllipse(area)
        ink = look.color("mark-3")
        painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        is_moving = self._turn.state() is QVariantAnimation.State.Running
        start = 90 - (float(self._turn.currentValue()) if is_moving else 0.0)
        painter.drawArc(area, round(start * 16), round(-360 * _ARC_SHARE * 16))


class PicturePlate(QWidget):
    """Title and sentence in the middle of the stage, over the grey picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("picturePlate")
        self._ring = _Ring(self)
        self._title = PlainLabel(style="title", role="video-label-text", parent=self)
        self._title.setObjectName("picturePlateTitle")
        self._text = PlainLabel(role="video-label-text", parent=self)
        self._text.setObjectName("picturePlateText")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._ring)
        self._row.addLayout(words)
        self.shown_since_s = time.monotonic()
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def show_words(self, title: str, text: str) -> None:
        """Show other words."""
        self._title.set_text(title)
        self._text.set_text(text)
        self.setAccessibleName(f"{title}. {text}")

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=28, desktop=18)
        self._row.setContentsMargins(side, look.pick(kiosk=20, desktop=12), side, look.pick(kiosk=20, desktop=12))
        self._row.setSpacing(side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        paint_plate(QPainter(self), QRectF(self.rect()), theme().radius("panel"))

"""LevelMeter: how loud the microphone is, as a row of lights; it repaints itself alone, and only if one changes."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.core.hearing import SILENCE_DB, meter_share
from desktop.ui.theme import appearance, theme

_GAP_PX = 4
_RADIUS_PX = 4
_FALL = 0.08
"""How much of the meter may go out with one reading: a peak is seen, not only painted."""


class LevelMeter(QWidget):
    """Shows readings in decibels, twenty a second; the upper half is amber: speech belongs below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("levelMeter")
        self.setAccessibleName("Microphone level")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._share = 0.0
        appearance().changed.connect(self.updateGeometry)

    @property
    def lights(self) -> int:
        """How many lights there are."""
        return theme().pick(kiosk=28, desktop=22)

    @property
    def lit(self) -> int:
        """How many are lit."""
        return round(self._share * self.lights)

    def show_level(self, loudness_db: float) -> None:
        """Take a reading: up at once, down step by step."""
        before = self.lit
        self._share = max(meter_share(loudness_db), self._share - _FALL)
        if self.lit != before:
            self.update()

    def clear(self) -> None:
        """Go out."""
        self._share = meter_share(SILENCE_DB)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a row of small lights."""
        return QSize(self.lights * theme().pick(kiosk=12, desktop=10), theme().pick(kiosk=14, desktop=10))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lights."""
        look = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.color("surface-raised"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = (self.width() - (self.lights - 1) * _GAP_PX) / self.lights
        for at in range(self.lights):
            role = "control" if at >= self.lit else "success" if at < self.lights // 2 else "warning"
            painter.setBrush(look.color(role))
            painter.drawRoundedRect(QRectF(at * (wide + _GAP_PX), 0, wide, self.height()), _RADIUS_PX, _RADIUS_PX)

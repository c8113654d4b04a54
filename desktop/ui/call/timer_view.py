"""The session timer of a header: figures, what they mean, and a thin line for the time used."""

import time

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.core.clock import SessionTimer, TimerMode, TimerReading, TimerUrgency
from desktop.ui.call.words import timer_caption
from desktop.ui.text_block import paint_text
from desktop.ui.theme import Theme, appearance, theme

_LINE_PX = 4
_GAP = 8
_TICK_MS = 250
_INKS = {TimerUrgency.NORMAL: "text", TimerUrgency.AMBER: "warning-fg", TimerUrgency.RED: "danger-fg"}
_LINES = {TimerUrgency.NORMAL: "accent", TimerUrgency.AMBER: "warning-fg", TimerUrgency.RED: "danger-fg"}


class TimerView(QWidget):
    """Shows a `SessionTimer` by server time, and reads it again by itself while it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionTimer")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer = SessionTimer()
        self._reading = self._timer.read(time.monotonic())
        self._clock = QTimer(self, interval=_TICK_MS)
        self._clock.timeout.connect(self.tick)
        appearance().changed.connect(self.updateGeometry)
        self._name()

    @property
    def reading(self) -> TimerReading:
        """What is shown now."""
        return self._reading

    @property
    def caption(self) -> str:
        """The words beside the figures."""
        return timer_caption(self._timer, self._reading)

    def set_timer(self, timer: SessionTimer) -> None:
        """Show another timer, or the same one moved."""
        if timer != self._timer:
            self._timer = timer
            self.tick()
            self.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell the time again."""
        super().showEvent(event)
        self.tick()
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._clock.stop()

    def tick(self) -> None:
        """Read the timer; repaint if it moved."""
        reading = self._timer.read(time.monotonic())
        if reading != self._reading:
            if len(reading.figures) != len(self._reading.figures) or reading.mode is not self._reading.mode:
                self.updateGeometry()
            self._reading = reading
            self._name()
            self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"Time {self._reading.figures} {self.caption}")

    def _figures_font(self, look: Theme) -> QFont:
        return look.font("strong", tabular=True, weight=600, px=look.pick(kiosk=32, desktop=20))

    def sizeHint(self) -> QSize:
        """Return the room for figures and words, and never less than the line."""
        look = theme()
        figures = QFontMetricsF(self._figures_font(look)).horizontalAdvance(self._reading.figures)
        words = QFontMetricsF(look.font("caption")).horizontalAdvance(self.caption)
        width = max(look.pick(kiosk=220, desktop=150), round(figures + _GAP + words + 4))
        return QSize(width, look.pick(kiosk=38, desktop=24) + _LINE_PX + 4)

    def minimumSizeHint(self) -> QSize:
        """Return the same: times are never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint figures, words and line."""
        look, reading = theme(), self._reading
        painter = QPainter(self)
        font = self._figures_font(look)
        small = look.font("caption")
        figures_width = QFontMetricsF(font).horizontalAdvance(reading.figures) + 2
        words_width = QFontMetricsF(small).horizontalAdvance(self.caption) + 2
        left = (self.width() - figures_width - _GAP - words_width) / 2
        high = look.pick(kiosk=38, desktop=24)
        is_still = reading.mode in {TimerMode.NOT_STARTED, TimerMode.PAUSED}
        ink = look.color("text-muted" if is_still else _INKS[reading.urgency])
        paint_text(painter, QRectF(left, 0, figures_width + 2, high), reading.figures, font, ink)
        drop = look.pick(kiosk=4, desktop=2)
        area = QRectF(left + figures_width + _GAP, drop, words_width + 2, high)
        paint_text(painter, area, self.caption, small, look.color("text-muted"))
        self._paint_line(painter, look, high + 4)

    def _paint_line(self, painter: QPainter, look: Theme, top: float) -> None:
        width = look.pick(kiosk=220, desktop=150)
        line = QRectF((self.width() - width) / 2, top, width, _LINE_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("control"))
        painter.drawRoundedRect(line, 2, 2)
        used = self._reading.fraction_used
        if used:
            line.setWidth(max(float(_LINE_PX), width * used))
            painter.setBrush(look.color(_LINES[self._reading.urgency]))
            painter.drawRoundedRect(line, 2, 2)

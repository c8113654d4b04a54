"""The message bar: one full-width band below the header, which pushes the page down and says what is going on."""

import time

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.core.bands import Band, BandLevel
from desktop.core.clock import format_seconds
from desktop.ui.icons import paint_icon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, theme

_WIDGET_MAX = 16_777_215
_INKS = {
    BandLevel.INFO: "accent-soft-text",
    BandLevel.ACCENT: "accent-soft-text",
    BandLevel.SUCCESS: "success-text",
    BandLevel.WARNING: "warning-text",
    BandLevel.DANGER: "danger-text",
}
_BUTTONS = {
    BandLevel.INFO: ("accent", "accent-text"),
    BandLevel.ACCENT: ("accent", "accent-text"),
    BandLevel.SUCCESS: ("success-text", "success"),
    BandLevel.WARNING: ("warning-text", "warning"),
    BandLevel.DANGER: ("danger-text", "danger"),
}


class _BandIcon(QWidget):
    """The icon at the start of a band."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = ""
        self._ink = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: str, ink: QColor) -> None:
        """Show another icon."""
        self._icon, self._ink = icon, ink
        self.update()

    def sizeHint(self) -> QSize:
        """Return the icon's square."""
        px = theme().size("icon")
        return QSize(px, px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        if self._icon:
            paint_icon(QPainter(self), self.rect(), self._icon, self._ink)


class _BandButton(QPushButton):
    """The one button of a band, in the band's colours turned round."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bandAction")
        self.level = BandLevel.INFO
        self.setAutoDefault(False)

    def sizeHint(self) -> QSize:
        """Return the room for the word."""
        look = theme()
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2 * look.pick(kiosk=24, desktop=16)
        return QSize(max(width, look.size("control")), look.size("control"))

    def minimumSizeHint(self) -> QSize:
        """Return the same: its word is never cut."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the hover ground."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and word."""
        look = theme()
        ground, ink = (look.color(role) for role in _BUTTONS[self.level])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        inset = 1.0 if self.isDown() else 0.0
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, look.radius("control"), look.radius("control"))
        paint_text(painter, self.rect(), self.text(), self.font(), ink, Qt.AlignmentFlag.AlignHCenter)


class MessageBar(QFrame):
    """Shows one band or nothing. `show_band` may be called with every render: a band already shown is left alone.

    A passing band goes by itself after the toast time and does not come back while the same one is rendered.
    """

    action_requested = Signal(str)
    """The button of the band was pressed; carries the band's key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._band: Band | None = None
        self._icon = _BandIcon(self)
        self._text = PlainLabel(wrap=True, max_lines=2, parent=self)
        self._text.setObjectName("bandText")
        self._figures = PlainLabel(style="strong", tabular=True, parent=self)
        self._button = _BandButton(self)
        self._button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        self._row = row
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._figures)
        row.addWidget(self._button)
        self._slide = QPropertyAnimation(self, b"maximumHeight", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._slid)
        self._gone = QTimer(self, singleShot=True)
        self._gone.timeout.connect(self._close)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._count)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.hide()

    @property
    def band(self) -> Band | None:
        """The band last given, shown or passed."""
        return self._band

    @property
    def is_open(self) -> bool:
        """Whether a band is to be seen."""
        return not self.isHidden()

    def show_band(self, band: Band | None) -> None:
        """Show a band, or nothing."""
        if band == self._band:
            return
        self._band = band
        self._gone.stop()
        self._tick.stop()
        if band is None:
            self._close()
            return
        self._fill(band)
        self._open()
        if band.passing:
            self._gone.start(theme().ms("toast-hold"))
        if band.since_s is not None:
            self._tick.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _fill(self, band: Band) -> None:
        self.setProperty("level", band.level.value)
        self.setProperty("band", band.key)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.set_role(_INKS[band.level])
        self._text.set_text(band.text, lead=band.title)
        self._icon.show_icon(band.icon, theme().color(_INKS[band.level]))
        self._figures.set_role(_INKS[band.level])
        self._figures.setVisible(band.since_s is not None)
        self._count()
        self._button.level = band.level
        self._button.setText(band.action or "")
        self._button.setAccessibleName(band.action or "")
        self._button.setVisible(band.action is not None)
        self.setAccessibleName(self._text.text())
        self.update()

    def _count(self) -> None:
        if self._band is not None and self._band.since_s is not None:
            self._figures.set_text(format_seconds(int(time.monotonic() - self._band.since_s)))

    def _press(self) -> None:
        if self._band is not None:
            self.action_requested.emit(self._band.key)

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._row.setContentsMargins(side, 4, side, 4)
        self._row.setSpacing(look.space("x4"))
        self._button.setFont(look.font("label", weight=600))
        self._button.setFixedHeight(look.size("control"))
        self.setMinimumHeight(0)
        if self._band is not None:
            self._fill(self._band)

    def sizeHint(self) -> QSize:
        """Return the height of a band."""
        return QSize(super().sizeHint().width(), theme().size("band"))

    def _open(self) -> None:
        was_open = self.is_open
        self._slide.stop()
        target = theme().size("band")
        self.show()
        if was_open or not self.window().isVisible() or theme().ms("panel") == 0:
            self._settle(target)
            return
        self._slide.setDuration(theme().ms("panel"))
        self._slide.setStartValue(0)
        self._slide.setEndValue(target)
        self._slide.start()

    def _close(self) -> None:
        self._slide.stop()
        if self.isHidden():
            return
        if not self.window().isVisible() or theme().ms("panel") == 0:
            self._vanish()
            return
        self.setMinimumHeight(0)
        self._slide.setDuration(theme().ms("panel"))
        self._slide.setStartValue(self.height())
        self._slide.setEndValue(0)
        self._slide.start()

    def _slid(self) -> None:
        if self._slide.endValue() == 0:
            self._vanish()
            self.setMaximumHeight(_WIDGET_MAX)
        else:
            self._settle(theme().size("band"))

    def _vanish(self) -> None:
        """Keep no words that nobody is to read any more."""
        self.hide()
        self._text.set_text("")
        self.setAccessibleName("")

    def _settle(self, height: int) -> None:
        self.setMaximumHeight(_WIDGET_MAX)
        self.setFixedHeight(height)

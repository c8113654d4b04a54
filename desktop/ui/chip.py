"""A chip: one small fact with its icon, word and colour together."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.icons import paint_icon
from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, theme

_UNDER_OPACITY = 0.35
LEVELS = ("plain", "success", "warning", "danger", "accent")


def chip_colors(level: str) -> tuple[QColor, QColor]:
    """Return ground and ink of a chip's level."""
    look = theme()
    if level == "plain":
        return look.color("control"), look.color("text")
    return look.color(f"{level}-soft"), look.color(f"{level}-soft-text")


def chip_size(text: str, icon: str = "", *, small: bool = False) -> QSize:
    """Return how large a chip is, in pixels; `small` is the one within a list row."""
    look = theme()
    height = look.pick(kiosk=30, desktop=24) if small else look.size("chip")
    pad = look.pick(kiosk=14, desktop=10)
    width = QFontMetricsF(look.font("label", tabular=True)).horizontalAdvance(text) + 2 * pad
    if icon:
        width += look.size("icon-small") + look.pick(kiosk=8, desktop=6)
    return QSize(round(width + 1), height)


def paint_chip(painter: QPainter, rect: QRect, text: str, icon: str, level: str, *, under: str = "") -> None:
    """Paint a chip into `rect`; its word is cut if it does not fit. `under` is an icon that lies faintly below."""
    look = theme()
    ground, ink = chip_colors(level)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    left = float(rect.left() + look.pick(kiosk=14, desktop=10))
    if icon:
        px = look.size("icon-small")
        mark = QRectF(left, rect.center().y() + 0.5 - px / 2, px, px)
        if under:
            painter.setOpacity(_UNDER_OPACITY)
            paint_icon(painter, mark, under, ink)
            painter.setOpacity(1.0)
        paint_icon(painter, mark, icon, ink)
        left += px + look.pick(kiosk=8, desktop=6)
    word = QRectF(left, rect.top(), rect.right() - look.pick(kiosk=12, desktop=8) - left, rect.height())
    paint_text(painter, word, text, look.font("label", tabular=True), ink)


class Chip(QWidget):
    """A chip as a widget; `level` is plain, success, warning, danger or accent."""

    def __init__(
        self, text: str = "", icon: str = "", level: str = "plain", *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._text = ""
        self._icon = icon
        self._level = level
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)
        self.set_fact(text, icon, level)

    def text(self) -> str:
        """Return the word shown."""
        return self._text

    def set_fact(self, text: str, icon: str, level: str) -> None:
        """Show another fact."""
        self._text, self._icon, self._level = text, icon, level
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        return chip_size(self._text, self._icon)

    def minimumSizeHint(self) -> QSize:
        """Room for the icon and a few letters."""
        return QSize(min(self.sizeHint().width(), 4 * self.sizeHint().height()), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip."""
        height = self.sizeHint().height()
        top = (self.height() - height) // 2
        paint_chip(QPainter(self), QRect(0, top, self.width(), height), self._text, self._icon, self._level)

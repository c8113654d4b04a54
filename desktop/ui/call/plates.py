"""Small parts that lie on the picture: plates with a name, and see-through buttons."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.ui.icons import paint_icon
from desktop.ui.text_block import paint_text, shortened
from desktop.ui.theme import appearance, theme

_EDGE_ALPHA = 0.34


def paint_plate(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Paint the dark ground that keeps white text readable over any picture."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().plate_color)
    painter.drawRoundedRect(rect, radius, radius)


class KeptFace:
    """What a small part on the picture has painted: kept, because every new picture asks for it again."""

    def __init__(self) -> None:
        self._key: object = None
        self._pixmap = QPixmap()

    def paint(self, widget: QWidget, key: object, paint: Callable[[QPainter], None]) -> None:
        """Paint onto `widget` what `paint` draws, drawn anew only if `key`, size or theme have changed."""
        ratio = widget.devicePixelRatioF()
        whole_key = (key, widget.size().toTuple(), ratio, theme())
        if whole_key != self._key:
            self._key = whole_key
            self._pixmap = QPixmap(widget.size() * ratio)
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(self._pixmap) as painter:
                paint(painter)
        with QPainter(widget) as painter:
            painter.drawPixmap(0, 0, self._pixmap)


class Plate(QWidget):
    """A name on the picture, with the state of the microphone where there is one to tell."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._face = KeptFace()
        self._text = ""
        self._icon = ""
        self._max_width = 10_000
        appearance().changed.connect(self.fit)

    def text(self) -> str:
        """Return the words shown."""
        return self._text

    def show_words(self, text: str, icon: str = "", spoken: str = "") -> None:
        """Show other words; `spoken` is what a screen reader says instead."""
        if (text, icon, spoken or text) == (self._text, self._icon, self.accessibleName()):
            return
        self._text, self._icon = text, icon
        self.setAccessibleName(spoken or text)
        self.fit()
        self.update()

    def set_max_width(self, width: int) -> None:
        """Cut the words so that the plate is at most `width` pixels wide."""
        if width != self._max_width:
            self._max_width = width
            self.fit()

    def fit(self) -> None:
        """Take the size that the words need."""
        size = self.sizeHint()
        self.resize(min(size.width(), self._max_width), size.height())

    def sizeHint(self) -> QSize:
        """Return the room for icon and words."""
        look = theme()
        width = QFontMetricsF(look.font("label", weight=600)).horizontalAdvance(shortened(self._text))
        if self._icon:
            width += look.size("icon-small") + look.pick(kiosk=10, desktop=7)
        return QSize(round(width + 2 * look.pick(kiosk=14, desktop=10) + 2), look.pick(kiosk=40, desktop=30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint plate, icon and words."""
        self._face.paint(self, (self._text, self._icon), self._paint_face)

    def _paint_face(self, painter: QPainter) -> None:
        look = theme()
        paint_plate(painter, QRectF(self.rect()), look.pick(kiosk=10, desktop=8))
        ink = look.color("video-label-text")
        pad, px = look.pick(kiosk=14, desktop=10), look.size("icon-small")
        left = float(pad)
        if self._icon:
            paint_icon(painter, QRectF(left, (self.height() - px) / 2, px, px), self._icon, ink)
            left += px + look.pick(kiosk=10, desktop=7)
        area = QRectF(left, 0, self.width() - left - pad + 2, self.height())
        paint_text(painter, area, shortened(self._text), look.font("label", weight=600), ink)


class OverlayButton(QAbstractButton):
    """A button on the picture: icon alone, or icon and word."""

    def __init__(self, icon: str, *, name: str, label: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setText(text)
        self._face = KeptFace()
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.adjustSize)
        self.adjustSize()

    def sizeHint(self) -> QSize:
        """Return a square, or the room for the word."""
        look = theme()
        side = max(look.size("overlay-button"), look.touch_floor())
        if not self.text():
            return QSize(side, side)
        word = QFontMetricsF(look.font("label")).horizontalAdvance(self.text())
        gap = look.pick(kiosk=10, desktop=8)
        return QSize(round(word + look.size("icon-small") + gap + 2 * look.pick(kiosk=16, desktop=12) + 2), side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, edge, icon and word."""
        self._face.paint(self, (self.text(), self._icon, self.isDown()), self._paint_face)

    def _paint_face(self, painter: QPainter) -> None:
        look = theme()
        radius = look.radius("control")
        area = QRectF(self.rect())
        paint_plate(painter, area, radius)
        ink = look.color("video-label-text")
        edge = QColor(ink)
        edge.setAlphaF(1.0 if self.isDown() else _EDGE_ALPHA)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        px = look.size("icon-small")
        left = (area.width() - px) / 2 if not self.text() else float(look.pick(kiosk=16, desktop=12))
        paint_icon(painter, QRectF(left, (area.height() - px) / 2, px, px), self._icon, ink)
        if self.text():
            word = area.adjusted(left + px + look.pick(kiosk=10, desktop=8), 0, 0, 0)
            paint_text(painter, word, self.text(), look.font("label"), ink)

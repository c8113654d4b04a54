"""A still picture, whole and in the middle of its place; without one, an icon and a sentence, or the card of a file."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.icons import paint_icon
from desktop.ui.text_block import paint_text
from desktop.ui.theme import theme


def paint_picture(painter: QPainter, place: QRect, image: QImage, *, fill: bool, radius: float) -> None:
    """Paint a picture into `place` with round corners: whole, or with `fill` cut to cover it."""
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding if fill else Qt.AspectRatioMode.KeepAspectRatio
    size = image.size().scaled(place.size(), mode)
    target = QRect(0, 0, size.width(), size.height())
    target.moveCenter(place.center())
    corners = QPainterPath()
    corners.addRoundedRect(QRectF(place if fill else target), radius, radius)
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(corners)
    painter.drawImage(target, image)
    painter.restore()


def paint_file_card(painter: QPainter, place: QRect, name: str, words: str = "") -> None:
    """Paint what stands for a file that is not drawn: its icon, its name, and `words` below it."""
    look = theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("surface-sunken"))
    painter.drawRoundedRect(place, look.radius("control"), look.radius("control"))
    painter.restore()
    px = look.size("icon-large" if words else "icon")
    middle, inner = place.center(), place.adjusted(look.space("x2"), 0, -look.space("x2"), 0)
    paint_icon(painter, QRect(middle.x() - px // 2, middle.y() - px, px, px), "file-text", look.color("text-muted"))
    top = middle.y() + look.space("x2")
    for text, style, color in ((name, "body", "text"), (words, "caption", "text-muted")):
        line = QRect(inner.left(), top, inner.width(), look.line_height(style))
        paint_text(painter, line, text, look.font(style), look.color(color), Qt.AlignmentFlag.AlignHCenter)
        top += line.height()


class PictureView(QWidget):
    """Shows one picture. `label` is what a screen reader says."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._words = ""
        self._file_name = ""

    @property
    def image(self) -> QImage | None:
        """The picture shown."""
        return self._image

    def show_picture(self, image: QImage | None, label: str, words: str = "") -> None:
        """Show a picture, or `words` in its place."""
        self._image, self._words, self._file_name = image, words, ""
        self.setAccessibleName(label)
        self.update()

    def show_file_card(self, name: str, words: str) -> None:
        """Show the card of a file that is no picture to be drawn, and say why."""
        self._image, self._words, self._file_name = None, words, name
        self.setAccessibleName(f"{name}, {words}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a place for a picture of the usual shape."""
        return QSize(320, 240)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture, or what stands for it."""
        look = theme()
        painter = QPainter(self)
        if self._image is not None:
            paint_picture(painter, self.rect(), self._image, fill=False, radius=look.radius("control"))
            return
        if self._file_name:
            paint_file_card(painter, self.rect(), self._file_name, self._words)
            return
        px = look.size("icon-large")
        middle = self.rect().center()
        paint_icon(painter, QRect(middle.x() - px // 2, middle.y() - px, px, px), "image", look.color("text-muted"))
        line = QRect(0, middle.y() + look.space("x2"), self.width(), look.line_height("body"))
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, line, self._words, look.font("body"), look.color("text-muted"), centre)

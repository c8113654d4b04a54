"""A still picture, whole and in the middle of its place; without one, an icon and a sentence."""

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


class PictureView(QWidget):
    """Shows one picture. `label` is what a screen reader says."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._words = ""

    @property
    def image(self) -> QImage | None:
        """The picture shown."""
        return self._image

    def show_picture(self, image: QImage | None, label: str, words: str = "") -> None:
        """Show a picture, or `words` in its place."""
        self._image, self._words = image, words
        self.setAccessibleName(label)
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
        px = look.size("icon-large")
        middle = self.rect().center()
        paint_icon(painter, QRect(middle.x() - px // 2, middle.y() - px, px, px), "image", look.color("text-muted"))
        line = QRect(0, middle.y() + look.space("x2"), self.width(), look.line_height("body"))
        centre = Qt.AlignmentFlag.AlignHCenter
        paint_text(painter, line, self._words, look.font("body"), look.color("text-muted"), centre)

"""What stands in place of the session list: outlines while it is loaded first, or one statement."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.buttons import Button
from desktop.ui.icons import paint_art
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import theme

DETAIL_FROM_WIDTH = 1280
"""The least width of a page, in pixels, beside whose list there is room for the detail."""
_COUNT = 6


class RowOutlines(QWidget):
    """Six grey row outlines: the first load, without shimmer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loadingOutlines")
        self.setAccessibleName("The list is being loaded")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the outlines where rows will be."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("border"), look.border("hairline")))
        step = look.size("list-row")
        # The detail is not there yet, but the rows will stop where it begins.
        page = self.window().width()
        right = (look.size("panel-detail") if page >= DETAIL_FROM_WIDTH else 0) + look.pick(kiosk=20, desktop=12)
        for place in range(_COUNT):
            top = look.pick(kiosk=48, desktop=38) + place * step
            card = QRectF(0.5, top + 0.5, self.width() - right - 1, step - look.pick(kiosk=8, desktop=6) - 1)
            painter.drawRoundedRect(card, look.radius("panel"), look.radius("panel"))


class _Art(QWidget):
    """One of the project's drawings at its natural size."""

    def __init__(self, name: str, width: int, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._natural = QSize(width, height)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the natural size, smaller on the desktop."""
        return self._natural if theme().is_kiosk else self._natural * 2 / 3

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the drawing."""
        paint_art(QPainter(self), QRect(self.rect()), self._name)


class Notice(QWidget):
    """The whole content as one statement: a drawing, a headline, a sentence, perhaps a button."""

    def __init__(self, name: str, headline: str, button: Button | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.sentence = PlainLabel("", "body", "text-muted", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setObjectName(f"{name}Sentence")
        column = QVBoxLayout(self)
        column.setSpacing(theme().space("x3"))
        column.addStretch(1)
        column.addWidget(_Art("empty-bay", 300, 220), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme().space("x4"))
        column.addWidget(PlainLabel(headline, "headline"), 0, Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.sentence, 4)
        middle.addStretch(1)
        column.addLayout(middle)
        if button is not None:
            column.addSpacing(theme().space("x4"))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

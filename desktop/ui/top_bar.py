"""The header of a page: three columns 1 : auto : 1, so that what stands in the middle is truly centred."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.icons import paint_art
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme


class TopBar(QWidget):
    """A header with the layouts `left`, `centre` and `right`, to be filled by the page."""

    def __init__(self, name: str = "topBar", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        set_surface(self, "raised", "bottom")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.left = QHBoxLayout()
        self.centre = QHBoxLayout()
        self.right = QHBoxLayout()
        grid = QGridLayout(self)
        self._grid = grid
        for column, (part, stretch) in enumerate(((self.left, 1), (self.centre, 0), (self.right, 1))):
            part.setContentsMargins(0, 0, 0, 0)
            grid.addLayout(part, 0, column)
            grid.setColumnStretch(column, stretch)
        self.right.addStretch(1)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def add_heading(self, mark: QWidget, *lines: PlainLabel) -> None:
        """Put a mark at the left, and lines beside it one under the other; what is too long is cut by the header."""
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        for line in lines:
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            texts.addWidget(line)
        texts.addStretch(1)
        self.left.addWidget(mark)
        self.left.addLayout(texts, 1)

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._grid.setContentsMargins(side, 0, side, 1)
        self._grid.setSpacing(side)
        for part in (self.left, self.centre, self.right):
            part.setSpacing(look.pick(kiosk=16, desktop=12))
        self.setFixedHeight(look.size("header"))


class Logo(QWidget):
    """The sign of the product: drawing and name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = PlainLabel("Baylink", "title", weight=700, parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._word)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _px(self) -> int:
        return theme().pick(kiosk=40, desktop=28)

    def _take_theme(self) -> None:
        self._row.setContentsMargins(self._px() + theme().space("x3"), 0, 0, 0)
        self.setMinimumHeight(self._px())
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the drawing left of the word."""
        px = self._px()
        paint_art(QPainter(self), QRect(0, (self.height() - px) // 2, px, px), "logo")


class BarLine(QFrame):
    """The one-pixel upright line between groups of a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the line with its room on both sides."""
        return QSize(1 + 2 * theme().pick(kiosk=8, desktop=4), theme().pick(kiosk=56, desktop=36))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        QPainter(self).fillRect(QRect(self.width() // 2, 0, 1, self.height()), theme().color("border"))

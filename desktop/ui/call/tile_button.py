"""A button that lies over a whole picture: it is tapped, and where the picture may move, dragged and pushed."""

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop.ui.theme import theme

_PRESSED_PX = 6
_ARROWS = {
    Qt.Key.Key_Left.value: QPoint(-1, 0),
    Qt.Key.Key_Right.value: QPoint(1, 0),
    Qt.Key.Key_Up.value: QPoint(0, -1),
    Qt.Key.Key_Down.value: QPoint(0, 1),
}


class TileButton(QAbstractButton):
    """Can be seen only while it is pressed.

    `dragged` carries how far the finger is from where it came down, `dropped` says that it was lifted there; a tap is
    `clicked`, as ever. `pushed` carries the direction of an arrow key. Neither comes before `set_movable`.
    """

    dragged = Signal(QPoint)
    dropped = Signal()
    pushed = Signal(QPoint)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._is_movable = False
        self._came_down: QPoint | None = None
        self._is_dragging = False

    def set_movable(self, movable: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Let the picture be dragged and pushed, or not any more."""
        self._is_movable = movable
        if not movable:
            self._let_go()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a drag would begin."""
        super().mousePressEvent(event)
        if self._is_movable and event.button() is Qt.MouseButton.LeftButton:
            self._came_down = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, once the finger has gone further than it trembles."""
        if self._came_down is None:
            super().mouseMoveEvent(event)
            return
        way = event.globalPosition().toPoint() - self._came_down
        if self._is_dragging or way.manhattanLength() >= max(QApplication.startDragDistance(), theme().size("gap")):
            self._is_dragging = True
            # What is not down any more is no tap when it is lifted.
            self.setDown(False)
            self.dragged.emit(way)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or a tap."""
        was_dragging = self._is_dragging
        self._let_go()
        super().mouseReleaseEvent(event)
        if was_dragging:
            self.dropped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Push the picture by an arrow key."""
        way = _ARROWS.get(event.key())
        if way is not None and self._is_movable:
            self.pushed.emit(way)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget a drag whose picture has gone."""
        self._let_go()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Answer the press."""
        if self.isDown():
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(theme().color("accent"), _PRESSED_PX))
                radius = theme().radius("control")
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), radius, radius)

    def _let_go(self) -> None:
        self._came_down = None
        self._is_dragging = False

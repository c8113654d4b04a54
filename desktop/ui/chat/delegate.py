"""Paints chat messages in a list and hears presses on "Try again"; laid-out texts are kept by message and width."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QSize,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.models.chat import ChatModel
from desktop.ui.chat.bubble import Bubble, lay_out_bubble
from desktop.ui.theme import appearance, theme

_KEPT = 4_000

type Index = QModelIndex | QPersistentModelIndex


class ChatBubbleDelegate(QStyledItemDelegate):
    """Draws rows of a `ChatModel`. `retry_requested` carries the id of a failed message that was pressed."""

    retry_requested = Signal(str)

    def __init__(self, model: ChatModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._column = 320.0
        self._side = 0.0
        self._kept: dict[tuple[str, str], Bubble] = {}
        model.modelReset.connect(self.forget)
        appearance().changed.connect(self.forget)

    def forget(self) -> None:
        """Drop everything laid out: another session, another theme."""
        self._kept.clear()

    def set_column(self, width: float, side: float) -> bool:
        """Set the width of the column of bubbles and the room left of it, in pixels; return whether heights change."""
        before, self._column = self._column, max(160.0, width)
        self._side = side
        if self._column == before:
            return False
        self._kept.clear()
        return True

    def bubble(self, row: int) -> Bubble:
        """Return a message in place; laid out at most once for each width and look."""
        content = self._model.row(row)
        known = self._kept.get(content.key)
        if known is not None and known.row is content:
            return known
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        bubble = self._kept[content.key] = lay_out_bubble(content, self._column, is_first=row == 0, known=known)
        return bubble

    def height(self, row: int) -> int:
        """Return the height of a message in the present column."""
        height = self.bubble(row).row_height
        if row == 0:
            height += _end_margin()
        if row == self._model.shown_count - 1:
            height += _end_margin()
        return height

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a message in the present column."""
        return QSize(int(self._column), self.height(index.row()))

    def origin(self, option: QStyleOptionViewItem, index: Index) -> QPointF:
        """Return where a bubble's own coordinates start in the view."""
        first = _end_margin() if index.row() == 0 else 0
        return QPointF(option.rect.left() + self._side, option.rect.top() + first)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one message."""
        by_keyboard = QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_KeyboardFocusChange
        has_focus = option.state & by_keyboard == by_keyboard
        self.bubble(index.row()).paint(painter, self.origin(option, index), focused=has_focus)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """Take a press on "Try again"."""
        if event.type() is QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            bubble = self.bubble(index.row())
            if bubble.retry_area().contains(event.position() - self.origin(option, index)):
                self.retry_requested.emit(bubble.row.key[1])
                return True
        return super().editorEvent(event, model, option, index)


def _end_margin() -> int:
    """Return the room before the first and after the last message, in pixels."""
    return theme().pick(kiosk=20, desktop=14)

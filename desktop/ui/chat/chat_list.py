"""The list of chat bubbles: follows the end only for a reader who is there, and lets a failed line be tried again."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QScroller,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.core.chat import Delivery
from desktop.models.chat import ChatModel
from desktop.ui.chat.delegate import ChatBubbleDelegate
from desktop.ui.chat.row_places import RowPlaces
from desktop.ui.theme import appearance, theme

_AT_END_PX = 24

type Index = QModelIndex | QPersistentModelIndex


class ChatList(QListView):
    """Shows a `ChatModel`. `read_to_end` tells that the newest message came into sight, `fell_behind` that it is not.

    `older_requested` asks for what was said before the first message, when a reader comes near it.
    `retry_requested` carries the id of a failed message. `edge_to_edge` leaves out the margin at the left and right.

    Qt's own list asks every row for its height at every change, which a long transcript under a flood cannot afford.
    So where rows lie is kept here, and whatever Qt reads from a layout of its own is answered from it.
    """

    retry_requested = Signal(str)
    read_to_end = Signal()
    fell_behind = Signal()
    older_requested = Signal()

    def __init__(self, model: ChatModel, *, edge_to_edge: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chat = model
        self._edge_to_edge = edge_to_edge
        self._follows = True
        self._lead = 0
        self._from_end: int | None = None
        self._is_placing = False
        self.setObjectName("chatList")
        self.setAccessibleName("Messages")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._delegate = ChatBubbleDelegate(model, self)
        self._places = RowPlaces(self._delegate.height)
        self._places.start_over(model.rowCount())
        # Before Qt hears of them: whoever asks it where a row lies is answered from here.
        model.rowsInserted.connect(self._make_room)
        model.rowsMoved.connect(self._move_rows)
        model.modelReset.connect(self._forget_places)
        self.setModel(model)
        self._delegate.retry_requested.connect(self.retry_requested)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.verticalScrollBar().rangeChanged.connect(self._keep_place)
        self.verticalScrollBar().valueChanged.connect(self._note_place)
        model.rowsAboutToBeInserted.connect(self._hold_place)
        model.rowsInserted.connect(self._note_news)
        model.modelReset.connect(self._follow_again)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def is_following(self) -> bool:
        """Whether new messages scroll into sight by themselves."""
        return self._follows

    def show_end(self) -> None:
        """Scroll to the newest message and follow from there."""
        self._follows = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.read_to_end.emit()

    def bubble_delegate(self) -> ChatBubbleDelegate:
        """Return what paints the messages."""
        return self._delegate

    # What Qt asks and tells a layout

    def doItemsLayout(self) -> None:
        """Lay out; few messages stand at the lower end, where the eyes are."""
        QAbstractItemView.doItemsLayout(self)
        lead = max(0, self.height() - self._places.total) if self._chat.rowCount() else 0
        if lead != self._lead:
            self._lead = lead
            self.setViewportMargins(0, lead, 0, 0)

    def updateGeometries(self) -> None:
        """Let the scroll bar reach from the first message to the last."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        if len(self._places):
            top, end = self._places.place(0)
            bar.setSingleStep(end - top)
        bar.setPageStep(room)
        bar.setRange(0, max(0, self._places.total - room))

    def visualRect(self, index: Index) -> QRect:
        """Return where a message lies in the viewport, whether it can be seen or not."""
        self.executeDelayedItemsLayout()
        if not index.isValid() or index.row() >= len(self._places):
            return QRect()
        top, end = self._places.place(index.row())
        return QRect(0, top - self.verticalScrollBar().value(), self.viewport().width(), end - top)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Return the message at a place of the viewport."""
        self.executeDelayedItemsLayout()
        row = self._places.row_at(point.y() + self.verticalScrollBar().value())
        return self._chat.index(row) if 0 <= row < len(self._places) else QModelIndex()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a message into sight; of one that is higher than the list its beginning."""
        rect, room, bar = self.visualRect(index), self.viewport().height(), self.verticalScrollBar()
        if rect.isEmpty():
            return
        hints = QAbstractItemView.ScrollHint
        at_bottom = rect.bottom() + 1 - room
        by = {hints.PositionAtTop: rect.top(), hints.PositionAtBottom: at_bottom}.get(hint, 0)
        if hint is hints.PositionAtCenter:
            by = rect.top() - (room - rect.height()) // 2
        elif hint is hints.EnsureVisible and (rect.top() < 0 or at_bottom > 0):
            by = min(rect.top(), at_bottom) if rect.top() >= 0 else rect.top()
        bar.setValue(bar.value() + by)

    def moveCursor(self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Return the message that a key leads to."""
        self.executeDelayedItemsLayout()
        last, current, actions = len(self._places) - 1, self.currentIndex(), QAbstractItemView.CursorAction
        if last < 0:
            return QModelIndex()
        if not current.isValid():
            return self._chat.index(0)
        row = current.row()
        top, end = self._places.place(row)
        room = self.viewport().height()
        match action:
            case actions.MoveUp | actions.MovePrevious:
                row -= 1
            case actions.MoveDown | actions.MoveNext:
                row += 1
            case actions.MovePageUp:
                row = min(row - 1, self._places.row_at(end - room))
            case actions.MovePageDown:
                row = max(row + 1, self._places.row_at(top + room))
            case actions.MoveHome:
                row = 0
            case actions.MoveEnd:
                row = last
        return self._chat.index(min(max(row, 0), last))

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Lay out where a height may be another one, else only paint."""
        if roles and Qt.ItemDataRole.SizeHintRole not in roles:
            QAbstractItemView.dataChanged(self, first, last, roles)
            return
        self._places.forget(first.row(), last.row())
        super().dataChanged(first, last, roles)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the messages in sight."""
        self.executeDelayedItemsLayout()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        usual = option.state
        current = self.currentIndex() if self.hasFocus() else QModelIndex()
        offset, room = self.verticalScrollBar().value(), event.rect()
        first = max(0, self._places.row_at(room.top() + offset))
        last = min(self._places.row_at(room.bottom() + offset), len(self._places) - 1)
        with QPainter(self.viewport()) as painter:
            for row in range(first, last + 1):
                index = self._chat.index(row)
                option.rect = self.visualRect(index)
                option.state = usual | QStyle.StateFlag.State_HasFocus if index == current else usual
                self._delegate.paint(painter, option, index)

    def _make_room(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._places.insert(first, last)

    def _move_rows(self, _from: QModelIndex, first: int, last: int, _to: QModelIndex, before: int) -> None:
        self._places.move(first, last, before)

    def _forget_places(self) -> None:
        self._places.start_over(self._chat.rowCount())

    # What the reader does

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the column to the width."""
        self._fit_column()
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter tries a failed message again; arrows and pages scroll as in any list."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._retry(self.currentIndex()):
            return
        super().keyPressEvent(event)

    def _retry(self, index: Index) -> bool:
        if not index.isValid():
            return False
        row = self._chat.row(index.row())
        if row.delivery is not Delivery.FAILED:
            return False
        self.retry_requested.emit(row.key[1])
        return True

    def _fit_column(self) -> None:
        side = 0 if self._edge_to_edge else theme().pick(kiosk=24, desktop=16)
        scroll = self.verticalScrollBar().sizeHint().width()
        if self._delegate.set_column(self.width() - side - max(side, scroll), side):
            self._forget_places()

    def _take_theme(self) -> None:
        gesture = QScroller.ScrollerGestureType
        kind = gesture.LeftMouseButtonGesture if theme().is_kiosk else gesture.TouchGesture
        QScroller.ungrabGesture(self.viewport())
        QScroller.grabGesture(self.viewport(), kind)
        self._fit_column()
        self._forget_places()
        self.scheduleDelayedItemsLayout()

    def _keep_place(self, _low: int, high: int) -> None:
        if self._follows:
            self._go_to(high)
        elif self._from_end is not None:
            self._go_to(max(0, high - self._from_end))

    def _go_to(self, value: int) -> None:
        self._is_placing = True
        self.verticalScrollBar().setValue(value)
        self._is_placing = False

    def _hold_place(self, _parent: QModelIndex, first: int, _last: int) -> None:
        """Keep what is being read where it is while earlier messages come in above it."""
        bar = self.verticalScrollBar()
        is_above = first == 0 and self._chat.rowCount() > 0 and not self._follows
        self._from_end = bar.maximum() - bar.value() if is_above else None

    def _note_place(self, value: int) -> None:
        if not self._is_placing:
            self._from_end = None
            if value <= self.height() // 2 and self.verticalScrollBar().maximum() > 0 and not self._chat.is_revealing:
                self.older_requested.emit()
        at_end = value >= self.verticalScrollBar().maximum() - _AT_END_PX
        if at_end and not self._follows:
            self._follows = True
            self.read_to_end.emit()
        elif not at_end:
            self._follows = False

    def _follow_again(self) -> None:
        self._follows = True
        self.read_to_end.emit()

    def _note_news(self, _parent: QModelIndex, first: int, last: int) -> None:
        if last < self._chat.rowCount() - 1:
            return
        if any(self._chat.row(row).is_own for row in range(last, first - 1, -1)):
            self._follows = True
        elif not self._follows:
            self.fell_behind.emit()

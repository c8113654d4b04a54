"""The list of chat bubbles: follows the end only for a reader who is there, and lets a failed line be tried again."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScroller, QWidget

from desktop.core.chat import Delivery
from desktop.models.chat import ChatModel
from desktop.ui.chat.delegate import ChatBubbleDelegate
from desktop.ui.theme import appearance, theme

_AT_END_PX = 24


class ChatList(QListView):
    """Shows a `ChatModel`. `read_to_end` tells that the newest message came into sight, `fell_behind` that it is not.

    `older_requested` asks for what was said before the first message, when a reader comes near it.
    `retry_requested` carries the id of a failed message. `edge_to_edge` leaves out the margin at the left and right.
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
        self.setModel(model)
        self._delegate = ChatBubbleDelegate(model, self)
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

    def doItemsLayout(self) -> None:
        """Lay out; few messages stand at the lower end, where the eyes are."""
        super().doItemsLayout()
        lead = max(0, self.height() - self.contentsSize().height()) if self._chat.rowCount() else 0
        if lead != self._lead:
            self._lead = lead
            self.setViewportMargins(0, lead, 0, 0)

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

    def _retry(self, index: QModelIndex | QPersistentModelIndex) -> bool:
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
        self._delegate.set_column(self.width() - side - max(side, scroll), side)

    def _take_theme(self) -> None:
        gesture = QScroller.ScrollerGestureType
        kind = gesture.LeftMouseButtonGesture if theme().is_kiosk else gesture.TouchGesture
        QScroller.ungrabGesture(self.viewport())
        QScroller.grabGesture(self.viewport(), kind)
        self._fit_column()
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

    def _note_news(self, _parent: QModelIndex, _first: int, last: int) -> None:
        if last < self._chat.rowCount() - 1:
            return
        if self._chat.row(last).is_own:
            self._follows = True
        elif not self._follows:
            self.fell_behind.emit()

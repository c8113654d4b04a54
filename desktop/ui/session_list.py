"""The list of sessions: keeps choice and place while it is updated, and never moves a row under a finger."""

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScroller, QWidget

from desktop.core.people import SessionId
from desktop.core.session import SessionRow
from desktop.models.session_words import BoardMoment, RowAction, RowWords
from desktop.models.sessions import SessionListModel
from desktop.ui.session_row_delegate import SessionRowDelegate
from desktop.ui.theme import appearance, theme


class SessionList(QListView):
    """A view of sessions. While a finger or button is down, updates wait; then they come at once."""

    action_requested = Signal(str, str)
    """A row's button (or Enter): the RowAction and the session's id."""
    chosen_changed = Signal()
    """Another session is chosen, or the chosen one has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionList")
        self.setAccessibleName("Sessions")
        self._model = SessionListModel(self)
        self._delegate = SessionRowDelegate(self)
        self._waiting: tuple[tuple[SessionRow, ...], BoardMoment] | None = None
        self._is_held = False
        self._touched = QPersistentModelIndex()
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(False)
        self._delegate.pressed.connect(self._act)
        self.selectionModel().currentChanged.connect(self._on_current)
        self._model.dataChanged.connect(self._on_data)
        self.verticalScrollBar().rangeChanged.connect(self._fit_margin)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _fit_margin(self) -> None:
        """Keep the rows' right edge where it is, with or without a scroll bar beside them."""
        bar = self.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self.setViewportMargins(0, 0, max(0, theme().pick(kiosk=20, desktop=12) - taken), 0)

    def _take_theme(self) -> None:
        self._fit_margin()
        if theme().is_kiosk:
            QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.LeftMouseButtonGesture)
        else:
            QScroller.ungrabGesture(self.viewport())
            QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.scheduleDelayedItemsLayout()

    @property
    def sessions(self) -> SessionListModel:
        """The model shown."""
        return self._model

    def chosen_row(self) -> SessionRow | None:
        """Return the chosen session."""
        row = self.currentIndex().data(SessionListModel.ROW)
        return row if isinstance(row, SessionRow) else None

    def chosen_words(self) -> RowWords | None:
        """Return what the chosen session's row says."""
        words = self.currentIndex().data(SessionListModel.WORDS)
        return words if isinstance(words, RowWords) else None

    def choose(self, session_id: SessionId) -> None:
        """Choose a session by its id and bring it into view."""
        index = self._model.index_of(session_id)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def show_rows(self, rows: tuple[SessionRow, ...], moment: BoardMoment) -> None:
        """Show these sessions, now or as soon as the finger is lifted."""
        if self._is_held:
            self._waiting = (rows, moment)
            return
        self._apply(rows, moment)

    def set_moment(self, moment: BoardMoment) -> None:
        """Let the clock go on."""
        if not self._is_held:
            self._model.set_moment(moment)

    def _apply(self, rows: tuple[SessionRow, ...], moment: BoardMoment) -> None:
        before = self.chosen_row()
        anchor = QPersistentModelIndex(self.indexAt(self.viewport().rect().topLeft()))
        offset = self.visualRect(anchor).top() if anchor.isValid() else 0
        self._model.set_rows(rows, moment)
        if anchor.isValid() and self.verticalScrollBar().value() > 0:
            self.executeDelayedItemsLayout()
            moved = self.visualRect(anchor).top() - offset
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + moved)
        if not self.selectionModel().hasSelection():
            self._choose_again(before)
        self.chosen_changed.emit()

    def _choose_again(self, before: SessionRow | None) -> None:
        index = self._model.index_of(before.id) if before else QModelIndex()
        if not index.isValid():
            index = self._model.first_session()
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _act(self, index: QModelIndex) -> None:
        row, words = index.data(SessionListModel.ROW), index.data(SessionListModel.WORDS)
        if not isinstance(row, SessionRow) or not isinstance(words, RowWords):
            return
        if words.enabled and words.action is not RowAction.NONE:
            self.action_requested.emit(words.action.value, row.id)

    def _on_current(self) -> None:
        self.chosen_changed.emit()

    def _on_data(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self.currentIndex().row() <= last.row():
            self.chosen_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what the row's button does; arrows choose."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.currentIndex().isValid():
                self._act(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold updates back while something is pressed."""
        self._is_held = True
        self._touched = QPersistentModelIndex(self.indexAt(event.position().toPoint()))
        super().mousePressEvent(event)
        self.update(self._touched)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: take what waited."""
        super().mouseReleaseEvent(event)
        self.update(self._touched)
        self._let_go()

    def _let_go(self) -> None:
        self._is_held = False
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._apply(*waiting)

    def viewportEvent(self, event: QEvent) -> bool:
        """Never stay held when the mouse is taken away; a list has no tooltips."""
        if event.type() in {QEvent.Type.UngrabMouse, QEvent.Type.Hide} and self._is_held:
            self._let_go()
        return event.type() is QEvent.Type.ToolTip or super().viewportEvent(event)

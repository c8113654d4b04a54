"""The whole chat as a part of a page: bubbles, a way back to the newest, quick replies and the composer."""

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.models.chat import ChatModel
from desktop.ui.buttons import Button
from desktop.ui.chat.chat_list import ChatList
from desktop.ui.chat.composer import Composer
from desktop.ui.chat.quick_replies import CALL_REPLIES, QuickReplies
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme

CLOSED_SENTENCE = "This session has ended. You can read it here."


class ChatPanel(QWidget):
    """Chat of one session. `send_requested` carries a text, `retry_requested` the id of a failed message.

    `wide` puts the quick replies in one row and leaves out the line above the composer. `read_to_end` tells that the
    newest message is in sight, `older_requested` that a reader came near the first one, `attach_requested` that a file
    is to be sent.
    """

    send_requested = Signal(str)
    retry_requested = Signal(str)
    read_to_end = Signal()
    older_requested = Signal()
    attach_requested = Signal()

    def __init__(
        self,
        model: ChatModel,
        replies: tuple[str, ...] = CALL_REPLIES,
        *,
        wide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("chatPanel")
        self._wide = wide
        self._list = ChatList(model, edge_to_edge=wide, parent=self)
        self._replies = QuickReplies(replies, columns=4 if wide else 2, parent=self)
        self._foot = QWidget(self)
        if not wide:
            set_surface(self._foot, "raised", "top")
        self._composer = Composer(self._foot)
        self._closed = PlainLabel(CLOSED_SENTENCE, "body", "text-muted", wrap=True, parent=self._foot)
        self._closed.setObjectName("chatClosed")
        self._closed.hide()
        self._note = PlainLabel("", "caption", "text-muted", wrap=True, parent=self)
        self._note.setObjectName("chatNote")
        self._note.hide()
        self._newest = Button("New message", "arrow-down", name="showNewest", kind="accent", parent=self._list)
        self._newest.hide()
        self._lay_out_parts()
        self._connect_parts()
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _lay_out_parts(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._foot_column = QVBoxLayout(self._foot)
        self._foot_column.addWidget(self._composer)
        self._foot_column.addWidget(self._closed)
        self._replies_frame = QFrame(self)
        self._replies_column = QVBoxLayout(self._replies_frame)
        self._replies_column.addWidget(self._note)
        self._replies_column.addWidget(self._replies)
        self._column.addWidget(self._list, 1)
        self._column.addWidget(self._replies_frame)
        self._column.addWidget(self._foot)

    def _connect_parts(self) -> None:
        self._composer.send_requested.connect(self.send)
        self._composer.attach_requested.connect(self.attach_requested)
        self._replies.reply_requested.connect(self.send)
        self._list.retry_requested.connect(self.retry_requested)
        self._list.older_requested.connect(self.older_requested)
        self._list.read_to_end.connect(self._hide_newest)
        self._list.fell_behind.connect(self._show_newest)
        self._newest.clicked.connect(self._list.show_end)

    @property
    def messages(self) -> ChatList:
        """The list of bubbles."""
        return self._list

    @property
    def composer(self) -> Composer:
        """The composer."""
        return self._composer

    def set_recipient(self, first_name: str) -> None:
        """Say whom a message goes to."""
        self._composer.set_recipient(first_name)

    def set_open(self, is_open: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Allow writing, or give the composer's place to the sentence that the session has ended; the draft stays."""
        self._composer.setVisible(is_open)
        self._replies.setVisible(is_open)
        self._closed.setVisible(not is_open)

    def set_note(self, sentence: str) -> None:
        """Show a small sentence above the quick replies, or none."""
        self._note.set_text(sentence)
        self._note.setVisible(bool(sentence))

    @Slot(str)
    def send(self, text: str) -> None:
        """Ask to send a text, and show where it will stand."""
        self.send_requested.emit(text)
        self._list.show_end()

    @Slot()
    def _show_newest(self) -> None:
        self._newest.show()
        self._newest.raise_()
        self._place_newest()

    @Slot()
    def _hide_newest(self) -> None:
        self._newest.hide()
        self.read_to_end.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button to the newest message over the lower edge of the list."""
        super().resizeEvent(event)
        self._place_newest()

    def _place_newest(self) -> None:
        size = self._newest.sizeHint()
        left = (self._list.width() - size.width()) // 2
        self._newest.setGeometry(QRect(left, self._list.height() - size.height() - 12, size.width(), size.height()))

    def _take_theme(self) -> None:
        look = theme()
        side = 0 if self._wide else look.pick(kiosk=24, desktop=16)
        below = max(look.pick(kiosk=16, desktop=10), look.size("gap"))
        self._replies_column.setContentsMargins(side, 0, side, below)
        self._replies_column.setSpacing(look.space("x2"))
        above = 0 if self._wide else below
        self._foot_column.setContentsMargins(side, above, side, look.pick(kiosk=20, desktop=12))
        self._closed.setAlignment(Qt.AlignmentFlag.AlignLeft)

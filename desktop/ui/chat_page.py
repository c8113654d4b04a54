"""The page of a chat-only session: the same chat as in a call, in the middle, with the vehicle beside it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.call import CallState
from desktop.core.record import RecordState
from desktop.models.chat import ChatModel
from desktop.ui.call.call_header import CallHeader
from desktop.ui.call.control_bar import ControlBar
from desktop.ui.call.side_panel import NOTES, VEHICLE, SidePanel
from desktop.ui.call.words import first_name, is_away
from desktop.ui.chat.chat_panel import ChatPanel
from desktop.ui.chat.quick_replies import CHAT_REPLIES
from desktop.ui.message_bar import MessageBar
from desktop.ui.regions import mark_region
from desktop.ui.theme import appearance, set_surface, theme


class ChatPage(QWidget):
    """A chat session. GUI thread only; `retry_requested` carries a message's id, `band_action_requested` a band's key.

    No camera, microphone or picture belongs to it. Panel, tab, draft and scroll stay over every state.
    """

    send_requested = Signal(str)
    retry_requested = Signal(str)
    older_requested = Signal()
    end_requested = Signal()
    leave_requested = Signal()
    band_action_requested = Signal(str)

    def __init__(self, chat: ChatModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chatPage")
        set_surface(self, "surface")
        self._model = chat
        self._state: CallState | None = None
        self._is_panel_wanted = True
        self.header = CallHeader(has_picture=False, parent=self)
        self.band = MessageBar(self)
        self.chat = ChatPanel(chat, CHAT_REPLIES, wide=True, parent=self)
        self.panel = SidePanel(None, self)
        self.bar = ControlBar(has_media=False, parent=self)
        self._lay_out_parts()
        self._connect_parts()
        mark_region(self.header, self.chat, self.panel, self.bar)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self._show_panel()

    def render_state(self, state: CallState) -> None:
        """Show a state. The first one draws the page completely."""
        before, self._state = self._state, state
        if before is None or before.session_id != state.session_id:
            self.chat.composer.set_draft("")
            self.bar.keep_talking()
            self.panel.show_tab(VEHICLE)
            self.focus_entry()
        self._name_people(state)
        self._model.set_connected(not is_away(state))
        self.header.render_state(state)
        self.band.show_band(state.band)
        self.panel.render_state(state)
        self.bar.render_state(state)
        first = first_name(state.customer.person)
        self.chat.set_recipient(first)
        self.chat.set_open(state.chat_open)
        is_early = state.chat_open and not state.customer.in_room and not state.customer.was_in_room
        is_early = is_early and not state.customer.person.present
        self.chat.set_note(
            f"{first} is not here yet. You can write; it will be read when they come." if is_early else ""
        )
        self._show_panel()

    @Slot(object)
    def render_record(self, record: RecordState) -> None:
        """Show notes and files of the session."""
        self.panel.render_record(record)

    def draft(self) -> str:
        """Return the line that is being written."""
        return self.chat.composer.draft()

    def set_draft(self, text: str) -> None:
        """Put a line back that was being written."""
        self.chat.composer.set_draft(text)

    def focus_entry(self) -> None:
        """Put the focus where the page starts: one comes here to write."""
        self.chat.composer.field.setFocus()

    def _lay_out_parts(self) -> None:
        self._middle = QHBoxLayout()
        self._middle.addStretch(1)
        self._middle.addWidget(self.chat, 1_000)
        self._middle.addStretch(1)
        content = QHBoxLayout()
        content.setSpacing(0)
        content.addLayout(self._middle, 1)
        content.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.band)
        column.addLayout(content, 1)
        column.addWidget(self.bar)

    def _connect_parts(self) -> None:
        self.band.action_requested.connect(self.band_action_requested)
        self.chat.send_requested.connect(self.send_requested)
        self.chat.retry_requested.connect(self.retry_requested)
        self.chat.older_requested.connect(self.older_requested)
        self.chat.attach_requested.connect(self._attach)
        self.panel.files.can_add_changed.connect(self.chat.composer.set_attachable)
        self.chat.composer.set_attachable(self.panel.files.can_add)
        self.bar.ask_requested.connect(self.chat.send)
        self.bar.end_requested.connect(self.end_requested)
        self.bar.leave_requested.connect(self.leave_requested)
        self.bar.panel_requested.connect(self.toggle_panel)
        self.panel.tab_changed.connect(self._show_panel)
        self._model.modelReset.connect(self._name_again)
        for keys, slot in (
            ("N", self._toggle_notes),
            ("Ctrl+Shift+E", self.bar.ask_end),
            ("Esc", self.bar.keep_talking),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(slot)

    def _name_people(self, state: CallState) -> None:
        self._model.set_people([view.person for view in (state.mechanic, state.customer, *state.others)])

    @Slot()
    def _name_again(self) -> None:
        if self._state is not None and self.isVisible():
            self._name_people(self._state)

    @Slot(str)
    def toggle_panel(self, tab: str) -> None:
        """Show a tab of the panel, or close the panel if that tab is in sight."""
        if self._is_panel_wanted and self.panel.tab == tab:
            self._is_panel_wanted = False
        else:
            self._is_panel_wanted = True
            self.panel.show_tab(tab)
        self._show_panel()

    def _attach(self) -> None:
        self._is_panel_wanted = True
        self._show_panel()
        self.panel.add_file()

    def _toggle_notes(self) -> None:
        self.toggle_panel(NOTES)

    def _show_panel(self) -> None:
        self.panel.setVisible(self._is_panel_wanted)
        self.bar.set_panel(self.panel.tab if self._is_panel_wanted else "", 0)

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._middle.setContentsMargins(side, 0, side, 0)
        self.chat.setMaximumWidth(look.pick(kiosk=1120, desktop=820))

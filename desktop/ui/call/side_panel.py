"""The side panel of a session: chat, notes, vehicle and files behind tabs; a chat session leaves the chat tab out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.core.call import CallState
from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.models.chat import ChatModel
from desktop.ui.buttons import Button
from desktop.ui.call.fact_tabs import VehicleTab
from desktop.ui.call.files_panel import FilesTab
from desktop.ui.call.notes_panel import NotesTab
from desktop.ui.call.panel_tabs import PanelTabs
from desktop.ui.call.words import first_name, has_begun
from desktop.ui.chat.chat_panel import ChatPanel
from desktop.ui.theme import appearance, set_surface, theme

CHAT, NOTES, VEHICLE, FILES = "chat", "notes", "vehicle", "files"
_WORDS = {CHAT: "Chat", NOTES: "Notes", VEHICLE: "Vehicle", FILES: "Files"}


class SidePanel(QWidget):
    """Drawn from a `CallState` and a `RecordState`. `tab_changed` carries the key of the tab that came to the front.

    What is written and which files are wanted is told by the tabs `notes` and `files` themselves.
    """

    tab_changed = Signal(str)

    def __init__(self, chat: ChatModel | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidePanel")
        set_surface(self, "raised", "left")
        keys = (CHAT, NOTES, VEHICLE, FILES) if chat is not None else (VEHICLE, NOTES, FILES)
        self._tabs = PanelTabs(tuple((key, _WORDS[key]) for key in keys), self)
        self._stack = QStackedWidget(self)
        set_surface(self._stack, "raised")
        self.chat = ChatPanel(chat, parent=self) if chat is not None else None
        self._vehicle_page = QWidget(self)
        self._vehicle = VehicleTab(self._vehicle_page)
        self._write_first = Button("Write first", "message-square", name="writeFirst", parent=self._vehicle_page)
        self._write_first.clicked.connect(self.show_composer)
        self._vehicle_column = QVBoxLayout(self._vehicle_page)
        self._vehicle_column.addWidget(self._vehicle, 1)
        self._first_row = QVBoxLayout()
        self._first_row.addWidget(self._write_first)
        self._vehicle_column.addLayout(self._first_row)
        self.notes = NotesTab(self)
        self.files = FilesTab(self)
        self._pages: dict[str, QWidget] = {NOTES: self.notes, VEHICLE: self._vehicle_page, FILES: self.files}
        if self.chat is not None:
            self._pages[CHAT] = self.chat
            self.files.can_add_changed.connect(self.chat.composer.set_attachable)
            self.chat.composer.set_attachable(self.files.can_add)
            self.chat.attach_requested.connect(self.add_file)
        for key in keys:
            self._stack.addWidget(self._pages[key])
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        self._tabs.chosen.connect(self.show_tab)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self._key = ""
        self._session: SessionId | None = None
        self._record: RecordState | None = None
        self.show_tab(VEHICLE)

    @property
    def tab(self) -> str:
        """The key of the tab in front."""
        return self._key

    def show_tab(self, key: str) -> None:
        """Bring a tab to the front."""
        if key == self._key or key not in self._pages:
            return
        self._key = key
        self._tabs.choose(key)
        self._stack.setCurrentWidget(self._pages[key])
        self.tab_changed.emit(key)

    def show_composer(self) -> None:
        """Bring the chat to the front, ready for typing."""
        self.show_tab(CHAT)
        if self.chat is not None:
            self.chat.composer.field.setFocus()

    def add_file(self) -> None:
        """Let a file be chosen, where its way into the session can be seen."""
        self.show_tab(FILES)
        self.files.ask_for_file()

    def render_state(self, state: CallState) -> None:
        """Show a state; another session starts with nothing of the former one."""
        if state.session_id != self._session:
            self._session = state.session_id
            self.notes.start_over()
            self.files.start_over()
            if self._record is not None:
                self.render_record(self._record)
        self._vehicle.render_state(state)
        is_early = not has_begun(state) and not state.customer.in_room
        self._write_first.setVisible(self.chat is not None and is_early and state.chat_open)
        if self.chat is not None:
            self.chat.set_recipient(first_name(state.customer.person))
            self.chat.set_open(state.chat_open)

    def render_record(self, record: RecordState) -> None:
        """Show what is written, if it belongs to the session shown; else when that is."""
        self._record = record
        if record.session_id == self._session:
            self.notes.render_state(record.notes)
            self.files.render_state(record.files)

    def _take_theme(self) -> None:
        self.setFixedWidth(theme().size("side-panel"))
        side, below = theme().pick(kiosk=24, desktop=16), theme().pick(kiosk=24, desktop=16)
        self._vehicle_column.setContentsMargins(0, 0, 0, 0)
        self._first_row.setContentsMargins(side, 0, side, below)

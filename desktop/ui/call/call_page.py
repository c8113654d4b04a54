"""The page of a video session, from waiting for the customer to the end: drawn from a `CallState`, it only wishes."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.call import CallState, VideoKey
from desktop.core.devices import DEVICES_ACTION
from desktop.core.frames import LatestFrame
from desktop.core.record import RecordState
from desktop.core.text import first_word
from desktop.models.chat import ChatModel
from desktop.ui.call.call_header import CallHeader
from desktop.ui.call.control_bar import ControlBar
from desktop.ui.call.numbers_panel import NumbersPanel
from desktop.ui.call.side_panel import CHAT, NOTES, VEHICLE, SidePanel
from desktop.ui.call.stage import Stage
from desktop.ui.call.words import has_begun, is_away
from desktop.ui.message_bar import MessageBar
from desktop.ui.regions import mark_region
from desktop.ui.theme import appearance, set_surface, theme

PANEL_NEEDS_PX = 1280


class CallPage(QWidget):
    """A video or diagnostic session. GUI thread only.

    `mute_requested(True)` asks to mute, `camera_requested(True)` to switch the own camera on. `retry_requested`
    carries a message's id, `band_action_requested` a band's key, `pictures_wanted` how much of each picture is seen.
    Tab, panel, draft, scroll and the place of the pictures belong to the page and stay over every state.
    """

    mute_requested = Signal(bool)
    camera_requested = Signal(bool)
    devices_requested = Signal()
    send_requested = Signal(str)
    retry_requested = Signal(str)
    older_requested = Signal()
    end_requested = Signal()
    leave_requested = Signal()
    band_action_requested = Signal(str)
    pictures_wanted = Signal(object)
    line_unseen = Signal()
    keys_requested = Signal()

    def __init__(self, chat: ChatModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("callPage")
        set_surface(self, "surface")
        self._model = chat
        self._state: CallState | None = None
        self._unread = 0
        self._is_panel_wanted = True
        self._is_panel_squeezed = False
        self._is_wide = True
        self._is_full = False
        self._tab_follows = True
        self.header = CallHeader(has_picture=True, parent=self)
        self.band = MessageBar(self)
        self.stage = Stage(self)
        self.panel = SidePanel(chat, self)
        self.numbers = NumbersPanel(self)
        self._shows_numbers = False
        self.bar = ControlBar(has_media=True, parent=self)
        self._lay_out_parts()
        self._connect_parts()
        self._add_shortcuts()
        mark_region(self.header, self.stage, self.panel, self.numbers, self.bar)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self._show_panel()

    # What the application calls

    def render_state(self, state: CallState) -> None:
        """Show a state. The first one draws the page completely."""
        before, self._state = self._state, state
        is_new = before is None or before.session_id != state.session_id
        if is_new:
            self._start_over()
        self._name_people(state)
        self._model.set_connected(not is_away(state))
        self.header.render_state(state)
        self.band.show_band(state.band)
        self.stage.render_state(state)
        if self._tab_follows:
            self._follow_tab(state)
        self.panel.render_state(state)
        if self._shows_numbers:
            self.numbers.render_state(state)
        self.bar.render_state(state)
        self._show_panel()

    def set_videos(self, lookup: Callable[[VideoKey], LatestFrame], own: LatestFrame) -> None:
        """Say where pictures come from: by key, and the own camera's."""
        self.stage.set_videos(lookup, own)

    @Slot(object)
    def frame_ready(self, key: object) -> None:
        """Paint a new picture; `key` is its `VideoKey`."""
        self.stage.frame_ready(key)

    @Slot()
    def own_frame_ready(self) -> None:
        """Paint the own camera's new picture."""
        self.stage.own_frame_ready()

    @Slot(object)
    def render_record(self, record: RecordState) -> None:
        """Show notes and files of the session."""
        self.panel.render_record(record)

    def draft(self) -> str:
        """Return the line that is being written."""
        return self.panel.chat.composer.draft() if self.panel.chat is not None else ""

    def set_draft(self, text: str) -> None:
        """Put a line back that was being written."""
        if self.panel.chat is not None:
            self.panel.chat.composer.set_draft(text)

    def focus_entry(self) -> None:
        """Put the focus where the page starts."""
        self.bar.entry_widget.setFocus()

    # Building

    def _lay_out_parts(self) -> None:
        self._content = QHBoxLayout()
        self._content.setSpacing(0)
        self._stage_room = QVBoxLayout()
        self._stage_room.addWidget(self.stage)
        self._content.addLayout(self._stage_room, 1)
        self._content.addWidget(self.panel)
        self._content.addWidget(self.numbers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.band)
        column.addLayout(self._content, 1)
        column.addWidget(self.bar)

    def _connect_parts(self) -> None:
        self.header.full_picture_requested.connect(self.toggle_full_picture)
        self.header.numbers_requested.connect(self.toggle_numbers)
        self.numbers.closed.connect(self.toggle_numbers)
        self.stage.normal_view_requested.connect(self.toggle_full_picture)
        self.stage.pictures_wanted.connect(self.pictures_wanted)
        self.band.action_requested.connect(self._act_on_band)
        self.bar.mute_requested.connect(self.mute_requested)
        self.bar.camera_requested.connect(self.camera_requested)
        self.bar.devices_requested.connect(self.devices_requested)
        self.bar.end_requested.connect(self.end_requested)
        self.bar.leave_requested.connect(self.leave_requested)
        self.bar.panel_requested.connect(self.toggle_panel)
        self.panel.tab_changed.connect(self._note_tab)
        if self.panel.chat is not None:
            self.panel.chat.send_requested.connect(self.send_requested)
            self.panel.chat.retry_requested.connect(self.retry_requested)
            self.panel.chat.older_requested.connect(self.older_requested)
            self.panel.chat.read_to_end.connect(self._note_read)
        self._model.rowsInserted.connect(self._note_message)
        self._model.modelReset.connect(self._name_again)

    def _add_shortcuts(self) -> None:
        # A text field takes letters for itself, so that none of these fires while somebody is typing.
        for keys, slot in (
            ("M", self.bar.toggle_mute),
            ("V", self.bar.toggle_camera),
            ("C", self._toggle_chat),
            ("N", self._toggle_notes),
            ("P", self.stage.swap_pictures),
            ("W", self.toggle_full_picture),
            ("Ctrl+Shift+E", self.bar.ask_end),
            ("Ctrl+D", self.devices_requested.emit),
            ("Ctrl+Shift+T", self.keys_requested.emit),
            ("Esc", self._cancel),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(slot)

    # Panel

    @Slot(str)
    def toggle_panel(self, tab: str) -> None:
        """Show a tab of the panel, or close the panel if that tab is in sight."""
        self._tab_follows = False
        self._is_panel_squeezed = False
        if self._is_full:
            self.toggle_full_picture()
        self._shows_numbers = False
        if self._visible_tab() == tab:
            self._is_panel_wanted = False
        else:
            self._is_panel_wanted = True
            self.panel.show_tab(tab)
        self._show_panel()

    @Slot()
    def toggle_full_picture(self) -> None:
        """Hide header and panel for the picture, or bring them back; the bar stays."""
        self._is_full = not self._is_full
        self.header.setVisible(not self._is_full)
        self.stage.set_full(self._is_full)
        self._show_panel()

    @Slot()
    def toggle_numbers(self) -> None:
        """Show the numbers of the connection in the panel's place, or take them away again."""
        self._shows_numbers = not self._shows_numbers
        if self._shows_numbers and self._state is not None:
            self.numbers.render_state(self._state)
        self._show_panel()
        (self.numbers.done if self._shows_numbers else self.header.quality).setFocus()

    def _visible_tab(self) -> str:
        is_seen = self._is_panel_wanted and not self._is_full and not self._shows_numbers
        return self.panel.tab if is_seen else ""

    def _show_panel(self) -> None:
        self.panel.setVisible(self._is_panel_wanted and not self._is_full and not self._shows_numbers)
        self.numbers.setVisible(self._shows_numbers and not self._is_full)
        if self._visible_tab() == CHAT:
            self._unread = 0
            self.stage.preview.hide()
        self.bar.set_panel(self._visible_tab(), self._unread)

    def _follow_tab(self, state: CallState) -> None:
        self.panel.show_tab(CHAT if has_begun(state) or state.customer.in_room else VEHICLE)
        self._tab_follows = True

    def _note_tab(self, _tab: str) -> None:
        self._tab_follows = False
        self._show_panel()

    def _note_read(self) -> None:
        if self._visible_tab() == CHAT:
            self._unread = 0
            self._show_panel()

    def _note_message(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._state is None or self._visible_tab() == CHAT or last < self._model.rowCount() - 1:
            return
        if first == 0 and last > 0:
            return  # what was said before, on its way in
        news = [row for row in map(self._model.row, range(first, last + 1)) if not row.is_own]
        if not news or not self.isVisible():
            return
        self._unread += len(news)
        newest = news[-1]
        self.line_unseen.emit()
        self.stage.preview.show_message(first_word(newest.name), newest.text, newest.role)
        self.stage.preview.raise_()
        self.stage.place_preview()
        self._show_panel()

    def _name_people(self, state: CallState) -> None:
        self._model.set_people([view.person for view in (state.mechanic, state.customer, *state.others)])

    @Slot()
    def _name_again(self) -> None:
        if self._state is not None and self.isVisible():
            self._name_people(self._state)

    def _start_over(self) -> None:
        self._unread = 0
        self._is_panel_wanted = self._is_wide
        self._is_panel_squeezed = not self._is_wide
        self._tab_follows = True
        self._shows_numbers = False
        if self._is_full:
            self.toggle_full_picture()
        if self.panel.chat is not None:
            self.panel.chat.composer.set_draft("")
        self.bar.keep_talking()
        self.focus_entry()

    # Small answers

    def _act_on_band(self, key: str) -> None:
        if self.band.band is not None and self.band.band.action == DEVICES_ACTION:
            self.devices_requested.emit()
        else:
            self.band_action_requested.emit(key)

    def _toggle_chat(self) -> None:
        self.toggle_panel(CHAT)

    def _toggle_notes(self) -> None:
        self.toggle_panel(NOTES)

    def _cancel(self) -> None:
        if self.bar.is_asking:
            self.bar.keep_talking()
        elif self._shows_numbers:
            self.toggle_numbers()
        elif self._is_full:
            self.toggle_full_picture()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Close the panel by itself where the window becomes too narrow for both."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= PANEL_NEEDS_PX
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        if not is_wide and self._is_panel_wanted:
            self._is_panel_wanted, self._is_panel_squeezed = False, True
        elif is_wide and self._is_panel_squeezed:
            self._is_panel_wanted, self._is_panel_squeezed = True, False
        self._show_panel()

    def _take_theme(self) -> None:
        margin = theme().pick(kiosk=16, desktop=10)
        self._stage_room.setContentsMargins(margin, margin, margin, margin)

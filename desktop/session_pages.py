"""SessionPages: the four pages that show a customer, with their connections to the call and to its record."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from desktop.core.call import CallPhase, CallState
from desktop.core.corner import Corner
from desktop.core.devices import DevicesState
from desktop.core.record import RecordState
from desktop.core.route import Page
from desktop.core.session import SessionKind
from desktop.gateways import Gateways
from desktop.models.chat import ChatModel
from desktop.report_desk import ReportDesk
from desktop.ui.call.call_page import CallPage
from desktop.ui.call.side_panel import SidePanel
from desktop.ui.chat_page import ChatPage
from desktop.ui.completion_page import CompletionPage
from desktop.ui.main_window import MainWindow
from desktop.ui.summary_page import SummaryPage
from desktop.ui.warm_up import WarmUp


class SessionPages(QObject):
    """In the GUI thread. The pages are made anew for each mechanic, so that nothing of the one before stays on them."""

    line_unseen = Signal()
    """A line of chat came that nobody sees."""
    keys_requested = Signal()
    """Somebody wants to see or learn the keys to talk."""
    devices_requested = Signal()
    """Somebody in a call wants to see or choose its devices."""
    back_requested = Signal()
    """Leave what has ended and show the list."""
    summary_requested = Signal()
    """Write the summary of the session on screen."""

    call: CallPage
    chat: ChatPage
    completion: CompletionPage
    summary: SummaryPage

    def __init__(
        self, window: MainWindow, gateways: Gateways, chat: ChatModel, reports: ReportDesk, parent: QObject
    ) -> None:
        """Make the first pages."""
        super().__init__(parent)
        self._window = window
        self._gateways = gateways
        self._model = chat
        self._reports = reports
        self._corner = Corner.LOWER_RIGHT
        self.pages: dict[Page, QWidget] = {}
        self._warm_up = WarmUp(self)
        gateways.devices.state_changed.connect(self._devices_changed)
        gateways.record.picture_ready.connect(self._picture_ready)
        self.renew()

    def renew(self) -> None:
        """Make the pages anew and let the former ones go."""
        self._warm_up.stop()
        for page in self.pages.values():
            self._window.remove_page(page)
        self.call = CallPage(self._model)
        self.chat = ChatPage(self._model)
        self.completion = CompletionPage(self._model)
        self.summary = SummaryPage()
        self._connect_call()
        self._connect_chats()
        self._connect_ends()
        self.pages = {
            Page.CALL: self.call,
            Page.CHAT: self.chat,
            Page.COMPLETION: self.completion,
            Page.SUMMARY: self.summary,
        }
        for page in self.pages.values():
            self._window.add_page(page)
        self._is_cold = True

    def warm_up(self) -> None:
        """Prepare new pages for their first show, bit by bit, now that somebody only reads a list."""
        if self._is_cold:
            self._is_cold = False
            self._warm_up.begin(self.pages.values(), self._window.page_size)

    def render_call(self, state: CallState) -> None:
        """Draw a call on the page that its kind and its phase ask for."""
        if state.phase is CallPhase.ENDED and state.completion is not None:
            self.completion.render_state(state.completion, state.band)
            self.summary.render_completion(state.completion)
        else:
            self._page_for(state.kind).render_state(state)

    def draft(self, kind: SessionKind) -> str:
        """Return the line that somebody has begun to write in a session of this kind, on its page alone."""
        return self._page_for(kind).draft()

    def set_draft(self, kind: SessionKind, text: str) -> None:
        """Put a line back that was begun before a new start of the program."""
        self._page_for(kind).set_draft(text)

    def _page_for(self, kind: SessionKind) -> CallPage | ChatPage:
        return self.call if kind.has_video else self.chat

    def render_record(self, state: RecordState) -> None:
        """Draw notes, files and summary wherever they are shown."""
        for page in (self.call, self.chat, self.completion):
            page.render_record(state)
        self.summary.render_record(state)

    def _connect_call(self) -> None:
        page, calls = self.call, self._gateways.call
        page.mute_requested.connect(calls.set_muted)
        page.camera_requested.connect(calls.set_camera)
        page.devices_requested.connect(self.devices_requested)
        page.pictures_wanted.connect(calls.want_pictures)
        page.line_unseen.connect(self.line_unseen)
        page.keys_requested.connect(self.keys_requested)
        page.numbers.picture_wished.connect(calls.wish_for_pictures)
        page.numbers.report_requested.connect(self._reports.copy)
        self._reports.copied.connect(page.numbers.show_saying)
        page.stage.corner_chosen.connect(self._gateways.devices.set_own_corner)
        page.stage.set_corner(self._corner)
        page.set_videos(calls.video, calls.own_video())
        calls.frame_ready.connect(page.frame_ready)
        calls.own_frame_ready.connect(page.own_frame_ready)

    def _connect_chats(self) -> None:
        calls = self._gateways.call
        for page in (self.call, self.chat):
            page.send_requested.connect(calls.send)
            page.retry_requested.connect(calls.retry)
            page.older_requested.connect(calls.read_older)
            page.end_requested.connect(calls.end)
            page.leave_requested.connect(calls.leave)
            page.band_action_requested.connect(calls.act_on_band)
            self._connect_panel(page.panel)

    def _connect_panel(self, panel: SidePanel) -> None:
        record = self._gateways.record
        panel.notes.notes_edited.connect(record.edit_notes)
        panel.notes.choice_requested.connect(record.choose_notes)
        panel.files.upload_requested.connect(record.upload)
        panel.files.retry_requested.connect(record.retry_upload)
        panel.files.cancel_requested.connect(record.cancel_upload)
        panel.files.picture_requested.connect(record.want_picture)
        panel.files.open_requested.connect(record.want_file)

    def _connect_ends(self) -> None:
        record = self._gateways.record
        self.completion.back_requested.connect(self.back_requested)
        self.completion.summary_requested.connect(self.summary_requested)
        self.completion.older_requested.connect(self._gateways.call.read_older)
        self.summary.back_requested.connect(self.back_requested)
        self.summary.draft_edited.connect(record.edit_summary)
        self.summary.send_requested.connect(record.send_summary)
        self.summary.picture_requested.connect(record.want_picture)

    @Slot(object)
    def _devices_changed(self, devices: DevicesState) -> None:
        self._corner = devices.own_corner
        self.call.stage.set_corner(self._corner)

    @Slot(str, object)
    def _picture_ready(self, file_id: str, image: QImage | None) -> None:
        self.call.panel.files.show_picture(file_id, image)
        self.chat.panel.files.show_picture(file_id, image)
        self.summary.show_picture(file_id, image)

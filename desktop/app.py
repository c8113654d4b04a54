"""The composition root: builds every part, connects them, starts them in one order and stops them in its reverse.

The window is on screen before anything of HTTP, LiveKit or the keyring is imported: that happens on the loop thread,
while the first page is already usable.
"""

import concurrent.futures
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from desktop.bridge.garbage import Garbage
from desktop.bridge.loop_thread import LoopErrorHandler, LoopThread
from desktop.check_desk import CheckDesk
from desktop.core.account import AccountPhase, AccountState
from desktop.core.bands import Band, BandLevel
from desktop.core.board import NEW_SESSION, BoardState
from desktop.core.call import CallPhase, CallState
from desktop.core.chat import ChatChange, ChatMessage
from desktop.core.errors import BaylinkError
from desktop.core.join_wish import JoinWish
from desktop.core.people import MechanicId, SessionId
from desktop.core.record import RecordState
from desktop.core.restart import RestartState
from desktop.core.route import Page, has_arrived, page_for
from desktop.core.summary import SummaryPhase
from desktop.gateways import Gateways
from desktop.idle_desk import IdleDesk, seconds_also_asleep
from desktop.link_desk import LinkDesk
from desktop.machine import fingerprint
from desktop.models.chat import ChatModel
from desktop.page_switch import PageSwitch
from desktop.report_desk import ReportDesk
from desktop.session_pages import SessionPages
from desktop.settings import Settings
from desktop.ui.main_window import MainWindow
from desktop.ui.rejoining_page import RejoiningPage
from desktop.ui.sessions_page import SessionsPage
from desktop.ui.sign_in_page import SignInPage
from desktop.ui.theme import Theme, apply_theme
from desktop.ui.tokens import Profile, ThemeName

if TYPE_CHECKING:
    from desktop.desks import Desks
    from desktop.media.devices import Devices
    from desktop.parts import Parts
    from desktop.rtc.camera_source import CameraSource


class App(QObject):
    """The running program; made and used in the GUI thread, needs a QApplication.

    `start` shows the window and returns; `stop` begins the end, and `stopped` is emitted when nothing is left. The
    pages, gateways and the window are there for whoever drives the program (tests, the practice day, benchmarks).
    """

    stopped = Signal()
    built = Signal()
    """What is behind the pages is there, but for an address that cannot be used."""

    def __init__(
        self,
        settings: Settings,
        *,
        state_folder: Path,
        version: str = "0",
        on_loop_error: LoopErrorHandler | None = None,
        camera: Callable[[], "CameraSource | None"] | None = None,
        idle_clock: Callable[[], float] = seconds_also_asleep,
    ) -> None:
        """Build window, pages and gateways; nothing of the network yet.

        `camera` replaces this PC's cameras, `idle_clock` the clock by which somebody is away.
        """
        super().__init__()
        self._camera = camera
        self._settings = settings
        self._version = version
        self._state_folder = state_folder
        self._fingerprint = fingerprint(state_folder)
        self._account = AccountState(
            email=settings.prefill_email, shop_name=settings.shop_name, bay_name=settings.bay_name
        )
        self._board = BoardState()
        self._call: CallState | None = None
        self._record: RecordState | None = None
        self._restart = RestartState()
        self._writing: SessionId | None = None
        self._owner: MechanicId | None = None
        self._in_call = False
        self._hears_calls = False
        self._parts: Parts | None = None
        self._desks: Desks | None = None
        self._draft: str | None = None
        self._is_draft_back = False
        self._stopping: concurrent.futures.Future[None] | None = None
        self._stop_timer = QTimer(self, interval=20)
        self._stop_timer.timeout.connect(self._look_whether_stopped)
        self._garbage = Garbage(self)
        _apply_looks(settings)
        self.loop_thread = LoopThread(on_loop_error)
        self._gateways = Gateways(self.loop_thread, self)
        self.account_gateway, self.board_gateway = self._gateways.account, self._gateways.board
        self.call_gateway, self.record_gateway = self._gateways.call, self._gateways.record
        self.restart_gateway = self._gateways.restart
        self.check = CheckDesk(self.call_gateway, self._gateways.devices, self._gateways.check, settings.bay_name, self)
        self.idle = IdleDesk(settings.idle_sign_out_minutes, self, clock=idle_clock)
        self.window = MainWindow()
        self.links = LinkDesk(self.window, self)
        self.links.open_requested.connect(self._open_link)
        self.chat_model = ChatModel(self)
        self.reports = ReportDesk(state_folder, version, self.chat_model.texts, self)
        self.sign_in_page = SignInPage()
        self.sessions_page = SessionsPage()
        self.rejoining_page = RejoiningPage()
        pages: dict[Page, QWidget] = {
            Page.SIGN_IN: self.sign_in_page,
            Page.SESSIONS: self.sessions_page,
            Page.REJOINING: self.rejoining_page,
            Page.CHECK: self.check.page,
            Page.IDLE: self.idle.page,
        }
        self._switch = PageSwitch(self.window, pages, lambda: self.session_pages.pages, self._page_arrived)
        self.session_pages = SessionPages(self.window, self._gateways, self.chat_model, self.reports, self)
        self._connect_pages()
        self._connect_gateways()

    @property
    def page(self) -> Page | None:
        """The page on screen."""
        return self._switch.page

    def start(self) -> None:
        """Show the window and begin; returns at once."""
        self._garbage.start()
        self._prefill()
        self.sign_in_page.render_state(self._account)
        self._route()
        if self._settings.profile == "kiosk":
            self.window.showFullScreen()
        else:
            self.window.resize(1366, 768)
            self.window.show()
        self.loop_thread.start()
        # Qt Multimedia is slow to load and not needed for the first picture of the window.
        QTimer.singleShot(0, self._look_for_devices)

    @Slot()
    def stop(self) -> None:
        """Leave any call, close every connection, end the loop; `stopped` follows. A second call changes nothing."""
        if self._stopping is not None:
            return
        self.window.setEnabled(False)
        self.idle.close()
        self._stopping = self.loop_thread.submit(self._close_parts())
        self._stop_timer.start()

    @Slot()
    def start_again(self) -> None:
        """Stop, for whoever runs this process to start it again: that leads back into the session that is open."""
        self._draft = self.session_pages.draft(self._call.kind) if self._call is not None else ""
        self.stop()

    @property
    def wants_new_start(self) -> bool:
        """Whether it stops, or has stopped, only to be started again."""
        return self._draft is not None

    def _prefill(self) -> None:
        password = self._settings.practice_password
        if password is not None:
            self.sign_in_page.prefill(self._settings.prefill_email, password.get_secret_value())

    # ---- building ---------------------------------------------------------------------------------------------------

    @Slot()
    def _look_for_devices(self) -> None:
        from desktop.desks import Desks  # noqa: PLC0415 - Qt Multimedia is imported after the first paint

        self._desks = Desks(self.window, self._gateways, self.session_pages, self.check, self.idle, self)
        self.loop_thread.submit(self._make_parts(self._desks.devices))

    async def _make_parts(self, devices: "Devices") -> None:
        """Build what is behind the gateways, on the loop that it lives in."""
        try:
            self._parts = self._gateways.make_parts(
                self._settings,
                devices,
                self._camera,
                version=self._version,
                fingerprint=self._fingerprint,
                state_folder=self._state_folder,
            )
        except BaylinkError as error:
            # An address that is not safe: nothing can be sent, and the page says so.
            self.account_gateway.publish(replace(self._account, phase=AccountPhase.SIGNED_OUT, error=error.sentence))
            return
        await self._parts.restart.look()
        self.built.emit()

    @Slot()
    def _serve(self) -> None:
        if self._parts is not None:
            self._gateways.serve(self._parts)

    def _connect_pages(self) -> None:
        self.window.close_requested.connect(self._close_wished)
        self.sign_in_page.sign_in_requested.connect(self.account_gateway.sign_in)
        self.sign_in_page.cancel_requested.connect(self.account_gateway.cancel)
        self.sessions_page.join_requested.connect(self._join)
        self.sessions_page.check_requested.connect(self._check_before)
        self.check.join_requested.connect(self._join_as)
        self.check.changed.connect(self._route)
        self.idle.changed.connect(self._route)
        self.idle.sign_out_requested.connect(self.account_gateway.sign_out)
        self.sessions_page.accept_requested.connect(self.board_gateway.accept)
        self.sessions_page.view_requested.connect(self._view)
        self.sessions_page.summary_requested.connect(self._write_summary_of)
        self.sessions_page.refresh_requested.connect(self.board_gateway.refresh)
        self.sessions_page.sign_out_requested.connect(self.account_gateway.sign_out)
        self.sessions_page.band_action_requested.connect(self._board_band_answered)
        self.rejoining_page.back_requested.connect(self.restart_gateway.back)
        self.rejoining_page.summary_requested.connect(self._write_summary_of)
        self.rejoining_page.devices_requested.connect(self._check_on_way_back)
        self.rejoining_page.report_requested.connect(self.reports.copy)
        self.session_pages.devices_requested.connect(self._check_in_call)
        self.session_pages.back_requested.connect(self._back_to_sessions)
        self.session_pages.summary_requested.connect(self._write_summary)

    def _connect_gateways(self) -> None:
        self.built.connect(self._serve)
        self.account_gateway.state_changed.connect(self._account_changed)
        self.board_gateway.state_changed.connect(self._board_changed)
        self.call_gateway.state_changed.connect(self._call_changed)
        self.call_gateway.new_start_requested.connect(self.start_again)
        self.call_gateway.join_refused.connect(self._join_refused)
        self.call_gateway.transcript_reset.connect(self._transcript_reset)
        self.call_gateway.chat_changed.connect(self._chat_changed)
        self.record_gateway.state_changed.connect(self._record_changed)
        self.restart_gateway.state_changed.connect(self._restart_changed)
        self.record_gateway.file_ready.connect(self._file_ready)

    # ---- wishes that concern two rooms ------------------------------------------------------------------------------

    @Slot(str)
    def _join(self, session_id: str) -> None:
        self._hears_calls = True
        self.board_gateway.join_started(session_id)
        self.call_gateway.join(session_id)

    @Slot(str, str)
    def _open_link(self, session_id: str, view: str) -> None:
        self._hears_calls = True
        if not self._in_call:
            self.board_gateway.join_started(session_id)
        self.call_gateway.open_link(session_id, view)

    @Slot(str, object)
    def _join_as(self, session_id: str, wish: JoinWish) -> None:
        self._hears_calls = True
        self.board_gateway.join_started(session_id)
        self.call_gateway.join_as(session_id, wish)

    @Slot(str)
    def _check_before(self, session_id: str) -> None:
        row = next((row for row in self._board.rows if row.id == session_id), None)
        self.check.open_for(row, self._board.server_time)

    @Slot()
    def _check_in_call(self) -> None:
        if self._call is not None and self._call.phase is not CallPhase.ENDED:
            self.check.open_in_call(self._call)

    @Slot()
    def _check_on_way_back(self) -> None:
        self.check.open_on_way_back(self._restart, self._call)

    @Slot(str)
    def _view(self, session_id: str) -> None:
        self._hears_calls = True
        self.call_gateway.review(session_id)

    @Slot(str)
    def _board_band_answered(self, key: str) -> None:
        leads_to = self._board.band_session
        self.board_gateway.close_band()
        if key == NEW_SESSION and leads_to is not None:
            self.sessions_page.show_session(leads_to)
        elif leads_to is not None:
            self._join(leads_to)
        else:
            self.call_gateway.act_on_band(key)

    @Slot(str)
    def _write_summary_of(self, session_id: str) -> None:
        self._writing = SessionId(session_id)
        self._view(session_id)

    @Slot()
    def _write_summary(self) -> None:
        if self._call is not None:
            self._writing = self._call.session_id
            self.record_gateway.write_summary()
            self._route()

    @Slot()
    def _back_to_sessions(self) -> None:
        if self._restart.is_on:
            self._restart = RestartState()
            self.restart_gateway.back()
        self._call = None
        self._writing = None
        self.board_gateway.refresh()
        self._route()

    @Slot()
    def _close_wished(self) -> None:
        if self._settings.profile != "kiosk":
            self.stop()

    # ---- news -------------------------------------------------------------------------------------------------------

    @Slot(object)
    def _account_changed(self, state: AccountState) -> None:
        was_in, self._account = self._account.mechanic, state
        somebody_else = state.mechanic is not None and self._owner not in {None, state.mechanic.id}
        if somebody_else or (state.mechanic is None and was_in is not None and not state.interrupted):
            self._wipe()
        if state.mechanic is not None:
            self._owner = state.mechanic.id
        self.sign_in_page.render_state(state)
        self._route()
        self.links.account_changed(state)

    def _wipe(self) -> None:
        """Leave what is open and drop what one mechanic saw and typed, before the next one sees anything."""
        self._owner = None
        self.reports.forget()
        # What the loop still tells of the session that is left here comes too late for anybody's eyes.
        self._hears_calls = self._restart.is_on
        if self._desks is not None:
            self._desks.leave()
        self.check.close_page()
        self.call_gateway.leave()
        self._call = None
        self._record = None
        self._writing = None
        self.chat_model.clear()
        self.session_pages.renew()
        self.rejoining_page.render_state(self._restart)
        clipboard = QGuiApplication.clipboard()
        if self._settings.profile == "kiosk" or clipboard.ownsClipboard():
            clipboard.clear()
        self._prefill()

    @Slot(object)
    def _board_changed(self, state: BoardState) -> None:
        self._board = state
        self.sessions_page.render_state(state)
        if self._desks is not None:
            self._desks.board_changed(state)
        self._route()

    @Slot(object)
    def _call_changed(self, state: CallState) -> None:
        if not self._hears_calls:
            return
        self._call = state
        self.reports.call_changed(state)
        if self._restart.is_on:
            self.rejoining_page.render_state(self._restart, state)
            if has_arrived(state):
                self.restart_gateway.arrived()
        self.session_pages.render_call(state)
        if self._restart.is_on and not self._is_draft_back:
            # Once: it may be sent or thrown away then.
            self._is_draft_back = True
            self.session_pages.set_draft(state.kind, self._restart.wish.draft)
        if state.phase is CallPhase.ENDED and state.completion is None and state.band is not None:
            self.board_gateway.show_band(state.band)
        if self._desks is not None:
            self._desks.call_changed(state)
        self.check.call_changed(state)
        self._route()
        self._switch.show_title(state.customer.person.display_name)

    @Slot(object)
    def _restart_changed(self, state: RestartState) -> None:
        self._restart = state
        self._hears_calls = self._hears_calls or state.is_on
        self.rejoining_page.render_state(state, self._call)
        self.check.way_back_changed(state)
        self._route()

    @Slot(object)
    def _record_changed(self, state: RecordState) -> None:
        if not self._hears_calls:
            return
        self._record = state
        self.session_pages.render_record(state)
        is_taken = state.summary is not None and state.summary.phase is SummaryPhase.TAKEN
        if is_taken and self._call is not None and self._writing == state.session_id:
            first = self._call.customer.person.first_name
            self.board_gateway.show_band(
                Band("summary_sent", BandLevel.SUCCESS, "circle-check", f"Summary sent to {first}.", passing=True)
            )
            self._back_to_sessions()

    @Slot(str, object)
    def _file_ready(self, _file_id: str, path: Path) -> None:
        if self._settings.profile != "kiosk":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    @Slot(object)
    def _join_refused(self, error: BaylinkError) -> None:
        self.check.join_refused()
        self.board_gateway.join_refused(error)

    @Slot(object)
    def _transcript_reset(self, messages: tuple[ChatMessage, ...]) -> None:
        if not self._hears_calls:
            return
        self.chat_model.clear()
        self.chat_model.apply(*(ChatChange("added", index, message) for index, message in enumerate(messages)))

    @Slot(object)
    def _chat_changed(self, changes: tuple[ChatChange, ...]) -> None:
        if self._hears_calls:
            self.chat_model.apply(*changes)

    def _route(self) -> None:
        """Show the page of the moment, and tell the other rooms whether a call is on."""
        self.idle.states_changed(self._account, self._call, self._restart, joining=self._board.joining is not None)
        page = page_for(
            self._account,
            self._call,
            writing=self._writing,
            restart=self._restart,
            checking=self.check.is_open,
            idle=self.idle.is_shown,
        )
        in_call = self._call is not None and self._call.phase is not CallPhase.ENDED
        if in_call is not self._in_call:
            self._in_call = in_call
            self.account_gateway.call_changed(in_call)
            self.board_gateway.call_changed(in_call)
        customer = self._call.customer.person.display_name if self._call is not None else ""
        self._switch.show(page, customer)

    def _page_arrived(self, page: Page) -> None:
        if self._switch.is_live:
            self.board_gateway.join_finished()
        if page is Page.SESSIONS:
            self.session_pages.warm_up()

    # ---- the end ----------------------------------------------------------------------------------------------------

    async def _close_parts(self) -> None:
        if self._parts is not None:
            await self._parts.close(draft=self._draft)

    @Slot()
    def _look_whether_stopped(self) -> None:
        if self._stopping is None or not self._stopping.done():
            return
        self.loop_thread.request_stop()
        if not self.loop_thread.is_finished:
            return
        self._stop_timer.stop()
        self.check.close()
        if self._desks is not None:
            self._desks.close()
        self.window.close_now()
        self.window.deleteLater()
        self._garbage.stop()
        self.stopped.emit()


def _apply_looks(settings: Settings) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply_theme(app, Theme(ThemeName(settings.theme), Profile(settings.sizes)))

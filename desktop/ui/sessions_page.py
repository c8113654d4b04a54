"""The sessions page: what is on, in groups, the chosen one in detail, and how far the list can be trusted."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.core.bands import Band, BandLevel, most_urgent
from desktop.core.board import BoardState, Freshness
from desktop.core.people import Role, SessionId
from desktop.models.session_words import BoardMoment, RowAction, clock_time
from desktop.ui.avatar import Avatar
from desktop.ui.buttons import Button
from desktop.ui.chip import Chip
from desktop.ui.clock_label import ClockLabel, local_now
from desktop.ui.list_notices import DETAIL_FROM_WIDTH, Notice, RowOutlines
from desktop.ui.loading_line import LoadingLine
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.regions import mark_region
from desktop.ui.session_detail import SessionDetail
from desktop.ui.session_list import SessionList
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.top_bar import BarLine, Logo, TopBar

OFFLINE = "offline"
"""The key of the page's own band; its action asks for a refresh."""
_MINUTE_S = 60


class SessionsPage(QWidget):
    """Draws a `BoardState`; GUI thread only. Wishes carry the session's id."""

    join_requested = Signal(str)
    """Join or rejoin this session."""
    check_requested = Signal(str)
    """Look at the devices, before this session or ("") for themselves."""
    accept_requested = Signal(str)
    """Take this open request."""
    view_requested = Signal(str)
    """Read this ended session."""
    summary_requested = Signal(str)
    """Write the summary of this ended session."""
    refresh_requested = Signal()
    """Read the list again now."""
    sign_out_requested = Signal()
    """Sign out."""
    band_action_requested = Signal(str)
    """The button of the state's band was pressed; carries the band's key."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = local_now,
        monotonic: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sessionsPage")
        set_surface(self, "surface")
        self._now = now
        self._monotonic = monotonic
        self._state = BoardState()
        self._bar = MessageBar(self)
        self._bar.action_requested.connect(self._on_band)
        self._line = LoadingLine(self)
        self._list = SessionList(self)
        self._detail = SessionDetail(self)
        self._outlines = RowOutlines(self)
        self._try = Button("Try now", "refresh-cw", name="tryNow", primary=True)
        check = Button("Check devices", "sliders-horizontal", name="checkDevicesAlone", primary=True)
        check.clicked.connect(self._check_alone)
        self._empty = Notice("emptyList", "No sessions right now", check, parent=self)
        self._unreachable = Notice("unreachableList", "No connection to Baylink", self._try, parent=self)
        self._unreachable.sentence.set_text("The list could not be loaded. Trying again by itself.")
        self._content = QStackedWidget(self)
        for part in (self._outlines, self._list, self._empty, self._unreachable):
            self._content.addWidget(part)
        self._header = self._build_header()
        mark_region(self._header, self._content, self._detail)
        self._build()
        self._list.action_requested.connect(self._act)
        self._detail.action_requested.connect(self._act)
        self._detail.check_requested.connect(self.check_requested)
        self._list.chosen_changed.connect(self._draw_detail)
        self._try.clicked.connect(self.refresh_requested)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._go_on)
        self._tick.start()
        self._add_shortcuts()
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.render_state(self._state)

    def _build_header(self) -> TopBar:
        header = TopBar(parent=self)
        self._place = PlainLabel("", "label", "text-muted", parent=header)
        self._place.setObjectName("placeLabel")
        self._shift = Chip(name="shiftChip", parent=header)
        self._avatar = Avatar(role=Role.MECHANIC, px=theme().pick(kiosk=44, desktop=32), parent=header)
        self._name = PlainLabel("", "label", name=True, parent=header)
        self._name.setObjectName("mechanicName")
        self._sign_out = Button("Sign out", "log-out", name="signOutButton", parent=header)
        self._sign_out.clicked.connect(self.sign_out_requested)
        header.left.addWidget(Logo(header))
        header.left.addWidget(self._place)
        header.left.addStretch(1)
        clock = ClockLabel(self._now, "title", weight=500, parent=header)
        for part in (self._shift, clock, BarLine(header), self._avatar, self._name, self._sign_out):
            header.right.addWidget(part)
        return header

    def _build(self) -> None:
        self._list_side = QVBoxLayout()
        self._list_side.addWidget(self._content)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(self._list_side, 1)
        row.addWidget(self._detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._bar)
        column.addLayout(row, 1)

    def _add_shortcuts(self) -> None:
        for keys, wish in (("Ctrl+R", self.refresh_requested), ("Ctrl+L", self.sign_out_requested)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wish)

    def _take_theme(self) -> None:
        look = theme()
        self._list_side.setContentsMargins(
            look.pick(kiosk=24, desktop=16), look.pick(kiosk=4, desktop=2), look.space("x1"), 0
        )

    @property
    def sessions(self) -> SessionList:
        """The list, for tests and the practice day."""
        return self._list

    def render_state(self, state: BoardState) -> None:
        """Draw a state; choice, scrolling and a held row stay."""
        self._state = state
        self._draw_header()
        self._bar.show_band(most_urgent(tuple(band for band in (self._own_band(), state.band) if band)))
        self._line.set_busy(state.freshness is Freshness.LOADING or state.joining is not None)
        self._list.show_rows(state.rows, self._moment())
        self._content.setCurrentWidget(self._part_to_show())
        self._draw_empty()
        self._draw_detail()

    def show_session(self, session_id: SessionId) -> None:
        """Choose a session in the list, as a tap on it would."""
        self._list.choose(session_id)

    def _part_to_show(self) -> QWidget:
        if self._state.rows:
            return self._list
        if self._state.freshness is Freshness.LOADING:
            return self._outlines
        return self._empty if self._state.freshness is Freshness.FRESH else self._unreachable

    def _server_now(self, monotonic_s: float) -> datetime:
        clock = self._state.server_time
        return clock.datetime_at(monotonic_s) if clock else self._now().astimezone(UTC)

    def _moment(self) -> BoardMoment:
        now = self._server_now(self._monotonic())
        stale = self._state.freshness in {Freshness.STALE, Freshness.NEVER_LOADED}
        loaded = self._state.loaded_at_s
        as_of = (self._server_now(loaded) if loaded is not None else now) if stale else None
        return BoardMoment(now=now, as_of=as_of, joining=self._state.joining)

    def _own_band(self) -> Band | None:
        if self._state.freshness is not Freshness.STALE:
            return None
        moment = self._moment()
        since = clock_time(moment.as_of or moment.now, moment.now)
        return Band(
            key=OFFLINE,
            level=BandLevel.WARNING,
            icon="wifi-off",
            title="No connection to Baylink.",
            text=f"This is the list from {since}. Trying again by itself.",
            action="Try now",
        )

    def _draw_header(self) -> None:
        state = self._state
        self._place.set_text("  ·  ".join(part for part in (state.bay_name, state.shop_name) if part))
        mechanic = state.mechanic
        for part in (self._avatar, self._name):
            part.setVisible(mechanic is not None)
        self._shift.setVisible(mechanic is not None)
        name = mechanic.name if mechanic is not None else ""
        self._avatar.set_person(name, Role.MECHANIC)
        self._name.set_text(name)
        if state.freshness in {Freshness.STALE, Freshness.NEVER_LOADED}:
            self._shift.set_fact("Offline", "wifi-off", "warning")
        elif mechanic is not None and mechanic.on_shift:
            self._shift.set_fact("On shift", "circle-dot", "success")
        else:
            self._shift.set_fact("Off shift", "circle", "plain")

    def _draw_empty(self) -> None:
        loaded = self._state.loaded_at_s
        checked = ""
        if loaded is not None:
            seconds = max(0, int(self._monotonic() - loaded))
            ago = f"{seconds} seconds" if seconds < _MINUTE_S else f"{seconds // _MINUTE_S} min"
            checked = f" Checked {ago} ago."
        words = "A new session shows here by itself as soon as someone is assigned to you."
        self._empty.sentence.set_text(f"{words}{checked}")

    def _draw_detail(self) -> None:
        listed = self._content.currentWidget() is self._list
        self._detail.setVisible(listed and self.width() >= DETAIL_FROM_WIDTH)
        stale = self._state.freshness is not Freshness.FRESH
        self._detail.show_session(self._list.chosen_row(), self._list.chosen_words(), stale=stale)

    def _go_on(self) -> None:
        if self.isVisible():
            self._list.set_moment(self._moment())
            self._draw_empty()

    def _on_band(self, key: str) -> None:
        if key == OFFLINE:
            self.refresh_requested.emit()
        else:
            self.band_action_requested.emit(key)

    def _check_alone(self) -> None:
        self.check_requested.emit("")

    def _act(self, action: str, session_id: str) -> None:
        if self._state.joining is not None:
            return
        wishes = {
            RowAction.JOIN: self.join_requested,
            RowAction.ACCEPT: self.accept_requested,
            RowAction.VIEW: self.view_requested,
            RowAction.SUMMARY: self.summary_requested,
        }
        wishes[RowAction(action)].emit(session_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Close the detail by itself where there is no room for it."""
        super().resizeEvent(event)
        self._line.lay(self._header.height(), self.width())
        self._draw_detail()

    def showEvent(self, event: QShowEvent) -> None:
        """Start in the list."""
        super().showEvent(event)
        if not event.spontaneous():
            self._list.setFocus()

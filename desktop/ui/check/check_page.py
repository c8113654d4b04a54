"""The page "Check and join": own picture, microphone, speaker, connection, and the way in, which nothing blocks."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.core.check import CheckState
from desktop.core.devices import DeviceKind
from desktop.core.frames import LatestFrame
from desktop.ui.buttons import Button
from desktop.ui.check.check_row import CheckRow, DeviceRow
from desktop.ui.check.level_bar import LevelBar
from desktop.ui.check.preview_stage import PreviewStage
from desktop.ui.check.visit_card import VisitCard
from desktop.ui.check.words import (
    RowWords,
    choices_of,
    connection_words,
    device_words,
    remembered_words,
    switch_notes,
    title_of,
    waiting_words,
)
from desktop.ui.chip import Chip
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.regions import mark_region
from desktop.ui.switch import Switch
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.top_bar import TopBar

_TICK_MS = 5000


class CheckPage(QWidget):
    """Draws a `CheckState`; GUI thread only.

    In a call, and on the way back into one, it has [Done] in the place of the ways in; Esc does the same.
    `device_chosen` carries a DeviceKind and a name; `switches_changed` echo, noise and gain.
    """

    back_requested = Signal()
    """Leave the page: to the list, or to the call that goes on."""
    join_requested = Signal()
    join_without_camera_requested = Signal()
    chat_only_requested = Signal()
    mute_requested = Signal(bool)
    camera_requested = Signal(bool)
    flip_requested = Signal()
    device_chosen = Signal(object, str)
    switches_changed = Signal(bool, bool, bool)
    tone_requested = Signal()
    echo_requested = Signal()
    connection_test_requested = Signal()
    keys_requested = Signal()
    band_action_requested = Signal(str)

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkPage")
        set_surface(self, "surface")
        self._monotonic = monotonic
        self._state = CheckState()
        self._header = self._build_header()
        self._band = MessageBar(self)
        self._stage = PreviewStage(self)
        self._level = LevelBar(self)
        self._panel = self._build_panel()
        self._bar = self._build_bar()
        self._lay_out()
        self._connect()
        mark_region(self._header, self._stage, self._panel, self._bar)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._tell_waiting)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.render_state(self._state)

    # What the application calls

    def render_state(self, state: CheckState) -> None:
        """Draw a state."""
        self._state = state
        self._title.set_text(title_of(state))
        self._tell_waiting()
        self._band.show_band(state.band)
        self._stage.render_state(state)
        self._level.render_state(state)
        self._card.show_visit(state.visit)
        for kind, row in self._devices.items():
            row.show_words(device_words(state, kind))
            row.show_choices(choices_of(state.devices.of(kind)) if state.devices.of(kind).names else ())
        self._tone.setVisible(not state.devices.speaker.is_missing)
        self._tone.setEnabled(not state.is_tone_playing)
        self._connection.show_words(connection_words(state))
        self._keys.show_words(RowWords(state.devices.talk_key or "Off"))
        for switch, note in zip(self._switches, switch_notes(state), strict=True):
            switch.set_note(note)
        self._noise.set_on(state.devices.noise_suppression)
        self._echo.set_on(state.devices.echo_cancellation)
        self._gain.set_on(state.devices.auto_gain)
        self._draw_bar(state)

    def set_own_video(self, latest: LatestFrame) -> None:
        """Say where the own picture comes from."""
        self._stage.set_source(latest)

    @Slot()
    def own_frame_ready(self) -> None:
        """Paint the own camera's new picture."""
        self._stage.frame_ready()

    @Slot(float)
    def show_level(self, loudness_db: float) -> None:
        """Show a reading of the microphone, in decibels; about twenty a second."""
        self._level.show_level(loudness_db)

    def focus_entry(self) -> None:
        """Put the focus where the page starts: on its primary button."""
        (self._done if self._join.isHidden() else self._join).setFocus()

    def start_over(self) -> None:
        """Close what was opened: the page is visited anew."""
        for row in self._devices.values():
            row.close_list()

    # Building

    def _build_header(self) -> TopBar:
        header = TopBar(parent=self)
        self._back = Button("Sessions", "arrow-left", name="checkBack", parent=header)
        self._title = PlainLabel("", "title", parent=header)
        self._title.setObjectName("checkTitle")
        self._waiting = Chip(name="waitingChip", parent=header)
        header.left.addWidget(self._back)
        header.left.addWidget(self._title)
        header.left.addStretch(1)
        header.right.addWidget(self._waiting)
        return header

    def _build_panel(self) -> QWidget:
        self._card = VisitCard()
        self._tone = Button("Play tone", "play", name="toneButton")
        self._test = Button("Test again", "refresh-cw", name="testButton")
        self._learn = Button("Set a button", name="keysButton", label="Set a button to hold to talk")
        self._devices = {
            DeviceKind.CAMERA: DeviceRow(DeviceKind.CAMERA, "video"),
            DeviceKind.MICROPHONE: DeviceRow(DeviceKind.MICROPHONE, "mic"),
            DeviceKind.SPEAKER: DeviceRow(DeviceKind.SPEAKER, "volume-2", self._tone),
        }
        self._connection = CheckRow("Connection", "signal", self._test, name="connectionRow")
        self._keys = CheckRow("Hold to talk", "hand", self._learn, name="keysRow")
        self._noise = Switch("Reduce shop noise", name="noiseSwitch")
        self._echo = Switch("Cancel echo", name="echoSwitch")
        self._gain = Switch("Even out loudness", name="gainSwitch")
        self._switches = (self._noise, self._echo, self._gain)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        for part in (*self._devices.values(), self._connection, self._keys, *self._switches):
            self._rows.addWidget(part)
        self._rows.addStretch(1)
        area = QScrollArea()
        area.setObjectName("checkScroll")
        area.setAccessibleName("Devices and connection")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        panel = QWidget(self)
        panel.setObjectName("checkPanel")
        set_surface(panel, "raised", "left")
        column = QVBoxLayout(panel)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._card)
        column.addWidget(area, 1)
        return panel

    def _build_bar(self) -> QWidget:
        bar = QWidget(self)
        bar.setObjectName("checkBar")
        set_surface(bar, "raised", "top")
        self._chat = Button("Chat only", "message-square", name="chatOnlyButton", primary=True, parent=bar)
        self._blind = Button("Join without camera", "headphones", name="joinBlindButton", primary=True, parent=bar)
        self._remembered = PlainLabel("", "caption", "text-muted", parent=bar)
        self._remembered.setObjectName("rememberedWords")
        self._join = Button("Join session", "video", name="joinButton", kind="accent", primary=True, parent=bar)
        self._done = Button("Done", "check", name="doneButton", kind="accent", primary=True, parent=bar)
        self._bar_row = QHBoxLayout(bar)
        self._bar_row.addWidget(self._chat)
        self._bar_row.addWidget(self._blind)
        self._bar_row.addStretch(1)
        self._bar_row.addWidget(self._remembered)
        self._bar_row.addSpacing(theme().space("x2"))
        self._bar_row.addWidget(self._join)
        self._bar_row.addWidget(self._done)
        return bar

    def _lay_out(self) -> None:
        self._left = QVBoxLayout()
        self._left.addWidget(self._stage, 1)
        self._left.addWidget(self._level)
        content = QHBoxLayout()
        content.setSpacing(0)
        content.addLayout(self._left, 1)
        content.addWidget(self._panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._band)
        column.addLayout(content, 1)
        column.addWidget(self._bar)

    def _connect(self) -> None:
        self._back.clicked.connect(self.back_requested)
        self._done.clicked.connect(self.back_requested)
        self._join.clicked.connect(self.join_requested)
        self._blind.clicked.connect(self.join_without_camera_requested)
        self._chat.clicked.connect(self.chat_only_requested)
        self._stage.mute_requested.connect(self.mute_requested)
        self._stage.camera_requested.connect(self.camera_requested)
        self._stage.flip_requested.connect(self.flip_requested)
        self._level.echo_requested.connect(self.echo_requested)
        self._tone.clicked.connect(self.tone_requested)
        self._test.clicked.connect(self.connection_test_requested)
        self._learn.clicked.connect(self.keys_requested)
        self._band.action_requested.connect(self.band_action_requested)
        for row in self._devices.values():
            row.chosen.connect(self.device_chosen)
            row.opened.connect(self._close_others)
        for switch in self._switches:
            switch.toggled.connect(self._switched)
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.back_requested)
        self._order_focus()

    def _order_focus(self) -> None:
        stage = (self._stage.mute, self._stage.camera, self._stage.flip, self._level.echo)
        rows = [row.findChildren(Button) for row in (*self._devices.values(), self._connection, self._keys)]
        inside = [button for buttons in rows for button in buttons]
        knobs = (switch.knob for switch in self._switches)
        order: list[QWidget] = [self._join, self._done, *stage, *inside, *knobs, self._chat, self._blind, self._back]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    # Small answers

    def _draw_bar(self, state: CheckState) -> None:
        is_beside_call = state.in_call or state.on_way_back
        can_join = state.visit is not None and not is_beside_call
        for part in (self._chat, self._blind, self._join):
            part.setVisible(can_join)
            part.setEnabled(not state.is_joining)
        self._join.set_face("Joining" if state.is_joining else "Join session", "video")
        self._done.setVisible(not can_join)
        self._back.setVisible(not is_beside_call)
        self._remembered.set_text(remembered_words(state))

    @Slot()
    def _tell_waiting(self) -> None:
        if not self.isVisible():
            self._tick.stop()
        visit = self._state.visit
        clock = visit.server_time if visit is not None else None
        now = clock.datetime_at(self._monotonic()) if clock is not None else datetime.now(UTC)
        words = waiting_words(self._state, now)
        self._waiting.setVisible(bool(words))
        self._waiting.set_fact(words, "hourglass", "warning")

    def _close_others(self, opened: DeviceKind) -> None:
        for kind, row in self._devices.items():
            if kind is not opened:
                row.close_list()

    def _switched(self) -> None:
        self.switches_changed.emit(self._echo.is_on, self._noise.is_on, self._gain.is_on)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell again how long somebody has been waiting."""
        super().showEvent(event)
        self._tell_waiting()
        self._tick.start()

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._left.setContentsMargins(side, side, side, side)
        self._left.setSpacing(look.pick(kiosk=16, desktop=10))
        self._panel.setFixedWidth(look.size("panel-check"))
        self._bar.setFixedHeight(look.size("control-bar"))
        self._bar_row.setContentsMargins(side, 0, side, 0)
        self._bar_row.setSpacing(look.size("gap"))
        self._join.setMinimumWidth(look.pick(kiosk=360, desktop=220))
        self._done.setMinimumWidth(look.pick(kiosk=360, desktop=220))

"""The control bar of a session: microphone, camera, panel, and the way out, which asks first once it ends something."""

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from desktop.core.call import CallState, OwnDevice
from desktop.ui.call.confirm_bar import ConfirmBar
from desktop.ui.call.side_panel import CHAT, NOTES, VEHICLE
from desktop.ui.call.words import end_question, has_begun, is_over
from desktop.ui.call_button import CallButton
from desktop.ui.chat.ask_buttons import AskButtons
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.top_bar import BarLine

_UNCONFIRMED = "Baylink has not confirmed yet. Trying again."
_UNUSABLE = frozenset({OwnDevice.MISSING, OwnDevice.TAKEN, OwnDevice.REFUSED})


class ControlBar(QStackedWidget):
    """Drawn from a `CallState`; with `has_media` False it is the bar of a chat session, which asks for photo and VIN.

    `mute_requested(True)` asks to mute, `camera_requested(True)` to switch on; `panel_requested` carries a tab's key.
    `ask_requested` carries a sentence to send. `end_requested` comes only after the question was answered, and once.
    """

    mute_requested = Signal(bool)
    camera_requested = Signal(bool)
    devices_requested = Signal()
    panel_requested = Signal(str)
    end_requested = Signal()
    leave_requested = Signal()
    ask_requested = Signal(str)

    def __init__(self, *, has_media: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("controlBar")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._has_media = has_media
        self._state: CallState | None = None
        self._is_ending = False
        self._controls = QWidget(self)
        set_surface(self._controls, "raised", "top")
        self._mute = CallButton("Mute", "mic", name="muteButton", label="Mute microphone", parent=self._controls)
        self._camera = CallButton(
            "Camera", "video", name="cameraButton", label="Turn camera off", parent=self._controls
        )
        self._devices = CallButton("Devices", "sliders-horizontal", name="devicesButton", parent=self._controls)
        self._asks = AskButtons(self._controls)
        self._chat = CallButton("Chat", "message-square", name="chatButton", parent=self._controls)
        self._vehicle = CallButton("Vehicle", "car-front", name="vehicleButton", parent=self._controls)
        self._notes = CallButton("Notes", "notebook-pen", name="notesButton", parent=self._controls)
        self._line = BarLine(self._controls)
        self._word = PlainLabel(role="text-muted", parent=self._controls)
        self._word.setObjectName("barWord")
        self._leave = CallButton("Leave", "log-out", name="leaveButton", label="Leave", parent=self._controls)
        self._end = CallButton("End session", "phone-off", name="endButton", kind="danger", parent=self._controls)
        self._question = ConfirmBar(self)
        self._lay_out_controls()
        self.addWidget(self._controls)
        self.addWidget(self._question)
        self._connect_parts()
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _lay_out_controls(self) -> None:
        self._row = QHBoxLayout(self._controls)
        before: tuple[QWidget, ...] = (
            *(self._mute, self._camera, self._devices, self._asks, self._line),
            *(self._chat, self._vehicle, self._notes),
        )
        after: tuple[QWidget, ...] = (self._word, self._leave, self._end)
        for part in before:
            self._row.addWidget(part)
        self._row.addStretch(1)
        for part in after:
            self._row.addWidget(part)
        for part in (self._mute, self._camera, self._devices, self._chat):
            part.setVisible(self._has_media)
        for part in (self._asks, self._vehicle):
            part.setVisible(not self._has_media)

    def _connect_parts(self) -> None:
        self._mute.clicked.connect(self.toggle_mute)
        self._camera.clicked.connect(self.toggle_camera)
        self._devices.clicked.connect(self.devices_requested)
        self._asks.ask_requested.connect(self.ask_requested)
        self._chat.clicked.connect(self._ask_chat)
        self._vehicle.clicked.connect(self._ask_vehicle)
        self._notes.clicked.connect(self._ask_notes)
        self._leave.clicked.connect(self.leave_requested)
        self._end.clicked.connect(self.ask_end)
        self._question.kept.connect(self.keep_talking)
        self._question.end_chosen.connect(self._end_now)

    @property
    def is_asking(self) -> bool:
        """Whether the question is in the bar's place."""
        return self.currentWidget() is self._question

    @property
    def entry_widget(self) -> QWidget:
        """What has the focus when the page opens."""
        return self._mute if self._has_media else self._vehicle

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        self._state = state
        self._is_ending = False
        over = is_over(state)
        if over and self.is_asking:
            self.setCurrentWidget(self._controls)
        self._show_devices(state, over=over)
        begun = has_begun(state) or over
        self._end.setVisible(begun)
        self._leave.setVisible(not begun)
        self._show_ending(over=over)
        self._word.set_text(_UNCONFIRMED if over and state.end_unconfirmed else "")

    def set_panel(self, tab: str, unread: int) -> None:
        """Mark which tab is in sight ("" for none) and how many messages are new."""
        news = f"Chat, {unread} new" if unread else "Chat"
        self._chat.set_face("Chat", "message-square", mark="on" if tab == CHAT else "", label=news)
        self._chat.set_badge(unread)
        self._vehicle.set_face("Vehicle", "car-front", mark="on" if tab == VEHICLE else "")
        self._notes.set_face("Notes", "notebook-pen", mark="on" if tab == NOTES else "")

    def toggle_mute(self) -> None:
        """Ask to mute, or to be heard again."""
        if self._state is not None and self._mute.isEnabled() and not self._mute.isHidden():
            self.mute_requested.emit(self._state.microphone is not OwnDevice.OFF)

    def toggle_camera(self) -> None:
        """Ask to switch the own camera off, or on."""
        if self._state is not None and self._camera.isEnabled() and not self._camera.isHidden():
            self.camera_requested.emit(self._state.camera is OwnDevice.OFF)

    def ask_end(self) -> None:
        """Put the question into the bar."""
        if self._state is None or self._end.isHidden() or not self._end.isEnabled() or self.is_asking:
            return
        self.setCurrentWidget(self._question)
        self._question.ask(*end_question(self._state, time.monotonic()))

    def keep_talking(self) -> None:
        """Take the question away again."""
        if self.is_asking:
            self.setCurrentWidget(self._controls)
            self.entry_widget.setFocus()

    def _end_now(self) -> None:
        self._is_ending = True
        self.setCurrentWidget(self._controls)
        if self._state is not None:
            self._show_devices(self._state, over=True)
        self._show_ending(over=True)
        self.end_requested.emit()

    def _show_ending(self, *, over: bool) -> None:
        words = "Ending" if over else "End session"
        self._end.set_face(words, "phone-off", label=words)
        self._end.setEnabled(not over)

    def _show_devices(self, state: CallState, *, over: bool) -> None:
        mic, camera = state.microphone, state.camera
        if mic in _UNUSABLE:
            self._mute.set_face("No sound" if mic is OwnDevice.REFUSED else "No mic", "mic-off", label="No microphone")
        elif mic is OwnDevice.OFF:
            self._mute.set_face("Muted", "mic-off", mark="warn", label="Unmute microphone")
        else:
            self._mute.set_face("Mute", "mic", label="Mute microphone")
        if camera in _UNUSABLE:
            self._camera.set_face("No camera", "video-off", label="No camera")
        elif camera is OwnDevice.OFF:
            self._camera.set_face("Camera off", "video-off", mark="warn", label="Turn camera on")
        else:
            self._camera.set_face("Camera", "video", label="Turn camera off")
        self._mute.setEnabled(mic not in _UNUSABLE and not over)
        self._camera.setEnabled(camera not in _UNUSABLE and not over)
        for button in (self._devices, self._chat, self._vehicle, self._notes):
            button.setEnabled(not over)
        self._asks.setEnabled(state.chat_open and not over)

    def _ask_chat(self) -> None:
        self.panel_requested.emit(CHAT)

    def _ask_vehicle(self) -> None:
        self.panel_requested.emit(VEHICLE)

    def _ask_notes(self) -> None:
        self.panel_requested.emit(NOTES)

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self.setFixedHeight(look.size("control-bar"))
        self._row.setContentsMargins(side, 0, side, 0)
        self._row.setSpacing(look.size("gap"))

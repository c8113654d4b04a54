"""The own picture on the check page: mirrored and whole, what stands in its place without one, and its controls."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.check import CheckState, Preview
from desktop.core.frames import LatestFrame
from desktop.ui.call.plates import Plate
from desktop.ui.call_button import CallButton
from desktop.ui.check.words import plate_words, preview_words
from desktop.ui.large_icon import LargeIcon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme
from desktop.ui.video_tile import VideoTile

_NO_CAMERA = frozenset({Preview.MISSING, Preview.REFUSED})


class PreviewStage(QWidget):
    """Draws the picture part of a `CheckState`; `mute_requested(True)` asks to mute, `camera_requested(True)` on."""

    mute_requested = Signal(bool)
    camera_requested = Signal(bool)
    flip_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("previewStage")
        self._state = CheckState()
        self.tile = VideoTile(self)
        self.tile.setObjectName("previewTile")
        self._plate = Plate("previewPlate", self)
        self._icon = LargeIcon("video-off", "video-label-text", self)
        self._words = PlainLabel(
            "", "body", "video-label-text", wrap=True, align=Qt.AlignmentFlag.AlignHCenter, parent=self
        )
        self._words.setObjectName("previewWords")
        self.mute = CallButton("Mute", "mic", name="checkMute", label="Mute microphone", parent=self)
        self.camera = CallButton("Camera", "video", name="checkCamera", label="Turn camera off", parent=self)
        self.flip = CallButton("Flip", "refresh-cw", name="checkFlip", label="Use the next camera", parent=self)
        self._controls = QHBoxLayout()
        for part in (self.mute, self.camera, self.flip):
            self._controls.addWidget(part)
        middle = QVBoxLayout()
        middle.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addWidget(self._words)
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        self._column.addLayout(middle)
        self._column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self._controls)
        row.addStretch(1)
        self._column.addLayout(row)
        self.mute.clicked.connect(self._ask_mute)
        self.camera.clicked.connect(self._ask_camera)
        self.flip.clicked.connect(self.flip_requested)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def render_state(self, state: CheckState) -> None:
        """Show how picture and controls stand."""
        self._state = state
        has_picture = state.preview is Preview.ON
        if not has_picture and self.tile.has_picture:
            self.tile.clear()
        words = preview_words(state)
        self._words.set_text(words)
        for part in (self._icon, self._words):
            part.setVisible(not has_picture)
        self._plate.setVisible(has_picture)
        self._plate.show_words(plate_words(state), "eye")
        self._plate.set_max_width(max(1, self.width() - 2 * self._inset))
        self.tile.set_person("you", camera_on=has_picture)
        self._draw_controls(state)

    def _draw_controls(self, state: CheckState) -> None:
        has_microphone = not state.devices.microphone.is_missing
        self.mute.setEnabled(has_microphone)
        if not has_microphone:
            self.mute.set_face("No mic", "mic-off", label="No microphone")
        elif state.is_muted:
            self.mute.set_face("Muted", "mic-off", mark="warn", label="Unmute microphone")
        else:
            self.mute.set_face("Mute", "mic", label="Mute microphone")
        has_camera = state.preview not in _NO_CAMERA
        self.camera.setEnabled(has_camera)
        if not has_camera:
            self.camera.set_face("No camera", "video-off", label="No camera")
        elif state.preview is Preview.OFF:
            self.camera.set_face("Camera off", "video-off", mark="warn", label="Turn camera on")
        else:
            self.camera.set_face("Camera", "video", label="Turn camera off")
        self.flip.setVisible(len(state.devices.camera.names) > 1)

    def set_source(self, latest: LatestFrame) -> None:
        """Read the own picture from this mailbox."""
        self.tile.set_source(latest)

    @Slot()
    def frame_ready(self) -> None:
        """Paint the newest picture."""
        if self._state.preview is Preview.ON:
            self.tile.wake()

    def _ask_mute(self) -> None:
        self.mute_requested.emit(not self._state.is_muted)

    def _ask_camera(self) -> None:
        self.camera_requested.emit(self._state.preview is Preview.OFF)

    @property
    def _inset(self) -> int:
        return theme().pick(kiosk=16, desktop=16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the tile fill the stage, below everything else."""
        super().resizeEvent(event)
        self.tile.setGeometry(self.rect())
        self.tile.lower()
        self._plate.move(self._inset, self._inset)
        self._plate.set_max_width(max(1, self.width() - 2 * self._inset))

    def _take_theme(self) -> None:
        look = theme()
        self.tile.set_colours(look.color("video-letterbox"), look.color("surface"))
        self.tile.set_radius(look.radius("stage"))
        # The controls' own height holds the room for a badge that they never have here.
        self._column.setContentsMargins(self._inset, self._inset, self._inset, look.pick(kiosk=12, desktop=4))
        self._column.setSpacing(look.space("x3"))
        self._controls.setSpacing(look.size("gap"))

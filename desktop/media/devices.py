"""Devices: which cameras, microphones and speakers this PC has, kept up to date without risk."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtMultimedia import QMediaDevices

from desktop.media.camera import QtCamera
from desktop.rtc.camera_source import CameraSource
from desktop.rtc.sound_devices import SoundDevices


class Devices(QObject):
    """Knows the devices; made in the GUI thread.

    `sound()` and `camera()` may be called from any thread: they answer from what was seen last, and `sound_changed`
    and `camera_changed` say that something was plugged in or out. Qt can be asked without the risk that the SDK has.
    """

    sound_changed = Signal()
    camera_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Look once, and keep looking."""
        super().__init__(parent)
        self._watched = QMediaDevices(self)
        self._sound = _sound_now()
        self._has_camera = _has_camera_now()
        self._camera = QtCamera(self)
        self._watched.audioOutputsChanged.connect(self._look_at_sound)
        self._watched.audioInputsChanged.connect(self._look_at_sound)
        self._watched.videoInputsChanged.connect(self._look_at_cameras)

    def sound(self) -> SoundDevices:
        """Return the sound devices that exist now; any thread."""
        return self._sound

    def camera(self) -> CameraSource | None:
        """Return this PC's camera, or None where there is none; any thread."""
        return self._camera if self._has_camera else None

    def close(self) -> None:
        """Stop the camera, if it still runs."""
        self._camera.close()

    @Slot()
    def _look_at_sound(self) -> None:
        sound = _sound_now()
        if sound != self._sound:
            self._sound = sound
            self.sound_changed.emit()

    @Slot()
    def _look_at_cameras(self) -> None:
        has_camera = _has_camera_now()
        if has_camera != self._has_camera:
            self._has_camera = has_camera
            self.camera_changed.emit()


def _sound_now() -> SoundDevices:
    return SoundDevices(
        outputs=tuple(device.description() for device in QMediaDevices.audioOutputs()),
        inputs=tuple(device.description() for device in QMediaDevices.audioInputs()),
    )


def _has_camera_now() -> bool:
    return bool(QMediaDevices.videoInputs())

"""Devices: which cameras, microphones and speakers this PC has, kept up to date without risk."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QCameraDevice, QMediaDevices

from desktop.core.devices import Found, FoundDevices
from desktop.media.camera import QtCamera
from desktop.media.pulse_names import PulseNames, ServerNames
from desktop.rtc.camera_source import CameraSource


class Devices(QObject):
    """Knows the devices; made in the GUI thread.

    `found`, `camera` and `use_camera` may be called from any thread: they answer from what was seen last, and `changed`
    says that something was plugged in or out. Qt can be asked without the risk that the SDK has.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Look once, and keep looking."""
        super().__init__(parent)
        self._watched = QMediaDevices(self)
        self._server = PulseNames(self)
        self._found = _found_now()
        self._camera = QtCamera(self)
        self._watched.audioOutputsChanged.connect(self._look)
        self._watched.audioInputsChanged.connect(self._look)
        self._watched.videoInputsChanged.connect(self._look)
        self._server.changed.connect(self._look)

    def found(self) -> FoundDevices:
        """Return what is plugged in now; any thread."""
        return self._found

    def camera(self) -> CameraSource | None:
        """Return this PC's camera, or None where there is none; any thread."""
        return self._camera if self._found.cameras.names else None

    def use_camera(self, name: str) -> None:
        """Film with this camera from now on, also in the middle of a call; any thread."""
        self._camera.use(name)

    def close(self) -> None:
        """Stop the camera, if it still runs, and look no more."""
        self._server.close()
        self._camera.close()

    @Slot()
    def _look(self) -> None:
        found = _found_now(self._server.names, self._server.restarts)
        if found != self._found:
            self._found = found
            self.changed.emit()


def _found_now(server: ServerNames | None = None, restarts: int = 0) -> FoundDevices:
    """Return what Qt finds, without what the sound server does not have any more."""
    microphones = _found(QMediaDevices.audioInputs(), QMediaDevices.defaultAudioInput())
    speakers = _found(QMediaDevices.audioOutputs(), QMediaDevices.defaultAudioOutput())
    return FoundDevices(
        microphones=microphones if server is None else _left(microphones, server.inputs),
        speakers=speakers if server is None else _left(speakers, server.outputs),
        cameras=_found(QMediaDevices.videoInputs(), QMediaDevices.defaultVideoInput()),
        sound_restarts=restarts,
    )


def _found[Device: (QAudioDevice, QCameraDevice)](devices: list[Device], default: Device) -> Found:
    return Found(tuple(device.description() for device in devices), "" if default.isNull() else default.description())


def _left(found: Found, names: frozenset[str]) -> Found:
    return Found(tuple(name for name in found.names if name in names), found.default if found.default in names else "")

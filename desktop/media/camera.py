"""QtCamera: this PC's camera as frames on the worker loop."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrame,
    QVideoSink,
)

_log = logging.getLogger(__name__)

_WANTED = (1280, 720)
_WANTED_FPS = 30


@dataclass(frozen=True, slots=True)
class BgraFrame:
    """One picture of the camera: rows of B, G, R, A; upright already. The frame owns `data`."""

    data: bytes = field(repr=False)
    width: int
    height: int
    rotation: int = 0


class _Feed:
    """The one-slot mailbox from the camera's thread to the loop; None in it means that the camera stopped."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._newest: BgraFrame | None = None
        self._has_ended = False
        self._woken = asyncio.Event()

    def put(self, frame: BgraFrame | None) -> None:
        with self._lock:
            must_wake = self._newest is None
            self._newest, self._has_ended = frame, self._has_ended or frame is None
        if must_wake and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def get(self) -> BgraFrame | None:
        """Return the newest picture, or None after the last."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            with self._lock:
                frame, self._newest = self._newest, None
                has_ended = self._has_ended
            if frame is not None or has_ended:
                return frame


class QtCamera(QObject):
    """One of this PC's cameras, running while somebody iterates over `frames` on the loop.

    Made in the GUI thread, where the camera itself is started and stopped; pictures are made in the thread that Qt
    captures in, so that the GUI thread never touches a pixel of them.
    """

    _start_wanted = Signal()
    _stop_wanted = Signal()
    _switch_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Make it without opening the camera."""
        super().__init__(parent)
        self._feed: _Feed | None = None
        self._wished = ""
        self._camera: QCamera | None = None
        self._capture: QMediaCaptureSession | None = None
        self._sink: QVideoSink | None = None
        self._start_wanted.connect(self._start, Qt.ConnectionType.QueuedConnection)
        self._stop_wanted.connect(self._stop, Qt.ConnectionType.QueuedConnection)
        self._switch_wanted.connect(self._switch, Qt.ConnectionType.QueuedConnection)

    async def frames(self) -> AsyncIterator[BgraFrame]:
        """Yield pictures until the camera goes away; on the loop. Closing the iterator stops the camera."""
        feed = _Feed(asyncio.get_running_loop())
        self._feed = feed
        self._start_wanted.emit()
        try:
            while (frame := await feed.get()) is not None:
                yield frame
        finally:
            if self._feed is feed:
                self._feed = None
                self._stop_wanted.emit()

    def use(self, name: str) -> None:
        """Film with the camera of this name, "" for the system's own; at once if it films now. Any thread."""
        if name != self._wished:
            self._wished = name
            self._switch_wanted.emit()

    def close(self) -> None:
        """Stop the camera; in the GUI thread."""
        self._feed = None
        self._stop()

    @Slot()
    def _start(self) -> None:
        if self._camera is not None or self._feed is None:
            return
        device = _device(self._wished)
        if device.isNull():
            self._feed.put(None)
            return
        self._camera = QCamera(device, self)
        if (chosen := best_format(device)) is not None:
            self._camera.setCameraFormat(chosen)
        self._capture = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self._sink.videoFrameChanged.connect(self._take, Qt.ConnectionType.DirectConnection)
        self._camera.errorOccurred.connect(self._failed)
        self._capture.setCamera(self._camera)
        self._capture.setVideoSink(self._sink)
        self._camera.start()

    @Slot()
    def _switch(self) -> None:
        """Go on with another camera under the same iterator: who reads sees its pictures change."""
        if self._camera is not None and self._camera.cameraDevice() != _device(self._wished):
            self._release()
            self._start()

    @Slot()
    def _stop(self) -> None:
        if self._feed is None:
            self._release()

    def _release(self) -> None:
        if self._camera is None:
            return
        self._camera.stop()
        for part in (self._capture, self._sink, self._camera):
            if part is not None:
                part.deleteLater()
        self._camera = self._capture = self._sink = None

    @Slot(QCamera.Error, str)
    def _failed(self, error: QCamera.Error, text: str) -> None:
        if error is not QCamera.Error.NoError:
            _log.warning("the camera failed: %s", text)
            feed, self._feed = self._feed, None
            self._stop()
            if feed is not None:
                feed.put(None)

    @Slot(QVideoFrame)
    def _take(self, frame: QVideoFrame) -> None:
        feed = self._feed
        if feed is not None and (picture := to_bgra(frame.toImage())) is not None:
            feed.put(picture)


def _device(name: str) -> QCameraDevice:
    """Return the camera of this name, else the system's own; a null one where there is none."""
    found = (device for device in QMediaDevices.videoInputs() if device.description() == name)
    return next(found, QMediaDevices.defaultVideoInput())


def to_bgra(image: QImage) -> BgraFrame | None:
    """Return an image as packed BGRA rows of even size; None for what is no picture."""
    if image.isNull():
        return None
    even = image.convertToFormat(QImage.Format.Format_RGB32)
    width, height = even.width() // 2 * 2, even.height() // 2 * 2
    if (width, height) != (even.width(), even.height()):
        even = even.copy(0, 0, width, height)
    return BgraFrame(bytes(even.constBits()), width, height) if width and height else None


def best_format(device: QCameraDevice) -> QCameraFormat | None:
    """Return the format nearest to 1280x720 at 30 pictures a second; None lets the camera decide."""

    def distance(candidate: QCameraFormat) -> tuple[int, float]:
        size = candidate.resolution()
        away = abs(size.width() - _WANTED[0]) + abs(size.height() - _WANTED[1])
        return away, max(0.0, _WANTED_FPS - candidate.maxFrameRate())

    return min(device.videoFormats(), key=distance, default=None)

"""Meter: one microphone, opened for listening only: its loudness twenty times a second, and its samples."""

from PySide6.QtCore import QIODevice, QObject, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSource, QtAudio

from desktop.core.hearing import SILENCE_DB, decibels
from desktop.media.pcm import format_for, loudness, read_pcm
from desktop.media.sound_server import SoundServer

READINGS_A_SECOND = 20


class Meter(QObject):
    """Hears one microphone. It may live in any thread with an event loop; opening can block while the server thinks.

    `measured` carries decibels below full scale; `heard` a wave of mono samples at `rate`. After `close` the
    microphone is released and nothing follows.
    """

    measured = Signal(float)
    heard = Signal(object)
    failed = Signal()
    """The microphone could not be opened, or went away."""

    def __init__(self, server: SoundServer, parent: QObject | None = None) -> None:
        """Make it without opening anything."""
        super().__init__(parent)
        self._server = server
        self._source: QAudioSource | None = None
        self._stream: QIODevice | None = None
        self._layout = QAudioFormat()
        self._waiting = b""

    @property
    def rate(self) -> int:
        """How many samples `heard` carries for a second."""
        return self._layout.sampleRate()

    @property
    def is_open(self) -> bool:
        """Whether a microphone is held."""
        return self._source is not None

    @Slot(object)
    def open(self, device: QAudioDevice) -> None:
        """Listen to this microphone in the place of any other."""
        self.close()
        if device.isNull() or self._server.is_gone():
            self.failed.emit()
            return
        self._layout = format_for(device)
        self._source = QAudioSource(device, self._layout, self)
        self._stream = self._source.start()
        if self._source.error() is not QtAudio.Error.NoError:
            self.close()
            self.failed.emit()
            return
        self._stream.readyRead.connect(self._read)

    @Slot()
    def close(self) -> None:
        """Release the microphone."""
        source, self._source, self._stream = self._source, None, None
        self._waiting = b""
        if source is not None:
            source.stop()
            source.deleteLater()

    @Slot()
    def _read(self) -> None:
        if self._stream is None:
            return
        self._waiting += self._stream.readAll().data()
        step = self._layout.bytesForFrames(self._layout.sampleRate() // READINGS_A_SECOND)
        while step and len(self._waiting) >= step:
            piece, self._waiting = self._waiting[:step], self._waiting[step:]
            wave = read_pcm(piece, self._layout)
            self.heard.emit(wave)
            self.measured.emit(decibels(loudness(wave)) if wave.size else SILENCE_DB)

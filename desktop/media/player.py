"""Player: one sound at one speaker, from its beginning to its end or until it is stopped."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioSink, QtAudio

from desktop.media.pcm import RATE, Wave, format_for, resampled, write_pcm
from desktop.media.sound_server import SoundServer

_LAST_SOUND_S = 0.2
"""What the speaker still holds after the last sample; Qt does not tell when that is played (6.12, PulseAudio)."""


class Player(QObject):
    """Plays waves. It may live in any thread with an event loop; opening can block while the server thinks.

    `ended` follows every `play`, once: the sound is over, was stopped or replaced, or could not be played at all.
    """

    ended = Signal()

    def __init__(self, server: SoundServer, parent: QObject | None = None) -> None:
        """Make it without opening anything."""
        super().__init__(parent)
        self._server = server
        self._sink: QAudioSink | None = None
        self._sound: QBuffer | None = None
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self.stop)

    def play(self, wave: Wave, device: QAudioDevice, *, rate: int = RATE) -> bool:
        """Play mono samples at a speaker; say whether it began. What plays now is stopped first."""
        self.stop()
        if device.isNull() or self._server.is_gone():
            self.ended.emit()
            return False
        layout = format_for(device)
        self._sound = QBuffer(self)
        self._sound.setData(QByteArray(write_pcm(resampled(wave, rate, layout.sampleRate()), layout)))
        self._sound.open(QIODevice.OpenModeFlag.ReadOnly)
        self._sink = QAudioSink(device, layout, self)
        self._sink.stateChanged.connect(self._changed)
        self._sink.start(self._sound)
        if self._sink is not None:
            self._end.start(round((wave.size / rate + _LAST_SOUND_S) * 1000))
        return self._sink is not None

    @Slot()
    def stop(self) -> None:
        """Fall silent and release the speaker."""
        sink, sound = self._sink, self._sound
        self._sink = self._sound = None
        self._end.stop()
        if sink is None:
            return
        sink.stateChanged.disconnect(self._changed)
        sink.stop()
        sink.deleteLater()
        if sound is not None:
            sound.close()
            sound.deleteLater()
        self.ended.emit()

    @Slot(QtAudio.State)
    def _changed(self, state: QtAudio.State) -> None:
        if state is QtAudio.State.StoppedState:
            self.stop()

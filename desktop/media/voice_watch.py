"""VoiceWatch: hears whether somebody speaks at a microphone that a call has closed."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice

from desktop.core.voice import VoiceDetector
from desktop.media.meter import READINGS_A_SECOND, Meter
from desktop.media.sound_server import SoundServer
from desktop.media.sound_thread import SoundThread


class _Watcher(QObject):
    """Lives in the sound thread."""

    voice_heard = Signal()

    def __init__(self, server: SoundServer) -> None:
        super().__init__()
        self._meter = Meter(server, self)
        self._meter.measured.connect(self._take)
        self._detector = VoiceDetector()

    @Slot(object)
    def listen(self, microphone: QAudioDevice | None) -> None:
        """Listen to this microphone, or let go of the one that is held."""
        self._detector = VoiceDetector()
        if microphone is None or microphone.isNull():
            self._meter.close()
        else:
            self._meter.open(microphone)

    @Slot(float)
    def _take(self, loudness_db: float) -> None:
        if self._detector.feed(10 ** (loudness_db / 20), 1 / READINGS_A_SECOND):
            self.voice_heard.emit()


class VoiceWatch(QObject):
    """Made and used in the GUI thread. `voice_heard` comes once for each time somebody speaks.

    Muting a call closes its microphone, so nobody else can tell that the mechanic talks into a closed one. While it
    listens, the system shows the microphone as in use; nothing that is heard leaves this object.
    """

    voice_heard = Signal()
    _listen_wanted = Signal(object)

    def __init__(self, server: SoundServer, parent: QObject | None = None) -> None:
        """Make it without opening anything."""
        super().__init__(parent)
        self._watcher = _Watcher(server)
        self._watcher.voice_heard.connect(self.voice_heard, Qt.ConnectionType.QueuedConnection)
        self._listen_wanted.connect(self._watcher.listen, Qt.ConnectionType.QueuedConnection)
        self._thread = SoundThread(self)
        self._thread.adopt(self._watcher)

    def listen(self, microphone: QAudioDevice | None) -> None:
        """Listen to this microphone in the place of any other; None lets go of it. Returns at once."""
        self._listen_wanted.emit(microphone)

    def close(self) -> None:
        """Let go of the microphone and end the thread."""
        self._listen_wanted.emit(None)
        self._thread.close()

"""SoundCheck: meter, tone and echo test for the GUI thread, while every call that may block is made in their own."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QMediaDevices

from desktop.core.check import EchoPhase
from desktop.media.echo_test import EchoTest
from desktop.media.meter import Meter
from desktop.media.player import Player
from desktop.media.sound_server import SoundServer
from desktop.media.sound_thread import SoundThread
from desktop.media.tone import speaker_tone


class _Bench(QObject):
    """The three parts in their thread; every slot is called through a queued signal."""

    measured = Signal(float)
    microphone_failed = Signal()
    echo_changed = Signal(object)
    tone_ended = Signal()

    def __init__(self, server: SoundServer) -> None:
        super().__init__()
        self._meter = Meter(server, self)
        self._tone = Player(server, self)
        self._echo = EchoTest(self._meter, Player(server, self), self)
        self._meter.measured.connect(self.measured)
        self._meter.failed.connect(self.microphone_failed)
        self._echo.phase_changed.connect(self.echo_changed)
        self._tone.ended.connect(self.tone_ended)

    @Slot(object)
    def listen(self, microphone: QAudioDevice) -> None:
        """Meter this microphone, or none."""
        self._echo.stop()
        self._meter.close()
        if not microphone.isNull():
            self._meter.open(microphone)

    @Slot(object)
    def play_tone(self, speaker: QAudioDevice) -> None:
        """Play the test tone at a speaker."""
        self._tone.play(speaker_tone(), speaker)

    @Slot(object)
    def start_echo(self, speaker: QAudioDevice) -> None:
        """Record and play back."""
        self._echo.start(speaker)

    @Slot()
    def release(self) -> None:
        """Stop everything and let go of microphone and speaker."""
        self._echo.stop()
        self._tone.stop()
        self._meter.close()


class SoundCheck(QObject):
    """Made and used in the GUI thread, which never waits for a sound device. The thread is started by the first use.

    `measured` carries the microphone's loudness in decibels, twenty times a second; `echo_changed` an EchoPhase.
    `microphone_failed` says that it could not be opened; `tone_ended` follows every tone.
    """

    measured = Signal(float)
    microphone_failed = Signal()
    echo_changed = Signal(object)
    tone_ended = Signal()

    _listen_wanted = Signal(object)
    _tone_wanted = Signal(object)
    _echo_wanted = Signal(object)
    _release_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Make it; no thread and no device yet."""
        super().__init__(parent)
        self._server = SoundServer()
        self._thread: SoundThread | None = None
        self._microphone: str | None = None

    @Slot(str)
    def listen(self, microphone: str) -> None:
        """Meter the microphone of this name, "" for none; the one that is metered already is left alone."""
        if microphone == self._microphone:
            return
        self._microphone = microphone
        device = named(QMediaDevices.audioInputs(), microphone)
        if microphone and device.isNull():
            self.microphone_failed.emit()
        self._start()
        self._listen_wanted.emit(device)

    @Slot(str)
    def play_tone(self, speaker: str) -> None:
        """Play the test tone at the speaker of this name."""
        self._start()
        self._tone_wanted.emit(named(QMediaDevices.audioOutputs(), speaker))

    @Slot(str)
    def start_echo(self, speaker: str) -> None:
        """Record what the metered microphone hears for three seconds, then play it at the speaker of this name."""
        self._start()
        self._echo_wanted.emit(named(QMediaDevices.audioOutputs(), speaker))

    @Slot()
    def release(self) -> None:
        """Let go of microphone and speaker."""
        self._microphone = None
        self._release_wanted.emit()

    def close(self) -> None:
        """Release everything and end the thread; at the end of the program."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._release_wanted.emit()
            thread.close()

    def _start(self) -> None:
        if self._thread is not None:
            return
        bench = _Bench(self._server)
        queued = Qt.ConnectionType.QueuedConnection
        self._listen_wanted.connect(bench.listen, queued)
        self._tone_wanted.connect(bench.play_tone, queued)
        self._echo_wanted.connect(bench.start_echo, queued)
        self._release_wanted.connect(bench.release, queued)
        bench.measured.connect(self._tell_measured, queued)
        bench.microphone_failed.connect(self._tell_failed, queued)
        bench.echo_changed.connect(self._tell_echo, queued)
        bench.tone_ended.connect(self._tell_tone_ended, queued)
        self._thread = SoundThread(self)
        self._thread.adopt(bench)

    @Slot(float)
    def _tell_measured(self, loudness_db: float) -> None:
        if self._microphone:
            self.measured.emit(loudness_db)

    @Slot()
    def _tell_failed(self) -> None:
        if self._microphone:
            self.microphone_failed.emit()

    @Slot(object)
    def _tell_echo(self, phase: EchoPhase) -> None:
        self.echo_changed.emit(phase)

    @Slot()
    def _tell_tone_ended(self) -> None:
        self.tone_ended.emit()


def named(devices: list[QAudioDevice], name: str) -> QAudioDevice:
    """Return the device of this name as Qt describes it; a null one where there is none."""
    return next((device for device in devices if device.description() == name), QAudioDevice())

"""CuePlayer: plays cues through the speaker, one after the other, without ever holding up the GUI thread."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice

from desktop.core.cues import Cue
from desktop.media.pcm import RATE, Wave
from desktop.media.player import Player
from desktop.media.sine import sine_samples
from desktop.media.sound_server import SoundServer
from desktop.media.sound_thread import SoundThread

_FULL_SCALE = np.float32(32_767)


def cue_wave(cue: Cue, loudness: float) -> Wave:
    """Return a cue's notes at `RATE`; `loudness` is 0 to 1."""
    samples = np.frombuffer(sine_samples(cue.notes, rate=RATE, loudness=loudness), dtype="<i2")
    return samples.astype(np.float32) / _FULL_SCALE


class _Turns(QObject):
    """Lives in the sound thread: opening a stream waits for the sound server, and a hung one must not hang the page."""

    def __init__(self, server: SoundServer) -> None:
        super().__init__()
        self._player = Player(server, self)
        self._player.ended.connect(self._next)
        self._sounding: Cue | None = None
        self._waiting: tuple[Cue, QAudioDevice, float] | None = None

    @Slot(object, object, float)
    def play(self, cue: Cue, device: QAudioDevice, loudness: float) -> None:
        """Play a cue now, or after the one that sounds; of two that wait the more urgent one is played."""
        if self._sounding is None:
            self._begin(cue, device, loudness)
        elif self._waiting is None or cue.urgency >= self._waiting[0].urgency:
            self._waiting = (cue, device, loudness)

    @Slot()
    def stop(self) -> None:
        """Be silent at once."""
        self._waiting = None
        self._player.stop()

    def _begin(self, cue: Cue, device: QAudioDevice, loudness: float) -> None:
        # `play` ends what sounds before, which is nothing here, so that `ended` speaks of this cue alone.
        self._sounding = cue
        self._player.play(cue_wave(cue, loudness), device)

    @Slot()
    def _next(self) -> None:
        self._sounding = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._begin(*waiting)


class CuePlayer(QObject):
    """Made and used in the GUI thread; `play` returns at once. Without an output it is silent and stays so quietly.

    `output` is asked before every cue for the speaker to use, so that a headset plugged in is used from then on.
    """

    _wanted = Signal(object, object, float)
    _stop_wanted = Signal()

    def __init__(
        self, output: Callable[[], QAudioDevice | None], server: SoundServer, parent: QObject | None = None
    ) -> None:
        """Start the thread that plays."""
        super().__init__(parent)
        self._output = output
        self._turns = _Turns(server)
        self._wanted.connect(self._turns.play, Qt.ConnectionType.QueuedConnection)
        self._stop_wanted.connect(self._turns.stop, Qt.ConnectionType.QueuedConnection)
        self._thread = SoundThread(self)
        self._thread.adopt(self._turns)

    def play(self, cue: Cue, loudness: float) -> None:
        """Play a cue, or let it wait for the one that sounds; `loudness` is 0 (silent) to 1."""
        device = self._output() if loudness > 0 else None
        if device is not None and not device.isNull():
            self._wanted.emit(cue, device, loudness)

    def close(self) -> None:
        """Stop playing and end the thread; returns when it has ended, or after two seconds."""
        self._stop_wanted.emit()
        self._thread.close()

"""EchoTest: a few seconds of the own voice, recorded and then played back, so that one hears what others hear."""

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice

from desktop.core.check import EchoPhase
from desktop.media.meter import Meter
from desktop.media.pcm import Wave
from desktop.media.player import Player

RECORD_S = 3.0


class EchoTest(QObject):
    """Records what an open meter hears and plays it at a speaker. It lives in the thread of both.

    `phase_changed` carries an EchoPhase.
    """

    phase_changed = Signal(object)

    def __init__(self, meter: Meter, player: Player, parent: QObject | None = None) -> None:
        """Make it idle."""
        super().__init__(parent)
        self._meter = meter
        self._player = player
        self._speaker = QAudioDevice()
        self._waves: list[Wave] = []
        self._phase = EchoPhase.IDLE
        meter.heard.connect(self._record)
        meter.failed.connect(self.stop)
        player.ended.connect(self._played)

    @Slot(object)
    def start(self, speaker: QAudioDevice) -> None:
        """Record from now on, for `RECORD_S` seconds; a closed meter gives nothing to record."""
        self.stop()
        if self._meter.is_open:
            self._speaker = speaker
            self._enter(EchoPhase.RECORDING)

    @Slot()
    def stop(self) -> None:
        """Give it up: nothing is recorded and nothing played any more."""
        was_playing = self._phase is EchoPhase.PLAYING
        self._waves.clear()
        self._enter(EchoPhase.IDLE)
        if was_playing:
            self._player.stop()

    @Slot(object)
    def _record(self, wave: Wave) -> None:
        if self._phase is not EchoPhase.RECORDING:
            return
        self._waves.append(wave)
        if sum(part.size for part in self._waves) < RECORD_S * self._meter.rate:
            return
        voice = np.concatenate(self._waves)
        self._waves.clear()
        self._enter(EchoPhase.PLAYING)
        self._player.play(voice, self._speaker, rate=self._meter.rate)

    @Slot()
    def _played(self) -> None:
        if self._phase is EchoPhase.PLAYING:
            self._enter(EchoPhase.IDLE)

    def _enter(self, phase: EchoPhase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self.phase_changed.emit(phase)

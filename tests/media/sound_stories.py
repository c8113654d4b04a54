"""Stories of the sound check, each for a process of its own: Qt speaks to one sound server for the life of a process.

`python -m tests.media.sound_stories NAME` plays one and prints what happened as JSON.
"""

import json
import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Slot
from PySide6.QtMultimedia import QMediaDevices

from desktop.core.check import EchoPhase
from desktop.core.cues import Cue
from desktop.core.tones import Note
from desktop.media.cue_player import CuePlayer
from desktop.media.pcm import RATE
from desktop.media.sound_check import SoundCheck, named
from desktop.media.sound_server import SoundServer
from desktop.media.voice_watch import VoiceWatch
from tests.media.sound import MICROPHONE, SPEAKER, Ear, pitch_of, speech

_PATIENCE_S = 10.0


class Notes(QObject):
    """What a sound check has told so far."""

    def __init__(self, check: SoundCheck) -> None:
        super().__init__()
        self.levels: list[float] = []
        self.phases: list[EchoPhase] = []
        self.failures = self.tones = 0
        check.measured.connect(self._measured)
        check.echo_changed.connect(self._echo)
        check.microphone_failed.connect(self._failed)
        check.tone_ended.connect(self._tone)

    @Slot(float)
    def _measured(self, level: float) -> None:
        self.levels.append(level)

    @Slot(object)
    def _echo(self, phase: EchoPhase) -> None:
        self.phases.append(phase)

    @Slot()
    def _failed(self) -> None:
        self.failures += 1

    @Slot()
    def _tone(self) -> None:
        self.tones += 1


def until(condition: Callable[[], object], within_s: float = _PATIENCE_S) -> bool:
    """Let Qt work until something is true; say whether it became so."""
    loop, end = QEventLoop(), time.monotonic() + within_s
    tick = QTimer()
    tick.timeout.connect(lambda: loop.quit() if condition() or time.monotonic() > end else None)
    tick.start(10)
    loop.exec()
    return bool(condition())


def levels(check: SoundCheck, notes: Notes) -> dict[str, object]:
    """Meter a microphone in silence, with speech, and after the release."""
    check.listen(MICROPHONE)
    until(lambda: len(notes.levels) >= 5)
    silent = notes.levels[-1]
    with speech():
        until(lambda: notes.levels[-1] > -20)
        began, at = time.monotonic(), len(notes.levels)
        until(lambda: len(notes.levels) >= at + 40)
        rate = (len(notes.levels) - at) / (time.monotonic() - began)
        loud = notes.levels[-1]
    check.release()
    until(lambda: not _recorders())
    count = len(notes.levels)
    until(lambda: False, 0.3)
    return {"silent": silent, "loud": loud, "rate": rate, "after": len(notes.levels) - count, "held": _recorders()}


def tone(check: SoundCheck, notes: Notes) -> dict[str, object]:
    """Play the tone and listen to the speaker."""
    with Ear() as ear:
        until(lambda: ear.is_open)
        check.play_tone(SPEAKER)
        until(lambda: notes.tones)
        until(lambda: ear.sound().size > RATE)
        wave = ear.sound()
    first, last = wave[: RATE // 4], wave[-RATE // 4 :]
    return {
        "pitches": [pitch_of(first), pitch_of(last)],
        "loudest": float(abs(wave).max()),
        "seconds": wave.size / RATE,
        "ended": notes.tones,
        "held": _players(),
    }


def echo(check: SoundCheck, notes: Notes) -> dict[str, object]:
    """Say something and hear it back."""
    check.listen(MICROPHONE)
    until(lambda: notes.levels)
    with speech(hertz=550), Ear() as ear:
        until(lambda: ear.is_open and notes.levels[-1] > -20)
        check.start_echo(SPEAKER)
        until(lambda: notes.phases and notes.phases[-1] is EchoPhase.IDLE)
        until(lambda: ear.sound().size > 2 * RATE)
        wave = ear.sound()
    check.release()
    return {
        "phases": [phase.value for phase in notes.phases],
        "pitch": pitch_of(wave[: 2 * RATE]),
        "seconds": wave.size / RATE,
    }


def nothing_there(check: SoundCheck, notes: Notes) -> dict[str, object]:
    """Ask for everything where there is nothing."""
    check.listen("A microphone that was unplugged")
    check.play_tone("A speaker that was unplugged")
    check.start_echo(SPEAKER)
    until(lambda: notes.failures and notes.tones)
    return {"failures": notes.failures, "tones": notes.tones, "levels": len(notes.levels)}


def server_dies(check: SoundCheck, notes: Notes) -> dict[str, object]:
    """Lose the sound server while the page is open, and ask for sound again."""
    check.listen(MICROPHONE)
    until(lambda: notes.levels)
    print("ready", flush=True)  # noqa: T201 - tells the test to end the server
    sys.stdin.readline()
    check.listen("")
    check.listen(MICROPHONE)
    check.play_tone(SPEAKER)
    until(lambda: notes.failures and notes.tones)
    return {"failures": notes.failures, "tones": notes.tones}


def server_hangs(check: SoundCheck, notes: Notes) -> dict[str, object]:
    """Ask a sound server for a microphone that does not answer any more."""
    print("ready", flush=True)  # noqa: T201 - tells the test to stop the server
    sys.stdin.readline()
    began = time.monotonic()
    check.listen(MICROPHONE)
    check.play_tone(SPEAKER)
    waited = time.monotonic() - began
    until(lambda: False, 0.5)
    print("go on", flush=True)  # noqa: T201 - tells the test to let the server go on
    heard = until(lambda: notes.levels)
    return {"waited": waited, "heard": heard}


def cues(_check: SoundCheck, _notes: Notes) -> dict[str, object]:
    """Ask for three cues at once: the first sounds, of the two that wait only the more urgent one."""
    device = named(QMediaDevices.audioOutputs(), SPEAKER)
    player = CuePlayer(lambda: device, SoundServer())
    with Ear() as ear:
        until(lambda: ear.is_open)
        began = time.monotonic()
        player.play(Cue((Note(400, 0.5),)), 0.5)
        player.play(Cue((Note(500, 0.5),), urgency=0), 0.5)
        player.play(Cue((Note(600, 0.5),), urgency=2), 0.5)
        waited = time.monotonic() - began
        until(lambda: ear.sound().size > RATE)
        until(lambda: False, 0.3)
        wave = ear.sound()
    player.close()
    quarter = RATE // 4
    return {
        "waited": waited,
        "pitches": [pitch_of(wave[:quarter]), pitch_of(wave[-quarter:])],
        "seconds": wave.size / RATE,
    }


def muted_voice(_check: SoundCheck, _notes: Notes) -> dict[str, object]:
    """Listen for a voice in silence, with somebody speaking, and after letting go."""
    heard: list[float] = []
    watch = VoiceWatch(SoundServer())
    watch.voice_heard.connect(lambda: heard.append(time.monotonic()))
    watch.listen(named(QMediaDevices.audioInputs(), MICROPHONE))
    until(_recorders)
    until(lambda: False, 1.0)
    in_silence = len(heard)
    with speech(hertz=300, loudness=0.4):
        until(lambda: heard)
        spoken = len(heard)
    watch.listen(None)
    until(lambda: not _recorders())
    watch.close()
    return {"in_silence": in_silence, "spoken": spoken, "held": _recorders()}


def _listing(what: str) -> str:
    import subprocess  # noqa: PLC0415 - two stories ask the server itself

    return subprocess.run(["pactl", "list", "short", what], capture_output=True, text=True, check=False).stdout


def _recorders() -> int:
    """Return who records, besides the server's own part that makes the microphone."""
    return sum("protocol" in line for line in _listing("source-outputs").splitlines())


def _players() -> int:
    return len(_listing("sink-inputs").splitlines())


_STORIES: dict[str, Callable[[SoundCheck, Notes], dict[str, object]]] = {
    story.__name__: story for story in (levels, tone, echo, nothing_there, server_dies, server_hangs, cues, muted_voice)
}


def main() -> None:
    """Play the story that was asked for."""
    app = QCoreApplication([])
    QMediaDevices.audioInputs()
    check = SoundCheck()
    happened = _STORIES[sys.argv[1]](check, Notes(check))
    check.close()
    happened["threads"] = [thread.name for thread in threading.enumerate() if thread.name.startswith("baylink")]
    print(json.dumps(happened), flush=True)  # noqa: T201 - what the test reads
    app.processEvents()


if __name__ == "__main__":
    main()

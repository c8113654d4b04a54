"""A sound server for a test: a silent speaker and microphone, and processes that play into the one, hear the other."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

from desktop.core.tones import Note
from desktop.media.pcm import RATE
from desktop.media.sine import sine_samples

_AUDIBLE = 0.01
SPEAKER, MICROPHONE = "Practice-speaker", "Practice-microphone"
_PCM = ("--raw", "--format=s16le", f"--rate={RATE}", "--channels=1")


@contextmanager
def speech(hertz: float = 440, loudness: float = 0.3, seconds: float = 20) -> Iterator[None]:
    """Let somebody make a sound before the microphone."""
    with tempfile.NamedTemporaryFile() as wave:
        wave.write(sine_samples([Note(hertz, seconds)], rate=RATE, loudness=loudness))
        wave.flush()
        with subprocess.Popen(["pacat", "--playback", "--device=voice", *_PCM, wave.name]) as playing:
            yield
            playing.kill()


class Ear:
    """Hears what comes out of the speaker, while it is open as a context."""

    def __init__(self) -> None:
        self._file = tempfile.NamedTemporaryFile()  # noqa: SIM115 - closed with the context
        command = ["pacat", "--record", "--device=speaker.monitor", "--latency-msec=20", *_PCM]
        self._hearing = subprocess.Popen(command, stdout=self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hearing.kill()
        self._hearing.wait()
        self._file.close()

    @property
    def is_open(self) -> bool:
        """Whether it hears already; the first samples come after two seconds."""
        return Path(self._file.name).stat().st_size > 0

    def sound(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Return what was heard so far without the silence around it, from -1 to 1."""
        heard = Path(self._file.name).read_bytes()
        wave = np.frombuffer(heard[: len(heard) // 2 * 2], dtype="<i2") / 32_767
        loud = np.flatnonzero(np.abs(wave) > _AUDIBLE)
        return wave[loud[0] : loud[-1]] if loud.size else wave[:0]


def pitch_of(wave: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Return the strongest frequency of a wave in hertz; 0 for none."""
    return float(np.argmax(np.abs(np.fft.rfft(wave))) * RATE / wave.size) if wave.size else 0.0

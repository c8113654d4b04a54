"""Sine notes as samples: soft at both ends, so that no note begins or ends with a click."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from desktop.core.tones import Note

FADE_S = 0.02
_FULL_SCALE = 32_767


def sine_samples(notes: Iterable[Note], *, rate: int, loudness: float) -> bytes:
    """Return the notes one after the other as signed 16-bit mono samples, `rate` a second; `loudness` is 0 to 1."""
    parts = [_note(note, rate) for note in notes]
    wave = np.concatenate(parts) if parts else np.zeros(0)
    return (wave * min(1.0, max(0.0, loudness)) * _FULL_SCALE).astype("<i2").tobytes()


def _note(note: Note, rate: int) -> NDArray[np.float64]:
    count = round(note.seconds * rate)
    last = note.hertz if note.to_hertz is None else note.to_hertz
    # The phase is the sum of the steps so far, so that a glide has no jump in it.
    phase = np.cumsum(np.linspace(note.hertz, last, count)) * (2 * np.pi / rate)
    fade = max(1, min(round(FADE_S * rate), count // 2))
    shape = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / fade)
    return np.sin(phase) * shape

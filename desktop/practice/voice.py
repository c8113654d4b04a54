"""A voice-like tone for a practice microphone: a hummed vowel in syllables, with pauses as in speech."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
CHANNELS = 1
FRAME_SAMPLES = SAMPLE_RATE // 10
_LOOP_S = 4
_PITCH_HZ = 140.0
_SPEAKING_SHARE = 0.7
_PEAK = 0.35


def voice_loop() -> NDArray[np.int16]:
    """Return four seconds of mono sound that repeat without a seam."""
    seconds = np.arange(SAMPLE_RATE * _LOOP_S) / SAMPLE_RATE
    phase = 2 * np.pi * _PITCH_HZ * seconds + 0.9 * np.sin(2 * np.pi * 0.75 * seconds)
    formants = {1: 0.6, 2: 0.5, 4: 0.9, 5: 0.8, 8: 0.35, 9: 0.3, 17: 0.12, 18: 0.1}
    sound = np.sum([gain * np.sin(harmonic * phase) for harmonic, gain in formants.items()], axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 2 * seconds), 0.0, None) ** 0.5
    speaking = seconds % _LOOP_S < _LOOP_S * _SPEAKING_SHARE
    shaped = sound * syllables * speaking
    samples: NDArray[np.int16] = np.rint(shaped / np.abs(shaped).max() * _PEAK * 32_767).astype(np.int16)
    return samples


def voice_frames() -> Iterator[bytes]:
    """Yield the sound for ever in frames of 100 ms (`FRAME_SAMPLES` samples, 16 bit, native byte order)."""
    loop = voice_loop()
    frames = [loop[start : start + FRAME_SAMPLES].tobytes() for start in range(0, len(loop), FRAME_SAMPLES)]
    while True:
        yield from frames

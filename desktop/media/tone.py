"""The test tone of the speaker: two notes that are heard in a noisy bay and through ear protection."""

import numpy as np

from desktop.core.tones import Note
from desktop.media.pcm import RATE, Wave
from desktop.media.sine import sine_samples

_NOTES = (Note(440, 0.4), Note(0, 0.1), Note(660, 0.6))
_LOUDNESS = 0.5


def speaker_tone() -> Wave:
    """Return the tone at `RATE`, a little over a second long."""
    samples = np.frombuffer(sine_samples(_NOTES, rate=RATE, loudness=_LOUDNESS), dtype="<i2")
    return samples.astype(np.float32) / np.float32(32_767)

"""Samples as Qt's sound devices take and give them: which format to ask for, and how to read and write it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat

RATE = 48_000
type Wave = NDArray[np.float32]
"""Mono samples from -1 to 1."""

_TYPES: dict[QAudioFormat.SampleFormat, tuple[str, float]] = {
    QAudioFormat.SampleFormat.Int16: ("<i2", 32_767.0),
    QAudioFormat.SampleFormat.Int32: ("<i4", 2_147_483_647.0),
    QAudioFormat.SampleFormat.Float: ("<f4", 1.0),
}


def format_for(device: QAudioDevice) -> QAudioFormat:
    """Return 48 kHz mono of 16 bits where the device takes it, else what it likes best."""
    plain = QAudioFormat()
    plain.setSampleRate(RATE)
    plain.setChannelCount(1)
    plain.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return plain if device.isFormatSupported(plain) else device.preferredFormat()


def read_pcm(data: bytes, layout: QAudioFormat) -> Wave:
    """Return the first channel of what a source gave; half a frame at the end is left out."""
    if layout.sampleFormat() not in _TYPES:
        return np.zeros(0, dtype=np.float32)
    kind, full = _TYPES[layout.sampleFormat()]
    whole = len(data) // layout.bytesPerFrame() * layout.bytesPerFrame()
    frames = np.frombuffer(data[:whole], dtype=kind).reshape(-1, layout.channelCount())
    return np.asarray(frames[:, 0] / full, dtype=np.float32)


def write_pcm(wave: Wave, layout: QAudioFormat) -> bytes:
    """Return a wave as a sink of this format takes it, the same in every channel; empty where nobody knows how."""
    if layout.sampleFormat() not in _TYPES:
        return b""
    kind, full = _TYPES[layout.sampleFormat()]
    frames = np.clip(wave, -1, 1).astype(np.float64) * full
    return np.repeat(frames.astype(kind), layout.channelCount()).tobytes()


def resampled(wave: Wave, rate: int, to_rate: int) -> Wave:
    """Return a wave at another rate, by straight lines between its samples: good enough for a voice test."""
    if rate == to_rate or not wave.size:
        return wave
    places = np.arange(0, wave.size, rate / to_rate)
    return np.asarray(np.interp(places, np.arange(wave.size), wave), dtype=np.float32)


def loudness(wave: Wave) -> float:
    """Return the root of the mean square: 0 for silence, about 0.7 for the loudest sine."""
    return float(np.sqrt(np.mean(np.square(wave)))) if wave.size else 0.0

"""Sine notes: the right pitch and length, no louder than asked, and no click at either end."""

import numpy as np
import pytest

from desktop.core.tones import Note
from desktop.media.sine import FADE_S, sine_samples

_RATE = 48_000


def _wave(*notes: Note, loudness: float = 1.0) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.frombuffer(sine_samples(notes, rate=_RATE, loudness=loudness), dtype="<i2") / 32_767


def _pitch(wave: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return float(np.argmax(np.abs(np.fft.rfft(wave))) * _RATE / wave.size)


@pytest.mark.parametrize("hertz", [330.0, 440.0, 990.0])
def test_a_note_has_its_pitch_and_its_length(hertz: float) -> None:
    wave = _wave(Note(hertz, 0.5))
    assert wave.size == _RATE // 2
    assert _pitch(wave) == pytest.approx(hertz, abs=3)


def test_notes_follow_each_other_with_their_rests() -> None:
    wave = _wave(Note(440, 0.1), Note(0, 0.1), Note(660, 0.1))
    tenth = _RATE // 10
    assert _pitch(wave[:tenth]) == pytest.approx(440, abs=10)
    assert not wave[tenth : 2 * tenth].any()
    assert _pitch(wave[2 * tenth :]) == pytest.approx(660, abs=10)


def test_no_note_is_louder_than_asked_or_than_the_samples_can_hold() -> None:
    assert np.abs(_wave(Note(440, 0.2), loudness=0.25)).max() == pytest.approx(0.25, abs=0.01)
    assert np.abs(_wave(Note(440, 0.2), loudness=7)).max() <= 1.0


def test_a_note_begins_and_ends_softly() -> None:
    wave = _wave(Note(440, 0.5))
    soft = round(FADE_S * _RATE / 10)
    assert wave[0] == wave[-1] == 0
    assert np.abs(wave[:soft]).max() < 0.12
    assert np.abs(wave[-soft:]).max() < 0.12


def test_a_falling_note_falls_without_a_jump() -> None:
    wave = _wave(Note(660, 0.4, to_hertz=330))
    assert _pitch(wave[: _RATE // 20]) > _pitch(wave[-_RATE // 20 :]) + 100
    assert np.abs(np.diff(wave)).max() < 2 * np.pi * 660 / _RATE * 1.05


def test_no_notes_are_no_sound() -> None:
    assert sine_samples((), rate=_RATE, loudness=1) == b""

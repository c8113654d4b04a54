"""Talking while muted is noticed, and the noise of a bay is not taken for talking."""

import random

from desktop.core.voice import VoiceDetector

STEP_S = 0.05


def heard(detector: VoiceDetector, level: float, seconds: float) -> int:
    return sum(detector.feed(level, STEP_S) for _ in range(round(seconds / STEP_S)))


def test_a_sentence_in_a_quiet_bay_is_heard_once() -> None:
    detector = VoiceDetector()
    assert heard(detector, 0.004, 2) == 0
    assert heard(detector, 0.15, 2) == 1


def test_a_sentence_over_a_compressor_is_heard() -> None:
    detector = VoiceDetector()
    heard(detector, 0.04, 20)
    assert heard(detector, 0.3, 1) == 1


def test_a_dropped_spanner_is_not_a_voice() -> None:
    detector = VoiceDetector()
    heard(detector, 0.005, 3)
    for _ in range(5):
        assert heard(detector, 0.8, 0.15) == 0
        assert heard(detector, 0.005, 1) == 0


def test_a_steady_grinder_is_told_at_most_once() -> None:
    detector = VoiceDetector()
    noise = random.Random(4)  # noqa: S311 - noise, not a secret
    heard(detector, 0.01, 5)
    assert sum(heard(detector, 0.3 + noise.uniform(-0.05, 0.05), STEP_S) for _ in range(1200)) <= 1


def test_who_speaks_again_after_a_pause_is_heard_again() -> None:
    detector = VoiceDetector()
    heard(detector, 0.004, 2)
    assert heard(detector, 0.15, 1) == 1
    assert heard(detector, 0.004, 3) == 0
    assert heard(detector, 0.15, 1) == 1


def test_silence_is_never_a_voice() -> None:
    assert heard(VoiceDetector(), 0.0, 60) == 0

"""Hearing: what a microphone's loudness comes to over the seconds."""

import pytest

from desktop.core.hearing import SILENCE_DB, Hearing, Listener, decibels, meter_share

_SPEECH_DB, _SHOP_DB, _DEAD_DB = -26.0, -55.0, -96.0


def _after(listener: Listener, loudness_db: float, seconds: float, since: float = 0.0) -> Hearing:
    said = Hearing.LISTENING
    for step in range(round(seconds * 20)):
        said = listener.hear(loudness_db, since + step / 20)
    return said


def test_speech_is_heard_at_once() -> None:
    assert Listener().hear(_SPEECH_DB, 0.0) is Hearing.HEARD


def test_nobody_is_hurried_into_speaking() -> None:
    listener = Listener()
    assert _after(listener, _DEAD_DB, 2.5) is Hearing.LISTENING


def test_a_microphone_that_is_switched_off_is_told_from_a_quiet_one() -> None:
    assert _after(Listener(), _DEAD_DB, 4) is Hearing.SILENT
    assert _after(Listener(), _SHOP_DB, 4) is Hearing.QUIET


def test_a_pause_after_speaking_is_no_fault() -> None:
    listener = Listener()
    listener.hear(_SPEECH_DB, 0.0)
    assert _after(listener, _SHOP_DB, 7, since=0.1) is Hearing.HEARD
    assert _after(listener, _SHOP_DB, 3, since=8.5) is Hearing.LISTENING


def test_a_microphone_that_dies_while_one_speaks_is_noticed() -> None:
    listener = Listener()
    _after(listener, _SPEECH_DB, 5)
    assert _after(listener, _DEAD_DB, 3.2, since=5) is Hearing.SILENT


def test_another_microphone_is_listened_to_afresh() -> None:
    listener = Listener()
    _after(listener, _DEAD_DB, 4)
    listener.start_over()
    assert listener.hear(_DEAD_DB, 4.0) is Hearing.LISTENING


@pytest.mark.parametrize(
    ("loudness_db", "share"), [(SILENCE_DB, 0.0), (-50.0, 0.0), (-25.0, 0.5), (0.0, 1.0), (9.0, 1.0)]
)
def test_the_meter_is_half_lit_by_speech(loudness_db: float, share: float) -> None:
    assert meter_share(loudness_db) == pytest.approx(share)


def test_silence_has_a_number_too() -> None:
    assert decibels(0.0) == SILENCE_DB
    assert decibels(1.0) == 0.0
    assert decibels(0.1) == pytest.approx(-20)

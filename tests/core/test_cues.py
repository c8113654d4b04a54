"""Every notice that a mechanic must not miss has a tone, and every tone passes ear protection."""

import pytest

from desktop.core.cues import CHAT_CUE, IDLE_CUE, TALK_CUE, TALK_OVER_CUE, cue_of

SOUNDING = (
    "customer_here", "customer_dropped", "connection_lost", "connected_again", "talking_muted", "five_minutes",
    "one_minute", "time_added", "new_session", "device_gone", "device_back", "no_microphone", "no_sound",
    "joined_elsewhere", "session_ended",
)  # fmt: skip


@pytest.mark.parametrize("key", SOUNDING)
def test_what_must_not_be_missed_sounds(key: str) -> None:
    assert cue_of(key) is not None


@pytest.mark.parametrize("key", ["customer_muted", "no_picture", "media_trouble", "room_lost", "anything else"])
def test_what_the_eye_finds_by_itself_is_silent(key: str) -> None:
    assert cue_of(key) is None


def test_all_notes_are_low_enough_for_ear_protection_and_short() -> None:
    cues = [cue for key in SOUNDING if (cue := cue_of(key))] + [CHAT_CUE, IDLE_CUE, TALK_CUE, TALK_OVER_CUE]
    for cue in cues:
        assert cue.seconds < 1
        for note in cue.notes:
            assert 330 <= note.hertz <= 990
            assert note.to_hertz is None or 330 <= note.to_hertz <= 990


@pytest.mark.parametrize(
    ("key", "goes"),
    [("customer_here", "up"), ("connected_again", "up"), ("new_session", "up"), ("customer_dropped", "down"),
     ("joined_elsewhere", "down")],
)  # fmt: skip
def test_good_news_rise_and_bad_news_fall(key: str, goes: str) -> None:
    cue = cue_of(key)
    assert cue is not None
    hertz = [note.hertz for note in cue.notes]
    assert hertz == sorted(hertz, reverse=goes == "down")
    assert len(set(hertz)) == len(hertz) > 1

"""The choices of a PC outlive the program, and a broken file costs no more than the choices in it."""

from pathlib import Path

import pytest

from desktop.core.preferences import Preferences
from desktop.store.preferences import PreferenceStore


def test_what_was_chosen_is_there_after_a_restart(tmp_path: Path) -> None:
    chosen = Preferences(
        microphone="Headset",
        noise_suppression=False,
        talk_key="F13",
        cue_loudness=0.25,
        flash=True,
        own_corner="upper left",
    )
    assert PreferenceStore(tmp_path / "new" / "pc.json").save(chosen)
    assert PreferenceStore(tmp_path / "new" / "pc.json").load() == chosen


def test_a_new_pc_starts_with_the_defaults(tmp_path: Path) -> None:
    assert PreferenceStore(tmp_path / "pc.json").load() == Preferences()


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_broken_file_gives_the_defaults_and_stops_nothing(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "pc.json").write_bytes(broken)
    assert PreferenceStore(tmp_path / "pc.json").load() == Preferences()


def test_a_value_of_the_wrong_kind_costs_only_itself(tmp_path: Path) -> None:
    text = '{"microphone": 3, "speaker": "Bench", "flash": 1, "cue_loudness": 9, "camera": null, "of_tomorrow": true}'
    (tmp_path / "pc.json").write_text(text)
    assert PreferenceStore(tmp_path / "pc.json").load() == Preferences(speaker="Bench")


def test_a_place_that_cannot_be_written_is_told_and_not_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not PreferenceStore(tmp_path / "file" / "pc.json").save(Preferences())

"""Text from elsewhere is made safe to show, and nothing that a person needs is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.text import clean_block, clean_line, first_word, initials, usable_name

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@given(st.text())
def test_sr_33_no_control_or_bidi_override_survives(text: str) -> None:
    shown = clean_line(text)
    assert not set(shown) & set(OVERRIDES)
    assert all(ord(char) >= 0x20 and not 0x7F <= ord(char) <= 0x9F for char in shown)


@given(st.text(max_size=600))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)


def test_sr_33_markup_stays_literal() -> None:
    assert clean_line("<img src=/dev/zero><b>Bo</b> & Sons") == "<img src=/dev/zero><b>Bo</b> & Sons"


def test_joined_emoji_and_right_to_left_names_stay_whole() -> None:
    assert clean_line("🔧 Grace 👩🏽\u200d🔧") == "🔧 Grace 👩🏽\u200d🔧"
    assert clean_line("ليلى حداد") == "ليلى حداد"


def test_a_message_keeps_its_lines_and_an_address_bar_trick_does_not_turn_round() -> None:
    assert clean_block("one\r\ntwo\tthree \u202egpj.exe") == "one\ntwo    three gpj.exe"


def test_a_tower_of_accents_cannot_paint_over_other_rows() -> None:
    assert len(clean_line("x" + "\u0336" * 200)) <= 9


def test_sr_33_a_huge_text_is_capped() -> None:
    assert len(clean_line("a" * 5_000_000, cap=120)) == 120


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (None, None),
        ("", None),
        ("   \u200b", None),
        ("3f2b8c1e-0d7a-4c55-9f3e-aa0b1c2d3e4f", None),
        ("customer-3f2b8c1e-0d7a-4c55-9f3e-aa0b1c2d3e4f", None),
        ("sam.k@post.example", "sam.k"),
        ("  Dana \n Whitlock ", "Dana Whitlock"),
        ("José Ángel Ñíguez-O'Hara", "José Ángel Ñíguez-O'Hara"),
    ],
)
def test_ac_20_a_name_is_shown_only_if_a_person_could_read_it(stored: str | None, shown: str | None) -> None:
    assert usable_name(stored) == shown


def test_initials_and_first_words_come_from_the_name() -> None:
    assert initials("Dana Whitlock") == "DW"
    assert initials("rust.bucket.88") == "R"
    assert initials("🔧 Grace") == "G"
    assert initials("<b>") == "<"
    assert first_word("Dana Whitlock") == "Dana"

"""The practice owner answers like a person, and sounds like one."""

import numpy as np

from desktop.practice.owner_words import answer_to
from desktop.practice.voice import FRAME_SAMPLES, SAMPLE_RATE, voice_frames, voice_loop


def test_a_question_about_the_picture_is_answered_to_the_point() -> None:
    assert "closer" in answer_to("Can you move closer?", 0)
    assert "Torch" in answer_to("Torch on, please", 3)


def test_answers_to_anything_else_vary() -> None:
    assert len({answer_to("Hm.", count) for count in range(4)}) == 4


def test_hostile_text_gets_an_answer_too() -> None:
    assert answer_to("<b>" * 2_000, 1)
    assert answer_to("", 0)


def test_the_voice_speaks_pauses_and_repeats_without_a_click() -> None:
    loop = voice_loop().astype(int)
    assert len(loop) == 4 * SAMPLE_RATE
    assert np.abs(loop).max() > 8_000
    assert np.abs(loop[-SAMPLE_RATE // 2 :]).max() == 0
    assert abs(loop[0] - loop[-1]) < 500


def test_the_voice_comes_in_frames_of_a_tenth_of_a_second() -> None:
    frames = voice_frames()
    assert {len(next(frames)) for _ in range(90)} == {FRAME_SAMPLES * 2}

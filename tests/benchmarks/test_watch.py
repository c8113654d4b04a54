"""Reading frames back from the pixels of a screen."""

import numpy as np
import pytest

from benchmarks.watch import Spot
from desktop.practice import picture_code
from desktop.practice.picture_code import PictureCode, Rect


def _show(screen: np.ndarray[tuple[int, int], np.dtype[np.uint8]], place: Rect, code: PictureCode) -> None:
    left, top = int(place.x), int(place.y)
    picture_code.paint(screen[top : top + int(place.height), left : left + int(place.width)], code)


@pytest.mark.parametrize("place", [Rect(1, 20, 1280, 720), Rect(10, 70, 1920, 1080), Rect(0, 0, 640, 360)])
def test_each_frame_is_seen_once_wherever_the_picture_lies(place: Rect) -> None:
    screen = np.full((1200, 2000), 40, dtype=np.uint8)
    spot = Spot(screen, place)
    assert spot.look() is None

    for counter in range(3):
        code = PictureCode(counter, 1_000 + counter)
        _show(screen, place, code)
        assert spot.look() == code
        assert spot.look() is None


def test_a_half_drawn_frame_is_seen_when_it_is_whole() -> None:
    place = Rect(0, 0, 1280, 720)
    screen = np.zeros((720, 1280), dtype=np.uint8)
    spot = Spot(screen, place)
    _show(screen, place, PictureCode(1, 5_000))
    spot.look()
    old = screen.copy()

    _show(screen, place, PictureCode(2, 9_999))
    whole = screen.copy()
    screen[:, 640:] = old[:, 640:]
    assert spot.look() is None
    screen[:] = whole
    assert spot.look() == PictureCode(2, 9_999)


def test_a_picture_beyond_the_screen_is_refused() -> None:
    with pytest.raises(ValueError, match="not on the screen"):
        Spot(np.zeros((720, 1280), dtype=np.uint8), Rect(600, 0, 1280, 720))

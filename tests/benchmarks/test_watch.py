"""Reading frames back from the pixels of a screen."""

import numpy as np
import pytest

from benchmarks.watch import Spot, Watch
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


def test_a_picture_that_stood_is_read_while_it_is_dimmed() -> None:
    place = Rect(0, 0, 1280, 720)
    screen = np.zeros((720, 1280), dtype=np.uint8)
    spot = Spot(screen, place)
    for counter in range(2):
        code = PictureCode(counter, 1_000 + counter)
        _show(screen, place, code)
        screen[:] = screen * 0.34
        assert spot.look() == code


def test_a_picture_that_moved_is_seen_in_its_new_place() -> None:
    here, there = Rect(0, 0, 640, 360), Rect(0, 40, 640, 360)
    pixels = np.zeros((400, 640, 4), dtype=np.uint8)
    watch = Watch(pixels, (here,))
    _show(pixels[:, :, 1], there, PictureCode(7, 9_000))
    assert watch.first_made_after(8.0, 0.05) is None

    watch.add(there)
    sighting = watch.first_made_after(8.0, 60.0)
    assert sighting is not None
    assert sighting.code == PictureCode(7, 9_000)


def test_what_was_on_its_way_before_the_network_returned_is_no_new_picture() -> None:
    place = Rect(0, 0, 640, 360)
    pixels = np.zeros((360, 640, 4), dtype=np.uint8)
    _show(pixels[:, :, 1], place, PictureCode(7, 9_000))

    assert Watch(pixels, (place,)).first_made_after(9.0, 0.05) is None


def test_a_picture_beyond_the_screen_is_refused() -> None:
    with pytest.raises(ValueError, match="not on the screen"):
        Spot(np.zeros((720, 1280), dtype=np.uint8), Rect(600, 0, 1280, 720))

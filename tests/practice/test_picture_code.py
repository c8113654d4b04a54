"""The code in a practice picture survives what a call does to pictures, and never reads what is not there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.practice.picture_code import (
    CLOCK_MAX,
    COUNTER_MAX,
    Grey,
    PictureCode,
    Rect,
    letterboxed,
    monotonic_ms,
    paint,
    read,
    read_bgra,
)

codes = st.builds(PictureCode, counter=st.integers(0, COUNTER_MAX), clock_ms=st.integers(0, CLOCK_MAX))


def picture(code: PictureCode, width: int = 1280, height: int = 720, background: int = 90) -> Grey:
    luma = np.full((height, width), background, dtype=np.uint8)
    paint(luma, code)
    return luma


def shrunk(luma: Grey, width: int, height: int) -> Grey:
    """Return the picture at another size, by the mean of what falls into each pixel (or the nearest), as scalers do."""
    rows = np.linspace(0, luma.shape[0], height + 1).astype(int)
    columns = np.linspace(0, luma.shape[1], width + 1).astype(int)
    sums = np.add.reduceat(np.add.reduceat(luma.astype(float), rows[:-1], axis=0), columns[:-1], axis=1)
    result: Grey = (sums / np.outer(np.diff(rows).clip(1), np.diff(columns).clip(1))).astype(np.uint8)
    return result


@settings(max_examples=30)
@given(codes, st.sampled_from([(1280, 720), (640, 360), (320, 180), (960, 540), (853, 480)]))
def test_what_was_painted_is_read_at_every_size_a_call_may_choose(code: PictureCode, size: tuple[int, int]) -> None:
    assert read(shrunk(picture(code), *size)) == code


@settings(max_examples=30)
@given(codes, st.sampled_from([0, 90, 180, 270]))
def test_a_turned_picture_is_read_with_and_without_knowing_the_turn(code: PictureCode, rotation: int) -> None:
    turned = np.rot90(picture(code, 640, 360), -rotation // 90)
    assert read(turned, rotation=rotation) == code
    assert read(turned) == code


@settings(max_examples=20)
@given(codes, st.integers(200, 1400), st.integers(200, 900), st.sampled_from([0, 90]))
def test_a_letterboxed_picture_is_read_at_its_place(code: PictureCode, width: int, height: int, rotation: int) -> None:
    place = letterboxed(width, height, 1280, 720, rotation)
    if min(place.width, place.height) < 150:
        return
    turned = np.rot90(picture(code), -rotation // 90)
    shown = shrunk(turned, round(place.width), round(place.height))
    screen = np.zeros((height, width), dtype=np.uint8)
    top, left = round(place.y), round(place.x)
    screen[top : top + shown.shape[0], left : left + shown.shape[1]] = shown[: height - top, : width - left]
    assert read(screen, place, rotation) == code


@settings(max_examples=30)
@given(codes, st.integers(0, 2**32 - 1))
def test_noise_and_weak_contrast_do_not_disturb(code: PictureCode, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 18, (180, 320))
    small = shrunk(picture(code), 320, 180) * 0.5 + 50 + noise
    assert read(np.clip(small, 0, 255).astype(np.uint8)) == code


@given(st.integers(0, 2**32 - 1))
def test_a_picture_without_a_code_reads_as_none(seed: int) -> None:
    assert read(np.random.default_rng(seed).integers(0, 256, (180, 320), dtype=np.uint8)) is None


@pytest.mark.parametrize("shade", [0, 16, 128, 255])
def test_an_even_picture_reads_as_none(shade: int) -> None:
    assert read(np.full((360, 640), shade, dtype=np.uint8)) is None


def test_a_damaged_cell_is_refused_not_misread() -> None:
    luma = picture(PictureCode(1, 2), 640, 360)
    luma[20:30, 200:210] = 255 - luma[20:30, 200:210]
    assert read(luma) is None


def test_a_place_outside_the_image_reads_as_none() -> None:
    assert read(picture(PictureCode(1, 2), 640, 360), Rect(100, 0, 640, 360)) is None


def test_pixels_of_a_grab_are_read_with_their_row_padding() -> None:
    code = PictureCode(77, monotonic_ms())
    luma = picture(code, 641, 361)
    padded = np.zeros((361, 641 * 4 + 12), dtype=np.uint8)
    padded[:, : 641 * 4] = np.repeat(luma, 4, axis=1)
    assert read_bgra(padded.tobytes(), 641, 361, bytes_per_line=641 * 4 + 12) == code

"""The practice camera makes pictures that move, tell their time, and cost little."""

import asyncio

import numpy as np
import pytest

from desktop.practice.camera import I420Frame, SyntheticCamera, mechanic_camera
from desktop.practice.picture_code import PictureCode, read
from desktop.practice.scene import load_scene, scene_from_bgra


def luma(frame: I420Frame) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    plane = np.frombuffer(frame.data, dtype=np.uint8, count=frame.width * frame.height)
    return plane.reshape(frame.height, frame.width)


@pytest.fixture(scope="module")
def camera() -> SyntheticCamera:
    return SyntheticCamera(width=640, height=360)


def test_each_frame_carries_its_counter_and_clock(camera: SyntheticCamera) -> None:
    first, second = camera.next_frame(), camera.next_frame()
    assert second.counter == first.counter + 1
    assert second.clock_ms >= first.clock_ms
    assert read(luma(second)) == PictureCode(second.counter, second.clock_ms)


def test_frames_hold_whole_planes_of_the_size_they_name(camera: SyntheticCamera) -> None:
    frame = camera.next_frame()
    assert len(frame.data) == frame.width * frame.height * 3 // 2


def test_the_hand_moves_between_frames(camera: SyntheticCamera) -> None:
    first = luma(camera.next_frame()).copy()
    later = [luma(camera.next_frame()) for _ in range(10)]
    assert (first[200:] != later[-1][200:]).mean() > 0.05


def test_a_still_camera_does_not_move() -> None:
    still = mechanic_camera()
    first, second = still.next_frame(), still.next_frame()
    assert (luma(first)[60:] == luma(second)[60:]).all()


def test_an_upright_phone_sends_a_turned_picture_with_its_rotation(camera: SyntheticCamera) -> None:
    camera.portrait = True
    upright = camera.next_frame()
    camera.portrait = False
    assert (upright.rotation, upright.width, upright.height) == (90, 640, 360)
    assert camera.next_frame().rotation == 0
    turned = np.rot90(luma(upright), -1)
    assert read(turned, rotation=90) == PictureCode(upright.counter, upright.clock_ms)


def test_a_size_that_bands_cannot_cover_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 12"):
        SyntheticCamera(width=640, height=350)


def test_a_late_reader_misses_frames_instead_of_being_flooded() -> None:
    fast = SyntheticCamera(width=320, height=180, fps=1000)

    async def take(count: int) -> list[int]:
        taken: list[int] = []
        async for frame in fast.frames():
            taken.append(frame.counter)
            if len(taken) == count:
                break
        return taken

    assert asyncio.run(take(5)) == [0, 1, 2, 3, 4]


def test_scenes_are_stored_with_the_program() -> None:
    assert load_scene("engine-bay").size == (1440, 810)
    assert load_scene("mechanic").upright().size == (810, 1440)
    with pytest.raises(FileNotFoundError):
        load_scene("spaceship")


def test_colours_become_planes() -> None:
    white, black = np.full((4, 4, 4), 255, dtype=np.uint8), np.zeros((4, 4, 4), dtype=np.uint8)
    assert scene_from_bgra(white).luma.min() >= 234
    assert scene_from_bgra(black).luma.max() == 16
    assert set(scene_from_bgra(white).chroma.ravel().tolist()) <= {127, 128, 129}

"""What the cameras of both sides show, and what the customer is said to have received of them."""

import asyncio
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.film import write_film
from benchmarks.publish import Received, received
from desktop.media.file_camera import FileCamera
from desktop.practice import picture_code
from desktop.practice.customer_process import Event


async def _numbers(film: Path, count: int) -> list[int | None]:
    numbers: list[int | None] = []
    frames = FileCamera(film).frames()
    async for picture in frames:
        luma = np.frombuffer(picture.data, dtype=np.uint8, count=picture.width * picture.height)
        code = picture_code.read(luma.reshape(picture.height, picture.width), rotation=0)
        numbers.append(None if code is None else code.counter)
        if len(numbers) == count:
            break
    return numbers


def test_the_film_is_720p30_and_begins_anew_after_its_last_picture(tmp_path: Path) -> None:
    film = tmp_path / "camera.y4m"
    write_film(film, 0.1)

    form = FileCamera(film).format
    assert (form.width, form.height, form.rate) == (1280, 720, Fraction(30))
    assert asyncio.run(_numbers(film, 4)) == [0, 1, 2, 0]


def _frames(at_ms: int, count: int, width: int = 1280) -> Event:
    return {"event": "frames", "at_ms": at_ms, "received": count, "width": width}


def test_pictures_a_second_are_counted_between_the_customers_reports() -> None:
    told = [_frames(1_000, 100), {"event": "chat", "at_ms": 1_500}, _frames(2_000, 130), _frames(3_000, 150, 640)]

    assert received(told) == Received(25.0, 640)


def test_nothing_is_said_of_pictures_that_were_not_reported_twice_or_come_of_another_track() -> None:
    assert received([]) is None
    assert received([_frames(1_000, 100)]) is None
    assert received([_frames(1_000, 100), _frames(2_000, 12)]) is None

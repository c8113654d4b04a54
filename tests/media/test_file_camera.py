"""A film in a file as a camera: in a loop, at its pace, and refused when it is none."""

import asyncio
from pathlib import Path

import pytest

from desktop.media.file_camera import BadFilmError, FileCamera, I420Picture
from desktop.rtc.camera_source import CameraSource

WIDTH, HEIGHT = 16, 8
PICTURE = WIDTH * HEIGHT * 3 // 2


def film(folder: Path, shades: bytes, *, head: bytes = b"YUV4MPEG2 W16 H8 F100:1 C420jpeg") -> Path:
    path = folder / "film.y4m"
    path.write_bytes(head + b"\n" + b"".join(b"FRAME\n" + bytes([shade]) * PICTURE for shade in shades))
    return path


async def _seen(camera: FileCamera, count: int) -> list[I420Picture]:
    pictures: list[I420Picture] = []
    frames = camera.frames()
    async for picture in frames:
        pictures.append(picture)
        if len(pictures) == count:
            break
    return pictures


def test_the_film_begins_again_after_its_last_picture(tmp_path: Path) -> None:
    camera: CameraSource = FileCamera(film(tmp_path, b"\x10\x20\x30"))
    assert isinstance(camera, FileCamera)
    pictures = asyncio.run(_seen(camera, 7))
    assert [picture.data[0] for picture in pictures] == [0x10, 0x20, 0x30, 0x10, 0x20, 0x30, 0x10]
    assert {(picture.width, picture.height, len(picture.data)) for picture in pictures} == {(WIDTH, HEIGHT, PICTURE)}


def test_the_film_runs_at_its_own_pace(tmp_path: Path) -> None:
    async def story() -> float:
        begun = asyncio.get_running_loop().time()
        await _seen(FileCamera(film(tmp_path, b"\x10\x20")), 21)
        return asyncio.get_running_loop().time() - begun

    assert asyncio.run(story()) >= 0.19


def test_a_film_cut_off_in_the_middle_of_a_picture_shows_the_whole_ones(tmp_path: Path) -> None:
    path = film(tmp_path, b"\x10\x20")
    path.write_bytes(path.read_bytes()[:-5])
    assert [picture.data[0] for picture in asyncio.run(_seen(FileCamera(path), 3))] == [0x10, 0x10, 0x10]


@pytest.mark.parametrize(
    "head",
    [
        b"RIFF",
        b"YUV4MPEG2 W16 F30:1",
        b"YUV4MPEG2 W15 H8 F30:1",
        b"YUV4MPEG2 W99999 H8 F30:1",
        b"YUV4MPEG2 W16 H8 F30:1 C444",
        b"YUV4MPEG2 W16 H8 F30:1 C420p10",
        b"YUV4MPEG2 W16 H8 F0:1",
        b"YUV4MPEG2 Wx H8 F30:1",
    ],
)
def test_what_is_no_film_is_refused(tmp_path: Path, head: bytes) -> None:
    with pytest.raises(BadFilmError):
        FileCamera(film(tmp_path, b"\x10", head=head))


def test_a_film_without_a_picture_is_a_camera_that_fails(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no picture"):
        asyncio.run(_seen(FileCamera(film(tmp_path, b"")), 1))

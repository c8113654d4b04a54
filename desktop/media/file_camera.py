"""FileCamera: a film in a .y4m file as a camera, for tests and demonstrations without one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

_SIGNATURE = b"YUV4MPEG2"
_FRAME = b"FRAME"
_LONGEST_LINE = 256
_LARGEST = 4096
_USUAL_RATE = Fraction(30)


class BadFilmError(ValueError):
    """The file is no film that can be shown: not YUV4MPEG2, not 4:2:0, of odd size, or cut off before its end."""


@dataclass(frozen=True, slots=True)
class I420Picture:
    """One picture of the film: packed planes Y, U, V; the frame owns `data`."""

    data: bytes = field(repr=False)
    width: int
    height: int
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """What the first line of a film says. `rate` is in pictures a second."""

    width: int
    height: int
    rate: Fraction

    @property
    def picture_bytes(self) -> int:
        """How many bytes one picture takes."""
        return self.width * self.height * 3 // 2


class FileCamera:
    """Shows the film again and again at its own pace. The file is read in a thread, one picture ahead of its time."""

    def __init__(self, path: Path) -> None:
        """Look at the first line of the film; raises OSError or BadFilmError."""
        self._path = path
        with path.open("rb") as film:
            self.format = read_format(film)

    async def frames(self) -> AsyncIterator[I420Picture]:
        """Yield the pictures; a late reader misses none but sees them late. Raises OSError for a film that is gone."""
        loop = asyncio.get_running_loop()
        film = await asyncio.to_thread(self._path.open, "rb")
        try:
            due_s = loop.time()
            while True:
                picture = await asyncio.to_thread(self._next, film)
                await asyncio.sleep(max(0.0, due_s - loop.time()))
                due_s = max(due_s, loop.time() - 1) + float(1 / self.format.rate)
                yield picture
        finally:
            film.close()

    def _next(self, film: BinaryIO) -> I420Picture:
        """Read a picture, from the beginning again after the last."""
        data = _read_picture(film, self.format)
        if data is None:
            film.seek(0)
            if read_format(film) != self.format or (data := _read_picture(film, self.format)) is None:
                raise OSError("the film has changed or holds no picture")
        return I420Picture(data, self.format.width, self.format.height)


def read_format(film: BinaryIO) -> FilmFormat:
    """Read the first line of a film; raises BadFilmError."""
    words = film.readline(_LONGEST_LINE).split()
    if not words or words[0] != _SIGNATURE:
        raise BadFilmError("not a YUV4MPEG2 film")
    values = {word[:1]: word[1:].decode("ascii", "replace") for word in words[1:]}
    try:
        width, height = int(values[b"W"]), int(values[b"H"])
        numerator, denominator = values.get(b"F", "30:1").split(":")
        rate = Fraction(int(numerator), int(denominator)) if int(denominator) else _USUAL_RATE
    except (KeyError, ValueError) as error:
        raise BadFilmError("a film without size or rate") from error
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST) or width % 2 or height % 2 or not 1 <= rate <= 120:  # noqa: PLR2004 - pictures a second
        raise BadFilmError("a film of a size or rate that no camera has")
    if not values.get(b"C", "420").startswith("420") or values.get(b"C", "420").startswith("420p1"):
        raise BadFilmError("a film that is not 4:2:0 of 8 bits")
    return FilmFormat(width, height, rate)


def _read_picture(film: BinaryIO, form: FilmFormat) -> bytes | None:
    """Read the next picture; None at the end, also where the film is cut off in the middle of one."""
    line = film.readline(_LONGEST_LINE)
    if not line.startswith(_FRAME):
        return None
    data = film.read(form.picture_bytes)
    return data if len(data) == form.picture_bytes else None

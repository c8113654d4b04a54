"""The machine-readable strip in a practice picture: a frame counter and the time of its making, read back from pixels.

The strip is three rows of thirty cells near the upper edge, large enough to survive VP8 at low bitrates and a picture
shrunk to 320x180. Ten cells are fixed marks (they give the black and white of the moment and refuse a wrong rotation),
eighty hold a 24-bit counter, a 40-bit clock and a CRC-16 over both.
"""

import binascii
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Grey = NDArray[np.uint8]
"""A picture as rows of brightness, shape (height, width)."""

COLUMNS, ROWS = 30, 3
# The place of the strip as fractions of the unrotated picture: left, top, right, bottom.
LEFT, TOP, RIGHT, BOTTOM = 400 / 1280, 16 / 720, 880 / 1280, 64 / 720
BLACK, WHITE = 16, 235
COUNTER_MAX = (1 << 24) - 1
CLOCK_MAX = (1 << 40) - 1
_SMALLEST_CONTRAST = 40
_BYTES = 10

_MARKS = {
    (0, 0): 1, (1, 0): 0, (2, 0): 1, (0, COLUMNS - 1): 0, (1, COLUMNS - 1): 1, (2, COLUMNS - 1): 1,
    (0, 14): 0, (0, 15): 1, (2, 14): 1, (2, 15): 0,
}  # fmt: skip
_MARK_CELLS = tuple(_MARKS)
_MARK_BITS = np.array([_MARKS[cell] for cell in _MARK_CELLS], dtype=np.uint8)
_DATA_CELLS = tuple((row, column) for row in range(ROWS) for column in range(COLUMNS) if (row, column) not in _MARKS)
_DATA_ROWS = np.array([row for row, _ in _DATA_CELLS])
_DATA_COLUMNS = np.array([column for _, column in _DATA_CELLS])
_MARK_ROWS = np.array([row for row, _ in _MARK_CELLS])
_MARK_COLUMNS = np.array([column for _, column in _MARK_CELLS])


@dataclass(frozen=True, slots=True)
class PictureCode:
    """What a picture says of itself: `counter` counts frames from 0, `clock_ms` is CLOCK_MONOTONIC in milliseconds.

    On Linux that clock is one for all processes, so the reader's `monotonic_ms() - clock_ms` is the age of the picture.
    """

    counter: int
    clock_ms: int


@dataclass(frozen=True, slots=True)
class Rect:
    """Where a picture lies in a larger image, in pixels; fractions are allowed."""

    x: float
    y: float
    width: float
    height: float


def monotonic_ms() -> int:
    """Return the clock that `PictureCode.clock_ms` is read from."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1_000_000


def letterboxed(width: float, height: float, picture_width: int, picture_height: int, rotation: int = 0) -> Rect:
    """Return where a picture lies when it is fitted whole and centred into `width` x `height`."""
    if rotation in {90, 270}:
        picture_width, picture_height = picture_height, picture_width
    scale = min(width / picture_width, height / picture_height)
    shown_width, shown_height = picture_width * scale, picture_height * scale
    return Rect((width - shown_width) / 2, (height - shown_height) / 2, shown_width, shown_height)


def bits_of(code: PictureCode) -> Grey:
    """Return the cells of a code, shape (ROWS, COLUMNS), 1 for white."""
    payload = (code.counter & COUNTER_MAX).to_bytes(3) + (code.clock_ms & CLOCK_MAX).to_bytes(5)
    payload += binascii.crc_hqx(payload, 0xFFFF).to_bytes(2)
    cells = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
    cells[_MARK_ROWS, _MARK_COLUMNS] = _MARK_BITS
    cells[_DATA_ROWS, _DATA_COLUMNS] = np.unpackbits(np.frombuffer(payload, dtype=np.uint8))
    return cells


def paint(luma: Grey, code: PictureCode) -> None:
    """Draw the strip into the brightness plane of an unrotated picture, in place."""
    height, width = luma.shape
    left, right = round(LEFT * width), round(RIGHT * width)
    top, bottom = round(TOP * height), round(BOTTOM * height)
    rows = (np.arange(bottom - top) * ROWS) // (bottom - top)
    columns = (np.arange(right - left) * COLUMNS) // (right - left)
    shades = BLACK + bits_of(code) * np.uint8(WHITE - BLACK)
    luma[top:bottom, left:right] = shades[rows][:, columns]


def blank_colour(chroma: Grey) -> None:
    """Make the strip's place grey in one half-size colour plane, in place."""
    height, width = chroma.shape
    chroma[int(TOP * height) : -int(-BOTTOM * height // 1), int(LEFT * width) : -int(-RIGHT * width // 1)] = 128


def read(grey: Grey, rect: Rect | None = None, rotation: int | None = None) -> PictureCode | None:
    """Return the code in an image, or None if there is none that can be trusted.

    `rect` is where the picture lies in the image (the whole image by default); `rotation` how many degrees clockwise
    it is shown turned (0, 90, 180, 270), or None to try all four.
    """
    height, width = grey.shape
    place = rect or Rect(0, 0, width, height)
    for turn in (0, 90, 180, 270) if rotation is None else (rotation,):
        cells = _sample(grey, place, turn)
        code = None if cells is None else _decode(cells)
        if code is not None:
            return code
    return None


def read_bgra(
    data: bytes | bytearray | memoryview,
    width: int,
    height: int,
    *,
    bytes_per_line: int | None = None,
    rect: Rect | None = None,
    rotation: int | None = None,
) -> PictureCode | None:
    """Return the code in B, G, R, A pixels (a decoded frame, or the bits of a grabbed `QImage` in Format_RGB32)."""
    stride = bytes_per_line or width * 4
    pixels = np.frombuffer(data, dtype=np.uint8, count=stride * height).reshape(height, stride)
    return read(pixels[:, : width * 4].reshape(height, width, 4)[:, :, 1], rect, rotation)


def _sample(grey: Grey, rect: Rect, rotation: int) -> NDArray[np.float64] | None:
    """Return the mean brightness in the middle of each cell, or None if the picture is too small to hold them."""
    across, along = np.meshgrid(np.linspace(-0.25, 0.25, 5), np.linspace(-0.25, 0.25, 5))
    columns = (np.arange(COLUMNS) + 0.5)[None, :, None] + across.ravel()
    rows = (np.arange(ROWS) + 0.5)[:, None, None] + along.ravel()
    u = LEFT + np.broadcast_to(columns, (ROWS, COLUMNS, 25)) * ((RIGHT - LEFT) / COLUMNS)
    v = TOP + np.broadcast_to(rows, (ROWS, COLUMNS, 25)) * ((BOTTOM - TOP) / ROWS)
    u, v = {0: (u, v), 90: (1 - v, u), 180: (1 - u, 1 - v), 270: (v, 1 - u)}[rotation]
    x = np.floor(rect.x + u * rect.width).astype(np.intp)
    y = np.floor(rect.y + v * rect.height).astype(np.intp)
    height, width = grey.shape
    if x.min() < 0 or y.min() < 0 or x.max() >= width or y.max() >= height:
        return None
    return grey[y, x].mean(axis=2)


def _decode(cells: NDArray[np.float64]) -> PictureCode | None:
    marks = cells[_MARK_ROWS, _MARK_COLUMNS]
    dark, light = marks[_MARK_BITS == 0].mean(), marks[_MARK_BITS == 1].mean()
    if light - dark < _SMALLEST_CONTRAST:
        return None
    bits = (cells > (dark + light) / 2).astype(np.uint8)
    if (bits[_MARK_ROWS, _MARK_COLUMNS] != _MARK_BITS).any():
        return None
    payload = np.packbits(bits[_DATA_ROWS, _DATA_COLUMNS]).tobytes()
    if binascii.crc_hqx(payload[:8], 0xFFFF) != int.from_bytes(payload[8:_BYTES]):
        return None
    return PictureCode(counter=int.from_bytes(payload[:3]), clock_ms=int.from_bytes(payload[3:8]))

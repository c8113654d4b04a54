"""A synthetic camera: a scene seen through a hand-held phone, frame by frame, each with its picture code.

Pure numpy and cheap: the view is put together from a few bands of rows, each copied from where the moving camera sees
it. Pan, the skew of a rolling shutter and a breathing zoom so cost a dozen copies instead of arithmetic per pixel.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from desktop.practice import picture_code
from desktop.practice.picture_code import PictureCode
from desktop.practice.scene import Plane, Scene, load_scene

_BANDS = 6
_ZOOM_LEVELS = (1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06)
_PORTRAIT_ROTATION = 90
_STORED_FOR_WIDTH = 1280


@dataclass(frozen=True, slots=True)
class I420Frame:
    """One picture for a video track: packed planes Y, U, V in `data`; even `width` and `height` in pixels.

    `rotation` is how many degrees clockwise a receiver must turn it to stand upright: 0 or 90. The frame owns `data`.
    """

    data: bytearray = field(repr=False)
    width: int
    height: int
    rotation: int
    counter: int
    clock_ms: int


class SyntheticCamera:
    """Yields frames of a scene as a camera would: `async for frame in camera.frames()`.

    `width` is even, `height` a multiple of 12; at most 1280x720. `still` leaves the hand's movement out. Setting
    `portrait` turns the phone upright: the same buffer size with rotation 90, as phones send it. Not thread-safe.
    """

    def __init__(
        self, scene: str = "engine-bay", *, width: int = 1280, height: int = 720, fps: float = 30, still: bool = False
    ) -> None:
        """Load the scene and prepare its zoom levels (about 0.3 s of CPU)."""
        if width % 2 or height % (2 * _BANDS):
            raise ValueError("the width is even, the height a multiple of 12")
        self.width, self.height, self.fps, self.still = width, height, fps, still
        self.portrait = False
        self.counter = 0
        self._base = _fitted(load_scene(scene), width, height)
        self._levels = _zoom_levels(self._base)
        self._portrait_levels: tuple[Scene, ...] | None = None

    def next_frame(self) -> I420Frame:
        """Make the next frame now; about 0.5 ms at 1280x720."""
        width, height = self.width, self.height
        data = bytearray(width * height * 3 // 2)
        planes = np.frombuffer(data, dtype=np.uint8)
        luma = planes[: width * height].reshape(height, width)
        chroma = planes[width * height :].reshape(2, height // 2, width // 2)
        self._look(luma, chroma)
        for plane in chroma:
            picture_code.blank_colour(plane)
        code = PictureCode(self.counter & picture_code.COUNTER_MAX, picture_code.monotonic_ms())
        picture_code.paint(luma, code)
        self.counter += 1
        return I420Frame(data, width, height, _PORTRAIT_ROTATION if self.portrait else 0, code.counter, code.clock_ms)

    async def frames(self) -> AsyncIterator[I420Frame]:
        """Yield frames at the camera's pace for ever; a reader that is late misses frames, it is not flooded."""
        due = time.monotonic()
        while True:
            yield self.next_frame()
            due = max(due + 1 / self.fps, time.monotonic() - 1 / self.fps)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _look(self, luma: Plane, chroma: Plane) -> None:
        zoom, skew, pan_x, pan_y = (1.03, 0.0, 0.0, 0.0) if self.still else _hand(self.counter / self.fps)
        index = min(range(len(_ZOOM_LEVELS)), key=lambda level: abs(_ZOOM_LEVELS[level] - zoom))
        scene, width, high = self._scenes()[index], self.width, self.height // _BANDS
        room_x, room_y = scene.size[0] - width, scene.size[1] - self.height
        top = min(max(round(room_y / 2 + pan_y * self.height / 720), 0), room_y)
        for band in range(_BANDS):
            down = band * high
            slip = (down + high / 2 - self.height / 2) * skew
            left = min(max(round(room_x / 2 + pan_x * width / 1280 + slip), 0), room_x)
            luma[down : down + high] = scene.luma[top + down : top + down + high, left : left + width]
            half, from_half = slice(down // 2, (down + high) // 2), (top + down) // 2
            chroma[:, half] = scene.chroma[:, from_half : from_half + high // 2, left // 2 : left // 2 + width // 2]

    def _scenes(self) -> tuple[Scene, ...]:
        if not self.portrait:
            return self._levels
        if self._portrait_levels is None:
            upright = self._base.upright()
            turned = Scene(
                np.ascontiguousarray(np.rot90(upright.luma)),
                np.ascontiguousarray(np.rot90(upright.chroma, axes=(1, 2))),
            )
            self._portrait_levels = _zoom_levels(turned)
        return self._portrait_levels


def _fitted(scene: Scene, width: int, height: int) -> Scene:
    """Return the scene a little larger than the picture, so that the camera has room to move."""
    return scene.scaled(width * 9 // 8 // 4 * 4, height * 9 // 8 // 4 * 4) if width < _STORED_FOR_WIDTH else scene


def _zoom_levels(scene: Scene) -> tuple[Scene, ...]:
    width, height = scene.size
    return tuple(
        scene if level == 1.0 else scene.scaled(round(width * level / 2) * 2, round(height * level / 2) * 2)
        for level in _ZOOM_LEVELS
    )


def _hand(seconds: float) -> tuple[float, float, float, float]:
    """Return zoom, skew (pixels a row) and pan (pixels of 1280x720) of a hand-held phone at a moment of its life."""
    zoom = 1.03 + 0.028 * math.sin(seconds * 0.57)
    skew = 0.012 * math.sin(seconds * 1.1) + 0.004 * math.sin(seconds * 5.3)
    pan_x = 42 * math.sin(seconds * 0.83) + 7 * math.sin(seconds * 3.1 + 1) + 2 * math.sin(seconds * 11)
    pan_y = 20 * math.sin(seconds * 0.71 + 2) + 5 * math.sin(seconds * 3.7) + 2 * math.sin(seconds * 13)
    return zoom, skew, pan_x, pan_y


@cache
def mechanic_camera() -> SyntheticCamera:
    """Return the own camera of a practising mechanic: small enough to leave two cores to the rest of the day.

    There is one in a process, like a PC's own; making it takes a moment, so whoever can should ask for it early.
    """
    return SyntheticCamera("mechanic", width=640, height=360, fps=20, still=True)

"""Drawn scenes for practice pictures: the engine bay and the mechanic, as I420 planes that a camera looks at.

A scene is stored as compressed planes, so that a customer process needs neither Qt nor an SVG reader.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

type Plane = NDArray[np.uint8]
"""One plane of a picture, shape (height, width)."""

_HERE = Path(__file__).resolve()
_FOLDERS = (_HERE.parents[2] / "resources" / "practice", _HERE.parents[1] / "resources" / "practice")


@dataclass(frozen=True, slots=True)
class Scene:
    """A still drawing as I420: `luma` (height, width) and `chroma` (2, height / 2, width / 2), U before V."""

    luma: Plane
    chroma: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; both even."""
        return self.luma.shape[1], self.luma.shape[0]

    def scaled(self, width: int, height: int) -> "Scene":
        """Return the whole drawing at another size."""
        chroma = np.stack([_resized(plane, width // 2, height // 2) for plane in self.chroma])
        return Scene(_resized(self.luma, width, height), chroma)

    def upright(self) -> "Scene":
        """Return the middle of the drawing as a phone held upright sees it: as high as this scene is wide."""
        width, height = self.size
        part = (height * height // width) // 4 * 4
        left = (width - part) // 4 * 2
        cut = Scene(self.luma[:, left : left + part], self.chroma[:, :, left // 2 : (left + part) // 2])
        return cut.scaled(height, width)


def load_scene(name: str) -> Scene:
    """Return the stored scene called `name` (`engine-bay` or `mechanic`)."""
    path = next((folder / f"{name}.npz" for folder in _FOLDERS if (folder / f"{name}.npz").is_file()), None)
    if path is None:
        raise FileNotFoundError(f"the practice scene {name} is not installed")
    with np.load(path) as planes:
        return Scene(planes["luma"], planes["chroma"])


def scene_from_bgra(pixels: NDArray[np.uint8]) -> Scene:
    """Return the scene of B, G, R, A pixels, shape (even height, even width, 4), in BT.601 limited range."""
    blue, green, red = (pixels[:, :, index].astype(np.float32) for index in range(3))
    luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    u = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    v = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    halves = [(plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4 for plane in (u, v)]
    return Scene(np.rint(luma).astype(np.uint8), np.rint(np.stack(halves)).astype(np.uint8))


def _resized(plane: Plane, width: int, height: int) -> Plane:
    """Return a plane at another size, linearly between neighbours, rows before columns, in 8.8 fixed point."""
    upper, lower, weight = _steps(plane.shape[0], height)
    above, below = plane[upper].astype(np.uint16), plane[lower].astype(np.uint16)
    rows: NDArray[np.uint16] = (above * (np.uint16(256) - weight)[:, None] + below * weight[:, None]) >> np.uint16(8)
    left, right, weight = _steps(plane.shape[1], width)
    columns: NDArray[np.uint16] = rows[:, left] * (np.uint16(256) - weight) + rows[:, right] * weight
    # Row-major again: picking columns leaves the memory column by column, which makes every later copy slow.
    result: Plane = (columns >> np.uint16(8)).astype(np.uint8, order="C")
    return result


def _steps(size: int, wanted: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint16]]:
    places = np.clip((np.arange(wanted) + 0.5) * (size / wanted) - 0.5, 0, size - 1)
    first = np.floor(places).astype(np.intp)
    return first, np.minimum(first + 1, size - 1), ((places - first) * 256).astype(np.uint16)

"""Reading the practice picture's code from the screen as often as it changes: when a frame came, and how old it was."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.screen import Pixels
from desktop.practice import picture_code
from desktop.practice.picture_code import PictureCode, Rect

_PAUSE_S = 0.001


@dataclass(frozen=True, slots=True)
class Sighting:
    """A frame that appeared on the screen at `at` (CLOCK_MONOTONIC, seconds), `age_ms` after it was made."""

    code: PictureCode
    at: float

    @property
    def age_ms(self) -> float:
        """How old the frame was when it could first be seen, in ms."""
        return self.at * 1000 - self.code.clock_ms


class Spot:
    """One place where the picture may be; knows what was seen there last."""

    def __init__(self, grey: NDArray[np.uint8], rect: Rect) -> None:
        """Watch the picture that fills `rect` of the screen `grey`; raises ValueError if it is not all on it."""
        self._grey, self._rect = grey, rect
        code = picture_code
        across = rect.x + (code.LEFT + (np.arange(code.COLUMNS) + 0.5) / code.COLUMNS * (code.RIGHT - code.LEFT)) * (
            rect.width
        )
        down = rect.y + (code.TOP + (np.arange(code.ROWS) + 0.5) / code.ROWS * (code.BOTTOM - code.TOP)) * rect.height
        self._place = np.ix_(down.astype(np.intp), across.astype(np.intp))
        if down.min() < 0 or across.min() < 0 or down.max() >= grey.shape[0] or across.max() >= grey.shape[1]:
            raise ValueError(f"the picture at {rect} is not on the screen")
        self._bits = b""
        self._last: PictureCode | None = None

    def look(self) -> PictureCode | None:
        """Return the code if another one than last time stands there whole; costs microseconds if nothing changed."""
        cells = self._grey[self._place]
        # Half way between the darkest and the lightest: a picture that has stood is shown dimmed.
        bits = (cells > (int(cells.min()) + int(cells.max())) // 2).tobytes()
        if bits == self._bits:
            return None
        self._bits = bits
        code = picture_code.read(self._grey, self._rect, 0)
        if code is None or code == self._last:
            return None
        self._last = code
        return code


class Watch:
    """The instrument: looks up to a thousand times a second at the places where the picture may be."""

    def __init__(self, pixels: Pixels, rects: Iterable[Rect]) -> None:
        """Watch these places of the screen."""
        self._grey = pixels[:, :, 1]
        self._spots = [Spot(self._grey, rect) for rect in rects]

    def add(self, rect: Rect) -> None:
        """Watch another place too from now on; also from another thread, while this one looks."""
        self._spots = [*self._spots, Spot(self._grey, rect)]

    def first(self, timeout_s: float) -> Sighting | None:
        """Block until a frame appears that is not there yet; None if none came in time."""
        self._look()
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if found := self._look():
                return found[0]
            time.sleep(_PAUSE_S)
        return None

    def first_made_after(self, moment_s: float, timeout_s: float) -> Sighting | None:
        """Block until a frame appears that was made after a moment (monotonic seconds); None if none came in time."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            for sighting in self._look():
                if sighting.code.clock_ms > moment_s * 1000:
                    return sighting
            time.sleep(_PAUSE_S)
        return None

    def all_for(self, seconds: float, pause_s: float = _PAUSE_S) -> list[Sighting]:
        """Block for that long; return every frame that appeared meanwhile, except the one that stood there.

        A longer pause between two looks is cheaper, and still misses no frame while it is shorter than a frame.
        """
        self._look()
        end = time.monotonic() + seconds
        seen: list[Sighting] = []
        while time.monotonic() < end:
            seen += self._look()
            time.sleep(pause_s)
        return seen

    def _look(self) -> list[Sighting]:
        found = []
        for spot in self._spots:
            code = spot.look()
            if code is not None:
                found.append(Sighting(code, time.monotonic()))
        return found

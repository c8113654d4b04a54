"""One sharp photo out of a picture that is otherwise paused: which frame is good enough, and how large to ask next."""

import asyncio

from desktop.core.call import PictureLayer
from desktop.core.frames import Frame

LONGEST_S = 2.0
"""A photo that takes longer takes the line away from the sound."""
_QUICK_S = 0.8
_SLOW_S = 1.5
_NEEDED_AFTER_FAILURE = 2
"""More would keep a line that is wide again waiting: two quick photos of the whole size bring the video back."""
_SHARES = {PictureLayer.HIGH: 1.0, PictureLayer.MEDIUM: 0.25, PictureLayer.LOW: 0.0}
_ENOUGH = 0.8


class Photo:
    """Collects the frames of one photo and keeps the largest; `taken` is set as soon as one is as large as asked."""

    def __init__(self, layer: PictureLayer, width: int, height: int) -> None:
        """Ask for a layer of a picture that is published in this size, 0 where that is not known."""
        self.layer = layer
        self.best: Frame | None = None
        self.taken = asyncio.Event()
        self._enough_pixels = _ENOUGH * _SHARES[layer] * width * height

    def take(self, frame: Frame) -> None:
        """Look at a frame; later ones of the same size replace earlier ones."""
        pixels = frame.width * frame.height
        if self.best is None or pixels >= self.best.width * self.best.height:
            self.best = frame
        if pixels >= self._enough_pixels:
            self.taken.set()


class PhotoSize:
    """How large the next photo may be: as large as the line carries, without asking that again and again.

    A larger photo that does not fit takes the line away from the sound. So one that fails is tried again only after
    two quick ones.
    """

    def __init__(self) -> None:
        """Start in the middle, which is itself only a try."""
        self.layer = PictureLayer.MEDIUM
        self._is_try = True
        self._quick = 0
        self._needed = 1

    def took(self, took_s: float | None) -> None:
        """Take how long a photo of this layer took; None for one that did not come whole."""
        if took_s is None or took_s > _SLOW_S:
            self._needed = _NEEDED_AFTER_FAILURE if self._is_try else self._needed
            self._choose(max(self.layer - 1, PictureLayer.LOW), is_try=False)
            return
        self._needed = 1 if self._is_try else self._needed
        self._is_try = False
        self._quick = self._quick + 1 if took_s <= _QUICK_S else 0
        if self._quick >= self._needed and self.layer < PictureLayer.HIGH:
            self._choose(self.layer + 1, is_try=True)

    def _choose(self, layer: int, *, is_try: bool) -> None:
        self.layer, self._is_try, self._quick = PictureLayer(layer), is_try, 0

"""One sharp photo out of a picture that is otherwise paused: which frame is good enough, and how large to ask next."""

import asyncio

from desktop.core.call import PictureLayer
from desktop.core.frames import Frame

LONGEST_S = 2.0
"""A photo that takes longer takes the line away from the sound."""
_QUICK_S = 0.8
_SLOW_S = 1.5
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


def next_layer(layer: PictureLayer, took_s: float | None) -> PictureLayer:
    """Return how large the next photo may be, by how long this one took; None for one that did not come whole."""
    if took_s is None or took_s > _SLOW_S:
        return PictureLayer(max(layer - 1, PictureLayer.LOW))
    return PictureLayer(min(layer + 1, PictureLayer.HIGH)) if took_s <= _QUICK_S else layer

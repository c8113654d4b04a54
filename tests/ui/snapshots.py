"""Stored pictures of pages, and the comparison that lets small differences of rendering pass."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

STORE = Path(__file__).parent / "snapshots"
FAILED = Path(__file__).parent.parent.parent / "build" / "snapshots"
CHANNEL_TOLERANCE = 24
"""How far a colour channel of a pixel may be off (of 255) before the pixel counts as different."""
SHARE_TOLERANCE = 0.002
"""Which share of the pixels may be different: anti-aliased edges are, a moved word is not."""


def different_share(one: QImage, other: QImage) -> float:
    """Return which share of the pixels differs visibly; 1.0 for pictures of different sizes."""
    if one.size() != other.size():
        return 1.0
    first, second = _pixels(one), _pixels(other)
    if first == second:
        return 0.0
    width, height = one.width(), one.height()
    stride = len(first) // height
    different = 0
    for line in range(height):
        a, b = first[line * stride : line * stride + 3 * width], second[line * stride : line * stride + 3 * width]
        if a != b:
            different += _different_pixels(a, b)
    return different / (width * height)


def _pixels(picture: QImage) -> bytes:
    # The bits belong to the image, which has to live until they are copied.
    rgb = picture.convertToFormat(QImage.Format.Format_RGB888)
    return bytes(rgb.constBits())


def _different_pixels(a: bytes, b: bytes) -> int:
    far = {i // 3 for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y and abs(x - y) > CHANNEL_TOLERANCE}
    return len(far)


@dataclass(frozen=True, slots=True)
class SnapshotCheck:
    """Compares widgets with stored pictures; with `update` it stores them instead."""

    update: bool

    def __call__(self, widget: QWidget, name: str) -> None:
        """Compare `widget` with the picture `name`; a difference leaves the new picture in build/snapshots."""
        QApplication.processEvents()
        picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        path = STORE / f"{name}.png"
        if self.update:
            STORE.mkdir(exist_ok=True)
            _small(picture).save(str(path), quality=0)
            return
        assert path.is_file(), f"no stored picture {name}: run with --snapshot-update and look at it"
        share = different_share(QImage(str(path)), _small(picture).convertToFormat(QImage.Format.Format_RGB32))
        if share > SHARE_TOLERANCE:
            FAILED.mkdir(parents=True, exist_ok=True)
            _small(picture).save(str(FAILED / f"{name}.png"))
        assert share <= SHARE_TOLERANCE, f"{name}: {share:.2%} of the pixels differ, see build/snapshots/{name}.png"


def _small(picture: QImage) -> QImage:
    """Return the picture with at most 1366 pixels across, which is enough to see a page by."""
    if picture.width() <= 1366:
        return picture
    return picture.scaledToWidth(1366, Qt.TransformationMode.SmoothTransformation)

"""Decoding of pictures that came from somebody: by content, three kinds only, bounded, and never in the GUI thread."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

_KINDS = frozenset({b"png", b"jpeg", b"webp"})
_ALLOCATION_MB = 64
_PIXELS_CAP = 40_000_000
_SIDE_CAP = 16_384
SHOWN_WIDTH = 1_600
"""No picture is kept larger than this: a panel or page never shows more."""


def decoded(path: Path) -> QImage | None:
    """Return a picture in its upright position, at most `SHOWN_WIDTH` wide and high; None for what is refused (SR-35).

    To be called in a worker thread. The file's name and declared type have no say in what it is.
    """
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()) not in _KINDS:
        return None
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > _SIDE_CAP or _pixels(size) > _PIXELS_CAP:
        return None
    if max(size.width(), size.height()) > SHOWN_WIDTH:
        reader.setScaledSize(size.scaled(SHOWN_WIDTH, SHOWN_WIDTH, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image.convertToFormat(QImage.Format.Format_RGB32)


def limit_allocations() -> None:
    """Let Qt decode no picture of more than 64 MB, in the whole program; once, at the start."""
    QImageReader.setAllocationLimit(_ALLOCATION_MB)


def _pixels(size: QSize) -> int:
    return size.width() * size.height()

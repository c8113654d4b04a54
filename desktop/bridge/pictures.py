"""Decoding of pictures that came from somebody: by content, three kinds only, bounded, and never in the GUI thread."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

_HEAD_BYTES = 32
_ALLOCATION_MB = 64
_PIXELS_CAP = 40_000_000
_SIDE_CAP = 16_384
SHOWN_WIDTH = 1_600
"""No picture is kept larger than this: a panel or page never shows more."""


def decoded(path: Path) -> QImage | None:
    """Return a picture in its upright position, at most `SHOWN_WIDTH` wide and high; None for what is refused (SR-35).

    To be called in a worker thread. The file's name and declared type have no say in what it is, and no other decoder
    than that of its kind ever sees it. A large JPEG is made smaller while it is read, within the limit; a picture that
    cannot be read within it is refused before memory is taken for it.
    """
    kind = _kind(path)
    if kind is None:
        return None
    reader = QImageReader(str(path), kind)
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
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


def _kind(path: Path) -> bytes | None:
    """Return which of the three kinds a file is by how it begins; None for anything else, and for what moves."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"png"
    if head.startswith(b"\xff\xd8\xff"):
        return b"jpeg"
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return b"webp" if is_webp and not _is_animated(head) else None


def _is_animated(webp: bytes) -> bool:
    return webp[12:16] == b"VP8X" and len(webp) > 20 and bool(webp[20] & 0x02)  # noqa: PLR2004 - the place of the flags


def _pixels(size: QSize) -> int:
    return size.width() * size.height()

"""Pictures from others: decoded by what they are, within bounds, and refused without a word where they are not one."""

import struct
import zlib
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from desktop.bridge.pictures import SHOWN_WIDTH, decoded, limit_allocations


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_a_picture_is_read_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"picture.{kind}"
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    assert image.save(str(path))
    renamed = path.rename(tmp_path / "picture.pdf")
    shown = decoded(renamed)
    assert shown is not None
    assert (shown.width(), shown.height()) == (64, 48)


def test_a_large_picture_is_kept_no_larger_than_it_is_shown(tmp_path: Path) -> None:
    image = QImage(4_000, 1_000, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(tmp_path / "wide.jpg"))
    shown = decoded(tmp_path / "wide.jpg")
    assert shown is not None
    assert (shown.width(), shown.height()) == (SHOWN_WIDTH, SHOWN_WIDTH // 4)


def _huge_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
        _huge_png(),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    limit_allocations()
    (tmp_path / "picture.png").write_bytes(content)
    assert decoded(tmp_path / "picture.png") is None

"""SR-35: pictures from others are decoded by what they are, within bounds, never in the GUI thread, or not at all."""

import asyncio
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter
from pytestqt.qtbot import QtBot

from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.pictures import SHOWN_WIDTH, decoded, limit_allocations
from desktop.bridge.record import RecordGateway

OURS = {"png", "jpg", "jpeg", "jfif", "webp"}
BOMB_MAY_TAKE_KB = 16_000
"""Far below the 64 MB of the limit, and the hundreds that the pictures of these tests would take."""

MEASURED = """
import resource, sys
from pathlib import Path
from desktop.bridge.pictures import decoded, limit_allocations
limit_allocations()
decoded(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
shown = decoded(Path(sys.argv[2]))
print(shown is None, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.fixture(autouse=True)
def _limited() -> None:
    limit_allocations()


def picture(width: int = 64, height: int = 48) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    return image


def saved(kind: str, image: QImage | None = None) -> bytes:
    """Return a picture as a file of some kind."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, kind.encode()).write(image or picture())
    return bytes(buffer.data().data())


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_sr_35_a_picture_is_read_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "picture.pdf"
    path.write_bytes(saved(kind))
    shown = decoded(path)
    assert shown is not None
    assert (shown.width(), shown.height()) == (64, 48)


def test_sr_35_a_large_picture_is_kept_no_larger_than_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "wide.jpg").write_bytes(saved("jpg", picture(4_000, 1_000)))
    shown = decoded(tmp_path / "wide.jpg")
    assert shown is not None
    assert (shown.width(), shown.height()) == (SHOWN_WIDTH, SHOWN_WIDTH // 4)


# ---- what is refused ------------------------------------------------------------------------------------------------


def _png(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _moving_webp() -> bytes:
    """Return a WebP of two frames."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def number(value: int) -> bytes:
        return value.to_bytes(3, "little")

    size = number(63) + number(47)
    frame = number(0) * 2 + size + number(100) + b"\0" + saved("webp")[12:]
    body = b"WEBP" + chunk(b"VP8X", b"\x02\0\0\0" + size) + chunk(b"ANIM", b"\0" * 6) + chunk(b"ANMF", frame) * 2
    return b"RIFF" + struct.pack("<I", len(body)) + body


GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
REFUSED = {
    "nothing": b"",
    "a program": b"MZ\x90\x00" + b"\0" * 100,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "gif": GIF,
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    "moving webp": _moving_webp(),
    "half a png": saved("png")[:30],
    "half a webp": saved("webp")[:16],
    "too wide": _png(20_000, 2),
    "too many pixels": _png(8_000, 8_000),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_sr_35_what_is_no_picture_of_ours_is_refused(tmp_path: Path, what: str) -> None:
    for name in ("picture.png", "picture.jpg", "picture.webp", "picture.gif", "picture.svg"):
        (tmp_path / name).write_bytes(REFUSED[what])
        assert decoded(tmp_path / name) is None


def test_sr_35_of_all_kinds_that_qt_can_read_only_three_are_decoded(tmp_path: Path) -> None:
    kinds = {bytes(kind.data()).decode() for kind in QImageWriter.supportedImageFormats()}
    assert {"bmp", "ico", "tiff", "ppm"} <= kinds - OURS
    for kind in sorted(kinds - OURS):
        (tmp_path / "picture.png").write_bytes(saved(kind))
        assert decoded(tmp_path / "picture.png") is None, kind


def test_sr_35_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    assert decoded(tmp_path / "picture.png") is None


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell the memory of a process this way")
@pytest.mark.parametrize("what", ["png", "progressive jpeg"])
def test_sr_35_a_bomb_is_refused_before_memory_is_taken_for_it(tmp_path: Path, what: str) -> None:
    (tmp_path / "warm.jpg").write_bytes(saved("jpg"))
    bomb = tmp_path / "bomb"
    if what == "png":
        bomb.write_bytes(_png(6_000, 6_000))
    else:
        image = picture(6_000, 5_000)
        writer = QImageWriter(str(bomb), b"jpg")
        writer.setProgressiveScanWrite(True)
        writer.setQuality(100)
        assert writer.write(image)
    run = [sys.executable, "-c", MEASURED, str(tmp_path / "warm.jpg"), str(bomb)]
    told = subprocess.run(run, check=True, capture_output=True, text=True)
    is_refused, grew_kb = told.stdout.split()
    assert is_refused == "True"
    assert int(grew_kb) < BOMB_MAY_TAKE_KB


# ---- where ----------------------------------------------------------------------------------------------------------


class Shelf:
    """Stands in for the record of a session: one file lies there already."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    async def fetch(self, _file_id: str) -> Path | None:
        return self.path


@pytest.fixture
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread(last_words_s=0)
    thread.start()
    yield thread
    assert thread.stop()


async def _tasks() -> set[asyncio.Task[object]]:
    """Return what runs in the loop, but for the asking."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def _end_of(lasting: set[asyncio.Task[object]]) -> None:
    """Return when nothing runs in the loop any more but what always does."""
    while rest := await _tasks() - lasting:
        await asyncio.wait(rest)


def _gateway(loop_thread: LoopThread, path: Path | None) -> tuple[RecordGateway, list[object]]:
    gateway, came = RecordGateway(loop_thread), list[object]()
    gateway.picture_ready.connect(lambda _id, image: came.append(image))
    gateway.serve(Shelf(path))  # type: ignore[arg-type]  # only `fetch` is asked for
    return gateway, came


def test_sr_35_a_picture_is_decoded_while_the_gui_thread_stands_still(
    qtbot: QtBot, loop_thread: LoopThread, tmp_path: Path
) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(saved("jpg", picture(3_000, 2_000)))
    gateway, came = _gateway(loop_thread, path)
    lasting = loop_thread.submit(_tasks()).result(5)
    gateway.want_picture("f1")
    # The GUI thread stands still here: no event of Qt is taken meanwhile.
    loop_thread.submit(_end_of(lasting)).result(10)
    # Nobody can decode it any more: what arrives now was decoded before this thread took its first event.
    path.unlink()
    assert came == []
    qtbot.waitUntil(lambda: bool(came))
    assert isinstance(came[0], QImage)
    assert came[0].width() == SHOWN_WIDTH


@pytest.mark.parametrize("is_there", [True, False])
def test_sr_35_a_refused_picture_is_told_as_none(
    qtbot: QtBot, loop_thread: LoopThread, tmp_path: Path, *, is_there: bool
) -> None:
    (tmp_path / "picture.png").write_bytes(GIF)
    gateway, came = _gateway(loop_thread, tmp_path / "picture.png" if is_there else None)
    gateway.want_picture("f1")
    qtbot.waitUntil(lambda: bool(came))
    assert came == [None]

"""What a file really is: extension, declared type and content must agree, and pictures and papers have a size limit.

Nothing is decoded: structure and dimensions are read from headers, so that a hostile file costs no memory.
"""

import itertools
import mmap
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from desktop.joinserver.errors import ApiError

MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 16_384
MAX_PAGES: Final = 500
_PIECE: Final = 256 * 1024
_TAIL: Final = 66_000
_INFLATED_LIMIT: Final = 8 * 1024 * 1024
_STREAMS_READ: Final = 1_000

_TYPES: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "jpg": ("image/jpeg", frozenset({"image/jpeg", "image/jpg"})),
    "jpeg": ("image/jpeg", frozenset({"image/jpeg", "image/jpg"})),
    "png": ("image/png", frozenset({"image/png"})),
    "webp": ("image/webp", frozenset({"image/webp"})),
    "pdf": ("application/pdf", frozenset({"application/pdf"})),
    "txt": ("text/plain", frozenset({"text/plain"})),
    "csv": ("text/csv", frozenset({"text/csv", "text/plain", "application/vnd.ms-excel"})),
    "mp4": ("video/mp4", frozenset({"video/mp4"})),
}
_DECLARED: Final = frozenset().union(*(declared for _, declared in _TYPES.values()))
_SAFE_EXTENSION: Final = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf", "text/plain": "txt",
    "text/csv": "csv", "video/mp4": "mp4",
}  # fmt: skip
_BINARY_STARTS: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"MZ", b"\x7fELF", b"RIFF", b"Rar!", b"7z\xbc\xaf",
    b"\x1f\x8b", b"#!", b"{\\rtf", b"%!PS", b"<?xml", b"<?php",
)  # fmt: skip
_MARKUP: Final = re.compile(rb"<(?:!doctype\s+html|html|script|svg|body|iframe|\?php)[\s>]", re.IGNORECASE)
_SECOND_FACE: Final = (b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_MARKER, _START_OF_SCAN, _VP8L = 0xFF, 0xDA, 0x2F
_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_OBJECT_STREAM: Final = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)


def check(path: Path, name: str, declared: str, *, pictures_only: bool = False) -> str:
    """Return the media type of a file whose three witnesses agree. Raises ApiError. Reads the disk."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in _TYPES or declared not in _DECLARED:
        raise ApiError("file_type_not_allowed")
    media_type, allowed = _TYPES[extension]
    if pictures_only and not media_type.startswith("image/"):
        raise ApiError("file_type_not_allowed")
    if path.stat().st_size == 0:
        raise ApiError("file_empty")
    if declared not in allowed:
        raise ApiError("file_type_mismatch")
    with path.open("rb") as file:
        _WITNESSES[media_type](file, path.stat().st_size)
        if media_type not in {"text/plain", "text/csv"}:
            _refuse_second_face(file, is_pdf=media_type == "application/pdf")
    return media_type


def safe_extension(media_type: str) -> str:
    """Return the extension that a stored file of this type gets, whatever it was sent as."""
    return _SAFE_EXTENSION[media_type]


def _mismatch() -> ApiError:
    return ApiError("file_type_mismatch")


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    data = file.read(count)
    if len(data) != count:
        raise _mismatch()
    return data


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _check_picture(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise _mismatch()
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise ApiError("image_too_big")


def _png(file: BinaryIO, size: int) -> None:
    if _read(file, 0, 16) != b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR":
        raise _mismatch()
    header = _read(file, 16, 8)
    at = 8
    while True:
        length, kind = _number(_read(file, at, 4)), _read(file, at + 4, 4)
        at += 12 + length
        if kind == b"IEND" or at > size:
            break
    if at != size:
        raise _mismatch()
    _check_picture(_number(header[:4]), _number(header[4:]))


def _jpeg(file: BinaryIO, size: int) -> None:
    if _read(file, 0, 3) != b"\xff\xd8\xff":
        raise _mismatch()
    at = 2
    while at < size - 4:
        marker = _read(file, at, 4)
        if marker[0] != _MARKER:
            raise _mismatch()
        kind = marker[1]
        if kind == _MARKER:  # a fill byte
            at += 1
            continue
        if kind == _START_OF_SCAN:  # the picture itself begins without a frame header
            raise _mismatch()
        if kind in _FRAME_MARKERS:
            frame = _read(file, at + 5, 4)
            # Cameras put previews behind the picture, so what follows the end is not looked at here.
            return _check_picture(_number(frame[2:]), _number(frame[:2]))
        at += 2 + max(2, _number(marker[2:]))
    raise _mismatch()


def _webp(file: BinaryIO, size: int) -> None:
    head = _read(file, 0, 30)
    length = int.from_bytes(head[4:8], "little") + 8
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or not length <= size <= length + 1:
        raise _mismatch()
    kind = head[12:16]
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    elif kind == b"VP8L" and head[20] == _VP8L:
        bits = int.from_bytes(head[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    elif kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
    else:
        raise _mismatch()
    _check_picture(width, height)


def _mp4(file: BinaryIO, size: int) -> None:
    at, kinds = 0, set[bytes]()
    while at < size:
        head = _read(file, at, 8)
        length, kind = _number(head[:4]), head[4:]
        if length == 1:
            length = _number(_read(file, at + 8, 8))
        elif length == 0:
            length = size - at
        if length < 8 or not kind.isascii() or (at == 0 and kind != b"ftyp"):  # noqa: PLR2004 - a box's own header
            raise _mismatch()
        kinds.add(kind)
        at += length
    if at != size or b"moov" not in kinds:
        raise _mismatch()


def _pdf(file: BinaryIO, size: int) -> None:
    if not re.match(rb"%PDF-[12]\.\d", _read(file, 0, 8)):
        raise _mismatch()
    tail = min(size, 2_048)
    if b"%%EOF" not in _read(file, size - tail, tail):
        raise _mismatch()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        pages = sum(1 for _ in _PAGE.finditer(whole)) + _packed_pages(whole)
    if pages > MAX_PAGES:
        raise ApiError("image_too_big")


def _packed_pages(whole: mmap.mmap) -> int:
    """Return how many pages are described inside compressed object streams; what cannot be read counts as none."""
    pages, left = 0, _INFLATED_LIMIT
    for found in itertools.islice(_OBJECT_STREAM.finditer(whole), _STREAMS_READ):
        try:
            text = zlib.decompressobj().decompress(whole[found.end() : found.end() + _PIECE], left)
        except zlib.error:
            continue
        pages += len(_PAGE.findall(text))
        left -= len(text)
        if left <= 0:
            raise ApiError("image_too_big")
    return pages


def _text(file: BinaryIO, size: int) -> None:
    del size
    decoder = _Utf8()
    file.seek(0)
    first = True
    while piece := file.read(_PIECE):
        if first:
            start = piece.removeprefix(b"\xef\xbb\xbf").lstrip()
            if start.startswith(_BINARY_STARTS) or _MARKUP.match(start):
                raise _mismatch()
            first = False
        decoder.take(piece)
    decoder.finish()


class _Utf8:
    """Checks text piece by piece."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, piece: bytes) -> None:
        data = self._rest + piece
        if b"\0" in data:
            raise _mismatch()
        try:
            data.decode()
            self._rest = b""
        except UnicodeDecodeError as error:
            if len(data) - error.start >= 4 or error.reason != "unexpected end of data":  # noqa: PLR2004 - UTF-8's longest
                raise _mismatch() from error
            self._rest = data[error.start :]

    def finish(self) -> None:
        if self._rest:
            raise _mismatch()


def _refuse_second_face(file: BinaryIO, *, is_pdf: bool) -> None:
    """Refuse a file that other programs would open as something else: an archive, a page, a paper."""
    file.seek(0)
    head = file.read(4_096)
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    if any(mark in tail for mark in _SECOND_FACE) or _MARKUP.search(head) or _MARKUP.search(tail):
        raise _mismatch()
    if not is_pdf and b"%PDF-" in head:
        raise _mismatch()


_WITNESSES: Final[Mapping[str, Callable[[BinaryIO, int], None]]] = {
    "image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "application/pdf": _pdf, "text/plain": _text,
    "text/csv": _text, "video/mp4": _mp4,
}  # fmt: skip

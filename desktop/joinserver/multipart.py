"""Multipart bodies, read as they come: fields into memory within limits, files onto the disk and never into memory."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Final

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from desktop.joinserver.errors import ApiError

BODY_LIMIT: Final = 26 * 1024 * 1024
FILE_LIMIT: Final = 25 * 1024 * 1024
_FIELDS_LIMIT: Final = 64 * 1024
_PARTS_LIMIT: Final = 40


@dataclass(slots=True)
class SentFile:
    """A file of a form: its bytes lie at `path` until the form is let go of. `name` and `media_type` are claims."""

    field: str
    name: str
    media_type: str
    path: Path
    size: int = 0
    too_large: bool = False
    sha256: str = ""


@dataclass(slots=True)
class Form:
    """A multipart body that was read to its end."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[SentFile] = field(default_factory=list)

    @property
    def has_too_large(self) -> bool:
        """Whether one of the files is over the limit."""
        return any(file.too_large for file in self.files)


@asynccontextmanager
async def received(request: Request, folder: Path, *, files: frozenset[str]) -> AsyncIterator[Form]:
    """Read a form; whatever of its files is still in `folder` afterwards is removed. Raises ApiError.

    `files` are the fields that may be files. A file that is too large is not kept, but is read past, so that the sender
    gets to hear why.
    """
    boundary = _boundary(request)
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > BODY_LIMIT:
        raise ApiError("body_too_large")
    reader = _Reader(boundary, folder, files)
    try:
        await reader.read(request)
        yield reader.form
    finally:
        await asyncio.to_thread(reader.let_go)


def _boundary(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if media_type != b"multipart/form-data" or not boundary:
        raise ApiError("unsupported_media_type")
    return boundary


class _Reader:
    """Takes what the parser finds. The parser runs on a thread, one piece of the body after the other."""

    def __init__(self, boundary: bytes, folder: Path, files: frozenset[str]) -> None:
        self.form = Form()
        self._folder = folder
        self._file_fields = files
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._text: bytearray | None = None
        self._text_name = ""
        self._text_left = _FIELDS_LIMIT
        self._parts = 0
        self._is_whole = False
        self._file: SentFile | None = None
        self._open: BinaryIO | None = None
        self._digest = hashlib.sha256()
        callbacks = {
            "on_part_begin": self._part_begin,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_header_field": self._on_header_name,
            "on_header_value": self._on_header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_end": self._end,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # its TypedDict exists for type checkers only
        except FormParserError as error:
            raise ApiError("invalid_request", fields=[]) from error

    async def read(self, request: Request) -> None:
        """Read the body to its end. Raises ApiError."""
        total = 0
        async for chunk in request.stream():
            total += len(chunk)
            if total > BODY_LIMIT:
                raise ApiError("file_too_large" if self.form.has_too_large else "body_too_large")
            try:
                await asyncio.to_thread(self._parser.write, chunk)
            except FormParserError as error:
                raise ApiError("invalid_request", fields=[]) from error
        if not self._is_whole:
            raise ApiError("invalid_request", fields=[])

    def let_go(self) -> None:
        """Close and remove what is left."""
        if self._open is not None:
            self._open.close()
        for file in self.form.files:
            with suppress(FileNotFoundError):
                file.path.unlink()

    # ---- what the parser tells -------------------------------------------------------------------------------------

    def _part_begin(self) -> None:
        self._parts += 1
        if self._parts > _PARTS_LIMIT:
            raise ApiError("invalid_request", fields=[])
        self._headers = {}

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        self._file = self._text = None
        if b"filename" not in options and b"filename*" not in options:
            self._text, self._text_name = bytearray(), name
            return
        if name not in self._file_fields:
            raise ApiError("invalid_request", fields=[name] if name.isidentifier() else [])
        media_type, _ = parse_options_header(self._headers.get(b"content-type", b""))
        number, path = mkstemp(dir=self._folder, suffix=".part")
        self._open = os.fdopen(number, "wb")
        self._digest = hashlib.sha256()
        sent_name = options.get(b"filename", b"").decode("utf-8", "replace")
        self._file = SentFile(name, sent_name, media_type.decode("latin-1").lower(), Path(path))
        self.form.files.append(self._file)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._text is not None:
            self._text_left -= end - start
            if self._text_left < 0:
                raise ApiError("body_too_large")
            self._text += data[start:end]
        elif self._file is not None and not self._file.too_large:
            self._file.size += end - start
            if self._file.size > FILE_LIMIT:
                self._file.too_large = True
            elif self._open is not None:
                self._digest.update(data[start:end])
                self._open.write(data[start:end])

    def _part_end(self) -> None:
        if self._text is not None:
            try:
                text = self._text.decode()
            except UnicodeDecodeError as error:
                raise ApiError("invalid_request", fields=[]) from error
            if "\0" in text:
                raise ApiError("invalid_request", fields=[self._text_name] if self._text_name.isidentifier() else [])
            self.form.fields[self._text_name] = text
        elif self._file is not None:
            if self._open is not None:
                self._open.flush()
                os.fsync(self._open.fileno())
                self._open.close()
                self._open = None
            self._file.sha256 = self._digest.hexdigest()

    def _end(self) -> None:
        self._is_whole = True

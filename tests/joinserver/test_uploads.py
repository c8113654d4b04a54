"""How uploads are read: never whole in memory, not for ever, and without leaving anything behind."""

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import Request
from starlette.types import Message

from desktop.joinserver import contents, middleware, multipart, uploads
from desktop.joinserver.demo_data.pictures import pdf
from desktop.joinserver.errors import ApiError
from tests.fixtures.joinserver import MARISOL, JoinServerHarness, join_server_harness, session_key

_PIECE = 64 * 1024
_HEAD = (
    b'--xx\r\nContent-Disposition: form-data; name="tempId"\r\n\r\ntemp-file-1\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="file"; filename="log.txt"\r\nContent-Type: text/plain\r\n\r\n'
)
_TAIL = b"\r\n--xx--\r\n"


def _request(pieces: list[bytes]) -> Request:
    waiting = list(pieces)

    async def receive() -> Message:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    headers = [(b"content-type", b"multipart/form-data; boundary=xx")]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def test_a_large_file_is_never_held_in_memory(tmp_path: Path) -> None:
    piece = b"a" * _PIECE
    count = multipart.FILE_LIMIT // _PIECE

    async def read() -> tuple[int, int]:
        tracemalloc.start()
        async with multipart.received(
            _request([_HEAD, *[piece] * count, _TAIL]), tmp_path, files=frozenset({"file"})
        ) as form:
            uploads.read_upload(form)
            size = form.files[0].size
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, peak

    size, peak = asyncio.run(read())
    assert size == multipart.FILE_LIMIT
    assert peak < 4 * 1024 * 1024
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_pieces_may_be_cut_anywhere(tmp_path: Path, cut: int) -> None:
    body = _HEAD + "zündet -- nicht\r\n--x".encode() + _TAIL
    pieces = [body[at : at + cut] for at in range(0, len(body), cut)]

    async def read() -> tuple[bytes, dict[str, str]]:
        async with multipart.received(_request(pieces), tmp_path, files=frozenset({"file"})) as form:
            return form.files[0].path.read_bytes(), form.fields

    assert asyncio.run(read()) == ("zündet -- nicht\r\n--x".encode(), {"tempId": "temp-file-1"})


def test_a_sender_who_falls_silent_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_SILENCE_S", 0.01)
    with join_server_harness(tmp_path / "js") as server:
        marisol, never = server.sign_in(MARISOL), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield _HEAD
            await never.wait()

        headers = {"Content-Type": "multipart/form-data; boundary=xx"}
        answer: httpx.Response = marisol.post(
            f"/api/sessions/{session_key('S01')}/files", content=slowly(), headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")
        assert not list(uploads.incoming_in(server.server.house.config.data_dir).iterdir())


def test_what_a_crash_left_is_removed_and_what_is_known_or_new_stays(tmp_path: Path) -> None:
    incoming = uploads.incoming_in(tmp_path)
    folder = uploads.kept_in(tmp_path)
    long_ago = 1_600_000_000
    for path in (folder / "known.png", folder / "unknown.png", incoming / "old.part", incoming / "new.part"):
        path.write_bytes(b"x")
        if path.name != "new.part":
            os.utime(path, (long_ago, long_ago))
    assert uploads.remove_forgotten(folder, ["known.png"]) == 2
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"known.png", "new.part"}


def test_the_demo_files_are_known_to_their_rows(tmp_path: Path) -> None:
    def files(server: JoinServerHarness) -> set[str]:
        return {path.name for path in uploads.kept_in(server.server.house.config.data_dir).glob("*.*")}

    with join_server_harness(tmp_path / "js") as server:
        before = files(server)
        for path in uploads.kept_in(server.server.house.config.data_dir).glob("*.*"):
            os.utime(path, (1_600_000_000, 1_600_000_000))
    with join_server_harness(tmp_path / "js") as server:
        assert files(server) == before
        assert len(before) == 9


def test_a_paper_has_a_limit_of_pages(tmp_path: Path) -> None:
    paper = tmp_path / "bill.pdf"
    paper.write_bytes(pdf("one page"))
    assert contents.check(paper, "bill.pdf", "application/pdf") == "application/pdf"
    many = b"\n".join(b"<< /Type /Page >>" for _ in range(contents.MAX_PAGES + 1))
    paper.write_bytes(pdf("many").replace(b"%%EOF", many + b"\n%%EOF"))
    with pytest.raises(ApiError, match="image_too_big"):
        contents.check(paper, "bill.pdf", "application/pdf")

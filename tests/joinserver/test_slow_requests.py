"""A sender who takes for ever is cut off, over a true socket: in the head of a request, in its body, in its silence."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from desktop.joinserver import middleware
from desktop.joinserver.heads import HeadInTime
from tests.fixtures.joinserver import MARISOL, on_a_socket, running_join_server, session_key
from tests.virtual_time import in_loop

_PATIENCE_S = 0.3
_CUT_OFF_WITHIN_S = 20.0
_LOGIN = b"POST /api/mechanic/login HTTP/1.1\r\nHost: 127.0.0.1\r\n"


async def _drip(base: str, head: bytes) -> bytes:
    """Send a head, then a byte now and then for as long as the server listens; return all that it answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
    writer.write(head)
    answered = b""
    try:
        async with asyncio.timeout(_CUT_OFF_WITHIN_S):
            while True:
                with contextlib.suppress(TimeoutError):
                    # Waiting for an answer is what sets the pace.
                    more = await asyncio.wait_for(reader.read(65_536), 0.02)
                    if not more:
                        return answered
                    answered += more
                writer.write(b"G")
                await writer.drain()
    except ConnectionError:
        return answered  # cut off in the middle of a byte on its way
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def _files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name}


@in_loop
async def test_a_body_that_comes_byte_by_byte_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_JSON_WITHIN_S", _PATIENCE_S)
    async with running_join_server(tmp_path) as server, on_a_socket(server) as base:
        answered = await _drip(base, _LOGIN + b"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{")
        assert answered.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"request_timeout"' in answered


@in_loop
async def test_an_upload_that_comes_byte_by_byte_is_cut_off_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "_FORM_WITHIN_S", _PATIENCE_S)
    async with running_join_server(tmp_path) as server, on_a_socket(server) as base:
        token = (await server.sign_in(MARISOL)).tokens["access_token"]
        before = _files_in(tmp_path)
        head = (
            f"POST /api/sessions/{session_key('S01')}/files HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
            "Content-Length: 1000000\r\n\r\n"
            '--xx\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
        )
        answered = await _drip(base, head.encode())
        assert answered.startswith(b"HTTP/1.1 408 ")
        assert _files_in(tmp_path) == before


@in_loop
async def test_a_chunked_body_without_an_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_SILENCE_S", _PATIENCE_S)
    async with running_join_server(tmp_path) as server, on_a_socket(server) as base:
        head = _LOGIN + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\nff\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        writer.write(head)
        async with asyncio.timeout(_CUT_OFF_WITHIN_S):
            assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("begun", [b"", _LOGIN, _LOGIN + b"X-Long: "])
@in_loop
async def test_a_head_that_never_ends_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(HeadInTime, "head_within_s", _PATIENCE_S)
    async with running_join_server(tmp_path) as server, on_a_socket(server) as base:
        assert await _drip(base, begun) == b""


@in_loop
async def test_a_kept_connection_is_no_slow_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeadInTime, "head_within_s", _PATIENCE_S)
    async with running_join_server(tmp_path) as server, on_a_socket(server) as base:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(base.rpartition(":")[2]))
        for _ in range(3):
            writer.write(b"GET /api/plans HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2 * _PATIENCE_S):
                    assert await reader.read(1) != b"", "closed while nobody was sending"
        writer.close()
        await writer.wait_closed()

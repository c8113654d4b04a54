"""A download that is given up leaves nothing of a session behind, at whatever moment."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from desktop.backend.transport import PlatformAddress, Transport
from tests.virtual_time import in_loop

_PATIENCE_S = 10


def _left(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file()]


async def _give_up(fetching: asyncio.Task[None], times: int) -> None:
    for _ in range(times):
        fetching.cancel()
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.mark.parametrize("times", [1, 2])
@in_loop
async def test_a_download_given_up_while_its_file_is_being_made_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    is_reached, may_go_on, is_made = threading.Event(), threading.Event(), threading.Event()
    touch = Path.touch

    def slow_disk(path: Path, mode: int) -> None:
        is_reached.set()
        may_go_on.wait(_PATIENCE_S)
        touch(path, mode)
        is_made.set()

    monkeypatch.setattr(Path, "touch", slow_disk)
    answers = httpx.MockTransport(lambda _: httpx.Response(200, content=b"brake disc"))
    transport = Transport(PlatformAddress("https://shop.example"), client_version="0", transport=answers)
    fetching = asyncio.create_task(transport.fetch("/files/1", tmp_path / "session" / "photo.png", 1_000))
    await asyncio.to_thread(is_reached.wait, _PATIENCE_S)
    await _give_up(fetching, times)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    await asyncio.to_thread(is_made.wait, _PATIENCE_S)
    assert await asyncio.to_thread(_left, tmp_path) == []
    await transport.aclose()


@in_loop
async def test_a_download_given_up_twice_while_the_disk_is_busy_leaves_no_open_file(tmp_path: Path) -> None:
    begun, may_go_on = asyncio.Event(), threading.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"brake disc"
        begun.set()
        await asyncio.sleep(_PATIENCE_S)

    loop = asyncio.get_running_loop()
    disk = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(disk)
    answers = httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))
    transport = Transport(PlatformAddress("https://shop.example"), client_version="0", transport=answers)
    fetching = asyncio.create_task(transport.fetch("/files/1", tmp_path / "session" / "photo.png", 1_000))
    await begun.wait()
    loop.run_in_executor(None, may_go_on.wait, _PATIENCE_S)
    await _give_up(fetching, 2)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    gc.collect()
    assert await asyncio.to_thread(_left, tmp_path) == []
    await transport.aclose()

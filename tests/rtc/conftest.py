"""One real livekit-server for the tests of a file, on one loop that the file's tests share."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.practice.livekit_server import LiveKitServer
from tests.rtc.live import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("livekit")
    with asyncio.Runner() as runner:
        running = runner.run(LiveKitServer.start(folder))
        try:
            yield Server(runner, running)
        finally:
            runner.run(running.stop())

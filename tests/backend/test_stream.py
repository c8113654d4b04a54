"""The event stream over a real socket: a change shows within two seconds, and the end of the server is noticed."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import uvicorn

from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.core.board import HintKind, ServerHint
from desktop.core.errors import OfflineError
from desktop.joinserver.app import create_app
from desktop.joinserver.config import PasswordCost, ServerConfig
from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.fixtures.joinserver import MARISOL
from tests.virtual_time import in_loop

pytestmark = pytest.mark.server


async def listening(folder: Path) -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    """Run a join server on a free port of this machine."""
    config = ServerConfig(folder, dev=True, demo_data=True, password_cost=PasswordCost(64, 1, 1), sweep_every_s=None)
    server = uvicorn.Server(
        uvicorn.Config(create_app(config), port=0, log_level="warning", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells its start by this flag alone
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return server, serving, port


async def until_broken(hints: AsyncGenerator[ServerHint]) -> None:
    while True:
        await anext(hints)


@in_loop
async def test_ac_44_a_new_session_is_hinted_at_within_two_seconds_in_the_app(tmp_path: Path) -> None:
    server, serving, port = await listening(tmp_path)
    address = PlatformAddress(f"http://127.0.0.1:{port}", plain_loopback=True)
    client = BackendClient(address, client_version="0.1.0")
    try:
        mechanic = await client.sign_in(MARISOL, DEMO_PASSWORD)
        hints = client.events()
        assert (await anext(hints)).kind is HintKind.OPENED
        awaited = asyncio.ensure_future(anext(hints))
        async with asyncio.timeout(2):
            row = next(row for row in (await client.board()).rows if row.joinable)
            await client.end(row.id)
            hint = await awaited
        assert hint.kind is HintKind.SESSION
        assert hint.session_id == row.id
        assert mechanic.name == "Marisol Quintero"
        server.should_exit = True
        with pytest.raises(OfflineError):
            await asyncio.wait_for(until_broken(hints), 10)
    finally:
        server.should_exit = True
        await serving
        await client.aclose()

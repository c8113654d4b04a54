"""The scale path, proven small: two livekit-servers on one Redis behind the join server, one room through either."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc

from desktop.backend.wire import SESSION_TOPIC, PushEnvelope
from desktop.practice.children import free_port, start_child, wait_for_port
from desktop.practice.livekit_server import LiveKitKeys, LiveKitServer
from tests.fixtures.joinserver import DANA, MARISOL, on_a_socket, running_join_server
from tests.fixtures.joinserver import session_key as demo_session

pytestmark = pytest.mark.server
_WITHIN_S = 20.0
S01 = demo_session("S01")


@contextlib.asynccontextmanager
async def _redis(folder: Path) -> AsyncIterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    child = await start_child("redis-server", [program, *options], log=folder / "redis.log")
    try:
        await wait_for_port(child, port)
        yield f"127.0.0.1:{port}"
    finally:
        await child.stop()


class Guest:
    """One side's LiveKit client, by a node of its own."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.pushes: list[PushEnvelope] = []
        self.seen: set[str] = set()
        self.news = asyncio.Event()
        self.room.on("data_received", self._packet)
        self.room.on("participant_connected", lambda person: self._see(person.identity))

    async def enter(self, url: str, joined: dict[str, Any]) -> None:
        await self.room.connect(url, joined["token"])
        for identity in self.room.remote_participants:
            self._see(identity)

    def _packet(self, packet: rtc.DataPacket) -> None:
        if packet.topic == SESSION_TOPIC:
            self.pushes.append(PushEnvelope.from_json(packet.data))
        self.news.set()

    def _see(self, identity: str) -> None:
        self.seen.add(identity)
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(_WITHIN_S):
            while not condition():
                self.news.clear()
                await self.news.wait()


def test_a_room_is_joined_through_either_node_of_a_cluster(tmp_path: Path) -> None:
    asyncio.run(_two_nodes(tmp_path))


async def _two_nodes(folder: Path) -> None:
    keys, port = LiveKitKeys.fresh(), free_port()
    pair = (keys.api_key, keys.api_secret)
    async with (
        _redis(folder) as redis,
        running_join_server(folder / "js", livekit_url=f"ws://127.0.0.1:{port}", keys=pair) as server,
        on_a_socket(server) as base,
        contextlib.AsyncExitStack() as nodes,
    ):
        hook = f"{base}/api/livekit/webhook"
        first = await LiveKitServer.start(folder, keys=keys, port=port, webhook_url=hook, redis=redis)
        nodes.push_async_callback(first.stop)
        second = await LiveKitServer.start(folder, keys=keys, webhook_url=hook, redis=redis)
        nodes.push_async_callback(second.stop)
        mechanic, customer = Guest(), Guest()
        people = await server.sign_in(MARISOL), await server.sign_in(DANA)
        try:
            joined = (await people[0].join(S01)).json(), (await people[1].join(S01, "customer")).json()
            assert joined[0]["roomReady"], "the room is made through the first node"
            await mechanic.enter(first.url, joined[0])
            await customer.enter(second.url, joined[1])
            for guest, other in ((mechanic, joined[1]), (customer, joined[0])):
                await guest.until(lambda guest=guest, other=other: other["identity"] in guest.seen)  # type: ignore[misc]  # defaults bind the loop's values
                await guest.until(lambda guest=guest: any(push.type == "session.started" for push in guest.pushes))  # type: ignore[misc]  # as above
            state = (await people[1].get(f"/api/sessions/{S01}/state")).json()
            assert (state["status"], state["participantCount"]) == ("live", 2)
            ended = await people[0].post(f"/api/sessions/{S01}/end")
            assert ended.status_code == 200
            for guest in (mechanic, customer):
                await guest.until(lambda guest=guest: any(push.type == "session.ended" for push in guest.pushes))  # type: ignore[misc]  # as above
        finally:
            await mechanic.room.disconnect()
            await customer.room.disconnect()

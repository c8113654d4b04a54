"""Acceptance cases that need a true room: the real join server in front of a real livekit-server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from livekit import api, rtc
from sqlalchemy import func, select

from desktop.backend.wire import SESSION_TOPIC, PushEnvelope
from desktop.joinserver.demo_data.ids import user_id
from desktop.joinserver.tables import LiveKitRoom
from desktop.joinserver.unit import Unit
from desktop.practice.children import free_port
from desktop.practice.livekit_server import LiveKitKeys, LiveKitServer
from tests.fixtures.joinserver import DANA, MARISOL, Person, RunningJoinServer, on_a_socket, running_join_server
from tests.fixtures.joinserver import session_key as demo_session

pytestmark = pytest.mark.server
_WITHIN_S = 10.0
S01 = demo_session("S01")


@dataclass
class Side:
    """One person with the app's side of things played: a join answer and a plain LiveKit client."""

    person: Person
    side: str
    room: rtc.Room = field(default_factory=rtc.Room)
    pushes: list[PushEnvelope] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    answer: dict[str, Any] = field(default_factory=dict)
    is_out: bool = False

    async def enter(self) -> None:
        joined = await self.person.join(S01, self.side)
        assert joined.status_code == 200, joined.text
        self.answer = joined.json()
        assert self.answer["roomReady"]
        self.room.on("data_received", self._packet)
        self.room.on("disconnected", self._out)
        await self.room.connect(self.answer["serverUrl"], self.answer["token"])

    async def until(self, condition: Callable[[], object], within_s: float = _WITHIN_S) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def until_pushed(self, kind: str, within_s: float = _WITHIN_S) -> PushEnvelope:
        await self.until(lambda: any(packet.type == kind for packet in self.pushes), within_s)
        return next(packet for packet in reversed(self.pushes) if packet.type == kind)

    def _packet(self, packet: rtc.DataPacket) -> None:
        if packet.topic == SESSION_TOPIC:
            assert packet.participant is None, "only the server speaks on this topic"
            self.pushes.append(PushEnvelope.from_json(packet.data))
            self.news.set()

    def _out(self, _reason: object) -> None:
        self.is_out = True
        self.news.set()


Story = Callable[[RunningJoinServer, Side, Side], Awaitable[None]]


@contextlib.asynccontextmanager
async def _both_servers(folder: Path) -> AsyncIterator[RunningJoinServer]:
    keys, port = LiveKitKeys.fresh(), free_port()
    async with (
        running_join_server(
            folder / "js", livekit_url=f"ws://127.0.0.1:{port}", keys=(keys.api_key, keys.api_secret)
        ) as server,
        on_a_socket(server) as base,
    ):
        livekit = await LiveKitServer.start(folder, keys=keys, port=port, webhook_url=f"{base}/api/livekit/webhook")
        try:
            yield server
        finally:
            await livekit.stop()


def _play(folder: Path, story: Story) -> None:
    async def run() -> None:
        async with _both_servers(folder) as server:
            mechanic = Side(await server.sign_in(MARISOL), "mechanic")
            customer = Side(await server.sign_in(DANA), "customer")
            try:
                await story(server, mechanic, customer)
            finally:
                for side in (mechanic, customer):
                    await side.room.disconnect()

    asyncio.run(run())


def test_ac_26_two_people_in_the_true_room_start_the_clock_for_both(tmp_path: Path) -> None:
    async def story(_server: RunningJoinServer, mechanic: Side, customer: Side) -> None:
        await mechanic.enter()
        alone = await mechanic.person.post(f"/api/sessions/{S01}/start")
        assert (alone.status_code, alone.json()["present"]) == (409, ["mechanic"])
        await customer.enter()
        first, second = await mechanic.until_pushed("session.started"), await customer.until_pushed("session.started")
        assert first.data["endsAt"] == second.data["endsAt"]
        state = (await customer.person.get(f"/api/sessions/{S01}/state")).json()
        assert (state["status"], state["participantCount"]) == ("live", 2)

    _play(tmp_path, story)


def test_ac_19_a_rename_reaches_the_room_within_two_seconds_on_the_same_connection(tmp_path: Path) -> None:
    async def story(server: RunningJoinServer, mechanic: Side, customer: Side) -> None:
        await mechanic.enter()
        await customer.enter()
        await mechanic.until_pushed("session.started")
        mechanic.pushes.clear()
        sid = mechanic.room.local_participant.sid
        await server.patch(f"profiles/{user_id('C1')}", fullName="Dana Whitlock-Reyes")
        pushed = await mechanic.until_pushed("participants.updated", 2)
        assert "Dana Whitlock-Reyes" in str(pushed.data["participants"])
        assert mechanic.room.local_participant.sid == sid
        assert all(not person.name for person in mechanic.room.remote_participants.values()), "no name in a token"

    _play(tmp_path, story)


def test_ac_33_a_stored_message_is_pushed_into_the_room(tmp_path: Path) -> None:
    async def story(_server: RunningJoinServer, mechanic: Side, customer: Side) -> None:
        await mechanic.enter()
        await customer.enter()
        body = {"sessionId": S01, "content": "a < b > c", "attachments": [], "tempId": "temp-id-01"}
        await customer.person.post("/api/chat/send-message", body)
        pushed = await mechanic.until_pushed("chat.message")
        assert isinstance(pushed.data["message"], dict)
        assert pushed.data["message"]["content"] == "a < b > c"
        assert pushed.data["message"]["sender_name"] == "Dana Whitlock"

    _play(tmp_path, story)


def test_ac_13_14_the_end_puts_everybody_out_and_old_tokens_open_nothing(tmp_path: Path) -> None:
    async def story(server: RunningJoinServer, mechanic: Side, customer: Side) -> None:
        await mechanic.enter()
        await customer.enter()
        await mechanic.until_pushed("session.started")
        server.clock.advance(minutes=2)
        ended = await server.nobody.server.settled(customer.person.client.post(f"/api/sessions/{S01}/end"))
        assert ended.json()["semantic_result"] == "completed"
        told = await mechanic.until_pushed("session.ended", 2)
        assert (told.data["endedBy"], told.data["durationSeconds"]) == ("customer", 120)
        await mechanic.until(lambda: mechanic.is_out, 2)
        late = rtc.Room()
        with pytest.raises(rtc.ConnectError):
            await late.connect(mechanic.answer["serverUrl"], mechanic.answer["token"])
        assert (await mechanic.person.join(S01)).status_code == 410

    _play(tmp_path, story)


def test_sr_15_a_token_without_a_mapping_is_put_out_of_the_room(tmp_path: Path) -> None:
    async def story(server: RunningJoinServer, mechanic: Side, _customer: Side) -> None:
        await mechanic.enter()
        house = server.house
        grants = api.VideoGrants(room_join=True, room=mechanic.answer["roomName"])
        forged = api.AccessToken(house.livekit_key, house.livekit_secret).with_identity("customer-stranger")
        stranger = Side(mechanic.person, "customer")
        stranger.room.on("disconnected", stranger._out)
        await stranger.room.connect(mechanic.answer["serverUrl"], forged.with_grants(grants).to_jwt())
        await stranger.until(lambda: stranger.is_out, 5)

    _play(tmp_path, story)


def test_an_end_while_livekit_is_away_is_retried_until_the_room_is_closed(tmp_path: Path) -> None:
    async def story() -> None:
        keys, port = LiveKitKeys.fresh(), free_port()
        async with running_join_server(
            tmp_path / "js", livekit_url=f"ws://127.0.0.1:{port}", keys=(keys.api_key, keys.api_secret)
        ) as server:
            livekit = await LiveKitServer.start(tmp_path, keys=keys, port=port)
            mechanic = Side(await server.sign_in(MARISOL), "mechanic")
            stranger = rtc.Room()
            try:
                await mechanic.enter()
                await livekit.stop()
                ended = await mechanic.person.post(f"/api/sessions/{S01}/end")
                assert (ended.status_code, ended.json()["session"]["status"]) == (200, "cancelled")
                await server.sweep()
                assert await _rooms_to_close(server) == 1, "LiveKit is still away"
                livekit = await LiveKitServer.start(tmp_path, keys=keys, port=port)
                # A client that never heard of the end brings the room back, as LiveKit lets it with `auto_create`.
                await server.house.rooms.create(f"session-{S01}")
                await stranger.connect(mechanic.answer["serverUrl"], mechanic.answer["token"])
                gone = asyncio.Event()
                stranger.on("disconnected", lambda _reason: gone.set())
                await server.sweep()
                assert await _rooms_to_close(server) == 0
                async with asyncio.timeout(_WITHIN_S):
                    await gone.wait()
                again = await mechanic.person.join(S01, "mechanic")
                assert (again.status_code, again.json()["code"]) == (410, "session_ended")
            finally:
                await stranger.disconnect()
                await mechanic.room.disconnect()
                await livekit.stop()

    asyncio.run(story())


async def _rooms_to_close(server: RunningJoinServer) -> int:
    def count(unit: Unit) -> int:
        waiting = select(func.count()).where(LiveKitRoom.revoked_at.is_not(None), LiveKitRoom.closed_at.is_(None))
        return unit.session.scalar(waiting) or 0

    return await server.house.db.read(count)

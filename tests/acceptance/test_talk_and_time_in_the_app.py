"""The contract's cases of extensions, an API that is away, long talks, races for a request and booked sessions."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.core.chat import Delivery
from desktop.core.errors import OfflineError, RefusedError
from desktop.core.people import Role, SessionId
from desktop.flows.call import CallFlow
from desktop.joinserver.demo_data import DEMO_PASSWORD
from desktop.rtc.events import ChatReceived
from tests.backend.platform import platform
from tests.fixtures.joinserver import DANA, DEVICE, IKE, LAYLA, MARISOL, session_key
from tests.flows.call_fakes import CUSTOMER, FakePlatform, FakeRooms, Screen, Stage, play
from tests.virtual_time import in_loop


def test_ac_31_fifteen_minutes_more_move_the_timer_and_a_replay_changes_nothing_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        ends = stage.screen.state.timer.ends_at
        assert ends is not None
        stage.platform.extension_minutes = 15
        stage.platform.version += 1
        stage.push("session.extended")
        later = ends + timedelta(minutes=15)
        await stage.screen.until(lambda: stage.screen.state.timer.ends_at == later, 2)
        stage.seq -= 1
        stage.push("session.extended")
        await asyncio.sleep(3)
        assert stage.screen.state.timer.ends_at == later

    play(story)


def test_ac_34_while_the_api_is_down_text_flows_live_and_is_stored_in_order_afterwards_in_the_app() -> None:
    platform = FakePlatform()

    async def story(stage: Stage) -> None:
        await stage.live()
        platform.always = {name: OfflineError() for name in ("state", "messages", "send_message")}
        for number in range(5):
            stage.flow.send(f"bay {number}")
            stage.room.tell(ChatReceived(CUSTOMER, f"owner-line-{number}", f"drive {number}"))
            await asyncio.sleep(12)
        assert [text for text, _ in stage.room.sent] == [f"bay {number}" for number in range(5)]
        assert len(stage.screen.transcript) == 10
        platform.always = {}
        mine = [message for message in stage.screen.transcript if message.role is Role.MECHANIC]
        assert {message.delivery for message in mine} <= {Delivery.SENDING, Delivery.FAILED}
        await stage.screen.until(lambda: len([m for m in stage.screen.transcript if m.seq is not None]) == 5, 120)
        assert [message.text for message in platform.stored] == [f"bay {number}" for number in range(5)]
        assert len(stage.screen.transcript) == 10

    play(story, platform)


def test_ac_36_ten_thousand_messages_come_page_by_page_while_new_ones_arrive_in_the_app() -> None:
    platform = FakePlatform()

    async def story(stage: Stage) -> None:
        for number in range(10_000):
            platform.store(f"line {number}", f"old-line-{number}", Role.CUSTOMER if number % 2 else Role.MECHANIC)
        await stage.live()
        assert stage.screen.texts == [f"line {number}" for number in range(9_900, 10_000)]
        arrived = 0
        while stage.screen.transcript[0].seq != 1:
            before = len(stage.screen.transcript)
            stage.flow.read_older()
            stage.flow.read_older()
            if arrived < 20:
                stage.room.tell(ChatReceived(CUSTOMER, f"new-line-{arrived}", f"new {arrived}"))
                arrived += 1
            await stage.screen.until(lambda before=before: len(stage.screen.transcript) >= before + 100, 5)  # type: ignore[misc] # bound on purpose
        stage.flow.read_older()
        await asyncio.sleep(1)
        wanted = [f"line {number}" for number in range(10_000)] + [f"new {number}" for number in range(20)]
        assert sorted(stage.screen.texts) == sorted(wanted)
        stored = [message.seq for message in stage.screen.transcript if message.seq is not None]
        assert stored == sorted(stored)

    play(story, platform)


@in_loop
async def test_ac_36_an_ended_talk_is_read_back_to_its_first_line_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        client = running.client()
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        screen = Screen()
        flow = CallFlow(client, FakeRooms(), screen, device_fingerprint=DEVICE)
        await flow.review(SessionId(session_key("S11")))
        assert len(screen.transcript) == 100
        flow.read_older()
        await screen.until(lambda: len(screen.transcript) == 120, 10)
        assert [message.seq for message in screen.transcript] == list(range(1, 121))
        await flow.stop()


@in_loop
async def test_ac_37_one_mechanic_gets_the_request_and_the_other_reads_why_not_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        direct = await running.direct()
        for key in ("S01", "S05"):
            await direct.patch(f"/api/dev/sessions/{session_key(key)}", json={"status": "cancelled"})
        asked = {"status": "pending", "type": "chat", "plan": "quick", "customer": DANA}
        made = await direct.post("/api/dev/sessions", json=asked)
        assert made.status_code == 201, made.text
        clients = [running.client(), running.client()]
        for client, email in zip(clients, (MARISOL, IKE), strict=True):
            await client.sign_in(email, DEMO_PASSWORD)
        assignment = str(made.json()["assignmentId"])
        outcomes = await asyncio.gather(*(client.accept(assignment) for client in clients), return_exceptions=True)
        refusals = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
        assert [refusal.sentence for refusal in refusals] == ["Another mechanic took this one."]
        assert [outcome for outcome in outcomes if isinstance(outcome, str)] == [made.json()["id"]]
        await direct.aclose()


@in_loop
async def test_ac_39_a_booked_session_says_when_it_opens_and_what_is_missing_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        direct = await running.direct()
        for key in ("S01", "S10"):
            await direct.patch(f"/api/dev/sessions/{session_key(key)}", json={"status": "cancelled"})
        asked: dict[str, object] = {"status": "scheduled", "type": "video", "mechanic": MARISOL, "customer": LAYLA}
        asked |= {"scheduledInMinutes": 11, "waiverSigned": False}
        made = await direct.post("/api/dev/sessions", json=asked)
        assert made.status_code == 201, made.text
        session_id = SessionId(made.json()["id"])
        client = running.client()
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        await client.board()
        with pytest.raises(RefusedError, match="too_early") as early:
            await client.join(session_id, DEVICE)
        opens = early.value.details["opens_at"]
        assert early.value.sentence == f"You can join from {opens}."
        running.clock.advance(minutes=2)  # type: ignore[attr-defined] # the harness's clock, which a test moves
        with pytest.raises(RefusedError, match="waiver_unsigned") as unsigned:
            await client.join(session_id, DEVICE)
        assert unsigned.value.sentence.endswith("has not signed the waiver yet.")
        await direct.patch(f"/api/dev/sessions/{session_id}", json={"waiverSigned": True})
        assert (await client.join(session_id, DEVICE)).session_id == session_id
        await direct.aclose()

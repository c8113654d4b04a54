"""Servers die, freeze, drain and change their secrets in a call: what both sides see, and what becomes of the chat."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from livekit import api

from desktop.core.call import CallPhase, EndReason, OwnDevice, TrackState
from desktop.core.session import JoinGrant
from desktop.practice.camera import SyntheticCamera
from desktop.practice.livekit_server import LiveKitKeys
from tests.faults.lanes import Lanes, Notes, Outcome
from tests.fixtures.fault_rig import Call, call
from tests.fixtures.fault_shop import Shop, room_name

pytestmark = pytest.mark.server

_AWAY = {CallPhase.RECONNECTING, CallPhase.REJOINING}
_BACK_WITHIN_S = 30.0
"""The customer's phone takes its own time; how quick the mechanic's side is, the soak measures."""
_RUNS_ON_S = 6.0
_NODE_FAILURE = 2
"""Of the SDK's simulated faults: the server forgets this client alone, at once."""


def _camera() -> SyntheticCamera:
    return SyntheticCamera(width=320, height=240, fps=10)


@contextlib.asynccontextmanager
async def _calls(folder: Path) -> AsyncIterator[dict[str, Call]]:
    """Open a call in each of two shops: what hurts the media server of one is nothing to the other."""
    async with (
        Shop(folder / "media") as hurt,
        Shop(folder / "platform") as other,
        call(hurt) as media,
        call(other, camera=_camera) as platform,
    ):
        yield {"media": media, "platform": platform}


lanes = Lanes(_calls)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return lanes.play(request, tmp_path_factory.mktemp("servers"))


async def _see_it_back(call: Call, notes: Notes, since_s: float, up_s: float) -> None:
    """See picture, people and chat back, without an end in between."""
    notes.note(back_s=await call.until_back(up_s))
    await call.desk.until(lambda: call.desk.state.mechanic.in_room, _BACK_WITHIN_S, "in the room")
    call.say("afterwards")
    await call.settle_chat()
    notes.note(gap_s=call.desk.longest_gap_s(since_s), chat_s=time.monotonic() - up_s)
    await call.assert_everybody_once()
    assert CallPhase.ENDED not in call.desk.phases(since_s)


# ---- the media server -----------------------------------------------------------------------------------------------


@lanes.story("media")
async def test_a_line_written_as_the_server_forgets_the_room_does_not_freeze_the_picture_for_long(
    call: Call, notes: Notes
) -> None:
    """By chance the SDK then waits 15 s to send the line and mends nothing meanwhile; all servers answer."""
    since_s = time.monotonic()
    failing = asyncio.create_task(call.desk.simulate(_NODE_FAILURE))
    call.say("in that very moment")
    await failing
    seen = await call.desk.until_picture(since_s + 0.3, 12)
    notes.note(back_s=seen.at_s - since_s)
    await call.settle_chat()
    await call.assert_everybody_once()
    assert CallPhase.ENDED not in call.desk.phases(since_s)


@lanes.story("media")
async def test_a_line_written_as_the_server_forgets_the_room_does_not_silence_a_call_by_sound_for_long(
    call: Call, notes: Notes
) -> None:
    """The same with the customer's camera off, where no picture can show that nothing comes in."""
    await call.customer.command("camera", on=False)
    await call.desk.until(lambda: call.desk.state.customer.camera is TrackState.MUTED, 10, "a camera that is off")
    since_s = time.monotonic()
    failing = asyncio.create_task(call.desk.simulate(_NODE_FAILURE))
    call.say("in that very moment, without a picture")
    await asyncio.sleep(1)
    await call.desk.until_heard()
    notes.note(heard_s=time.monotonic() - since_s)
    await failing
    await call.settle_chat()
    await call.assert_everybody_once()
    assert CallPhase.ENDED not in call.desk.phases(since_s)
    await call.customer.command("camera", on=True)
    await call.desk.until_live()


@lanes.story("media")
async def test_a_killed_media_server_that_returns_is_back_in_the_call_without_a_tap(call: Call, notes: Notes) -> None:
    since_s = time.monotonic()
    await call.shop.livekit.kill()
    await asyncio.sleep(1)
    call.say("while the media server is dead")
    await call.answer("from a phone without a room")
    await asyncio.sleep(1)
    await call.shop.livekit.start()
    await _see_it_back(call, notes, since_s, time.monotonic())
    assert set(call.desk.phases(since_s)) & _AWAY, "a dead room was shown as a live one"


@lanes.story("media")
async def test_a_frozen_media_server_costs_a_frozen_picture_and_nothing_else(call: Call, notes: Notes) -> None:
    mark, since_s = call.mark(), time.monotonic()
    call.shop.livekit.freeze()
    await asyncio.sleep(2.5)
    call.say("to a frozen server")
    await asyncio.sleep(2.5)
    call.shop.livekit.thaw()
    await _see_it_back(call, notes, since_s, time.monotonic())
    notes.note(away_for_customer_s=call.away_s(mark))


@lanes.story("media")
async def test_a_drained_media_server_goes_on_serving_and_its_end_is_survived(call: Call, notes: Notes) -> None:
    since_s = time.monotonic()
    call.shop.livekit.drain()
    await asyncio.sleep(2)
    assert not set(call.desk.phases(since_s)) & _AWAY, "a draining server still serves"
    call.shop.livekit.drain()
    await call.shop.livekit.ended()
    call.say("after the shutdown")
    await asyncio.sleep(0.5)
    await call.shop.livekit.start()
    await _see_it_back(call, notes, since_s, time.monotonic())


@lanes.story("media")
async def test_a_deleted_room_of_an_open_session_is_entered_again(call: Call, notes: Notes) -> None:
    since_s = time.monotonic()
    admin = call.shop.admin()
    try:
        await admin.room.delete_room(api.DeleteRoomRequest(room=room_name(call.session_id)))
    finally:
        await admin.aclose()
    call.say("after the room was deleted")
    await _see_it_back(call, notes, since_s, since_s + 0.5)


@lanes.story("media")
async def test_new_secrets_on_both_servers_are_taken_by_new_tokens(call: Call, notes: Notes) -> None:
    since_s = time.monotonic()
    shop = call.shop
    shop.livekit.keys = shop.join_server.keys = LiveKitKeys.fresh()
    await asyncio.gather(shop.livekit.kill(), shop.join_server.kill())
    await asyncio.gather(shop.livekit.start(), shop.join_server.start())
    call.say("under new secrets")
    await _see_it_back(call, notes, since_s, time.monotonic())


# ---- the platform ---------------------------------------------------------------------------------------------------


@lanes.story("platform")
async def test_an_expired_token_is_replaced_by_a_fresh_one(call: Call, notes: Notes) -> None:
    def expired_once(grant: JoinGrant) -> str:
        call.desk.client.spoil = None
        return call.shop.token(call.session_id, grant.identity, seconds=-60)

    await call.desk.flow.leave()
    call.desk.client.spoil = expired_once
    since_s = time.monotonic()
    await call.desk.join(call.session_id)
    await call.desk.until_live()
    notes.note(live_s=time.monotonic() - since_s)
    await call.assert_everybody_once()


@lanes.story("platform")
async def test_a_join_server_that_is_away_disturbs_neither_picture_nor_live_text(call: Call, notes: Notes) -> None:
    mark, since_s = call.mark(), time.monotonic()
    await call.shop.join_server.kill()
    line = call.say("while the platform is away")
    await call.customer.wait_for("chat", where=lambda told: told["text"] == line, timeout_s=5)
    await asyncio.sleep(4)
    call.say("still away")
    await call.shop.join_server.start()
    up_s = time.monotonic()
    await call.settle_chat()
    notes.note(chat_s=time.monotonic() - up_s, gap_s=call.desk.longest_gap_s(since_s))
    assert call.desk.longest_gap_s(since_s) < 2, "the picture was disturbed"
    assert not set(call.desk.phases(since_s)) & _AWAY
    assert call.away_s(mark) == 0
    await call.assert_everybody_once()


@lanes.story("platform")
async def test_rights_taken_away_grey_the_camera_and_given_back_bring_it_back(call: Call, notes: Notes) -> None:
    await call.desk.until(lambda: call.desk.state.camera is OwnDevice.ON, 10, "the own camera on")
    await call.customer.wait_for("first_frame")
    since_s = time.monotonic()
    await _let_publish(call, allowed=False)
    notes.note(taken_s=await call.desk.until(lambda: call.desk.state.camera is OwnDevice.REFUSED, 5, "a grey camera"))
    assert call.desk.state.phase is CallPhase.LIVE
    mark = call.mark()
    await _let_publish(call, allowed=True)
    notes.note(back_s=await call.desk.until(lambda: call.desk.state.camera is OwnDevice.ON, 10, "the own camera again"))
    await call.customer.wait_for("first_frame", after=mark)
    assert call.desk.longest_gap_s(since_s) < _RUNS_ON_S
    await call.assert_everybody_once()


async def _let_publish(call: Call, *, allowed: bool) -> None:
    admin = call.shop.admin()
    rights = api.ParticipantPermission(can_publish=allowed, can_subscribe=True, can_publish_data=True)
    change = api.UpdateParticipantRequest(
        room=room_name(call.session_id), identity=call.own_identity(), permission=rights
    )
    try:
        await admin.room.update_participant(change)
    finally:
        await admin.aclose()


@lanes.story("platform")
async def test_a_removed_mechanic_is_told_so_and_does_not_push_back_in(call: Call, notes: Notes) -> None:
    since_s = time.monotonic()
    admin = call.shop.admin()
    me = api.RoomParticipantIdentity(room=room_name(call.session_id), identity=call.own_identity())
    try:
        await admin.room.remove_participant(me)
    finally:
        await admin.aclose()
    took_s = await call.desk.until(lambda: call.desk.state.phase is CallPhase.ENDED, 10, "the end")
    notes.note(took_s=took_s)
    assert call.desk.state.end_reason is EndReason.REMOVED
    assert call.desk.band == "room_lost"
    await call.customer.wait_for("went", where=lambda told: told["role"] == "mechanic")
    await asyncio.sleep(2)
    assert [name.partition("-")[0] for name in await call.identities()] == ["customer"]
    assert not set(call.desk.phases(since_s)) & _AWAY


@lanes.story("platform")
async def test_a_session_that_ended_while_the_network_was_away_ends_here_with_its_summary(
    call: Call, notes: Notes
) -> None:
    await call.desk.join(call.session_id)
    await call.desk.until_live()
    call.network.down()
    await asyncio.sleep(1)
    await call.customer.command("end")
    await call.customer.wait_for("ended")
    await asyncio.sleep(4)
    up_s = call.network.up()
    await call.desk.until(lambda: call.desk.state.phase is CallPhase.ENDED, 15, "the end")
    notes.note(ended_s=time.monotonic() - up_s)
    assert call.desk.state.end_reason is EndReason.ENDED
    assert call.desk.state.completion is not None
    assert call.desk.state.completion.ended_by == "customer"

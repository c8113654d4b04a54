"""Every reason for which a room can be lost in a call, and what a mechanic then sees: stories on virtual time."""

import asyncio
from functools import partial

import pytest

from desktop.core.call import CallPhase, EndReason, TrackState
from desktop.core.errors import SENTENCES, OfflineError, RefusedError
from desktop.flows import call_bands
from desktop.flows.call_policy import AFTER_LOSS, Next
from desktop.flows.call_waiting import rejoin_pause_s
from desktop.rtc.events import Disconnected, LostReason, ParticipantJoined, Reconnected, Reconnecting
from tests.flows.call_fakes import CUSTOMER, SESSION, FakePlatform, Stage, play


def _has_opened(stage: Stage, rooms: int) -> bool:
    return len(stage.rooms.opened) == rooms


async def _long_live(stage: Stage) -> None:
    """Have a call that runs well for some time."""
    await stage.live()
    await asyncio.sleep(30)


async def _is_back(stage: Stage, within_s: float = 5) -> None:
    """Wait until the mechanic is in a second room, and let it show the customer as the SDK does."""
    await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, within_s)
    stage.customer_enters()
    await stage.screen.until_phase(CallPhase.LIVE, within_s)


def test_every_reason_has_its_row() -> None:
    assert set(AFTER_LOSS) == set(LostReason)


def test_every_way_out_of_a_call_reads_differently_and_says_what_to_do_next() -> None:
    ends = {
        rule.sentence for rule in AFTER_LOSS.values() if rule.next not in {Next.REJOIN, Next.REJOIN_SPREAD, Next.ASK}
    }
    sentences = {SENTENCES[code] for code in ends | {"not_found", "session_ended", "media_setup", "tls"}}
    assert len(sentences) == len(ends) + 4
    assert all("list" in SENTENCES[code] for code in ends - {"joined_elsewhere"})
    assert call_bands.joined_elsewhere().action == "Use this screen"


def test_a_connection_that_the_sdk_mends_keeps_people_and_says_the_last_lines_again() -> None:
    """No reason yet: in a full reconnect everybody seems to leave, even before it is told, and then to come anew."""

    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.flow.send("into the dark")
        await asyncio.sleep(5)
        stage.network(is_there=False)
        stage.customer_drops()
        stage.room.tell(Reconnecting())
        state = await stage.screen.until_phase(CallPhase.RECONNECTING, 2)
        assert state.band is not None
        assert state.band.key == "connection_lost"
        stage.flow.send("while it is mended")
        await asyncio.sleep(25)
        assert stage.screen.state.customer.in_room
        assert stage.screen.state.customer.camera is TrackState.STALLED
        said = len(stage.room.sent)
        stage.network(is_there=True)
        stage.room.tell(Reconnected())
        stage.customer_enters()
        await stage.screen.until_phase(CallPhase.LIVE, 2)
        ids = {line.text: line.id for line in stage.screen.transcript}
        assert set(stage.room.sent[said:]) == {(text, ids[text]) for text in ("into the dark", "while it is mended")}
        assert len(stage.rooms.opened) == 1
        assert "customer_dropped" not in stage.screen.bands()

    play(story)


def test_a_room_lost_without_a_reason_is_entered_again_by_a_new_join() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 2)
        await _is_back(stage)
        assert stage.room.connected_with == ("wss://media.example", "token-2")
        await asyncio.sleep(1)
        assert stage.rooms.opened[0].is_left

    play(story)


def test_a_server_that_shuts_down_is_not_stormed_by_everybody_at_once() -> None:
    pauses: set[float] = set()

    async def story(stage: Stage) -> None:
        await _long_live(stage)
        lost_s = asyncio.get_running_loop().time()
        stage.room.tell(Disconnected(LostReason.SHUTDOWN, 3))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        pauses.add(round(asyncio.get_running_loop().time() - lost_s, 1))
        await _is_back(stage)

    for _ in range(8):
        play(story)
    assert len(pauses) > 1


def test_a_refused_join_of_the_room_is_tried_once_with_a_new_token() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.ACCESS, 7))
        await _is_back(stage)
        assert stage.platform.calls.count("join") == 2
        stage.room.tell(Disconnected(LostReason.ACCESS, 7))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.LOST
        assert state.band is not None
        assert state.band.title == "Your access to this session has changed. Open it again from the list."

    play(story)


def test_a_place_taken_by_another_screen_is_explained_and_not_fought_for() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.DUPLICATE_IDENTITY, 2))
        state = await stage.screen.until_phase(CallPhase.ENDED, 1)
        assert state.end_reason is EndReason.JOINED_ELSEWHERE
        assert state.band is not None
        assert (state.band.title, state.band.action) == (
            "You joined this session on another screen.",
            "Use this screen",
        )
        await asyncio.sleep(60)
        assert stage.platform.calls.count("join") == 1

    play(story)


def test_thrown_out_by_an_own_former_connection_is_no_other_screen_but_only_once() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await _is_back(stage)
        await asyncio.sleep(3)
        stage.room.tell(Disconnected(LostReason.DUPLICATE_IDENTITY, 2))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 3, 5)
        await _is_back(stage)
        await asyncio.sleep(3)
        stage.room.tell(Disconnected(LostReason.DUPLICATE_IDENTITY, 2))
        state = await stage.screen.until_phase(CallPhase.ENDED, 1)
        assert state.end_reason is EndReason.JOINED_ELSEWHERE
        await asyncio.sleep(60)
        assert len(stage.rooms.opened) == 3

    play(story)


def test_a_former_room_that_takes_long_to_leave_is_waited_for() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.leave_s = 4
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await asyncio.sleep(3.9)
        assert len(stage.rooms.opened) == 1
        await _is_back(stage, 1)
        assert len(stage.rooms.opened) == 2

    play(story)


@pytest.mark.parametrize("is_over", [True, False])
def test_a_mechanic_who_was_taken_out_learns_whether_the_session_is_over(*, is_over: bool) -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        if is_over:
            stage.platform.finish(by="customer")
        stage.room.tell(Disconnected(LostReason.REMOVED, 4))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is (EndReason.ENDED if is_over else EndReason.REMOVED)
        assert (state.completion is not None) is is_over
        if not is_over:
            assert state.band is not None
            assert state.band.title == "You were taken out of this session. Open it again from the list."
        await asyncio.sleep(20)
        assert stage.platform.calls.count("join") == 1

    play(story)


def test_a_closed_room_of_an_ended_session_leads_to_its_end() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.platform.finish(by="customer")
        stage.room.tell(Disconnected(LostReason.ROOM_CLOSED, 5))
        state = await stage.screen.until_phase(CallPhase.ENDED, 2)
        assert state.end_reason is EndReason.ENDED
        assert state.completion is not None
        await asyncio.sleep(20)
        assert stage.platform.calls.count("join") == 1

    play(story)


def test_a_closed_room_of_an_open_session_is_made_again() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.ROOM_CLOSED, 5))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        await _is_back(stage)
        assert stage.screen.state.phase is CallPhase.LIVE

    play(story)


def test_a_room_closed_by_a_small_platform_means_that_the_session_has_ended() -> None:
    platform = FakePlatform()
    platform.is_lean = True

    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(Disconnected(LostReason.ROOM_CLOSED, 5))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.ENDED
        assert state.completion is not None

    play(story, platform)


def test_a_reason_nobody_knows_stops_the_call_and_says_its_number() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.REFUSED, 13))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.LOST
        assert state.band is not None
        assert state.band.title == (
            "The server closed this connection (reason 13). Open the session again from the list."
        )

    play(story)


def test_nothing_of_the_call_is_lost_while_its_room_is_renewed() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        started_at = stage.screen.state.timer.started_at
        stage.flow.send("before")
        stage.rooms.people_inside = (CUSTOMER,)
        stage.network(is_there=False)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        state = await stage.screen.until_phase(CallPhase.REJOINING, 2)
        assert state.band is not None
        assert state.band.key == "connection_lost"
        assert (state.customer.in_room, state.customer.camera) == (True, TrackState.STALLED)
        assert state.chat_open
        stage.flow.send("meanwhile")
        stage.flow.set_muted(True)
        await asyncio.sleep(20)
        assert stage.screen.state.customer.in_room
        stage.network(is_there=True)
        state = await stage.screen.until_band("connected_again", 3)
        assert state.band is not None
        assert state.band.text.startswith("You were away for 2")
        assert state.phase is CallPhase.LIVE
        assert state.timer.started_at == started_at
        assert state.others == ()
        assert stage.room.is_muted
        await stage.screen.until(lambda: len(stage.platform.stored) == 2, 5)
        assert [message.text for message in stage.platform.stored] == ["before", "meanwhile"]
        assert stage.screen.texts == ["before", "meanwhile"]
        assert "customer_dropped" not in stage.screen.bands()

    play(story)


def test_who_went_while_we_were_away_is_said_to_have_gone_only_later() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, 3)
        await asyncio.sleep(5)
        assert stage.screen.state.customer.in_room
        await stage.screen.until_band("customer_dropped", 3)

    play(story)


def test_an_end_while_the_room_is_lost_ends_the_session() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.platform.always["join"] = OfflineError()
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until_phase(CallPhase.REJOINING, 2)
        stage.flow.end()
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.ENDED
        await asyncio.sleep(20)
        assert len(stage.rooms.opened) == 1

    play(story)


def test_a_session_that_ends_while_the_room_is_lost_ends_here_too() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until_phase(CallPhase.REJOINING, 2)
        await asyncio.sleep(20)
        stage.platform.finish(by="customer")
        stage.network(is_there=True)
        stage.platform.always["join"] = RefusedError("session_ended", 410)
        state = await stage.screen.until_phase(CallPhase.ENDED, 10)
        assert state.end_reason is EndReason.ENDED
        assert state.completion is not None
        assert state.completion.ended_by == "customer"

    play(story)


def test_the_pauses_grow_to_eight_seconds_and_are_never_the_same() -> None:
    for tries, longest in ((0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (50, 8.0)):
        pauses = {rejoin_pause_s(tries) for _ in range(20)}
        assert all(longest / 2 <= pause <= longest for pause in pauses)
        assert len(pauses) > 1


def test_a_room_that_falls_again_and_again_is_tried_ever_more_slowly() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        began_s = asyncio.get_running_loop().time()
        for number in range(2, 8):
            stage.room.tell(Disconnected(LostReason.CONNECTION))
            await stage.screen.until(partial(_has_opened, stage, number), 30)
            await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, 5)
            stage.room.tell(ParticipantJoined(CUSTOMER))
        assert asyncio.get_running_loop().time() - began_s > 5
        assert stage.platform.calls.count("join") == 7
        assert stage.platform.calls.count("end") == 0
        assert not stage.rooms.opened[0].sent
        assert stage.screen.state.session_id == SESSION

    play(story)

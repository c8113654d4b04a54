"""What can stand in the way into a room: tried again, given up, or the end of the call - and how it reads."""

import asyncio

import pytest

from desktop.core.call import CallPhase, EndReason
from desktop.core.errors import (
    BaylinkError,
    OfflineError,
    RefusedError,
    RoomConnectError,
    ServerTroubleError,
    SignedOutError,
)
from desktop.rtc.events import Disconnected, LostReason
from tests.flows.call_fakes import CUSTOMER, SESSION, Stage, play

ACCESS = RoomConnectError("access_changed", needs_token=True)
TLS = RoomConnectError("tls", final=True)
SETUP = RoomConnectError("media_setup", final=True)
GONE = RoomConnectError("media_setup", needs_token=True, final=True)
"""A room that is gone, or an address behind which no media server is: a 404 does not say which."""


async def _lose(stage: Stage) -> None:
    """Have a call that runs well for some time, and take its room away."""
    await stage.live()
    await asyncio.sleep(30)
    stage.rooms.people_inside = (CUSTOMER,)
    stage.room.tell(Disconnected(LostReason.CONNECTION))


def _title(stage: Stage) -> str:
    band = stage.screen.state.band
    return band.title if band is not None else ""


# ---- the room ---


def test_a_refused_token_is_replaced_once() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.rooms.troubles = [ACCESS]
        stage.rooms.people_inside = (CUSTOMER,)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 3, 5)
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, 5)
        assert stage.room.connected_with == ("wss://media.example", "token-3")

    play(story)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_token_refused_twice_means_that_the_access_has_changed(*, is_first: bool) -> None:
    async def story(stage: Stage) -> None:
        if is_first:
            stage.rooms.troubles = [ACCESS] * 9
            await stage.flow.join(SESSION)
        else:
            await stage.live()
            await asyncio.sleep(30)
            stage.rooms.troubles = [ACCESS] * 9
            stage.room.tell(Disconnected(LostReason.CONNECTION))
        state = await stage.screen.until_phase(CallPhase.ENDED, 10)
        assert state.end_reason is EndReason.LOST
        assert _title(stage) == "Your access to this session has changed. Open it again from the list."
        assert len(stage.rooms.opened) == (2 if is_first else 3)

    play(story)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (TLS, "The server's identity could not be checked. Nothing was sent."),
        (SETUP, "Picture and sound are set up wrongly here. Chat still works. Tell the shop office."),
        (GONE, "Picture and sound are set up wrongly here. Chat still works. Tell the shop office."),
    ],
)
def test_what_is_set_up_wrongly_is_tried_three_times_and_chat_goes_on(trouble: RoomConnectError, sentence: str) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.rooms.troubles = [trouble] * 9
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: _title(stage) == sentence, 15)
        await asyncio.sleep(60)
        assert len(stage.rooms.opened) == 4
        assert stage.screen.state.phase is CallPhase.LIVE
        assert _title(stage) == sentence
        stage.flow.send("can you read me?")
        await stage.screen.until(lambda: len(stage.platform.stored) == 1, 2)
        stage.flow.end()
        await stage.screen.until_phase(CallPhase.ENDED, 5)

    play(story)


def test_a_room_that_is_gone_is_entered_with_the_next_join_answer() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.rooms.troubles = [GONE]
        stage.rooms.people_inside = (CUSTOMER,)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 3, 5)
        await stage.screen.until_phase(CallPhase.LIVE, 5)
        assert stage.room.connected_with == ("wss://media.example", "token-3")

    play(story)


def test_a_media_server_that_is_not_allowed_any_more_is_said_and_chat_goes_on() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.platform.server_url, stage.platform.media_error = None, "bad_media_host"
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        sentence = "The server named an unknown media host. The call was not opened."
        await stage.screen.until(lambda: _title(stage) == sentence, 15)
        stage.flow.send("can you read me?")
        await stage.screen.until(lambda: len(stage.platform.stored) == 1, 2)

    play(story)


def test_a_room_that_is_only_away_is_tried_until_it_is_there() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.rooms.troubles = [RoomConnectError()] * 12
        stage.rooms.people_inside = (CUSTOMER,)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 14, 120)
        await stage.screen.until_phase(CallPhase.LIVE, 5)
        assert all(room.is_left for room in stage.rooms.opened[:-1])

    play(story)


def test_joins_stay_below_what_the_platform_takes_in_a_minute() -> None:
    async def story(stage: Stage) -> None:
        await _lose(stage)
        stage.platform.room_ready = False
        await asyncio.sleep(5)
        before = stage.platform.calls.count("join")
        await asyncio.sleep(60)
        assert 12 <= stage.platform.calls.count("join") - before <= 24

    play(story)


def test_there_are_never_two_attempts_at_once() -> None:
    async def story(stage: Stage) -> None:
        await _lose(stage)
        gate = stage.platform.gates["join"] = asyncio.Event()
        for _ in range(20):
            stage.room.tell(Disconnected(LostReason.CONNECTION))
            await asyncio.sleep(0.5)
        assert stage.platform.calls.count("join") == 2
        gate.set()
        await stage.screen.until_phase(CallPhase.LIVE, 5)
        assert len(stage.rooms.opened) == 2

    play(story)


def test_a_room_lost_in_the_moment_it_opened_is_not_taken_for_open() -> None:
    async def story(stage: Stage) -> None:
        await _lose(stage)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 5)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: len(stage.rooms.opened) == 3, 5)
        await stage.screen.until_phase(CallPhase.LIVE, 5)

    play(story)


# ---- the platform ---


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (RefusedError("not_found", 404), "This session is not available to you."),
        (RefusedError("not_a_mechanic", 403), "This login is not a mechanic's. Use a mechanic account."),
        (RefusedError("not_accepted", 409), "Accept this request first."),
        (
            RefusedError("mechanic_has_active_session", 409, details={"customer": "Owen Mbeki"}),
            "You are still in a session with Owen Mbeki. End it before opening another.",
        ),
        (RefusedError("session_ended", 410), "This session has ended. You can still read it."),
    ],
)
def test_the_platforms_refusal_ends_the_call_with_its_sentence(refusal: RefusedError, sentence: str) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.platform.always["join"] = refusal
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.REMOVED
        assert _title(stage) == sentence
        asked = stage.platform.calls.count("join")
        await asyncio.sleep(30)
        assert stage.platform.calls.count("join") == asked

    play(story)


def test_too_many_joins_wait_as_long_as_the_platform_asks_for() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.platform.trouble["join"] = [RefusedError("rate_limited", 429, details={"retry_after_s": 17})]
        stage.rooms.people_inside = (CUSTOMER,)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until_phase(CallPhase.REJOINING, 2)
        await asyncio.sleep(15)
        assert stage.platform.calls.count("join") == 2
        await stage.screen.until_phase(CallPhase.LIVE, 8)
        assert stage.platform.calls.count("join") == 3

    play(story)


@pytest.mark.parametrize(
    "trouble", [OfflineError(), ServerTroubleError("internal"), ServerTroubleError("database_unavailable")]
)
def test_a_platform_in_trouble_is_asked_until_it_answers(trouble: BaylinkError) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        stage.platform.always["join"] = trouble
        stage.rooms.people_inside = (CUSTOMER,)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await asyncio.sleep(90)
        assert stage.screen.state.phase is CallPhase.REJOINING
        del stage.platform.always["join"]
        await stage.screen.until_phase(CallPhase.LIVE, 10)

    play(story)


def test_ac_47_signed_out_while_the_room_is_lost_keeps_the_call_and_what_was_written_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(30)
        for name in ("join", "state", "messages", "send_message"):
            stage.platform.always[name] = SignedOutError("refresh_invalid", 401)
        stage.rooms.people_inside = (CUSTOMER,)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        stage.flow.send("still mine")
        await asyncio.sleep(60)
        assert stage.screen.state.phase is CallPhase.REJOINING
        stage.platform.always.clear()
        await stage.screen.until_phase(CallPhase.LIVE, 10)
        await stage.screen.until(lambda: len(stage.platform.stored) == 1, 20)

    play(story)

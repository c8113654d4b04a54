"""A loss that nobody tells of, and a return that the SDK would sleep through: stories on virtual time."""

import asyncio

import pytest

from desktop.core.call import CallPhase, EndReason, TrackState
from desktop.core.chat import Delivery
from desktop.core.errors import BaylinkError, OfflineError, RefusedError
from desktop.core.link import LinkStats
from desktop.core.session import SessionKind
from desktop.rtc.events import (
    ChatReceived,
    Disconnected,
    LostReason,
    Reconnected,
    Reconnecting,
    TrackChanged,
    TrackSource,
)
from tests.flows.call_fakes import CUSTOMER, SESSION, FakePlatform, Stage, play


async def _long_live(stage: Stage) -> None:
    """Have a call that runs well for some time, whose next room has the customer in it."""
    await stage.live()
    await asyncio.sleep(30)
    stage.rooms.people_inside = (CUSTOMER,)


def _freeze(stage: Stage) -> None:
    stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.STALLED))


def _flow(stage: Stage) -> None:
    stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.FLOWING))


def _now() -> float:
    return asyncio.get_running_loop().time()


def test_a_frozen_picture_and_silent_servers_are_a_lost_connection_long_before_the_sdk_says_so() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        frozen_s = _now() + 2
        await asyncio.sleep(2)
        _freeze(stage)
        state = await stage.screen.until_phase(CallPhase.RECONNECTING, 1)
        assert state.band is not None
        assert state.band.key == "connection_lost"
        assert state.band.since_s == pytest.approx(frozen_s - 2, abs=0.1)
        await asyncio.sleep(5)
        assert len(stage.rooms.opened) == 1

    play(story)


def test_a_frozen_picture_alone_is_no_lost_connection() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        _freeze(stage)
        await asyncio.sleep(60)
        assert stage.screen.state.phase is CallPhase.LIVE
        assert len(stage.rooms.opened) == 1
        assert "connection_lost" not in stage.screen.bands()

    play(story)


def test_a_slow_line_is_no_lost_connection() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.answers_in_s = 1.3
        await _long_live(stage)
        _freeze(stage)
        await asyncio.sleep(60)
        assert stage.screen.state.phase is CallPhase.LIVE
        assert len(stage.rooms.opened) == 1
        assert "connection_lost" not in stage.screen.bands()

    play(story)


def test_while_pictures_flow_nothing_is_asked_and_nothing_is_said() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(5)
        asked = len(stage.platform.probes)
        await asyncio.sleep(120)
        assert len(stage.platform.probes) == asked

    play(story)


def test_in_doubt_the_servers_are_asked_about_once_a_second() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        _freeze(stage)
        before = len(stage.platform.probes)
        await asyncio.sleep(20)
        asked = stage.platform.probes[before:]
        assert 15 <= asked.count("wss://media.example") <= 25
        assert 7 <= asked.count("platform") <= 12
        _flow(stage)
        await asyncio.sleep(2)
        total = len(stage.platform.probes)
        await asyncio.sleep(20)
        assert len(stage.platform.probes) == total

    play(story)


def test_a_short_loss_that_the_sdk_slept_through_throws_no_room_away() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await asyncio.sleep(2)
        stage.network(is_there=True)
        await asyncio.sleep(1)
        _flow(stage)
        state = await stage.screen.until_band("connected_again", 1)
        assert state.phase is CallPhase.LIVE
        await asyncio.sleep(10)
        assert len(stage.rooms.opened) == 1
        assert stage.platform.calls.count("join") == 1

    play(story)


def test_a_room_that_gives_no_picture_after_the_network_is_back_is_given_up() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await asyncio.sleep(8)
        stage.network(is_there=True)
        back_s = _now()
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        await stage.screen.until_phase(CallPhase.LIVE, 2)
        assert _now() - back_s < 3
        assert stage.rooms.opened[0].is_silent
        assert stage.screen.state.customer.person.identity == CUSTOMER

    play(story)


def test_a_picture_that_is_fetched_anew_or_held_back_is_no_sign_of_a_room_that_works() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await stage.screen.until_phase(CallPhase.RECONNECTING, 2)
        for state in (TrackState.STARTING, TrackState.PAUSED):
            stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, state))
            await asyncio.sleep(4)
            assert stage.screen.state.phase is CallPhase.RECONNECTING
        stage.network(is_there=True)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)

    play(story)


def test_a_loss_is_noticed_although_the_pictures_are_held_back() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.PAUSED))
        for _ in range(5):
            await asyncio.sleep(1)
            stage.room.tell(LinkStats(rx_kbps=30))
        stage.network(is_there=False)
        for _ in range(8):
            await asyncio.sleep(1)
            stage.room.tell(LinkStats())
        assert stage.screen.state.phase is CallPhase.RECONNECTING
        stage.network(is_there=True)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        await stage.screen.until_phase(CallPhase.LIVE, 3)

    play(story)


def test_pictures_held_back_on_the_way_that_stop_again_are_still_the_same_loss() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await asyncio.sleep(8)
        stage.network(is_there=True)
        await asyncio.sleep(0.7)
        _flow(stage)
        await asyncio.sleep(1)
        assert len(stage.rooms.opened) == 1
        await asyncio.sleep(2)
        _freeze(stage)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 1)
        await stage.screen.until_phase(CallPhase.LIVE, 2)

    play(story)


def test_a_second_hole_just_after_the_first_throws_no_room_away_while_nobody_answers() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await asyncio.sleep(8)
        stage.network(is_there=True)
        await asyncio.sleep(0.7)
        _flow(stage)
        await asyncio.sleep(0.7)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await asyncio.sleep(6)
        assert len(stage.rooms.opened) == 1
        stage.network(is_there=True)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 2)
        await stage.screen.until_phase(CallPhase.LIVE, 2)

    play(story)


async def _measure(stage: Stage, seconds: int, *rates: float) -> None:
    """Let some seconds pass with these rates, one after the other and again from the first."""
    for second in range(seconds):
        await asyncio.sleep(1)
        stage.room.tell(LinkStats(rx_kbps=rates[second % len(rates)]))


def test_a_room_whose_pictures_have_no_way_in_any_more_is_given_up_though_everybody_answers() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        await _measure(stage, 5, 500)
        dead_s = _now()
        await _measure(stage, 2, 0)
        _freeze(stage)
        await _measure(stage, 2, 0)
        assert len(stage.rooms.opened) == 1
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        assert _now() - dead_s < 7
        await stage.screen.until_phase(CallPhase.LIVE, 2)

    play(story)


def test_a_narrow_line_full_of_sound_is_no_lost_connection_though_the_media_server_seems_away() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        await _measure(stage, 5, 75)
        _freeze(stage)
        stage.platform.is_media_alive = False
        await _measure(stage, 10, 40)
        stage.platform.is_media_alive = True
        await _measure(stage, 10, 40)
        assert len(stage.rooms.opened) == 1
        assert stage.screen.state.phase is CallPhase.LIVE
        assert "connection_lost" not in stage.screen.bands()

    play(story)


def test_a_sender_who_is_away_costs_no_room_as_long_as_the_server_reports() -> None:
    """What a real server goes on sending about a picture whose sender is gone: a few bytes every three seconds."""

    async def story(stage: Stage) -> None:
        await _long_live(stage)
        await _measure(stage, 5, 500)
        _freeze(stage)
        await _measure(stage, 60, 0, 0, 0.8)
        assert len(stage.rooms.opened) == 1
        assert stage.screen.state.phase is CallPhase.LIVE
        assert "connection_lost" not in stage.screen.bands()

    play(story)


@pytest.mark.parametrize("state", [TrackState.MUTED, TrackState.PAUSED, TrackState.ABSENT, TrackState.FLOWING])
def test_silence_costs_no_room_where_no_picture_stands_still(state: TrackState) -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        await _measure(stage, 5, 500)
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, state))
        await _measure(stage, 40, 0)
        assert len(stage.rooms.opened) == 1
        assert "connection_lost" not in stage.screen.bands()

    play(story)


def test_a_dead_way_of_the_pictures_costs_no_room_while_the_media_server_is_away() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        await _measure(stage, 5, 500)
        stage.platform.is_media_alive = False
        await _measure(stage, 2, 0)
        _freeze(stage)
        await _measure(stage, 20, 0)
        assert len(stage.rooms.opened) == 1

    play(story)


async def _talk(stage: Stage, seconds: int, *, rx_kbps: float, every_s: int = 2) -> None:
    """Let some seconds pass in which the media server answers ICE's checks, and so much sound comes in."""
    for second in range(seconds):
        await asyncio.sleep(1)
        stage.room.tell(LinkStats(rx_kbps=rx_kbps, ice_answers=int(second % every_s == 0)))


async def _without_picture(stage: Stage, state: TrackState) -> None:
    """Have a call that runs well, by sound alone."""
    await _long_live(stage)
    stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, state))
    await _talk(stage, 6, rx_kbps=70)


_NO_PICTURE = pytest.mark.parametrize("state", [TrackState.MUTED, TrackState.PAUSED, TrackState.ABSENT])
"""The customer's camera is off; the line carries only sound; there is no camera."""


@_NO_PICTURE
@pytest.mark.parametrize("rx_kbps", [70, 0])
def test_a_call_by_sound_whose_way_is_dead_is_healed_as_soon_as_one_with_pictures(
    state: TrackState, rx_kbps: float
) -> None:
    """Also where everybody is muted: the media server's answers to ICE's checks stop coming."""

    async def story(stage: Stage) -> None:
        await _without_picture(stage, state)
        await _talk(stage, 9, rx_kbps=rx_kbps)
        dead_s = _now()
        await _measure(stage, 4, 0)
        assert len(stage.rooms.opened) == 1
        await _measure(stage, 2, 0)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 2)
        assert _now() - dead_s < 8
        await stage.screen.until_phase(CallPhase.LIVE, 3)

    play(story)


@_NO_PICTURE
def test_a_call_in_which_everybody_is_muted_is_left_alone(state: TrackState) -> None:
    """What a real server sends then: an answer to ICE about every two seconds and a half, now and then one late."""

    async def story(stage: Stage) -> None:
        await _without_picture(stage, state)
        asked = len(stage.platform.probes)
        await _talk(stage, 120, rx_kbps=0, every_s=3)
        assert len(stage.rooms.opened) == 1
        assert "connection_lost" not in stage.screen.bands()
        if state is not TrackState.PAUSED:
            assert len(stage.platform.probes) == asked

    play(story)


@_NO_PICTURE
def test_a_call_by_sound_without_a_network_says_so_long_before_the_sdk(state: TrackState) -> None:
    async def story(stage: Stage) -> None:
        await _without_picture(stage, state)
        lost_s = _now()
        stage.network(is_there=False)
        await _measure(stage, 7, 0)
        assert stage.screen.state.phase is CallPhase.RECONNECTING
        await _measure(stage, 10, 0)
        assert len(stage.rooms.opened) == 1
        band = stage.screen.state.band
        assert band is not None
        assert band.since_s == pytest.approx(lost_s, abs=3)
        stage.network(is_there=True)
        await stage.screen.until(lambda: len(stage.rooms.opened) == 2, 3)
        await stage.screen.until_phase(CallPhase.LIVE, 3)

    play(story)


@_NO_PICTURE
def test_a_short_hole_in_a_call_by_sound_throws_no_room_away(state: TrackState) -> None:
    async def story(stage: Stage) -> None:
        await _without_picture(stage, state)
        stage.network(is_there=False)
        await _measure(stage, 5, 0)
        stage.network(is_there=True)
        await _talk(stage, 20, rx_kbps=70)
        assert len(stage.rooms.opened) == 1
        assert stage.screen.state.phase is CallPhase.LIVE

    play(story)


def test_a_meter_that_says_nothing_for_a_while_is_no_dead_way() -> None:
    async def story(stage: Stage) -> None:
        await _without_picture(stage, TrackState.MUTED)
        for _ in range(5):
            await asyncio.sleep(15)
            stage.room.tell(LinkStats(rx_kbps=2, ice_answers=6))
        assert len(stage.rooms.opened) == 1
        assert "connection_lost" not in stage.screen.bands()

    play(story)


def test_a_call_by_sound_that_the_sdk_mends_is_left_to_it_for_some_seconds() -> None:
    async def story(stage: Stage) -> None:
        await _without_picture(stage, TrackState.MUTED)
        await _talk(stage, 30, rx_kbps=70)
        stage.room.tell(Reconnecting())
        await _measure(stage, 3, 0)
        stage.room.tell(Reconnected())
        await _talk(stage, 20, rx_kbps=70)
        assert len(stage.rooms.opened) == 1

    play(story)


def test_silence_of_a_call_in_which_nobody_sends_is_no_doubt() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.MUTED))
        await asyncio.sleep(2)
        asked = len(stage.platform.probes)
        for _ in range(20):
            await asyncio.sleep(1)
            stage.room.tell(LinkStats())
        assert len(stage.platform.probes) == asked
        assert stage.screen.state.phase is CallPhase.LIVE

    play(story)


def test_no_picture_is_fetched_anew_while_the_network_is_away() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        held: list[bool] = []
        await asyncio.sleep(2)
        held.append(stage.room.is_held)
        stage.network(is_there=True)
        await asyncio.sleep(0.5)
        held.append(stage.room.is_held)
        _flow(stage)
        await asyncio.sleep(0.5)
        held.append(stage.room.is_held)
        _freeze(stage)
        await asyncio.sleep(5)
        held.append(stage.room.is_held)
        # What is asked for just after the return delays the pictures; at the end it is the sender who is stuck.
        assert held == [True, True, False, False]

    play(story)


@pytest.mark.parametrize("kind", [SessionKind.VIDEO, SessionKind.CHAT])
def test_when_the_network_is_back_nobody_waits_for_the_sdks_next_try(kind: SessionKind) -> None:
    async def story(stage: Stage) -> None:
        await stage.join()
        stage.customer_enters(camera=kind.has_video)
        await stage.screen.until_phase(CallPhase.LIVE)
        await asyncio.sleep(30)
        stage.rooms.people_inside = (CUSTOMER,)
        stage.network(is_there=False)
        if kind.has_video:
            await asyncio.sleep(2)
            _freeze(stage)
        await asyncio.sleep(12)
        stage.room.tell(Reconnecting())
        await stage.screen.until_phase(CallPhase.RECONNECTING, 2)
        await asyncio.sleep(46)
        assert len(stage.rooms.opened) == 1
        stage.network(is_there=True)
        back_s = _now()
        await stage.screen.until_phase(CallPhase.LIVE, 3)
        assert _now() - back_s < 1.5
        assert len(stage.rooms.opened) == 2

    play(story, FakePlatform(kind=kind))


def test_a_resume_of_the_sdk_while_everything_answers_is_left_alone() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.room.tell(Reconnecting())
        await asyncio.sleep(3)
        stage.room.tell(Reconnected())
        await asyncio.sleep(10)
        assert len(stage.rooms.opened) == 1
        assert stage.screen.state.phase is CallPhase.LIVE
        assert "connection_lost" not in stage.screen.bands()
        stage.room.tell(Reconnecting())
        await stage.screen.until_phase(CallPhase.RECONNECTING, 5)

    play(story)


def test_without_the_platform_no_room_is_given_up_for_one_that_cannot_be_had() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        await asyncio.sleep(10)
        stage.room.tell(Reconnecting())
        stage.platform.is_media_alive = True
        await asyncio.sleep(20)
        assert len(stage.rooms.opened) == 1
        stage.room.tell(Reconnected())
        _flow(stage)
        await stage.screen.until_phase(CallPhase.LIVE, 1)

    play(story)


def test_ac_34_a_platform_that_is_away_does_not_disturb_a_call_that_runs() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        for name in ("state", "messages", "send_message", "join", "start"):
            stage.platform.always[name] = OfflineError()
        stage.platform.is_alive = False
        seen = len(stage.screen.states) - 1
        stage.flow.send("first")
        await asyncio.sleep(30)
        stage.flow.send("second")
        stage.room.tell(ChatReceived(CUSTOMER, "owner-line-1", "I read you"))
        await asyncio.sleep(30)
        assert {state.phase for state in stage.screen.states[seen:]} == {CallPhase.LIVE}
        assert "connection_lost" not in stage.screen.bands()
        assert [text for text, _ in stage.room.sent] == ["first", "second"]
        stage.platform.always.clear()
        stage.platform.is_alive = True
        await stage.screen.until(lambda: len(stage.platform.stored) == 2, 3)
        assert [message.text for message in stage.platform.stored] == ["first", "second"]
        assert len(stage.rooms.opened) == 1

    play(story)


def test_after_a_minute_the_words_say_what_to_look_at() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        state = await stage.screen.until_band("connection_lost", 3)
        assert state.band is not None
        assert state.band.title == "Connection lost. Reconnecting by itself."
        await asyncio.sleep(61)
        assert stage.screen.state.band is not None
        assert stage.screen.state.band.title == "Still trying. Check the network cable or Wi-Fi."
        stage.platform.is_alive = True
        await asyncio.sleep(5)
        assert stage.screen.state.band.text == "Picture and sound are not reachable. Chat still works."
        stage.network(is_there=True)
        state = await stage.screen.until_band("connected_again", 3)
        assert state.band is not None
        assert state.band.text.startswith("You were away for ")

    play(story)


def test_ac_42_a_minute_without_network_loses_no_line_and_needs_no_hand_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.flow.send("just before")
        await stage.screen.until(lambda: stage.screen.transcript[0].delivery is Delivery.SENT, 2)
        stage.network(is_there=False)
        await asyncio.sleep(2)
        _freeze(stage)
        stage.flow.send("in the dark")
        await asyncio.sleep(58)
        assert [message.delivery for message in stage.screen.transcript] == [Delivery.SENT, Delivery.SENDING]
        stage.platform.store("I can wait", "owner-line-1")
        stage.network(is_there=True)
        await stage.screen.until_phase(CallPhase.LIVE, 5)
        await stage.screen.until(lambda: len(stage.platform.stored) == 3, 5)
        await stage.screen.until(lambda: len(stage.screen.texts) == 3, 5)
        assert sorted(stage.screen.texts) == ["I can wait", "in the dark", "just before"]
        live_again = [text for text, _ in stage.room.sent]
        assert live_again == ["just before", "in the dark"]
        ids = {text: line_id for room in stage.rooms.opened for text, line_id in room.sent}
        assert {message.id for message in stage.platform.stored if message.text in ids} == set(ids.values())

    play(story)


async def _mended_after(stage: Stage, away_s: float, join_trouble: BaylinkError | None = None) -> None:
    """Take the network away, and let the SDK be back the moment that the network is."""
    await _long_live(stage)
    stage.network(is_there=False)
    await asyncio.sleep(2)
    _freeze(stage)
    await asyncio.sleep(12)
    stage.room.tell(Reconnecting())
    await asyncio.sleep(away_s - 14)
    stage.network(is_there=True)
    if join_trouble is not None:
        stage.platform.always["join"] = join_trouble
    stage.room.tell(Reconnected())
    _flow(stage)


@pytest.mark.parametrize(("away_s", "answers"), [(20, 1), (60, 2)])
def test_ac_42_a_room_that_the_sdk_mends_after_a_long_loss_stands_on_a_new_join_answer_in_the_app(
    away_s: float, answers: int
) -> None:
    async def story(stage: Stage) -> None:
        await _mended_after(stage, away_s)
        await stage.screen.until_phase(CallPhase.LIVE, 3)
        await asyncio.sleep(10)
        assert stage.platform.calls.count("join") == answers
        assert len(stage.rooms.opened) == 1, "a room that works was left"

    play(story)


def test_a_room_that_the_sdk_mends_is_left_if_the_session_has_ended_meanwhile() -> None:
    async def story(stage: Stage) -> None:
        await _mended_after(stage, 60, RefusedError("session_ended", 410))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.REMOVED

    play(story)


def test_a_new_join_answer_that_cannot_be_had_yet_disturbs_no_call_that_runs() -> None:
    async def story(stage: Stage) -> None:
        await _mended_after(stage, 60, OfflineError())
        await stage.screen.until_phase(CallPhase.LIVE, 3)
        await asyncio.sleep(5)
        assert stage.screen.state.phase is CallPhase.LIVE
        del stage.platform.always["join"]
        asked = stage.platform.calls.count("join")
        await asyncio.sleep(120)
        assert stage.platform.calls.count("join") == asked + 1, "it asks until it has its answer, and no longer"

    play(story)


def test_a_join_that_hangs_since_the_network_went_is_not_waited_for() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.platform.is_alive = stage.platform.is_media_alive = False
        stage.platform.gates["join"] = asyncio.Event()
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await asyncio.sleep(40)
        hanging = stage.platform.calls.count("join")
        del stage.platform.gates["join"]
        stage.platform.is_alive = stage.platform.is_media_alive = True
        await stage.screen.until_phase(CallPhase.LIVE, 3)
        assert stage.platform.calls.count("join") > hanging

    play(story)


def test_the_room_of_a_server_that_is_away_is_not_knocked_at() -> None:
    """A connect into nothing hangs for long, and a second one at the same time would throw the first one out."""

    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.platform.is_media_alive = False
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await asyncio.sleep(45)
        assert len(stage.rooms.opened) == 1
        stage.platform.is_media_alive = True
        back_s = _now()
        await stage.screen.until_phase(CallPhase.LIVE, 3)
        assert _now() - back_s < 1.5

    play(story)


def test_ac_41_a_media_server_that_comes_back_is_entered_within_two_seconds_in_the_app() -> None:
    platform = FakePlatform()
    platform.room_ready = False
    platform.is_media_alive = False

    async def story(stage: Stage) -> None:
        await stage.flow.join(SESSION)
        await stage.screen.until_band("media_trouble", 2)
        await asyncio.sleep(60)
        platform.room_ready = platform.is_media_alive = True
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, 2)
        assert stage.screen.state.band is None

    play(story, platform)


def test_a_call_that_is_left_asks_nobody_any_more() -> None:
    async def story(stage: Stage) -> None:
        await _long_live(stage)
        stage.network(is_there=False)
        stage.room.tell(Disconnected(LostReason.CONNECTION))
        await asyncio.sleep(5)
        await stage.flow.leave()
        asked = len(stage.platform.probes)
        joined = stage.platform.calls.count("join")
        await asyncio.sleep(60)
        assert len(stage.platform.probes) == asked
        assert stage.platform.calls.count("join") == joined

    play(story)

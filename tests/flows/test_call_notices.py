"""What a call says by itself, when, and for how long: stories on virtual time."""

import asyncio

import pytest

from desktop.core.bands import BandLevel
from desktop.core.call import CallPhase, EndReason, OwnDevice, Quality, TrackState
from desktop.core.errors import OfflineError, RefusedError, RoomConnectError, SignedOutError
from desktop.core.session import SessionKind, SessionStatus
from desktop.rtc.events import (
    Disconnected,
    LostReason,
    OwnDevices,
    ParticipantJoined,
    QualityChanged,
    Reconnected,
    Reconnecting,
    SpeakersChanged,
    TrackChanged,
    TrackSource,
)
from tests.flows.call_fakes import CUSTOMER, MECHANIC, SESSION, FakePlatform, Stage, play


@pytest.mark.parametrize("kind", [SessionKind.VIDEO, SessionKind.CHAT])
def test_five_minutes_and_one_minute_are_each_said_once(kind: SessionKind) -> None:
    async def story(stage: Stage) -> None:
        stage.platform.go_live(minutes_ago=39)
        await stage.join()
        stage.customer_enters(camera=kind.has_video)
        state = await stage.screen.until_band("five_minutes", 70)
        assert state.band is not None
        assert (state.band.title, state.band.level) == ("5 minutes left.", BandLevel.WARNING)
        assert state.timer.read(asyncio.get_running_loop().time()).figures == "5:00"
        state = await stage.screen.until_band("one_minute", 5 * 60)
        assert state.band is not None
        assert (state.band.title, state.band.level) == ("1 minute left.", BandLevel.DANGER)
        await asyncio.sleep(30)
        said = [key for key in stage.screen.bands() if key in {"five_minutes", "one_minute"}]
        assert said == ["five_minutes", "one_minute"]

    play(story, FakePlatform(kind=kind))


def test_a_call_joined_in_its_last_minute_says_only_that() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.go_live(minutes_ago=44.5)
        await stage.join()
        stage.customer_enters()
        await asyncio.sleep(20)
        assert "one_minute" in stage.screen.bands()
        assert "five_minutes" not in stage.screen.bands()

    play(story)


def test_added_time_moves_the_timer_and_is_said() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.go_live(minutes_ago=41)
        await stage.join()
        stage.customer_enters()
        await asyncio.sleep(10)
        stage.platform.extension_minutes = 15
        stage.platform.version += 1
        stage.push("session.extended")
        state = await stage.screen.until_band("time_added", 2)
        assert state.band is not None
        assert state.band.title == "Dana added 15 minutes."
        assert state.timer.read(asyncio.get_running_loop().time()).seconds > 18 * 60
        state = await stage.screen.until_band("five_minutes", 20 * 60)
        assert state.timer.read(asyncio.get_running_loop().time()).figures == "5:00"

    play(story)


def test_a_break_of_less_than_a_second_is_not_worth_a_word() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(10)
        stage.room.tell(Reconnecting())
        await asyncio.sleep(0.7)
        stage.room.tell(Reconnected())
        await asyncio.sleep(10)
        assert CallPhase.RECONNECTING not in {state.phase for state in stage.screen.states}
        assert "connected_again" not in stage.screen.bands()

    play(story)


def test_a_longer_break_says_what_is_going_on_and_for_how_long_it_was() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(10)
        lost_s = asyncio.get_running_loop().time()
        stage.network(False)
        stage.room.tell(Reconnecting())
        stage.customer_drops()
        state = await stage.screen.until_phase(CallPhase.RECONNECTING, 2)
        assert state.band is not None
        assert state.band.title == "Connection lost. Reconnecting by itself."
        assert state.band.since_s == pytest.approx(lost_s)
        await asyncio.sleep(13)
        assert stage.screen.state.customer.in_room
        stage.platform.store("are you there?", "owner-line-9")
        stage.network(True)
        stage.customer_enters()
        stage.room.tell(Reconnected())
        state = await stage.screen.until_band("connected_again", 1)
        assert state.band is not None
        assert state.band.text == "You were away for 14 seconds."
        assert state.phase is CallPhase.LIVE
        await stage.screen.until(lambda: stage.screen.texts == ["are you there?"], 2)
        await stage.screen.until(lambda: stage.screen.state.band is None, 8)

    play(story)


def test_who_comes_back_a_little_later_than_we_do_was_never_gone() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.network(False)
        stage.room.tell(Reconnecting())
        stage.customer_drops()
        await asyncio.sleep(20)
        stage.network(True)
        stage.room.tell(Reconnected())
        await asyncio.sleep(3)
        stage.customer_enters()
        await asyncio.sleep(10)
        assert all(state.customer.in_room for state in stage.screen.states if state.phase is not CallPhase.WAITING)
        assert "customer_dropped" not in stage.screen.bands()

    play(story)


def test_the_customers_drop_is_said_after_six_seconds_and_taken_back() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(10)
        stage.customer_drops()
        await asyncio.sleep(5)
        assert stage.screen.state.customer.in_room
        assert stage.screen.state.customer.camera is TrackState.STALLED
        state = await stage.screen.until_band("customer_dropped", 2)
        assert state.band is not None
        assert state.band.title == "Dana lost the connection."
        assert state.phase is CallPhase.LIVE
        assert (state.customer.in_room, state.customer.was_in_room) == (False, True)
        stage.customer_enters()
        state = await stage.screen.until_band("customer_here", 1)
        assert state.customer.camera is TrackState.FLOWING
        assert "customer_dropped" not in stage.screen.bands()[-1:]

    play(story)


def test_who_was_here_before_us_is_not_announced_and_the_page_opens_live() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.go_live(minutes_ago=3)
        stage.rooms.people_inside = (CUSTOMER,)
        await stage.join()
        await asyncio.sleep(5)
        assert {state.phase for state in stage.screen.states} == {CallPhase.LIVE}
        assert stage.screen.bands() == []

    play(story)


def test_a_camera_that_gives_no_picture_is_said_after_five_seconds_and_the_button_asks() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(10)
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.STALLED))
        await asyncio.sleep(4)
        assert stage.screen.state.band is None
        state = await stage.screen.until_band("no_picture", 2)
        assert state.band is not None
        assert (state.band.title, state.band.action) == ("No picture from Dana.", "Ask")
        stage.flow.act_on_band("no_picture")
        assert stage.screen.texts == ["I cannot see your picture. Is your camera on?"]
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.FLOWING))
        await stage.screen.until(lambda: stage.screen.state.band is None, 1)

    play(story)


@pytest.mark.parametrize("state", [TrackState.MUTED, TrackState.ABSENT])
def test_a_camera_that_is_off_is_no_trouble(state: TrackState) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(10)
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, state))
        await asyncio.sleep(20)
        assert stage.screen.state.customer.camera is state
        assert "no_picture" not in stage.screen.bands()

    play(story)


def test_a_muted_customer_is_said_after_a_silent_minute_and_once() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(TrackChanged(CUSTOMER, TrackSource.MICROPHONE, TrackState.MUTED))
        await asyncio.sleep(30)
        stage.room.tell(SpeakersChanged(frozenset({MECHANIC})))
        await asyncio.sleep(5)
        stage.room.tell(SpeakersChanged(frozenset()))
        await asyncio.sleep(50)
        assert "customer_muted" not in stage.screen.bands()
        await stage.screen.until_band("customer_muted", 15)
        await asyncio.sleep(120)
        assert stage.screen.bands().count("customer_muted") == 1

    play(story)


def test_a_pc_without_sound_says_so_and_the_call_goes_on() -> None:
    async def story(stage: Stage) -> None:
        stage.rooms.devices = OwnDevices(OwnDevice.MISSING, OwnDevice.MISSING, OwnDevice.MISSING)
        await stage.flow.join(SESSION)
        assert stage.screen.states[0].camera is OwnDevice.MISSING
        state = await stage.screen.until_band("no_sound", 5)
        assert state.band is not None
        assert "Chat still works." in state.band.text
        stage.customer_enters()
        await stage.screen.until_phase(CallPhase.LIVE)

    play(story)


def test_devices_speakers_and_quality_reach_the_page() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(OwnDevices(OwnDevice.OFF, OwnDevice.ON, OwnDevice.ON))
        stage.room.tell(SpeakersChanged(frozenset({MECHANIC, CUSTOMER})))
        stage.room.tell(QualityChanged(CUSTOMER, Quality.WEAK), QualityChanged(MECHANIC, Quality.GOOD))
        state = stage.screen.state
        assert (state.microphone, state.camera) == (OwnDevice.OFF, OwnDevice.ON)
        assert (state.mechanic.speaking, state.customer.speaking) == (True, True)
        assert (state.mechanic.quality, state.customer.quality) == (Quality.GOOD, Quality.WEAK)

    play(story)


def test_somebody_else_in_the_room_is_neither_the_customer_nor_the_mechanic() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(ParticipantJoined("customer-99999999-9999-4999-8999-999999999999", "Sam"))
        state = stage.screen.state
        assert [view.person.display_name for view in state.others] == ["Sam"]
        assert state.customer.person.display_name == "Dana Whitlock"

    play(story)


def test_an_end_without_answer_is_said_after_five_seconds_and_tried_until_it_is_confirmed() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(90)
        stage.platform.always["end"] = OfflineError()
        stage.flow.end()
        assert stage.screen.state.phase is CallPhase.ENDING
        assert not stage.screen.state.end_unconfirmed
        await stage.screen.until(lambda: stage.screen.state.end_unconfirmed, 6)
        assert stage.room.is_left
        await asyncio.sleep(20)
        del stage.platform.always["end"]
        state = await stage.screen.until_phase(CallPhase.ENDED, 20)
        assert state.completion is not None
        assert state.completion.ended_by == "mechanic"
        assert not state.end_unconfirmed

    play(story)


def test_a_lean_platform_is_asked_to_end_once_even_if_nobody_answers() -> None:
    platform = FakePlatform()
    platform.is_lean = True

    async def story(stage: Stage) -> None:
        await stage.live()
        platform.always["end"] = OfflineError()
        stage.flow.end()
        state = await stage.screen.until_phase(CallPhase.ENDED, 10)
        assert platform.calls.count("end") == 1
        assert state.completion is None
        assert state.band is not None
        assert state.band.key == "end_unknown"

    play(story, platform)


def test_an_end_leaves_the_room_wholly_however_fast_it_is_confirmed() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.flow.end()
        await stage.screen.until_phase(CallPhase.ENDED, 1)
        await stage.flow.leave()
        assert stage.room.is_left

    play(story)


@pytest.mark.parametrize("way", ["end", "leave"])
def test_the_last_line_before_the_end_is_stored_before_the_end(way: str) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.platform.trouble["send_message"] = [OfflineError()]
        stage.flow.send("goodbye, and drive carefully")
        if way == "end":
            stage.flow.end()
            await stage.screen.until_phase(CallPhase.ENDED, 5)
        else:
            await stage.flow.leave()
        assert [message.text for message in stage.platform.stored] == ["goodbye, and drive carefully"]
        if way == "end":
            assert stage.platform.calls.index("end") > max(
                index for index, call in enumerate(stage.platform.calls) if call == "send_message"
            )

    play(story)


def test_leaving_ends_nothing() -> None:
    async def story(stage: Stage) -> None:
        await stage.join()
        await stage.flow.leave()
        assert stage.screen.state.end_reason is EndReason.LEFT
        assert "end" not in stage.platform.calls
        assert stage.room.is_left
        await stage.join()
        assert len(stage.rooms.opened) == 2

    play(story)


def test_leaving_before_the_join_answers_opens_nothing() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.gates["join"] = asyncio.Event()
        joining = asyncio.create_task(stage.flow.join(SESSION))
        await asyncio.sleep(1)
        await stage.flow.leave()
        await joining
        assert stage.screen.states == []
        assert not stage.flow.is_in_call

    play(story)


def test_a_removed_mechanic_is_told_so() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(Disconnected(LostReason.REMOVED))
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.end_reason is EndReason.REMOVED
        assert state.band is not None

    play(story)


def test_a_session_taken_away_while_open_leads_back_to_the_list() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.platform.always["state"] = RefusedError("not_found", 404)
        state = await stage.screen.until_phase(CallPhase.ENDED, 12)
        assert state.end_reason is EndReason.REMOVED
        assert state.band is not None
        assert state.band.title == "This session is not available to you."

    play(story)


def test_ac_47_signed_out_during_a_call_the_room_stays_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        for name in ("state", "messages", "send_message"):
            stage.platform.always[name] = SignedOutError("refresh_invalid", 401)
        stage.flow.send("still here")
        await asyncio.sleep(60)
        assert stage.screen.state.phase is CallPhase.LIVE
        assert not stage.room.is_left
        stage.platform.always.clear()
        await stage.screen.until(lambda: len(stage.platform.stored) == 1, 20)

    play(story)


def test_a_join_refused_while_trying_again_says_why() -> None:
    async def story(stage: Stage) -> None:
        stage.rooms.troubles = [RoomConnectError(needs_token=True)]
        await stage.flow.join(SESSION)
        stage.platform.status = SessionStatus.COMPLETED
        stage.platform.version += 1
        stage.platform.always["join"] = RefusedError("session_ended", 410)
        state = await stage.screen.until_phase(CallPhase.ENDED, 12)
        assert state.completion is not None

    play(story)


def test_a_room_that_can_never_be_entered_is_not_tried_for_ever() -> None:
    async def story(stage: Stage) -> None:
        stage.rooms.troubles = [RoomConnectError("tls", final=True)] * 3
        await stage.flow.join(SESSION)
        await stage.screen.until(
            lambda: stage.screen.state.band is not None and "identity" in stage.screen.state.band.title
        )
        await asyncio.sleep(60)
        assert stage.platform.calls.count("join") == 3
        assert stage.screen.state.band is not None
        assert stage.screen.state.band.title == "The server's identity could not be checked. Nothing was sent."
        stage.flow.send("chat still works")
        await stage.screen.until(lambda: len(stage.platform.stored) == 1, 2)

    play(story)


def test_wishes_made_before_the_room_is_there_are_kept_for_it() -> None:
    async def story(stage: Stage) -> None:
        stage.rooms.troubles = [RoomConnectError()]
        await stage.flow.join(SESSION)
        stage.flow.set_muted(True)
        stage.flow.set_camera(False)
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, 10)
        assert len(stage.rooms.opened) == 2
        assert (stage.room.is_muted, stage.room.is_camera_on) == (True, False)

    play(story)


def test_who_talks_while_muted_is_told_and_heard_again_by_one_tap() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.flow.set_muted(True)
        stage.room.tell(OwnDevices(OwnDevice.OFF, OwnDevice.ON, OwnDevice.ON))
        stage.flow.voice_while_muted()
        state = await stage.screen.until_band("talking_muted", 1)
        assert state.band is not None
        assert (state.band.title, state.band.action) == ("You are muted. Dana cannot hear you.", "Unmute")
        stage.flow.act_on_band("talking_muted")
        assert not stage.room.is_muted
        await asyncio.sleep(1)
        assert stage.screen.state.band is None or stage.screen.state.band.key != "talking_muted"

    play(story)


def test_a_voice_into_an_open_microphone_is_no_news() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(OwnDevices(OwnDevice.ON, OwnDevice.ON, OwnDevice.ON))
        stage.flow.voice_while_muted()
        await asyncio.sleep(1)
        assert "talking_muted" not in stage.screen.bands()

    play(story)

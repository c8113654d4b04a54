"""The contract's acceptance cases of a call, as the app must behave: stories on virtual time."""

import asyncio
from datetime import timedelta

import pytest

from desktop.core.call import CallPhase, EndReason, TrackState
from desktop.core.chat import Delivery
from desktop.core.clock import TimerMode, TimerReading
from desktop.core.errors import OfflineError, RefusedError, RoomConnectError
from desktop.core.people import Role
from desktop.core.session import SessionKind, SessionStatus
from desktop.rtc.events import ChatReceived, Disconnected, LostReason, Reconnected
from tests.flows.call_fakes import CUSTOMER, LOOP_START_S, MECHANIC, SESSION, FakePlatform, Stage, play


def _reading(stage: Stage) -> TimerReading:
    return stage.screen.state.timer.read(asyncio.get_running_loop().time())


def test_ac_02_both_names_stand_on_the_page_and_a_late_name_comes_without_reconnect_in_the_app() -> None:
    platform = FakePlatform()
    platform.customer_name = "Customer"

    async def story(stage: Stage) -> None:
        await stage.live()
        assert stage.screen.state.mechanic.person.display_name == "Marisol Quintero"
        platform.customer_name = "Dana Whitlock"
        platform.version += 1
        stage.push("participants.updated")
        await stage.screen.until(lambda: stage.screen.state.customer.person.display_name == "Dana Whitlock", 2)
        assert len(stage.rooms.opened) == 1

    play(story, platform)


def test_ac_03_every_line_carries_its_senders_name_live_and_stored_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        for number in range(2):
            stage.flow.send(f"from the bay {number}")
            stage.room.tell(ChatReceived(CUSTOMER, f"owner-line-{number}", f"from the drive {number}"))
            stage.platform.store(f"from the drive {number}", f"owner-line-{number}")
        await stage.screen.until(lambda: all(m.delivery is not Delivery.SENDING for m in stage.screen.transcript))
        stage.push("chat.message")
        await stage.screen.until(lambda: all(m.seq is not None for m in stage.screen.transcript))
        state = stage.screen.state
        names = {message.text: state.name_of(message.sender, message.role) for message in stage.screen.transcript}
        assert names == {
            "from the bay 0": "Marisol Quintero",
            "from the bay 1": "Marisol Quintero",
            "from the drive 0": "Dana Whitlock",
            "from the drive 1": "Dana Whitlock",
        }

    play(story)


def test_ac_09_the_first_painted_page_is_whole_even_if_nothing_but_join_answers_in_the_app() -> None:
    platform = FakePlatform()
    platform.always = {name: OfflineError() for name in ("start", "state", "end", "messages", "send_message")}

    async def story(stage: Stage) -> None:
        platform.store("It squeals when cold", "owner-line-1")
        stage.rooms.troubles = [RoomConnectError()] * 3
        await stage.flow.join(SESSION)
        first = stage.screen.states[0]
        assert stage.screen.order[:2] == ["chat", "state"]
        assert stage.screen.texts == ["It squeals when cold"]
        assert first.mechanic.person.display_name == "Marisol Quintero"
        assert first.customer.person.display_name == "Dana Whitlock"
        assert (first.plan_name, first.timer.planned_minutes, first.phase) == ("Standard Video", 45, CallPhase.WAITING)
        assert first.vehicle is not None
        assert first.vehicle.title == "2016 Subaru Outback"
        assert first.concern.startswith("Grinding")

    play(story, platform)


def test_ac_10_a_slow_join_shows_nothing_until_it_shows_everything_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        gate = stage.platform.gates["join"] = asyncio.Event()
        joining = asyncio.create_task(stage.flow.join(SESSION))
        await asyncio.sleep(3)
        assert stage.screen.states == []
        assert stage.flow.is_in_call
        gate.set()
        await joining
        assert stage.screen.states[0].customer.person.display_name == "Dana Whitlock"

    play(story)


@pytest.mark.parametrize("news", ["push", "room"])
def test_ac_13_the_other_side_ends_and_the_app_is_out_within_two_seconds_in_the_app(news: str) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(90)
        stage.platform.finish(by="customer")
        if news == "push":
            stage.push("session.ended")
        else:
            stage.room.tell(Disconnected(LostReason.ROOM_CLOSED))
        state = await stage.screen.until_phase(CallPhase.ENDED, 2)
        assert state.end_reason is EndReason.ENDED
        assert state.completion is not None
        assert state.completion.ended_by == "customer"
        assert (state.completion.mechanic_name, state.completion.customer_name) == ("Marisol Quintero", "Dana Whitlock")
        assert state.completion.duration_s == pytest.approx(90, abs=2)
        assert not state.chat_open
        await asyncio.sleep(1)
        assert stage.room.is_left
        stage.platform.trouble["join"] = [RefusedError("session_ended", 410)]
        await stage.flow.join(SESSION)
        assert [error.code for error in stage.screen.refusals] == ["session_ended"]
        assert len(stage.rooms.opened) == 1

    play(story)


@pytest.mark.parametrize(("push", "within_s"), [(True, 2), (False, 12)])
def test_ac_19_a_rename_shows_everywhere_without_reconnect_in_the_app(*, push: bool, within_s: float) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        room = stage.room
        stage.room.tell(ChatReceived(CUSTOMER, "owner-line-1", "hello"))
        stage.platform.customer_name = "Dana Whitlock-Reyes"
        stage.platform.version += 1
        if push:
            stage.push("participants.updated")
        await stage.screen.until(
            lambda: stage.screen.state.customer.person.display_name == "Dana Whitlock-Reyes", within_s
        )
        line = stage.screen.transcript[0]
        assert stage.screen.state.name_of(line.sender, line.role) == "Dana Whitlock-Reyes"
        assert stage.room is room
        assert not room.is_left

    play(story)


def test_ac_24_a_chat_session_touches_no_camera_and_no_microphone_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.flow.join(SESSION)
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room)
        stage.customer_enters(camera=False)
        await stage.screen.until_phase(CallPhase.LIVE)
        assert not stage.room.media
        stage.flow.send("which coolant is in it now?")
        await stage.screen.until(lambda: stage.room.sent, 1)
        assert stage.room.sent[0][0] == "which coolant is in it now?"
        stage.room.tell(ChatReceived(CUSTOMER, "owner-line-1", "the pink one"))
        assert stage.screen.texts == ["which coolant is in it now?", "the pink one"]

    play(story, FakePlatform(kind=SessionKind.CHAT))


def test_ac_25_one_side_alone_never_starts_the_clock_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.join()
        await asyncio.sleep(60)
        state = stage.screen.state
        assert state.phase is CallPhase.WAITING
        assert state.missing_person is not None
        assert state.missing_person.display_name == "Dana Whitlock"
        assert _reading(stage).mode is TimerMode.NOT_STARTED
        assert "start" not in stage.platform.calls

    play(story)


def test_ac_26_the_second_side_starts_the_clock_within_two_seconds_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.join()
        await asyncio.sleep(20)
        stage.customer_enters()
        state = await stage.screen.until_phase(CallPhase.LIVE, 2)
        assert stage.platform.calls.count("start") == 1
        assert state.band is not None
        assert (state.band.title, state.band.text) == ("Dana is here.", "The clock has started.")
        await asyncio.sleep(10)
        assert _reading(stage).seconds == pytest.approx(45 * 60 - 10, abs=1)

    play(story)


def test_ac_26_a_start_that_comes_too_early_is_tried_again_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.trouble["start"] = [RefusedError("not_both_present", 409)] * 2
        await stage.join()
        stage.customer_enters()
        await stage.screen.until_phase(CallPhase.LIVE, 5)
        assert stage.platform.calls.count("start") == 3

    play(story)


@pytest.mark.parametrize("wrong_by_s", [-3600, 3600])
def test_ac_27_the_timer_does_not_use_the_clock_of_this_pc_in_the_app(
    wrong_by_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: LOOP_START_S + wrong_by_s)

    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(60)
        assert _reading(stage).seconds == pytest.approx(44 * 60, abs=1)

    play(story)


def test_ac_29_end_pressed_on_both_sides_gives_one_completion_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await asyncio.sleep(70)
        gate = stage.platform.gates["end"] = asyncio.Event()
        stage.flow.end()
        stage.flow.end()
        stage.platform.finish(by="customer")
        stage.room.tell(Disconnected(LostReason.ROOM_CLOSED))
        gate.set()
        await stage.screen.until_phase(CallPhase.ENDED, 2)
        await asyncio.sleep(30)
        ended = [state for state in stage.screen.states if state.phase is CallPhase.ENDED]
        assert len(ended) == 1
        assert ended[0].completion is not None
        assert stage.platform.calls.count("end") == 1

    play(story)


def test_ac_30_time_runs_out_and_the_app_asks_often_but_ends_at_most_once_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.go_live(minutes_ago=44.5)
        await stage.join()
        stage.customer_enters()
        await stage.screen.until_band("time_up", 40)
        asked = stage.platform.calls.count("state")
        await asyncio.sleep(20)
        assert stage.platform.calls.count("state") - asked >= 8
        assert "end" not in stage.platform.calls
        stage.platform.always["end"] = OfflineError()
        await asyncio.sleep(60)
        assert stage.platform.calls.count("end") == 1
        stage.platform.finish(by="system", reason="time_up")
        state = await stage.screen.until_phase(CallPhase.ENDED, 5)
        assert state.completion is not None
        assert state.completion.end_reason == "time_up"

    play(story)


def test_ac_32_a_late_or_lost_answer_gives_one_bubble_under_one_id_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stored_but_unanswered = OfflineError()
        gate = stage.platform.gates["send_message"] = asyncio.Event()
        stage.platform.trouble["send_message"] = [stored_but_unanswered, OfflineError()]
        stage.flow.send("brakes next")
        message = stage.screen.transcript[0]
        assert message.delivery is Delivery.SENDING
        stage.platform.store("brakes next", message.id, role=Role.MECHANIC)
        gate.set()
        await stage.screen.until(lambda: stage.screen.transcript[0].delivery is Delivery.SENT, 10)
        assert stage.screen.texts == ["brakes next"]
        assert len(stage.platform.stored) == 1
        assert stage.room.sent == [("brakes next", message.id)]

    play(story)


def test_ac_33_a_line_that_the_room_lost_comes_with_the_next_read_and_once_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.platform.store("can you see the rust?", "owner-line-1")
        await stage.screen.until(lambda: stage.screen.texts == ["can you see the rust?"], 12)
        stage.room.tell(ChatReceived(CUSTOMER, "owner-line-1", "can you see the rust?"))
        stage.push("chat.message")
        await asyncio.sleep(15)
        assert stage.screen.texts == ["can you see the rust?"]

    play(story)


def test_ac_34_lines_written_while_the_platform_is_away_are_stored_later_in_order_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.platform.always = {name: OfflineError() for name in ("send_message", "state", "messages")}
        for number in range(3):
            stage.flow.send(f"line {number}")
            stage.room.tell(ChatReceived(CUSTOMER, f"owner-line-{number}", f"answer {number}"))
            await asyncio.sleep(15)
        assert stage.screen.transcript[0].delivery is Delivery.FAILED
        assert len(stage.room.sent) == 3
        stage.platform.always = {}
        await stage.screen.until(lambda: len(stage.platform.stored) == 3, 40)
        assert [message.text for message in stage.platform.stored] == ["line 0", "line 1", "line 2"]
        await stage.screen.until(lambda: all(m.delivery is not Delivery.SENDING for m in stage.screen.transcript))
        assert len(stage.screen.transcript) == 6

    play(story)


def test_ac_35_a_stock_clients_line_shows_once_and_says_that_it_is_not_saved_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(ChatReceived(CUSTOMER, "TX_stream", "hello from the web", is_stored=False))
        stage.room.tell(ChatReceived(CUSTOMER, "TX_stream", "hello from the web", is_stored=False))
        assert stage.screen.texts == ["hello from the web"]
        assert stage.screen.transcript[0].delivery is Delivery.NOT_SAVED

    play(story)


def test_ac_40_a_second_screen_takes_over_and_this_one_stays_out_in_the_app() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(Disconnected(LostReason.DUPLICATE_IDENTITY))
        state = await stage.screen.until_phase(CallPhase.ENDED, 1)
        assert state.end_reason is EndReason.JOINED_ELSEWHERE
        assert state.band is not None
        assert "another screen" in state.band.title
        await asyncio.sleep(60)
        assert stage.platform.calls.count("join") == 1
        stage.flow.act_on_band("joined_elsewhere")
        await stage.screen.until_phase(CallPhase.LIVE, 5)
        assert stage.platform.calls.count("join") == 2

    play(story)


def test_ac_41_without_a_room_the_page_opens_and_media_comes_by_itself_in_the_app() -> None:
    platform = FakePlatform()
    platform.room_ready = False

    async def story(stage: Stage) -> None:
        await stage.flow.join(SESSION)
        state = await stage.screen.until_band("media_trouble", 2)
        assert state.phase is CallPhase.WAITING
        stage.flow.send("I am here already")
        await stage.screen.until(lambda: stage.screen.transcript[0].delivery is Delivery.SENT, 2)
        platform.store("so am I", "owner-line-1")
        await stage.screen.until(lambda: len(stage.screen.texts) == 2, 5)
        await asyncio.sleep(30)
        platform.room_ready = True
        await stage.screen.until(lambda: stage.screen.state.mechanic.in_room, 20)
        assert stage.room.connected_with is not None
        assert stage.room.connected_with[1] == f"token-{platform.calls.count('join')}"
        assert stage.screen.state.band is None

    play(story, platform)


def test_ac_50_without_a_media_server_the_sentence_shows_and_chat_goes_on_in_the_app() -> None:
    platform = FakePlatform()
    platform.is_lean, platform.server_url, platform.media_error = True, None, "no_media_server"

    async def story(stage: Stage) -> None:
        await stage.flow.join(SESSION)
        state = await stage.screen.until_band("media_trouble", 2)
        assert state.band is not None
        assert state.band.title == "No media server is set. Ask the shop office."
        stage.flow.send("hello")
        await stage.screen.until(lambda: stage.screen.transcript[0].delivery is Delivery.SENT, 2)

    play(story, platform)


@pytest.mark.parametrize("status", [SessionStatus.WAITING, SessionStatus.LIVE])
def test_a_short_break_of_the_connection_keeps_every_tile(status: SessionStatus) -> None:
    """A full reconnect: leave and join of everybody, then the same people and the same pictures."""

    async def story(stage: Stage) -> None:
        if status is SessionStatus.LIVE:
            stage.platform.go_live(minutes_ago=1)
        await stage.join()
        stage.customer_enters()
        await stage.screen.until_phase(CallPhase.LIVE)
        seen = len(stage.screen.states)
        stage.customer_drops()
        await asyncio.sleep(0.4)
        stage.customer_enters()
        stage.room.tell(Reconnected())
        await asyncio.sleep(10)
        for state in stage.screen.states[seen:]:
            assert state.customer.in_room
            assert state.customer.camera is not TrackState.ABSENT
            assert state.phase is CallPhase.LIVE
        assert MECHANIC not in {view.person.display_name for view in (stage.screen.state.customer,)}

    play(story)


def test_lost_time_is_counted_from_the_server() -> None:
    async def story(stage: Stage) -> None:
        stage.platform.go_live(minutes_ago=40)
        await stage.join()
        assert _reading(stage).seconds == pytest.approx(5 * 60, abs=2)
        assert stage.platform.ends_at is not None
        assert stage.platform.started_at is not None
        assert stage.platform.ends_at - stage.platform.started_at == timedelta(minutes=45)

    play(story)


@pytest.mark.parametrize("status", [status for status in SessionStatus if status.is_terminal])
def test_ac_12_an_ended_session_opens_for_reading_and_never_for_joining_in_the_app(status: SessionStatus) -> None:
    async def story(stage: Stage) -> None:
        stage.platform.store("thank you!", "owner-line-1")
        stage.platform.started_at = stage.platform.timer.server_time.datetime_at(LOOP_START_S)
        stage.platform.status = status
        stage.platform.always["join"] = RefusedError("session_ended", 410)
        await stage.flow.join(SESSION)
        assert [error.code for error in stage.screen.refusals] == ["session_ended"]
        state = stage.screen.state
        assert state.band is not None
        assert state.band.title == "This session has ended. You can still read it."
        assert (state.phase, state.chat_open) == (CallPhase.ENDED, False)
        assert state.completion is not None
        assert (state.completion.mechanic_name, state.completion.customer_name) == ("Marisol Quintero", "Dana Whitlock")
        assert state.completion.status is status
        assert stage.screen.texts == ["thank you!"]
        assert stage.rooms.opened == []

    play(story)

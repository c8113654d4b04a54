"""A restart out of a session leads its mechanic straight back, and says plainly where it cannot."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase
from desktop.core.errors import BaylinkError, OfflineError, RefusedError
from desktop.core.restart import RestartPhase, RestartState
from desktop.core.session import Mechanic, SessionStatus
from desktop.flows.restart import RestartFlow
from desktop.store.open_call import OpenCall
from desktop.store.outbox import KeptLine
from tests.flows.call_fakes import SESSION, FakePlatform
from tests.flows.fakes import IKE, MARISOL, signed_in
from tests.flows.test_call_journal import FakeOpenCalls, FakeOutbox, FakePc, Program, killed
from tests.virtual_loop import run_virtual

SIGNED_OUT = AccountState(AccountPhase.SIGNED_OUT)


class Start:
    """One start of the program at a PC; the way back is told when the room is there, as the window does."""

    def __init__(self, pc: FakePc, platform: FakePlatform) -> None:
        self.program = Program(pc, platform)
        self.states: list[RestartState] = []
        self.refusals: list[BaylinkError] = []
        self.flow = RestartFlow(
            FakeOpenCalls(pc),
            FakeOutbox(pc),
            platform,
            self.program.flow,
            self._publish,
            self.refusals.append,
        )

    def _publish(self, state: RestartState) -> None:
        self.states.append(state)

    @property
    def phases(self) -> list[RestartPhase]:
        phases = [state.phase for state in self.states]
        return [phase for place, phase in enumerate(phases) if place == 0 or phases[place - 1] is not phase]

    def sign_in(self, mechanic: Mechanic = MARISOL) -> None:
        self.program.journal.account_changed(signed_in(mechanic))
        self.flow.account_changed(signed_in(mechanic))

    async def until(self, phase: RestartPhase, within_s: float = 60) -> RestartState:
        async with asyncio.timeout(within_s):
            while not self.states or self.states[-1].phase is not phase:
                if self.program.screen.states and self.program.screen.state.mechanic.in_room:
                    self.flow.arrived()
                await asyncio.sleep(0.05)
        return self.states[-1]

    async def stop(self) -> None:
        await self.flow.aclose()
        await self.program.stop()


def play(
    story: Callable[[Start], Coroutine[object, object, None]],
    pc: FakePc | None = None,
    platform: FakePlatform | None = None,
) -> Start:
    pc = left_open() if pc is None else pc

    async def run() -> Start:
        start = Start(pc, platform or FakePlatform(status=SessionStatus.LIVE))
        await start.flow.look()
        await story(start)
        await start.stop()
        return start

    return run_virtual(run())


def left_open(mechanic: Mechanic = MARISOL, *, hours_ago: float = 0.1) -> FakePc:
    """Return the disk of a PC whose program was killed in a session."""
    pc = FakePc()
    pc.open[mechanic.id] = OpenCall(mechanic.id, SESSION, datetime.now(UTC) - timedelta(hours=hours_ago))
    return pc


def test_after_a_kill_the_mechanic_is_taken_back_with_history_and_unsent_lines() -> None:
    pc, platform = left_open(), FakePlatform()
    pc.lines[MARISOL.id, SESSION] = [KeptLine("kept-line-1", "Is it hot?", datetime(2026, 11, 23, 12, tzinfo=UTC))]

    async def story(start: Start) -> None:
        platform.go_live(minutes_ago=12)
        platform.store("It squeals when cold", "owner-line-1")
        start.sign_in()
        assert start.states[0].phase is RestartPhase.ASKING
        await start.until(RestartPhase.OFF)
        entering = next(state for state in start.states if state.phase is RestartPhase.ENTERING)
        assert (entering.mechanic_name, entering.minutes_left, entering.unsent) == ("Marisol Quintero", 33, 1)
        assert entering.customer is not None
        assert entering.customer.display_name == "Dana Whitlock"
        assert start.program.screen.state.phase is CallPhase.LIVE
        assert "It squeals when cold" in start.program.screen.texts
        await start.program.screen.until(lambda: "Is it hot?" in [line.text for line in platform.stored])

    start = play(story, pc, platform)
    assert start.phases == [RestartPhase.ASKING, RestartPhase.ENTERING, RestartPhase.OFF]


def test_after_a_clean_end_nobody_is_taken_anywhere() -> None:
    async def story(start: Start) -> None:
        start.sign_in()
        await asyncio.sleep(30)
        assert start.states == []
        assert not start.program.flow.is_in_call

    play(story, FakePc())


def test_a_sign_in_that_was_lost_too_comes_first_and_leads_straight_back() -> None:
    async def story(start: Start) -> None:
        start.flow.account_changed(SIGNED_OUT)
        await asyncio.sleep(60)
        assert start.states == []
        start.sign_in()
        await start.until(RestartPhase.OFF)
        assert start.program.flow.is_in_call

    play(story)


def test_another_mechanic_is_never_taken_there_and_the_first_one_still_is() -> None:
    async def story(start: Start) -> None:
        start.sign_in(IKE)
        await asyncio.sleep(30)
        assert start.states == []
        assert not start.program.flow.is_in_call
        start.flow.account_changed(SIGNED_OUT)
        start.sign_in(MARISOL)
        await start.until(RestartPhase.OFF)
        assert start.program.flow.is_in_call

    play(story)


def test_a_session_that_ended_meanwhile_is_said_and_not_asked_for_again() -> None:
    platform = FakePlatform(status=SessionStatus.LIVE)
    pc = left_open()

    async def story(start: Start) -> None:
        platform.go_live()
        platform.finish()
        start.sign_in()
        state = await start.until(RestartPhase.ENDED)
        assert state.wants_summary
        assert state.session_id == SESSION
        await start.flow.back()
        assert start.states[-1].phase is RestartPhase.OFF
        assert "join" not in platform.calls

    play(story, pc, platform)
    assert pc.open == {}


def test_a_session_that_was_taken_away_is_refused_in_its_sentence() -> None:
    platform = FakePlatform(status=SessionStatus.LIVE)
    platform.always["state"] = RefusedError("not_found", 404)
    pc = left_open()

    async def story(start: Start) -> None:
        start.sign_in()
        await start.until(RestartPhase.OFF)
        assert [error.sentence for error in start.refusals] == ["This session is not available to you."]

    play(story, pc, platform)
    assert pc.open == {}


def test_without_a_network_the_way_back_waits_and_goes_on_by_itself() -> None:
    platform = FakePlatform(status=SessionStatus.LIVE)
    platform.always["state"] = OfflineError()

    async def story(start: Start) -> None:
        start.sign_in()
        await asyncio.sleep(60)
        assert start.states[-1].phase is RestartPhase.ASKING
        assert start.states[-1].trouble.startswith("No connection to Baylink.")
        del platform.always["state"]
        await start.until(RestartPhase.OFF)
        assert start.program.flow.is_in_call

    play(story, platform=platform)


def test_a_join_that_fails_once_is_tried_again() -> None:
    platform = FakePlatform(status=SessionStatus.LIVE)
    platform.trouble["join"] = [OfflineError()]

    async def story(start: Start) -> None:
        start.sign_in()
        await start.until(RestartPhase.OFF)
        assert start.program.flow.is_in_call

    play(story, platform=platform)


def test_who_was_muted_and_had_the_camera_off_is_neither_heard_nor_seen_after_a_restart() -> None:
    pc, platform = FakePc(), FakePlatform(status=SessionStatus.LIVE)

    async def before(start: Start) -> None:
        start.program.journal.account_changed(signed_in(MARISOL))
        await start.program.join()
        start.program.flow.set_muted(muted=True)
        start.program.flow.set_camera(on=False)
        await asyncio.sleep(1)
        disk = killed(pc)
        again = Start(disk, platform)
        await again.flow.look()
        again.sign_in()
        await again.until(RestartPhase.OFF)
        assert (again.program.rooms.room.is_muted, again.program.rooms.room.is_camera_on) == (True, False)
        await again.stop()

    play(before, pc, platform)


def test_a_room_that_does_not_open_holds_the_page_up_for_seconds_only() -> None:
    platform = FakePlatform(status=SessionStatus.LIVE)
    platform.room_ready = False

    async def story(start: Start) -> None:
        start.sign_in()
        await start.until(RestartPhase.OFF, within_s=6)
        assert start.program.flow.is_in_call
        assert not start.program.screen.state.mechanic.in_room

    play(story, platform=platform)


def test_the_way_back_can_be_given_up_and_leaves_the_session_open() -> None:
    platform = FakePlatform(status=SessionStatus.LIVE)
    platform.always["state"] = OfflineError()
    pc = left_open()

    async def story(start: Start) -> None:
        start.sign_in()
        await asyncio.sleep(3)
        await start.flow.back()
        assert start.states[-1].phase is RestartPhase.OFF
        assert "end" not in platform.calls
        assert not start.program.flow.is_in_call

    play(story, pc, platform)
    assert pc.open == {}


def test_the_third_restart_in_ten_minutes_goes_nowhere_by_itself() -> None:
    pc = left_open()
    pc.restarts = 2

    async def story(start: Start) -> None:
        start.sign_in()
        await start.until(RestartPhase.GIVEN_UP)
        await asyncio.sleep(30)
        assert not start.program.flow.is_in_call
        await start.flow.back()

    play(story, pc)
    assert pc.open == {}


def test_a_session_of_this_morning_is_not_asked_for() -> None:
    async def story(start: Start) -> None:
        start.sign_in()
        await asyncio.sleep(10)
        assert start.states == []

    play(story, left_open(hours_ago=4))


def test_a_disk_that_cannot_be_read_stops_no_sign_in() -> None:
    pc = left_open()
    pc.is_full = True

    async def story(start: Start) -> None:
        start.sign_in()
        await asyncio.sleep(10)
        assert start.states == []

    play(story, pc)

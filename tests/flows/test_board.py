"""What a mechanic would miss on the list: that it is true, that its age shows, and that a refusal is explained."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.account import AccountPhase, AccountState
from desktop.core.board import BoardListing, BoardState, Freshness, HintKind
from desktop.core.clock import ServerTime
from desktop.core.errors import OfflineError, RefusedError, SignedOutError
from desktop.core.people import SessionId
from desktop.core.session import SessionStatus, Vehicle
from desktop.flows.board import BoardFlow
from tests.flows.fakes import IKE, MARISOL, NOW, FakeBoardBackend, row, signed_in
from tests.virtual_time import VirtualClock, in_loop, settle


class Wall:
    """A flow with its fake and the states it published."""

    def __init__(self, backend: FakeBoardBackend, chance: float = 0.5) -> None:
        self.backend = backend
        self.clock = VirtualClock()
        self.states: list[BoardState] = []
        self.me_read = 0
        self.flow = BoardFlow(backend, self.states.append, me_changed=self._me, clock=self.clock, chance=lambda: chance)

    async def _me(self) -> None:
        self.me_read += 1

    def now(self) -> BoardState:
        """Return the state shown."""
        return self.states[-1]

    async def open(self) -> None:
        """Sign in and wait for the first list."""
        self.flow.account_changed(signed_in())
        await settle()


@in_loop
async def test_the_list_opens_with_whose_it_is_and_then_its_rows() -> None:
    wall = Wall(FakeBoardBackend(row("Dana")))
    await wall.open()
    assert wall.states[0].freshness is Freshness.LOADING
    assert wall.states[0].mechanic == MARISOL
    assert wall.now().freshness is Freshness.FRESH
    assert [shown.customer_name for shown in wall.now().rows] == ["Dana"]
    assert (wall.now().shop_name, wall.now().bay_name) == ("Northgate", "Bay 3")
    await wall.flow.aclose()


@in_loop
async def test_a_new_session_shows_as_soon_as_the_server_hints_at_it() -> None:
    wall = Wall(FakeBoardBackend(has_hints=True))
    await wall.open()
    await wall.clock.advance(5)
    wall.backend.rows = (row("Dana"),)
    wall.backend.hint(HintKind.ASSIGNMENT)
    await wall.clock.advance(1)
    assert len(wall.now().rows) == 1
    await wall.flow.aclose()


@in_loop
async def test_a_session_assigned_just_now_is_announced_with_the_car_and_the_concern() -> None:
    wall = Wall(FakeBoardBackend(row("Dana"), has_hints=True))
    await wall.open()
    assert wall.now().band is None
    new = replace(row("Ike"), vehicle=Vehicle(year="2019", make="Ford", model="Focus"), concern="Grinding noise")
    await wall.clock.advance(5)
    wall.backend.rows = (*wall.backend.rows, new)
    wall.backend.hint(HintKind.ASSIGNMENT)
    await wall.clock.advance(1)
    band = wall.now().band
    assert band is not None
    assert (band.title, band.text) == ("New session: Ike.", "2019 Ford Focus. Grinding noise.")
    assert (band.action, wall.now().band_session) == ("Show", new.id)
    wall.backend.rows = wall.backend.rows[:1]
    wall.backend.hint(HintKind.ASSIGNMENT)
    await wall.clock.advance(5)
    assert wall.now().band is None
    await wall.flow.aclose()


@in_loop
async def test_nobody_in_a_call_is_disturbed_by_a_new_session() -> None:
    wall = Wall(FakeBoardBackend(row("Dana"), has_hints=True))
    await wall.open()
    wall.flow.call_changed(in_call=True)
    await wall.clock.advance(5)
    wall.backend.rows = (*wall.backend.rows, row("Ike"))
    wall.backend.hint(HintKind.ASSIGNMENT)
    await wall.clock.advance(5)
    assert len(wall.now().rows) == 2
    assert wall.now().band is None
    await wall.flow.aclose()


@in_loop
async def test_a_burst_of_hints_costs_a_reading_or_two() -> None:
    wall = Wall(FakeBoardBackend(has_hints=True))
    await wall.open()
    await wall.clock.advance(5)
    before = wall.backend.readings
    for _ in range(200):
        wall.backend.hint(HintKind.SESSION)
    await wall.clock.advance(0)
    await wall.clock.advance(5)
    assert wall.backend.readings - before <= 6
    await wall.flow.aclose()


@in_loop
async def test_without_hints_the_list_is_read_every_ten_seconds() -> None:
    wall = Wall(FakeBoardBackend())
    await wall.open()
    await wall.clock.advance(60)
    assert 6 <= wall.backend.readings <= 8
    assert wall.backend.listens == 1
    await wall.flow.aclose()


@in_loop
async def test_with_hints_the_list_is_read_once_a_minute() -> None:
    wall = Wall(FakeBoardBackend(has_hints=True))
    await wall.open()
    await wall.clock.advance(240)
    assert 4 <= wall.backend.readings <= 6
    await wall.flow.aclose()


@in_loop
async def test_in_a_call_the_list_is_read_every_half_minute_and_at_once_afterwards() -> None:
    wall = Wall(FakeBoardBackend())
    await wall.open()
    wall.flow.call_changed(in_call=True)
    await wall.clock.advance(10)
    before = wall.backend.readings
    await wall.clock.advance(90)
    assert 3 <= wall.backend.readings - before <= 4
    wall.flow.call_changed(in_call=False)
    before = wall.backend.readings
    await wall.clock.advance(1)
    assert wall.backend.readings == before + 1
    await wall.flow.aclose()


@in_loop
async def test_an_absent_server_leaves_the_last_list_with_its_age() -> None:
    wall = Wall(FakeBoardBackend(row("Dana")))
    await wall.open()
    loaded_at_s = wall.now().loaded_at_s
    wall.backend.trouble = OfflineError()
    await wall.clock.advance(15)
    assert wall.now().freshness is Freshness.STALE
    assert wall.now().loaded_at_s == loaded_at_s
    assert len(wall.now().rows) == 1
    await wall.flow.aclose()


@in_loop
async def test_a_list_that_never_came_is_not_an_empty_one() -> None:
    wall = Wall(FakeBoardBackend())
    wall.backend.trouble = OfflineError()
    await wall.open()
    assert wall.now().freshness is Freshness.NEVER_LOADED
    wall.backend.trouble = None
    wall.flow.refresh_now()
    await wall.clock.advance(1)
    assert wall.now().freshness is Freshness.FRESH
    assert wall.now().rows == ()
    await wall.flow.aclose()


@in_loop
async def test_an_absent_server_is_asked_ever_more_rarely_up_to_a_minute() -> None:
    wall = Wall(FakeBoardBackend())
    wall.backend.trouble = OfflineError()
    await wall.open()
    readings = []
    for _ in range(10):
        await wall.clock.advance(60)
        readings.append(wall.backend.readings)
    assert readings[0] <= 4
    assert readings[-1] - readings[-6] == 5
    wall.backend.trouble = None
    await wall.clock.advance(60)
    before = wall.backend.readings
    await wall.clock.advance(60)
    assert wall.backend.readings - before >= 5
    await wall.flow.aclose()


@in_loop
async def test_a_stream_that_breaks_is_opened_again_and_the_list_read_at_once() -> None:
    wall = Wall(FakeBoardBackend(has_hints=True))
    await wall.open()
    await wall.clock.advance(10)
    before = wall.backend.readings
    wall.backend.break_stream()
    await wall.clock.advance(1)
    assert wall.backend.readings == before + 1
    await wall.clock.advance(4)
    assert wall.backend.listens == 2
    await wall.flow.aclose()


@given(chance=st.floats(0, 1, exclude_max=True), failures=st.integers(0, 40), in_call=st.booleans())
def test_no_pause_is_shorter_or_longer_than_agreed(chance: float, failures: int, in_call: bool) -> None:
    flow = Wall(FakeBoardBackend(), chance).flow
    flow._failures, flow._in_call = failures, in_call
    assert 8 <= flow._pause_s() <= 72


@in_loop
async def test_a_button_opens_when_its_time_has_come_not_at_the_next_round() -> None:
    wall = Wall(FakeBoardBackend(has_hints=True))
    time = ServerTime(NOW.timestamp() - wall.clock.monotonic())
    soon = row("Owen", SessionStatus.SCHEDULED, join_opens_at=NOW + timedelta(seconds=20))

    async def board() -> BoardListing:
        wall.backend.readings += 1
        opened = wall.clock.monotonic() >= 1_020
        return BoardListing((replace(soon, joinable=opened),), time)

    wall.backend.board = board  # type: ignore[method-assign] # a server whose clock runs
    await wall.open()
    await wall.clock.advance(19)
    assert not wall.now().rows[0].joinable
    await wall.clock.advance(3)
    assert wall.now().rows[0].joinable
    await wall.flow.aclose()


@in_loop
async def test_only_what_ended_today_or_in_this_shift_is_listed() -> None:
    wall = Wall(FakeBoardBackend())
    time = ServerTime(NOW.timestamp() - wall.clock.monotonic())
    ended = [
        row(f"Ended {hours} h ago", SessionStatus.COMPLETED, ended_at=NOW - timedelta(hours=hours))
        for hours in (1, 5, 30, 100)
    ]

    async def board() -> BoardListing:
        return BoardListing(tuple(ended), time)

    wall.backend.board = board  # type: ignore[method-assign] # a server with a past
    await wall.open()
    assert [shown.customer_name for shown in wall.now().rows] == ["Ended 1 h ago", "Ended 5 h ago"]
    await wall.flow.aclose()


@in_loop
async def test_a_refused_join_says_why_and_the_list_is_read_again() -> None:
    wall = Wall(FakeBoardBackend(row("Dana")))
    await wall.open()
    await wall.clock.advance(2)
    before = wall.backend.readings
    wall.flow.join_started(SessionId("s-dana"))
    assert wall.now().joining == "s-dana"
    wall.flow.join_refused(RefusedError("session_ended", 410))
    assert wall.now().joining is None
    band = wall.now().band
    assert band is not None
    assert band.key == "join_refused"
    assert band.title == "This session has ended. You can still read it."
    await wall.clock.advance(1)
    assert wall.backend.readings == before + 1
    wall.flow.close_band()
    assert wall.now().band is None
    await wall.flow.aclose()


@in_loop
async def test_another_running_session_is_named_with_a_button_to_it() -> None:
    wall = Wall(FakeBoardBackend(row("Dana"), row("Owen")))
    await wall.open()
    wall.flow.join_refused(
        RefusedError(
            "mechanic_has_active_session", 409, details={"active_session_id": "s-dana", "customer": "Dana Whitlock"}
        )
    )
    band = wall.now().band
    assert band is not None
    assert band.title == "You are still in a session with Dana Whitlock. End it before opening another."
    assert band.action is not None
    assert wall.now().band_session == "s-dana"
    await wall.flow.aclose()


@in_loop
async def test_accepting_a_request_reads_the_list_and_a_refusal_is_explained() -> None:
    wall = Wall(FakeBoardBackend(row("Customer", SessionStatus.PENDING, assignment_id="a-1"), row("Dana")))
    await wall.open()
    await wall.flow.accept(SessionId("s-dana"))
    assert wall.backend.accepted == []
    await wall.flow.accept(SessionId("s-customer"))
    assert wall.backend.accepted == ["a-1"]
    assert wall.now().band is None
    wall.backend.refusal = RefusedError("assignment_taken", 409)
    await wall.flow.accept(SessionId("s-customer"))
    band = wall.now().band
    assert band is not None
    assert band.title == "Another mechanic took this one."
    await wall.flow.aclose()


@in_loop
async def test_a_change_of_ones_own_record_is_passed_on() -> None:
    wall = Wall(FakeBoardBackend(has_hints=True))
    await wall.open()
    wall.backend.hint(HintKind.ME)
    await settle()
    assert wall.me_read == 1
    await wall.flow.aclose()


@in_loop
async def test_the_next_mechanic_sees_nothing_of_the_former_one() -> None:
    wall = Wall(FakeBoardBackend(row("Dana")))
    await wall.open()
    wall.flow.account_changed(AccountState(phase=AccountPhase.SIGNED_OUT))
    assert wall.now().rows == ()
    assert wall.now().mechanic is None
    wall.backend.board = asyncio.Event().wait  # type: ignore[method-assign,assignment] # an answer that never comes
    wall.flow.account_changed(signed_in(IKE))
    await settle()
    assert wall.now().rows == ()
    assert wall.now().freshness is Freshness.LOADING
    await wall.flow.aclose()


@in_loop
async def test_a_login_that_ends_in_a_call_stops_the_reading_and_keeps_the_rows() -> None:
    wall = Wall(FakeBoardBackend(row("Dana")))
    await wall.open()
    wall.backend.trouble = SignedOutError("refresh_invalid", 401)
    await wall.clock.advance(15)
    wall.flow.account_changed(AccountState(phase=AccountPhase.SIGNED_OUT, interrupted=True))
    before = wall.backend.readings
    await wall.clock.advance(100)
    assert wall.backend.readings == before
    assert len(wall.now().rows) == 1
    await wall.flow.aclose()

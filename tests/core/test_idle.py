"""Who walks away is asked and then signed out; who is there, or in a session, never is."""

from dataclasses import replace

import pytest

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase
from desktop.core.idle import IdlePhase, IdleTime, idle_counts
from desktop.core.restart import RestartPhase, RestartState
from tests.core.test_route import CALL, SIGNED_IN

OFF = RestartState()
LIMIT_S = 600.0


@pytest.fixture
def idle() -> IdleTime:
    time = IdleTime(LIMIT_S)
    time.count(True, 0.0)
    return time


def test_it_counts_where_no_session_is_open_or_on_its_way() -> None:
    assert idle_counts(SIGNED_IN, None, OFF, joining=False)
    assert idle_counts(SIGNED_IN, replace(CALL, phase=CallPhase.ENDED), OFF, joining=False)
    for phase in RestartPhase.ENDED, RestartPhase.GIVEN_UP:
        assert idle_counts(SIGNED_IN, None, RestartState(phase), joining=False), "nobody is led anywhere any more"


@pytest.mark.parametrize("phase", [phase for phase in CallPhase if phase is not CallPhase.ENDED])
def test_sr_38_it_never_counts_in_a_session(phase: CallPhase) -> None:
    assert not idle_counts(SIGNED_IN, replace(CALL, phase=phase), OFF, joining=False)


@pytest.mark.parametrize("phase", [RestartPhase.ASKING, RestartPhase.ENTERING])
def test_it_does_not_count_on_the_way_into_a_session(phase: RestartPhase) -> None:
    assert not idle_counts(SIGNED_IN, None, OFF, joining=True)
    assert not idle_counts(SIGNED_IN, None, RestartState(phase), joining=False)


@pytest.mark.parametrize("phase", [AccountPhase.STARTING, AccountPhase.SIGNED_OUT, AccountPhase.SIGNING_IN])
def test_it_does_not_count_where_nobody_is_signed_in(phase: AccountPhase) -> None:
    assert not idle_counts(AccountState(phase), None, OFF, joining=False)


@pytest.mark.parametrize(
    ("now_s", "phase", "left"),
    [(0, IdlePhase.PRESENT, 30), (569.9, IdlePhase.PRESENT, 30), (570, IdlePhase.COUNTDOWN, 30),
     (576, IdlePhase.COUNTDOWN, 24), (599.1, IdlePhase.COUNTDOWN, 1), (600, IdlePhase.OVER, 0)],
)  # fmt: skip
def test_the_countdown_is_the_end_of_the_whole_time(idle: IdleTime, now_s: float, phase: IdlePhase, left: int) -> None:
    reading = idle.read(now_s)
    assert (reading.phase, reading.seconds_left) == (phase, left)


def test_an_input_begins_it_anew_also_in_the_countdown(idle: IdleTime) -> None:
    idle.touch(500)
    assert idle.read(1_069).phase is IdlePhase.PRESENT
    assert idle.read(1_080).phase is IdlePhase.COUNTDOWN
    idle.touch(1_099.9)
    assert idle.read(1_100).phase is IdlePhase.PRESENT
    assert idle.read(1_699.8).phase is IdlePhase.COUNTDOWN


def test_an_input_after_the_end_comes_too_late_even_if_nobody_looked_at_the_clock(idle: IdleTime) -> None:
    idle.touch(8 * 3_600)
    assert idle.read(8 * 3_600).phase is IdlePhase.OVER
    idle.touch(8 * 3_600 + 1)
    assert idle.read(8 * 3_600 + 1).phase is IdlePhase.OVER


def test_the_next_one_begins_with_the_whole_time(idle: IdleTime) -> None:
    assert idle.read(700).phase is IdlePhase.OVER
    idle.count(False, 700)
    assert idle.read(9_000).phase is IdlePhase.PRESENT
    idle.count(True, 9_000)
    assert idle.read(9_569).phase is IdlePhase.PRESENT
    assert idle.read(9_570).phase is IdlePhase.COUNTDOWN


def test_three_notes_sound_each_once(idle: IdleTime) -> None:
    readings = [idle.read(560 + quarter / 4) for quarter in range(160)]
    assert [reading.seconds_left for reading in readings if reading.sounds] == [30, 10, 5]


def test_notes_that_were_slept_through_sound_as_one(idle: IdleTime) -> None:
    assert idle.read(596).sounds
    assert not idle.read(597).sounds


def test_it_is_looked_at_when_the_figure_changes_and_at_least_every_second(idle: IdleTime) -> None:
    assert idle.read(100).again_in_s == 1.0
    assert idle.read(569.5).again_in_s == pytest.approx(0.5)
    assert idle.read(575.25).again_in_s == pytest.approx(0.75)
    assert idle.read(600).again_in_s is None


def test_without_a_limit_nobody_is_asked() -> None:
    never = IdleTime(0)
    never.count(True, 0)
    reading = never.read(1e9)
    assert (reading.phase, reading.again_in_s) == (IdlePhase.PRESENT, None)

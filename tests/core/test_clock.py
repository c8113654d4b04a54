"""The timer is right on a PC whose own clock is wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.clock import ServerClock, ServerTime, SessionTimer, TimerMode, TimerUrgency

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def _server_at(moment: datetime, monotonic_s: float) -> ServerTime:
    return ServerTime(moment.timestamp() - monotonic_s)


@given(st.floats(0, 1e6), st.floats(0, 5))
def test_ac_27_server_time_is_within_half_a_round_trip(monotonic_s: float, round_trip_s: float) -> None:
    clock = ServerClock()
    clock.add(monotonic_s, monotonic_s + round_trip_s, START)
    estimate = clock.estimate()
    assert estimate is not None
    assert abs(estimate.epoch_at(monotonic_s + round_trip_s) - START.timestamp()) <= round_trip_s / 2 + 1e-3


def test_the_quickest_of_the_last_ten_answers_sets_the_clock() -> None:
    clock = ServerClock()
    clock.add(0.0, 4.0, START)
    clock.add(10.0, 10.1, START + timedelta(seconds=10))
    estimate = clock.estimate()
    assert estimate is not None
    assert estimate.epoch_at(10.05) == pytest.approx(START.timestamp() + 10, abs=1e-3)
    for _ in range(10):
        clock.add(20.0, 21.0, START + timedelta(seconds=20.5))
    estimate = clock.estimate()
    assert estimate is not None
    assert estimate.epoch_at(20.5) == pytest.approx(START.timestamp() + 20.5, abs=1e-3)


def _timer(**changes: object) -> SessionTimer:
    values: dict[str, object] = {
        "started_at": START,
        "ends_at": START + timedelta(minutes=45),
        "planned_minutes": 45,
        "server_time": _server_at(START, 100.0),
    }
    return SessionTimer(**(values | changes))  # type: ignore[arg-type]  # a table of fields, checked by use


@pytest.mark.parametrize(
    ("after_s", "figures", "urgency"),
    [
        (0, "45:00", TimerUrgency.NORMAL),
        (40 * 60, "5:00", TimerUrgency.NORMAL),
        (40 * 60 + 1, "4:59", TimerUrgency.AMBER),
        (44 * 60, "1:00", TimerUrgency.AMBER),
        (44 * 60 + 1, "0:59", TimerUrgency.RED),
        (46 * 60, "0:00", TimerUrgency.RED),
    ],
)
def test_the_timer_counts_down_amber_under_five_minutes_and_red_under_one(
    after_s: int, figures: str, urgency: TimerUrgency
) -> None:
    reading = _timer().read(100.0 + after_s)
    assert (reading.figures, reading.urgency, reading.mode) == (figures, urgency, TimerMode.LEFT)


def test_a_server_that_names_no_end_gives_a_count_up() -> None:
    reading = _timer(ends_at=None, planned_minutes=None).read(100.0 + 75)
    assert (reading.figures, reading.mode) == ("1:15", TimerMode.ELAPSED)


def test_the_clock_stands_still_before_both_are_in_and_while_paused() -> None:
    assert _timer(started_at=None).read(999.0).mode is TimerMode.NOT_STARTED
    paused = _timer(is_paused=True, paused_left_s=600)
    assert paused.read(100.0).figures == paused.read(400.0).figures == "10:00"


def test_more_than_an_hour_is_told_in_hours() -> None:
    assert _timer(ends_at=START + timedelta(minutes=90)).read(100.0).figures == "1:30:00"

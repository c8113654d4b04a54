"""What may happen how often: at once, in the long run, and never more for having waited."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.allowance import Allowance


@given(st.lists(st.floats(min_value=0, max_value=2), max_size=300))
def test_however_often_it_is_wished_it_stays_within_burst_and_rate(pauses: list[float]) -> None:
    allowance, now, taken = Allowance(5, 2.0), 100.0, 0
    for pause in pauses:
        now += pause
        taken += allowance.take(now)
        assert taken <= 5 + 2.0 * (now - 100.0) + 1e-6


def test_what_was_used_comes_back_with_time() -> None:
    allowance = Allowance(2, 0.5)
    assert [allowance.take(0), allowance.take(0), allowance.take(0)] == [True, True, False]
    assert allowance.wait_s(0) == 2.0
    assert not allowance.take(1.9)
    assert allowance.take(2.0)

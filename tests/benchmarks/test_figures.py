"""The statistics under every figure that is published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import median, percentile

_VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


def test_the_median_lies_between_the_two_middle_values() -> None:
    assert median([4, 1, 3, 2]) == 2.5
    assert median([7]) == 7


def test_a_percentile_lies_linearly_between_its_neighbours() -> None:
    values = [10, 20, 30, 40, 50]
    assert percentile(values, 0) == 10
    assert percentile(values, 95) == pytest.approx(48)
    assert percentile(values, 100) == 50


@given(_VALUES, st.floats(0, 100))
def test_a_percentile_never_leaves_the_range_of_its_values(values: list[float], percent: float) -> None:
    assert min(values) - 1e-6 <= percentile(values, percent) <= max(values) + 1e-6


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_nonsense_is_refused(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match=r"values|percentile"):
        percentile(values, percent)

"""What the loss benchmark calls a picture that stands."""

import pytest

from benchmarks.loss import stood_s


def test_only_gaps_that_somebody_sees_count_as_standing() -> None:
    assert stood_s([0.0, 0.03, 0.4, 0.7, 1.2, 1.25]) == pytest.approx(0.5)
    assert stood_s([0.0, 0.033, 0.066]) == 0
    assert stood_s([5.0, 10.0]) == 5.0

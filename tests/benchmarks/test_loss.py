"""What the loss benchmark calls a picture that stands."""

import pytest

from benchmarks.loss import new_pictures_s, stood_s
from benchmarks.watch import Sighting
from desktop.practice.picture_code import PictureCode


def test_only_gaps_that_somebody_sees_count_as_standing() -> None:
    assert stood_s([0.0, 0.03, 0.4, 0.7, 1.2, 1.25]) == pytest.approx(0.5)
    assert stood_s([0.0, 0.033, 0.066]) == 0
    assert stood_s([5.0, 10.0]) == 5.0


def test_a_standing_picture_that_makes_room_for_a_notice_still_stands() -> None:
    seen = [Sighting(PictureCode(counter, 0), at) for counter, at in ((7, 1.0), (7, 1.4), (8, 2.0), (7, 2.1), (9, 2.2))]

    assert new_pictures_s(seen) == [1.0, 2.0, 2.2]

"""Where pictures lie: whole, apart from each other, and of no more layers than their places can show."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize

from desktop.core.call import PictureLayer, VideoKey
from desktop.core.corner import Corner
from desktop.ui.call.layout import StageSizes, Strip, layer_for, plan_stage

KIOSK = StageSizes(QSize(288, 162), QSize(173, 97), margin=16, gap=12)
DESKTOP = StageSizes(QSize(192, 108), QSize(115, 65), margin=10, gap=8)
MAIN, OWN = VideoKey("customer-1"), VideoKey("")


def people(count: int) -> list[VideoKey]:
    return [*(VideoKey(f"guest-{number}") for number in range(count)), OWN]


def test_one_picture_has_the_whole_stage_and_ones_own_lies_in_its_corner() -> None:
    plan = plan_stage(MAIN, [OWN], QSize(1368, 843), KIOSK)
    assert plan.main_rect == QRect(0, 0, 1368, 843)
    assert plan.small == ((OWN, QRect(1368 - 16 - 288, 843 - 16 - 162, 288, 162)),)
    assert plan.strip is None


def test_a_camera_beside_a_shared_screen_lies_next_to_ones_own() -> None:
    plan = plan_stage(MAIN, people(1), QSize(1368, 843), KIOSK)
    (_, second), (_, own) = plan.small
    assert second.right() + 1 + KIOSK.gap == own.left()
    assert second.top() == own.top()
    assert plan.main_rect.width() == 1368


@pytest.mark.parametrize(("stage", "is_row"), [(QSize(1368, 843), True), (QSize(1888, 843), False)])
def test_more_people_stand_where_they_take_least_of_the_picture(stage: QSize, *, is_row: bool) -> None:
    plan = plan_stage(MAIN, people(3), stage, KIOSK)
    tops = {rect.top() for _, rect in plan.small}
    assert (len(tops) == 1) is is_row
    assert len(plan.small) == 4


def test_a_band_that_takes_some_height_moves_nobody_to_another_side() -> None:
    calm = plan_stage(MAIN, people(3), QSize(1368, 843), KIOSK)
    with_band = QSize(1368, 843 - 72)
    assert plan_stage(MAIN, people(3), with_band, KIOSK).strip is Strip.BESIDE
    assert calm.strip is plan_stage(MAIN, people(3), with_band, KIOSK, calm.strip).strip is Strip.BELOW
    assert plan_stage(MAIN, people(3), QSize(2500, 843), KIOSK, calm.strip).strip is Strip.BESIDE


@given(
    st.integers(0, 30),
    st.integers(500, 2600),
    st.integers(380, 1500),
    st.sampled_from([KIOSK, DESKTOP]),
    st.sampled_from(Corner),
)
def test_no_picture_covers_another_or_leaves_the_stage(
    count: int, width: int, height: int, sizes: StageSizes, corner: Corner
) -> None:
    keys = people(count)
    plan = plan_stage(MAIN, keys, QSize(width, height), sizes, corner=corner)
    stage = QRect(0, 0, width, height)
    rects = [rect for _, rect in plan.small]
    assert all(stage.contains(rect) for rect in (plan.main_rect, *rects))
    if plan.strip is not None:
        rects.append(plan.main_rect)
    assert not any(one.intersects(two) for one, two in combinations(rects, 2))
    assert plan.small[-1][0] == OWN
    assert [key for key, _ in plan.small[:-1]] + list(plan.hidden) == keys[:-1]
    assert all(rect.width() >= sizes.least.width() - 1 for rect in rects)


def test_what_has_no_place_is_not_fetched_and_small_places_get_small_layers() -> None:
    plan = plan_stage(MAIN, people(12), QSize(800, 500), DESKTOP)
    layers = plan.layers()
    assert plan.hidden
    assert {layers[key] for key in plan.hidden} == {PictureLayer.OFF}
    assert {layers[key] for key, _ in plan.small} == {PictureLayer.LOW}
    assert layers[MAIN] is layer_for(plan.main_rect.height())
    assert plan_stage(MAIN, [OWN], QSize(1368, 843), KIOSK).layers()[MAIN] is PictureLayer.HIGH


@pytest.mark.parametrize(
    ("height", "layer"),
    [
        (239, PictureLayer.LOW),
        (240, PictureLayer.MEDIUM),
        (479, PictureLayer.MEDIUM),
        (480, PictureLayer.HIGH),
    ],
)
def test_the_layer_follows_the_height_in_pixels_of_the_screen(height: int, layer: PictureLayer) -> None:
    assert layer_for(height) is layer


def test_a_fine_screen_gets_more_of_a_small_picture() -> None:
    plan = plan_stage(MAIN, people(1), QSize(1368, 843), KIOSK)
    assert plan.layers(2.0)[VideoKey("guest-0")] is PictureLayer.MEDIUM

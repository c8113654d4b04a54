"""One's own picture lies in the corner that somebody gave it: by finger, tap or key, and in every size of window."""

from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.call import CallState, TrackState
from desktop.core.corner import Corner, corner_named
from desktop.ui.theme import theme
from tests.ui import walk
from tests.ui.call.states import OTHERS, customer, state
from tests.ui.call.test_call_page import LEFT, Call, settle
from tests.ui.conftest import Dress

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
NONE = Qt.KeyboardModifier.NoModifier
ARROWS = {"left": Qt.Key.Key_Left, "right": Qt.Key.Key_Right, "up": Qt.Key.Key_Up, "down": Qt.Key.Key_Down}


class Corners(Call):
    """A shown call, a finger on the small picture, and a look at where it is."""

    def __init__(self, first: CallState, shown: Shown, size: tuple[int, int] = (1366, 768)) -> None:
        super().__init__()
        self.page.render_state(first)
        shown(self.page, size)
        settle()
        self.told: list[Corner] = []
        self.page.stage.corner_chosen.connect(self.told.append)

    def place(self, name: str = "ownVideo") -> QRect:
        """Return where a part of the stage lies on it."""
        part = self.page.findChild(QWidget, name)
        assert part is not None, name
        return part.geometry()

    @property
    def corner(self) -> Corner:
        """The corner that the small picture touches, at the usual distance."""
        stage, tile = self.page.stage.rect(), self.place()
        margin = theme().pick(kiosk=16, desktop=10)
        found = [
            corner
            for corner in Corner
            if margin == (tile.left() if corner.is_left else stage.right() - tile.right())
            and margin == (tile.top() if corner.is_upper else stage.bottom() - tile.bottom())
        ]
        assert len(found) == 1, tile
        return found[0]

    def hold(self) -> None:
        button = self.button("ownVideoPin")
        QTest.mousePress(button, LEFT, NONE, button.rect().center())

    def move(self, way: QPoint) -> None:
        """Move the finger over the glass; the picture follows below it."""
        button = self.button("ownVideoPin")
        QTest.mouseMove(button, button.rect().center() + way)
        settle()

    def let_go(self) -> None:
        button = self.button("ownVideoPin")
        QTest.mouseRelease(button, LEFT, NONE, button.rect().center())
        settle()

    def drag(self, way: QPoint) -> None:
        self.hold()
        self.move(way)
        self.let_go()


def test_a_dragged_picture_follows_the_finger_and_snaps_into_the_nearest_corner(shown: Shown) -> None:
    call = Corners(state(), shown)
    before = call.place()
    call.hold()
    call.move(QPoint(-500, -100))
    assert call.place().topLeft() == before.topLeft() + QPoint(-500, -100)
    call.let_go()
    assert call.corner is Corner.LOWER_LEFT
    call.drag(QPoint(30, -400))
    assert (call.corner, call.is_shown("swapPictures")) == (Corner.UPPER_LEFT, True)
    assert call.told == [Corner.LOWER_LEFT, Corner.UPPER_LEFT]


def test_a_drag_goes_on_while_the_call_tells_its_news_and_never_leaves_the_stage(shown: Shown) -> None:
    call = Corners(state(), shown)
    call.hold()
    call.move(QPoint(-3000, -3000))
    assert call.place().topLeft() == QPoint(0, 0)
    call.page.render_state(state(customer=customer(speaking=True)))
    assert call.place().topLeft() == QPoint(0, 0)
    call.let_go()
    assert call.corner is Corner.UPPER_LEFT


def test_a_tremble_of_the_finger_is_a_tap_and_a_tap_moves_the_picture_on(shown: Shown) -> None:
    call = Corners(state(), shown)
    call.drag(QPoint(3, 3))
    seen = [call.corner]
    for _ in range(3):
        call.tap("ownVideoPin")
        seen.append(call.corner)
    assert seen == [Corner.LOWER_LEFT, Corner.UPPER_LEFT, Corner.UPPER_RIGHT, Corner.LOWER_RIGHT]


def test_a_glove_on_the_glass_drags_too(shown: Shown) -> None:
    call = Corners(state(), shown)
    glass, page = QTest.createTouchDevice(), call.page
    button = call.button("ownVideoPin")
    middle = button.mapTo(page, button.rect().center())
    finger = QTest.touchEvent(page, glass, autoCommit=False)
    finger.press(0, middle, page).commit()
    finger.move(0, middle - QPoint(400, 40), page).commit()
    finger.release(0, middle - QPoint(400, 40), page).commit()
    settle()
    assert call.corner is Corner.LOWER_LEFT


@pytest.mark.parametrize(
    ("keys", "corner"),
    [
        ("left", Corner.LOWER_LEFT),
        ("up", Corner.UPPER_RIGHT),
        ("left up", Corner.UPPER_LEFT),
        ("left up right down", Corner.LOWER_RIGHT),
        ("down right", Corner.LOWER_RIGHT),
    ],
)
def test_arrows_move_the_picture_while_it_has_the_focus(shown: Shown, keys: str, corner: Corner) -> None:
    call = Corners(state(), shown)
    assert call.button("ownVideoPin") in walk.tab_stops(call.page)
    for key in keys.split():
        QTest.keyClick(call.button("ownVideoPin"), ARROWS[key])
    settle()
    assert call.corner is corner


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
@pytest.mark.parametrize("corner", Corner)
@pytest.mark.parametrize("sharing", [False, True], ids=["alone", "with a shared screen"])
@pytest.mark.parametrize("hidden", [False, True], ids=["seen", "hidden"])
def test_in_no_corner_does_anything_on_the_stage_cover_anything_else(
    shown: Shown, dress: Dress, look: str, corner: Corner, *, sharing: bool, hidden: bool
) -> None:
    there = customer(screen=TrackState.FLOWING if sharing else TrackState.ABSENT)
    call = Corners(state(customer=there), shown, dress(look))
    call.page.stage.set_corner(corner)
    call.page.toggle_full_picture()
    if hidden:
        call.page.stage.hide_own_picture()
    for size in ((1180, 700), dress(look)):
        call.page.resize(*size)
        settle()
        names = (
            "ownVideo",
            "secondVideo",
            "remotePlate",
            "swapPictures",
            "hideOwnPicture",
            "showOwnPicture",
            "normalView",
        )
        there_are = [name for name in names if call.page.findChild(QWidget, name) and call.is_shown(name)]
        covered = [
            (one, other) for one, other in combinations(there_are, 2) if call.place(one).intersects(call.place(other))
        ]
        assert covered == []
        assert [name for name in there_are if not call.page.stage.rect().contains(call.place(name))] == []
        assert walk.too_close(call.page.stage, theme().size("gap")) == []
        if not hidden:
            assert call.corner is corner


def test_a_swapped_picture_lies_in_the_same_corner_and_a_tap_still_makes_it_large(shown: Shown) -> None:
    call = Corners(state(), shown)
    call.sees("#00ff00")
    call.page.own_frame_ready()
    call.tap("swapPictures")
    call.drag(QPoint(-600, 0))
    assert call.corner is Corner.LOWER_LEFT
    call.tap("ownVideoPin")
    assert call.text("remotePlate") == "Dana Whitfield, microphone on"
    assert call.corner is Corner.LOWER_LEFT


def test_pictures_in_a_strip_stay_there(shown: Shown) -> None:
    call = Corners(state(others=OTHERS), shown)
    before = call.place()
    assert not call.is_shown("ownVideoPin")
    call.page.stage.set_corner(Corner.UPPER_LEFT)
    settle()
    assert call.place() == before
    call.page.render_state(state())
    settle()
    assert call.corner is Corner.UPPER_LEFT


def test_a_picture_that_goes_while_it_is_dragged_is_in_its_corner_when_it_comes_back(
    shown: Shown, qtbot: QtBot
) -> None:
    call = Corners(state(), shown)
    call.hold()
    call.move(QPoint(-300, -300))
    call.page.stage.hide_own_picture()
    with qtbot.assertNotEmitted(call.page.stage.corner_chosen):
        call.let_go()
    call.page.stage.show_own_picture()
    settle()
    assert call.corner is Corner.LOWER_RIGHT


def test_a_corner_that_nobody_knows_is_the_usual_one() -> None:
    assert corner_named("upper left") is Corner.UPPER_LEFT
    assert corner_named("somewhere") is Corner.LOWER_RIGHT

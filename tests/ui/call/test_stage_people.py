"""The stage with several people: who is large, who is small, what has frozen, and what is worth fetching."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.call import CallPhase, CallState, OwnDevice, PictureLayer, TrackState, VideoKey, VideoSource
from desktop.core.link import LinkState, Rung
from desktop.core.people import SessionId
from desktop.ui.call import picture_wishes
from desktop.ui.call.layout import layer_for
from desktop.ui.call.small_tile import SmallTile
from desktop.ui.theme import theme
from tests.ui import walk
from tests.ui.call.states import CUSTOMER_ID, NOW, OTHERS, customer, other, picture, reconnecting, state
from tests.ui.call.test_call_page import Call, settle
from tests.ui.conftest import Dress

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
GREEN, RED, BLUE, SCREEN = "#00ff00", "#ff0000", "#0000ff", "#123456"
PRIYA, TOM, LENA = (VideoKey(view.person.identity or "") for view in OTHERS)
DANA = VideoKey(CUSTOMER_ID)
SHARED = VideoKey(CUSTOMER_ID, VideoSource.SCREEN_SHARE)


class Clock:
    """The moment that everything on screen is told by."""

    def __init__(self) -> None:
        self.now_s = time.monotonic()

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock; a test moves it."""
    still = Clock()
    monkeypatch.setattr(time, "monotonic", still)
    return still


class Bay(Call):
    """A call page with the pictures of several people."""

    wanted: Mapping[VideoKey, PictureLayer]

    def __init__(self, first: CallState, shown: Shown, size: tuple[int, int] = (1366, 768)) -> None:
        super().__init__()
        self.wanted = {}
        self.page.pictures_wanted.connect(self._note_wish)
        self.page.render_state(first)
        shown(self.page, size)
        settle()

    def film(self, key: VideoKey, colour: str, rotation: int = 0) -> None:
        self.video(key).put(picture(320, 180, rotation, colour=colour))
        self.page.frame_ready(key)
        settle()

    def film_everybody(self) -> None:
        for key, colour in ((DANA, GREEN), (PRIYA, RED), (TOM, BLUE), (LENA, "#ffff00")):
            self.film(key, colour)

    def tile(self, words: str) -> SmallTile:
        """Return the small tile whose plate says something."""
        for tile in self.page.findChildren(SmallTile):
            plate = tile.findChild(QWidget, f"{tile.objectName()}Plate")
            if tile.isVisible() and plate is not None and words in plate.accessibleName():
                return tile
        raise AssertionError(f"nobody is called {words}")

    def colour_of(self, words: str) -> QColor:
        tile = self.tile(words)
        return tile.grab().toImage().pixelColor(tile.rect().center() - QPoint(0, 20))

    def pin(self, words: str) -> None:
        self.tap(f"{self.tile(words).objectName()}Pin")

    def render(self, **more: object) -> None:
        self.page.render_state(state(**more))
        settle()

    def _note_wish(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        self.wanted = wishes


@pytest.fixture
def four(shown: Shown) -> Bay:
    """Open a call with the customer and three more, everybody with a picture."""
    bay = Bay(state(others=OTHERS), shown)
    bay.film_everybody()
    return bay


def test_everybody_has_a_picture_a_real_name_and_none_covers_another(four: Bay) -> None:
    assert four.colour_in_the_middle() == QColor(GREEN)
    assert [four.colour_of(name) for name in ("Priya Raman", "Tom Okafor")] == [QColor(RED), QColor(BLUE)]
    assert four.tile("Priya").accessibleName() == "Video from Priya Raman, camera on"
    main = four.page.stage.main_tile.geometry()
    assert not any(main.intersects(four.tile(name).geometry()) for name in ("Priya", "Tom", "Lena", "You"))


def test_a_tap_makes_a_picture_large_and_another_one_leads_back(four: Bay) -> None:
    four.pin("Priya")
    assert four.colour_in_the_middle() == QColor(RED)
    assert four.text("remotePlate") == "Priya Raman, microphone on"
    assert four.colour_of("Dana") == QColor(GREEN)
    four.film(PRIYA, "#880000")
    assert four.colour_in_the_middle() == QColor("#880000")
    four.pin("Dana")
    assert four.colour_in_the_middle() == QColor(GREEN)
    assert four.colour_of("Priya") == QColor("#880000")


def test_a_picture_is_made_large_without_a_mouse(four: Bay) -> None:
    button = four.button(f"{four.tile('Tom').objectName()}Pin")
    assert button.accessibleName() == "Show Tom large"
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    settle()
    assert four.text("remotePlate") == "Tom Okafor, microphone on"


def test_a_pinned_picture_stays_over_a_reconnect_and_goes_with_its_person(four: Bay) -> None:
    four.pin("Tom")
    four.page.render_state(replace(reconnecting(), others=OTHERS))
    settle()
    assert four.text("remotePlate").startswith("Tom Okafor")
    assert four.is_grey()
    four.render(others=OTHERS)
    assert four.colour_in_the_middle() == QColor(BLUE)
    four.render(others=OTHERS[:1])
    assert four.colour_in_the_middle() == QColor(GREEN)
    assert four.text("remotePlate").startswith("Dana Whitfield")


def test_whoever_leaves_takes_no_picture_of_the_others_along(four: Bay) -> None:
    four.render(others=OTHERS[1:])
    assert four.colour_of("Tom") == QColor(BLUE)
    assert four.colour_in_the_middle() == QColor(GREEN)
    four.render(others=())
    assert four.page.stage.main_tile.size() == four.page.stage.size()
    assert not four.is_shown("secondVideo")


def test_a_new_shared_screen_takes_the_stage_from_whatever_was_pinned_and_gives_it_back(four: Bay) -> None:
    four.pin("Priya")
    four.render(others=OTHERS, customer=customer(screen=TrackState.FLOWING))
    four.film(SHARED, SCREEN)
    assert four.colour_in_the_middle() == QColor(SCREEN)
    assert four.page.stage.main_tile.accessibleName() == "Screen shared by Dana Whitfield"
    four.pin("Dana Whitfield")
    assert four.colour_in_the_middle() == QColor(GREEN)
    assert four.button(f"{four.tile('screen').objectName()}Pin").accessibleName() == "Show Dana's screen large"
    four.pin("screen")
    assert four.colour_in_the_middle() == QColor(SCREEN)
    four.render(others=OTHERS)
    assert four.colour_in_the_middle() == QColor(GREEN)


def test_somebody_elses_picture_is_large_only_while_the_customer_has_none(four: Bay) -> None:
    four.render(others=OTHERS, customer=customer(camera=TrackState.MUTED))
    assert four.colour_in_the_middle() == QColor(RED)
    assert four.tile("Dana").accessibleDescription() == "Dana's camera is off."
    four.render(others=OTHERS)
    four.film(DANA, GREEN)
    assert four.colour_in_the_middle() == QColor(GREEN)
    four.render(others=OTHERS, customer=customer(in_room=False))
    assert four.text("picturePlateTitle") == "Dana lost the connection"


def test_swapping_brings_ones_own_picture_in_front_and_the_pinned_one_back(four: Bay) -> None:
    four.own.put(picture(colour="#ff00ff"))
    four.page.own_frame_ready()
    settle()
    four.pin("Priya")
    QTest.keyClick(four.page, Qt.Key.Key_P)
    assert four.colour_in_the_middle() == QColor("#ff00ff")
    assert four.text("remotePlate") == "You"
    QTest.keyClick(four.page, Qt.Key.Key_P)
    assert four.colour_in_the_middle() == QColor(RED)


def test_a_swapped_camera_that_goes_off_gives_the_stage_back(four: Bay) -> None:
    QTest.keyClick(four.page, Qt.Key.Key_P)
    four.render(others=OTHERS, camera=OwnDevice.OFF)
    assert four.colour_in_the_middle() == QColor(GREEN)
    assert four.tile("You").accessibleDescription() == "Your camera is off."


def test_the_next_session_knows_nothing_of_pins_and_pictures(four: Bay) -> None:
    four.pin("Priya")
    four.render(others=OTHERS, session_id=SessionId("other"))
    assert four.text("remotePlate").startswith("Dana Whitfield")
    assert four.colour_in_the_middle() != QColor(GREEN)
    assert not four.tile("Priya").has_picture


def test_who_speaks_is_framed_and_stays_so_between_two_words(shown: Shown, clock: Clock) -> None:
    bay = Bay(state(others=OTHERS), shown)
    bay.film_everybody()
    bay.render(others=(other("Priya Raman", 1, speaking=True), *OTHERS[1:]), customer=customer(speaking=True))
    bay.render(others=OTHERS)
    clock.now_s += 0.9
    bay.page.stage.tick()
    assert _edge(bay.tile("Priya")) == theme().color("success")
    assert _edge(bay.tile("Tom")) != theme().color("success")
    assert bay.page.stage.main_tile.grab().toImage().pixelColor(1, 200) == theme().color("success")
    clock.now_s += 0.2
    bay.page.stage.tick()
    assert _edge(bay.tile("Priya")) != theme().color("success")
    assert bay.page.stage.main_tile.grab().toImage().pixelColor(1, 200) != theme().color("success")


def test_who_is_muted_is_to_be_seen_on_a_small_picture_too(shown: Shown) -> None:
    bay = Bay(state(others=(other("Priya Raman", 1, microphone=TrackState.MUTED),)), shown)
    assert bay.tile("Priya Raman, microphone off").isVisible()


# Frozen and lost


def test_a_frozen_picture_is_said_with_running_seconds_and_comes_back_by_itself(shown: Shown, clock: Clock) -> None:
    bay = Bay(state(), shown)
    bay.film(DANA, GREEN)
    clock.now_s += 2.2
    bay.render(customer=customer(camera=TrackState.STALLED))
    assert bay.text("picturePlateTitle") == "Getting the picture back"
    assert bay.text("picturePlateText") == "Last picture 2 seconds ago. The session stays open."
    middle = _quarter(bay)
    assert middle.red() == middle.green() == middle.blue()
    assert abs(middle.green() - round(_grey_of(GREEN) * 0.34)) <= 2
    clock.now_s += 10
    bay.page.stage.tick()
    assert bay.text("picturePlateText") == "Last picture 12 seconds ago. The session stays open."
    bay.film(DANA, GREEN)
    assert not bay.is_grey()
    bay.render()
    assert not bay.is_shown("picturePlate")
    assert bay.colour_in_the_middle() == QColor(GREEN)


def test_a_picture_that_does_not_come_back_after_a_reconnect_is_said_too(shown: Shown, clock: Clock) -> None:
    bay = Bay(state(), shown)
    bay.film(DANA, GREEN)
    clock.now_s += 8
    bay.render(phase=CallPhase.RECONNECTING)
    starting = customer(camera=TrackState.STARTING)
    bay.render(customer=starting)
    assert not bay.is_grey()
    clock.now_s += 1.1
    bay.render(customer=starting)
    assert bay.is_grey()
    assert bay.text("picturePlateText") == "Last picture 9 seconds ago. The session stays open."
    bay.film(DANA, BLUE)
    assert bay.colour_in_the_middle() == QColor(BLUE)


def test_a_track_that_is_built_anew_is_not_called_frozen(shown: Shown, clock: Clock) -> None:
    bay = Bay(state(), shown)
    bay.film(DANA, GREEN)
    clock.now_s += 1
    bay.render(customer=customer(camera=TrackState.STALLED))
    assert not bay.is_grey()
    assert not bay.is_shown("picturePlate")


def test_a_small_picture_that_froze_says_so_and_leaves_the_large_one_alone(shown: Shown, clock: Clock) -> None:
    bay = Bay(state(others=OTHERS), shown)
    bay.film_everybody()
    clock.now_s += 3
    bay.film(DANA, GREEN)
    bay.render(others=(other("Priya Raman", 1, camera=TrackState.STALLED), *OTHERS[1:]))
    assert bay.tile("Priya").is_grey
    assert bay.tile("Priya").accessibleDescription() == "Getting the picture back"
    assert not bay.tile("Tom").is_grey
    assert not bay.is_grey()


@pytest.mark.parametrize("phase", [CallPhase.RECONNECTING, CallPhase.REJOINING])
def test_every_last_picture_survives_the_way_back(four: Bay, phase: CallPhase) -> None:
    four.render(phase=phase, others=OTHERS)
    assert four.is_grey()
    assert four.text("picturePlateTitle") == "Getting the picture back"
    assert all(four.tile(name).is_grey and four.tile(name).has_picture for name in ("Priya", "Tom", "Lena"))
    four.render(others=tuple(replace(view, camera=TrackState.STARTING) for view in OTHERS))
    assert not four.is_grey()
    assert four.colour_in_the_middle() == QColor(GREEN)
    assert four.colour_of("Priya") == QColor(RED)


def test_a_photo_in_place_of_video_says_when_it_was_taken(shown: Shown) -> None:
    bay = Bay(state(), shown)
    bay.film(DANA, GREEN)
    paused = customer(camera=TrackState.PAUSED)
    bay.render(customer=paused, link=LinkState(rung=Rung.PHOTOS, photo_at=NOW))
    assert bay.text("photoPlate") == "Photo from 13:47"
    assert not bay.is_grey()
    plates = [bay.page.findChild(QWidget, name) for name in ("remotePlate", "photoPlate")]
    assert plates[0] is not None
    assert plates[1] is not None
    assert plates[0].geometry().right() < plates[1].geometry().left()
    bay.film(DANA, BLUE)
    assert bay.colour_in_the_middle() == QColor(BLUE)
    bay.render()
    assert not bay.is_shown("photoPlate")


def test_sound_alone_is_said_where_no_picture_ever_came(shown: Shown) -> None:
    bay = Bay(state(customer=customer(camera=TrackState.PAUSED), link=LinkState(rung=Rung.SOUND)), shown)
    assert bay.text("stageText") == "Sound only for now. The picture comes back by itself."


# What is worth fetching


def test_the_large_picture_is_wanted_whole_and_small_ones_small(four: Bay) -> None:
    assert [four.wanted[key] for key in (PRIYA, TOM, LENA)] == [PictureLayer.LOW] * 3
    assert four.wanted[DANA] is layer_for(four.page.stage.main_tile.height())
    before = four.wanted[DANA]
    four.pin("Tom")
    assert (four.wanted[TOM], four.wanted[DANA]) == (before, PictureLayer.LOW)


def test_a_minimised_window_wants_no_pictures_after_a_moment(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_wishes, "UNSEEN_AFTER_MS", 30)
    bay = Bay(state(), shown)
    assert bay.wanted == {DANA: PictureLayer.HIGH}
    bay.page.showMinimized()
    qtbot.waitUntil(lambda: bay.wanted == {DANA: PictureLayer.OFF})
    bay.page.showNormal()
    qtbot.waitUntil(lambda: bay.wanted == {DANA: PictureLayer.HIGH})


def test_a_page_behind_another_wants_no_pictures_and_all_of_them_when_it_is_back(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_wishes, "UNSEEN_AFTER_MS", 30)
    bay = Bay(state(others=OTHERS), shown)
    bay.page.hide()
    qtbot.waitUntil(lambda: set(bay.wanted.values()) == {PictureLayer.OFF})
    bay.page.show()
    assert bay.wanted[PRIYA] is PictureLayer.LOW


def test_a_page_that_is_about_to_be_shown_does_not_switch_pictures_off(qtbot: QtBot) -> None:
    call = Call()
    qtbot.addWidget(call.page)
    wishes: list[Mapping[VideoKey, PictureLayer]] = []
    call.page.pictures_wanted.connect(wishes.append)
    call.page.render_state(state())
    assert all(PictureLayer.OFF not in wish.values() for wish in wishes)


def test_the_full_picture_gives_the_large_one_all_the_room(four: Bay) -> None:
    before = four.page.stage.main_tile.width()
    QTest.keyClick(four.page, Qt.Key.Key_W)
    settle()
    assert four.page.stage.main_tile.width() > before
    assert not four.is_shown("callHeader")
    assert four.is_shown("controlBar")
    four.tap("normalView")
    assert four.is_shown("callHeader")


def test_hiding_ones_own_picture_gives_its_place_to_the_others(four: Bay) -> None:
    four.tap("hideOwnPicture")
    names = [name for name in ("Priya", "Tom", "Lena") if four.tile(name).isVisible()]
    assert names == ["Priya", "Tom", "Lena"]
    with pytest.raises(AssertionError):
        four.tile("You")
    four.tap("showOwnPicture")
    assert four.tile("You").isVisible()


# Everything by hand, glove and key


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
@pytest.mark.parametrize("others", [OTHERS[:1], OTHERS, (*OTHERS, other("Ana Ruiz", 4), other("Bo Lindqvist", 5))])
def test_every_picture_is_named_reached_by_tab_and_large_enough(
    shown: Shown, dress: Dress, look: str, others: tuple[object, ...]
) -> None:
    bay = Bay(state(others=others), shown, dress(look))
    assert walk.unnamed_controls(bay.page) == []
    assert walk.markup_risks(bay.page) == []
    assert walk.unreachable_controls(bay.page) == []
    if look.startswith("kiosk"):
        assert walk.too_small(bay.page, theme().touch_floor()) == []
        near = [pair for pair in walk.too_close(bay.page, theme().size("gap")) if pair.count("tab") != 2]
        assert near == []


def test_an_upright_phone_keeps_its_shape_in_a_small_place(four: Bay) -> None:
    four.film(TOM, BLUE, rotation=90)
    tile = four.tile("Tom")
    four.colour_of("Tom")
    place = tile.picture_rect()
    assert place.height() > place.width() > 0
    assert tile.rect().contains(place)


def _edge(tile: SmallTile) -> QColor:
    return tile.grab().toImage().pixelColor(1, tile.height() // 2)


def _grey_of(colour: str) -> int:
    dot = QImage(1, 1, QImage.Format.Format_RGB32)
    dot.fill(QColor(colour))
    return dot.convertToFormat(QImage.Format.Format_Grayscale8).pixelColor(0, 0).green()


def _quarter(bay: Bay) -> QColor:
    """Return a pixel of the large picture that no plate covers."""
    tile = bay.page.stage.main_tile
    place = tile.picture_rect()
    return tile.grab().toImage().pixelColor(place.center() + QPoint(0, place.height() // 4))

"""The countdown page says how long is left, takes every touch and key for itself, and can be left by either button."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.idle import IdleState
from desktop.ui import theme as theme_module
from desktop.ui.buttons import Button
from desktop.ui.countdown_ring import CountdownRing
from desktop.ui.idle_page import IdlePage
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import theme
from tests.ui import walk
from tests.ui.conftest import Dress
from tests.ui.hands import find, hold, let_go, press, tap
from tests.ui.samples import HOSTILE_NAMES
from tests.ui.snapshots import SnapshotCheck

Shown = Callable[[QWidget, tuple[int, int]], QWidget]

ASKING = IdleState("Marco", 24)
LEAVING = IdleState("Marco", 0)
CORNER = QPoint(30, 30)


def opened(shown: Shown, state: IdleState = ASKING, size: tuple[int, int] = (1366, 768)) -> IdlePage:
    page = IdlePage()
    page.render_state(state)
    shown(page, size)
    page.focus_entry()
    QApplication.processEvents()
    return page


def told(page: IdlePage) -> list[str]:
    """Return what the page asks for from now on."""
    wishes: list[str] = []
    page.pressed.connect(lambda: wishes.append("pressed"))
    page.stay_requested.connect(lambda: wishes.append("stay"))
    page.sign_out_requested.connect(lambda: wishes.append("sign out"))
    return wishes


def test_it_asks_by_name_and_says_what_happens_and_what_is_kept(shown: Shown) -> None:
    page = opened(shown)
    assert {
        "Still there, Marco?",
        "You will be signed out in 24 seconds. Your notes and drafts are saved.",
        "Sign out now",
        "I am here",
    } == set(walk.shown_texts(page))
    assert find(page, CountdownRing).seconds == 24
    assert page.focusWidget() is find(page, Button, "idleStay")


def test_the_last_second_is_one_second_and_then_it_says_that_it_happens(shown: Shown) -> None:
    page = opened(shown, IdleState("Marco", 1))
    assert "in 1 second." in find(page, PlainLabel, "idleLine").text()
    page.render_state(LEAVING)
    assert find(page, PlainLabel, "idleLine").text().startswith("You are being signed out.")
    assert not find(page, Button, "idleStay").isEnabled()


def test_a_mechanic_without_a_name_is_asked_as_well(shown: Shown) -> None:
    assert "Still there?" in walk.shown_texts(opened(shown, IdleState("", 30)))


@pytest.mark.parametrize("name", ["idleStay", "idlePage", "idleTitle", "idleLine"])
def test_a_touch_anywhere_stays_and_the_page_goes_only_after_it(shown: Shown, qtbot: QtBot, name: str) -> None:
    page = opened(shown)
    touched = page if name == "idlePage" else find(page, QWidget, name)
    wishes = told(page)
    place = CORNER if touched is page else touched.rect().center()
    hold(touched, place)
    assert wishes == ["pressed"]
    with qtbot.waitSignal(page.stay_requested):
        let_go(touched, place)
        assert wishes == ["pressed"], "a second tap may follow"
    assert wishes == ["pressed", "stay"]


def test_the_second_tap_of_an_impatient_finger_lands_here_as_well(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    wishes = told(page)
    with qtbot.waitSignal(page.stay_requested):
        for _ in range(3):
            tap(find(page, Button, "idleStay"))
    assert wishes.count("stay") == 1
    assert wishes[-1] == "stay"


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Down])
def test_a_key_stays_once_it_is_let_go(shown: Shown, qtbot: QtBot, key: Qt.Key) -> None:
    page = opened(shown)
    wishes = told(page)
    stay = find(page, Button, "idleStay")
    QTest.keyPress(stay, key)
    assert wishes == ["pressed"]
    with qtbot.waitSignal(page.stay_requested):
        QTest.keyRelease(stay, key)
    assert wishes == ["pressed", "stay"]


def test_a_shortcut_of_the_window_is_a_key_like_all_others(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    reached: list[str] = []
    QShortcut(QKeySequence("F11"), page).activated.connect(lambda: reached.append("F11"))
    with qtbot.waitSignal(page.stay_requested):
        press(find(page, Button, "idleStay"), Qt.Key.Key_F11)
    assert reached == []


def test_a_key_that_is_let_go_in_another_window_stays_as_well(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    QTest.keyPress(find(page, Button, "idleStay"), Qt.Key.Key_Alt)
    QTest.keyPress(find(page, Button, "idleStay"), Qt.Key.Key_A)
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitSignal(page.stay_requested):
        other.show()
        other.activateWindow()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_tab_leads_to_the_sign_out_which_a_key_then_presses(shown: Shown, key: Qt.Key) -> None:
    page = opened(shown)
    wishes = told(page)
    press(find(page, Button, "idleStay"), Qt.Key.Key_Tab)
    leave = find(page, Button, "idleSignOut")
    assert page.focusWidget() is leave
    assert wishes == []
    press(leave, key)
    assert wishes == ["pressed", "sign out"]


def test_the_sign_out_is_one_tap_and_a_slip_of_the_finger_is_none(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    wishes = told(page)
    leave = find(page, Button, "idleSignOut")
    tap(leave)
    assert wishes == ["pressed", "sign out"]
    with qtbot.waitSignal(page.stay_requested):
        hold(leave, leave.rect().center())
        let_go(leave, QPoint(-50, -50))
    assert wishes.count("sign out") == 1


@pytest.mark.parametrize("state", [ASKING, LEAVING])
def test_every_control_is_named_and_free_of_markup(shown: Shown, state: IdleState) -> None:
    page = opened(shown, state)
    assert walk.unnamed_controls(page) == []
    assert walk.unreachable_controls(page) == []
    assert walk.markup_risks(page) == []
    assert page.accessibleName().startswith("Still there, Marco?")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_literally(shown: Shown, name: str) -> None:
    page = opened(shown, IdleState(name, 24))
    assert walk.markup_risks(page) == []
    assert not find(page, PlainLabel, "idleTitle").is_cut


def test_gloves_find_both_buttons(shown: Shown, dress: Dress) -> None:
    page = opened(shown, size=dress("kiosk-bay"))
    assert walk.too_small(page, theme().size("primary")) == []
    assert walk.too_close(page, theme().size("gap")) == []


@pytest.mark.parametrize(("look", "size"), [("kiosk-bay", (1280, 800)), ("desktop-bay", (1180, 700))])
def test_with_larger_type_nothing_is_cut_in_the_least_window(
    shown: Shown, dress: Dress, monkeypatch: pytest.MonkeyPatch, look: str, size: tuple[int, int]
) -> None:
    plain = theme_module.Theme.font

    def larger(*args: object, **kwargs: object) -> object:
        font = plain(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came
        font.setPixelSize(round(font.pixelSize() * 1.3))
        return font

    monkeypatch.setattr(theme_module.Theme, "font", larger)
    dress(look)
    page = opened(shown, IdleState("Marco-Alessandro the 3rd", 30), size)
    for label in page.findChildren(PlainLabel):
        assert not label.is_cut, label.text()
        assert page.rect().contains(label.geometry())
    for button in page.findChildren(Button):
        assert button.width() >= button.sizeHint().width()


@pytest.mark.parametrize("look", ["kiosk-bay", "kiosk-door", "desktop-bay", "desktop-door"])
def test_the_page_looks_as_drawn(shown: Shown, dress: Dress, snapshot: SnapshotCheck, look: str) -> None:
    size = dress(look)
    snapshot(opened(shown, ASKING, size), f"idle-countdown-{look}")

"""One window: pages change in it, F6 and Tab lead through it, and closing it is asked first."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt, QVariantAnimation
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.account import AccountPhase, AccountState
from desktop.ui.focus_ring import FocusRing
from desktop.ui.main_window import MainWindow
from desktop.ui.sessions_page import SessionsPage
from desktop.ui.sign_in_page import SignInPage
from desktop.ui.theme import Theme, apply_theme
from desktop.ui.tokens import Profile
from tests.fixtures.event_count import EventCount
from tests.ui.hands import find, press, tap
from tests.ui.samples import HOSTILE_RAW_NAMES, board, monotonic, now

Show = Callable[[QWidget, tuple[int, int]], QWidget]


@pytest.fixture
def window(shown: Show, qtbot: QtBot) -> MainWindow:
    made = MainWindow()
    sessions, sign_in = SessionsPage(now=now, monotonic=monotonic), SignInPage(now=now, monotonic=monotonic)
    made.add_page(sessions)
    made.add_page(sign_in)
    sessions.render_state(board())
    sign_in.render_state(AccountState(phase=AccountPhase.SIGNED_OUT))
    shown(made, (1366, 768))
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_pages_change_in_the_one_window(window: MainWindow) -> None:
    sign_in = find(window, SignInPage)
    window.show_page(sign_in)
    assert window.page is sign_in
    assert sign_in.isVisible()


def test_the_page_before_fades_and_leaves_nothing_behind(window: MainWindow, qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, Theme(profile=Profile.DESKTOP))
    parts = len(window.findChildren(QWidget))
    window.show_page(find(window, SignInPage))
    assert len(window.findChildren(QWidget)) == parts + 1
    qtbot.waitUntil(lambda: len(window.findChildren(QWidget)) == parts)


def test_a_fade_does_not_paint_the_new_page_for_each_of_its_steps(
    window: MainWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp, Theme(profile=Profile.DESKTOP))
    sign_in = find(window, SignInPage)
    window.show_page(sign_in)
    field = EventCount(find(sign_in, QLineEdit, "emailField"), QEvent.Type.Paint)
    (fade,) = (one for one in window.findChildren(QVariantAnimation) if one.state() is QVariantAnimation.State.Running)
    steps: list[object] = []
    fade.valueChanged.connect(steps.append)
    with qtbot.waitSignal(fade.finished):
        pass
    assert len(steps) > 4, "too few steps to tell"
    assert field.times <= 3


@pytest.mark.qt_log_ignore("does not support", extend=True)
def test_a_menu_and_a_dialog_go_with_the_page_that_opened_them(window: MainWindow) -> None:
    dialog, menu = QDialog(window), QMenu(window)
    dialog.open()
    menu.addAction("Copy")
    menu.popup(window.pos())
    assert QApplication.activePopupWidget() is menu
    window.show_page(find(window, SignInPage))
    assert not dialog.isVisible()
    assert not menu.isVisible()


def test_closing_is_asked_first(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.close_requested):
        window.close()
    assert window.isVisible()
    window.close_now()
    assert not window.isVisible()


def test_a_close_of_the_desktop_is_not_taken_until_decided(window: MainWindow) -> None:
    event = QCloseEvent()
    QApplication.sendEvent(window, event)
    assert not event.isAccepted()


@pytest.mark.parametrize("name", HOSTILE_RAW_NAMES)
def test_the_title_is_one_clean_line(window: MainWindow, name: str) -> None:
    window.set_title(name)
    title = window.windowTitle()
    assert title.endswith(" - Baylink")
    assert "\u202e" not in title
    assert "\n" not in title
    assert len(title) < 140


def test_f6_goes_through_header_list_and_detail(window: MainWindow) -> None:
    assert window.focusWidget() is find(window, SessionsPage).sessions
    places = []
    for _ in range(3):
        press(window, Qt.Key.Key_F6)
        focused = window.focusWidget()
        assert focused is not None
        places.append(focused.objectName())
    assert places == ["primaryAction", "signOutButton", "sessionList"]


def test_the_ring_follows_the_keyboard_and_not_the_finger(window: MainWindow) -> None:
    ring = find(window, FocusRing)
    assert not ring.isVisible()
    press(find(window, SessionsPage).sessions, Qt.Key.Key_Tab)
    big = find(window, QPushButton, "primaryAction")
    assert window.focusWidget() is big
    assert ring.isVisible()
    assert ring.target is big
    tap(find(window, SessionsPage).sessions.viewport())
    assert not ring.isVisible()


def test_the_ring_goes_with_the_page_it_stood_on(window: MainWindow) -> None:
    press(find(window, SessionsPage).sessions, Qt.Key.Key_Tab)
    window.show_page(find(window, SignInPage))
    assert not find(window, FocusRing).isVisible()


def test_a_finger_never_sees_the_ring_when_a_control_goes_off(window: MainWindow) -> None:
    window.show_page(find(window, SignInPage))
    tap(find(window, QLineEdit, "emailField"))
    find(window, SignInPage).render_state(AccountState(phase=AccountPhase.SIGNING_IN))
    assert not find(window, FocusRing).isVisible()


def test_a_page_that_is_removed_is_deleted(window: MainWindow, qtbot: QtBot) -> None:
    page = find(window, SignInPage)
    with qtbot.waitSignal(page.destroyed):
        window.remove_page(page)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_f11_fills_the_screen_on_a_desktop_only(window: MainWindow, qapp: QApplication) -> None:
    press(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    press(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()
    apply_theme(qapp, Theme(profile=Profile.KIOSK, reduced_motion=True))
    press(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()

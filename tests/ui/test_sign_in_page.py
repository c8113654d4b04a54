"""Signing in: two fields, one button, and one sentence when it did not work."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.account import AccountPhase, AccountState, CredentialHome
from desktop.core.people import MechanicId
from desktop.core.session import Mechanic
from desktop.ui.chip import Chip
from desktop.ui.field import ErrorLine
from desktop.ui.loading_line import LoadingLine
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.sign_in_page import SignInPage
from desktop.ui.theme import theme
from tests.ui import walk
from tests.ui.conftest import Dress
from tests.ui.hands import find, press, tap, write
from tests.ui.samples import MONOTONIC_S, monotonic, now
from tests.ui.snapshots import SnapshotCheck

Show = Callable[[QWidget, tuple[int, int]], QWidget]
OUT = AccountState(phase=AccountPhase.SIGNED_OUT, bay_name="Bay 3")
WRONG = AccountState(phase=AccountPhase.SIGNED_OUT, bay_name="Bay 3", error="That e-mail and password do not match.")
BUSY = AccountState(phase=AccountPhase.SIGNING_IN, bay_name="Bay 3")


def page(*, filled: bool = True) -> SignInPage:
    made = SignInPage(now=now, monotonic=monotonic)
    if filled:
        made.prefill("marco.reyes@northgate.example", "0123456789")
    made.render_state(OUT)
    return made


def email(of: QWidget) -> QLineEdit:
    return find(of, QLineEdit, "emailField")


def password(of: QWidget) -> QLineEdit:
    return find(of, QLineEdit, "passwordField")


def button(of: QWidget, name: str) -> QPushButton:
    return find(of, QPushButton, name)


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay", "desktop-door"])
def test_the_page_looks_as_designed(look: str, dress: Dress, shown: Show, snapshot: SnapshotCheck) -> None:
    size = dress(look)
    snapshot(shown(page(), size), f"sign-in-{look}")


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_a_refused_sign_in_looks_as_designed(look: str, dress: Dress, shown: Show, snapshot: SnapshotCheck) -> None:
    size = dress(look)
    made = page()
    made.render_state(WRONG)
    button(made, "signInButton").setFocus()
    snapshot(shown(made, size), f"sign-in-refused-{look}")


def test_a_sign_in_under_way_looks_as_designed(
    dress: Dress, qtbot: QtBot, shown: Show, snapshot: SnapshotCheck
) -> None:
    size = dress("desktop-bay")
    made = page()
    made.render_state(BUSY)
    shown(made, size)
    qtbot.waitUntil(lambda: find(made, LoadingLine).is_running)
    snapshot(made, "sign-in-under-way-desktop-bay")


def test_enter_in_the_password_signs_in(qtbot: QtBot, shown: Show) -> None:
    made = page(filled=False)
    shown(made, (1366, 768))
    write(email(made), "dana@shop.example")
    press(email(made), Qt.Key.Key_Return)
    assert made.focusWidget() is password(made)
    write(password(made), "pass word")
    with qtbot.waitSignal(made.sign_in_requested) as wish:
        press(password(made), Qt.Key.Key_Return)
    assert wish.args == ["dana@shop.example", "pass word"]


def test_the_button_signs_in_and_the_practice_login_is_filled_in(qtbot: QtBot, shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    assert made.focusWidget() is button(made, "signInButton")
    with qtbot.waitSignal(made.sign_in_requested) as wish:
        tap(button(made, "signInButton"))
    assert wish.args == ["marco.reyes@northgate.example", "0123456789"]


def test_the_cursor_is_in_the_first_field_when_the_program_is_ready(shown: Show) -> None:
    made = SignInPage(now=now, monotonic=monotonic)
    shown(made, (1366, 768))
    assert find(made, PlainLabel, "whoIsKnown").text() == "Looking for the sign-in kept on this PC"
    made.render_state(OUT)
    assert made.focusWidget() is email(made)


def test_typing_can_begin_while_the_program_still_looks_for_a_kept_sign_in(shown: Show) -> None:
    made = SignInPage(now=now, monotonic=monotonic)
    shown(made, (1366, 768))
    email(made).setFocus()
    write(email(made), "mari")
    made.render_state(OUT)
    assert made.focusWidget() is email(made)
    write(email(made), "sol")
    assert email(made).text() == "marisol"


def test_ac_57_the_address_of_who_was_here_is_gone_after_sign_out(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    mechanic = Mechanic(id=MechanicId("m"), name="Marco Reyes")
    made.render_state(AccountState(phase=AccountPhase.SIGNED_IN, mechanic=mechanic))
    made.render_state(OUT)
    assert (email(made).text(), password(made).text()) == ("", "")


def test_an_empty_field_is_pointed_at_instead_of_sent(qtbot: QtBot, shown: Show) -> None:
    made = page(filled=False)
    shown(made, (1366, 768))
    with qtbot.assertNotEmitted(made.sign_in_requested):
        button(made, "signInButton").click()
    assert made.focusWidget() is email(made)


def test_a_refusal_stands_under_the_field_and_the_typed_text_stays(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    made.render_state(BUSY)
    made.render_state(WRONG)
    line = find(made, ErrorLine, "passwordFieldError")
    assert line.sentence == "That e-mail and password do not match."
    assert password(made).text() == "0123456789"
    assert made.focusWidget() is password(made)
    made.render_state(OUT)
    assert line.sentence == ""


def test_while_signing_in_only_cancel_can_be_pressed(qtbot: QtBot, shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    made.render_state(BUSY)
    assert button(made, "signInButton").text() == "Signing in"
    assert [c.objectName() for c in walk.controls(made) if c.isEnabled()] == ["cancelSignIn"]
    with qtbot.waitSignal(made.cancel_requested):
        button(made, "cancelSignIn").click()
    with qtbot.waitSignal(made.cancel_requested):
        press(made, Qt.Key.Key_Escape)


def test_the_password_can_be_shown_and_hidden_again(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    show = button(made, "showPassword")
    assert password(made).echoMode() is QLineEdit.EchoMode.Password
    show.click()
    assert (password(made).echoMode(), show.text()) == (QLineEdit.EchoMode.Normal, "Hide")
    show.click()
    assert (password(made).echoMode(), show.text()) == (QLineEdit.EchoMode.Password, "Show")


def test_the_password_is_gone_from_the_page_once_signed_in(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    mechanic = Mechanic(MechanicId("m"), "Marco Reyes")
    made.render_state(AccountState(phase=AccountPhase.SIGNED_IN, mechanic=mechanic))
    assert password(made).text() == ""
    assert find(made, PlainLabel, "whoIsKnown").text() == "Signed in as Marco Reyes"


def test_a_server_that_is_away_is_said_and_shown(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    made.render_state(AccountState(phase=AccountPhase.SIGNED_OUT, offline=True))
    assert "No connection to Baylink" in find(made, ErrorLine, "passwordFieldError").sentence
    assert find(made, Chip, "onlineChip").text() == "Offline"


def test_a_pc_without_a_safe_store_says_so_in_a_band(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    made.render_state(AccountState(phase=AccountPhase.SIGNED_OUT, credential_home=CredentialHome.MEMORY))
    bar = find(made, MessageBar)
    assert bar.is_open
    assert "no safe place to keep it" in bar.accessibleName()


def test_too_many_tries_count_down_on_the_button(shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    made.render_state(AccountState(phase=AccountPhase.SIGNED_OUT, retry_at_s=MONOTONIC_S + 90))
    assert button(made, "signInButton").text() == "Wait 1:30"
    assert not button(made, "signInButton").isEnabled()


def test_a_slow_server_is_said(qtbot: QtBot, shown: Show) -> None:
    made = page()
    shown(made, (1366, 768))
    made.render_state(BUSY)
    who = find(made, PlainLabel, "whoIsKnown")
    assert who.text() == ""
    timer = next(t for t in made.findChildren(QTimer) if t.interval() == 10_000)
    timer.setInterval(1)
    qtbot.waitUntil(lambda: who.text() == "Still working. The server is slow.")


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_everything_is_named_reachable_and_plain(look: str, dress: Dress, shown: Show) -> None:
    size = dress(look)
    made = page()
    shown(made, size)
    assert walk.unnamed_controls(made) == []
    assert walk.markup_risks(made) == []
    assert walk.unreachable_controls(made) == []
    assert [stop.objectName() for stop in walk.tab_stops(made)] == [
        "emailField",
        "passwordField",
        "showPassword",
        "signInButton",
    ]


@pytest.mark.parametrize("dpi", [96, 141, 220])
def test_gloves_find_every_control_in_kiosk(dpi: int, dress: Dress, shown: Show) -> None:
    size = dress("kiosk-bay", dpi)
    made = page()
    shown(made, size)
    assert walk.too_small(made, theme().touch_floor()) == []

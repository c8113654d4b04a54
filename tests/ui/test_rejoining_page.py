"""The page of a restart says whom it leads back to and how far it has come, and always lets the mechanic out."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.join_wish import JoinWish
from desktop.core.people import Person, Role, SessionId
from desktop.core.restart import RestartPhase, RestartState
from desktop.core.session import SessionKind
from desktop.ui.buttons import Button
from desktop.ui.rejoining_page import RejoiningPage, steps
from desktop.ui.step_list import StepMark
from tests.ui import walk
from tests.ui.call.states import CAR
from tests.ui.call.states import state as call_state
from tests.ui.conftest import Dress
from tests.ui.hands import find
from tests.ui.samples import HOSTILE_NAMES
from tests.ui.snapshots import SnapshotCheck

Shown = Callable[[QWidget, tuple[int, int]], QWidget]

DANA = Person(Role.CUSTOMER, "Dana Whitfield", "customer-1", present=True)
ENTERING = RestartState(
    RestartPhase.ENTERING,
    SessionId("5d1f4f8e-0000-4000-8000-000000000001"),
    "Marco Reyes",
    DANA,
    CAR,
    minutes_left=18,
    unsent=3,
)
ENDED = replace(ENTERING, phase=RestartPhase.ENDED, wants_summary=True)
GIVEN_UP = RestartState(RestartPhase.GIVEN_UP, ENTERING.session_id, "Marco Reyes")


def opened(shown: Shown, state: RestartState, size: tuple[int, int] = (1366, 768)) -> RejoiningPage:
    page = RejoiningPage()
    page.render_state(state)
    shown(page, size)
    QApplication.processEvents()
    return page


def marks(state: RestartState, **call: object) -> list[StepMark]:
    there = call_state(**call) if call else None
    return [step.mark for step in steps(state, there)]


def test_it_says_who_where_and_how_far(shown: Shown) -> None:
    page = opened(shown, ENTERING)
    texts = walk.shown_texts(page)
    assert {
        "Baylink was restarted.  You were in a session, so you are taken straight back.",
        "Rejoining Dana Whitfield",
        "2016 Honda Civic EX. Dana was told that you will be back in a moment.",
        "You are signed in as Marco Reyes",
        "The session is still open, 18 min left",
        "Getting a new place in the session",
        "Picture and sound",
        "3 chat messages to send",
    } <= set(texts)
    assert "5d1f4f8e" not in " ".join(texts) + " ".join(widget.accessibleName() for widget in walk.widgets(page))


def test_one_step_is_under_way_at_a_time() -> None:
    done, now, to_do = StepMark.DONE, StepMark.NOW, StepMark.TO_DO
    assert marks(replace(ENTERING, phase=RestartPhase.ASKING)) == [done, now, to_do, to_do, to_do]
    assert marks(ENTERING) == [done, done, now, to_do, to_do]
    away = replace(call_state().mechanic, in_room=False)
    assert marks(ENTERING, mechanic=away) == [done, done, done, now, to_do]
    assert marks(replace(ENTERING, unsent=0), mechanic=replace(away, in_room=True)) == [done] * 4


def test_a_chat_session_has_no_picture_to_wait_for(shown: Shown) -> None:
    page = RejoiningPage()
    page.render_state(ENTERING, call_state(kind=SessionKind.CHAT))
    shown(page, (1366, 768))
    assert "Live chat" in walk.shown_texts(page)
    assert "Picture and sound" not in walk.shown_texts(page)


def test_a_server_that_does_not_answer_is_said_instead_of_a_promise(shown: Shown) -> None:
    asking = replace(ENTERING, phase=RestartPhase.ASKING, customer=None, vehicle=None, trouble="No connection.")
    texts = walk.shown_texts(opened(shown, asking))
    assert "No connection." in texts
    assert "Rejoining your session" in texts
    assert "Asking whether the session is still open" in texts


def test_a_session_that_ended_meanwhile_leads_to_its_summary(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown, ENDED)
    assert "The session ended while Baylink restarted." in walk.shown_texts(page)
    page.focus_entry()
    with qtbot.waitSignal(page.summary_requested) as asked:
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    assert asked.args == [ENDED.session_id]
    page.render_state(replace(ENDED, wants_summary=False))
    assert find(page, Button, "rejoiningSummary").isHidden()


def test_a_program_that_keeps_stopping_says_whom_to_tell_and_gives_a_report(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown, GIVEN_UP)
    assert "Baylink keeps stopping. Tell your workshop manager." in walk.shown_texts(page)
    with qtbot.waitSignal(page.report_requested):
        find(page, Button, "copyReport").click()
    assert find(page, Button, "copyReport").text() == "Copied"


def test_devices_are_at_hand_while_the_way_back_goes_on(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown, ENTERING)
    devices = find(page, Button, "rejoiningDevices")
    with qtbot.waitSignal(page.devices_requested):
        devices.click()
    for state in (ENDED, GIVEN_UP, replace(ENTERING, wish=JoinWish(chat_only=True))):
        page.render_state(state)
        assert devices.isHidden()
    page.render_state(ENTERING, call_state(kind=SessionKind.CHAT))
    assert devices.isHidden()


@pytest.mark.parametrize("state", [ENTERING, ENDED, GIVEN_UP])
def test_the_list_is_one_key_away(shown: Shown, qtbot: QtBot, state: RestartState) -> None:
    page = opened(shown, state)
    with qtbot.waitSignal(page.back_requested):
        QTest.keyClick(page, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.back_requested):
        find(page, Button, "rejoiningBack").click()


@pytest.mark.parametrize("state", [ENTERING, ENDED, GIVEN_UP])
def test_every_control_is_named_and_free_of_markup(shown: Shown, state: RestartState) -> None:
    page = opened(shown, state)
    assert walk.unnamed_controls(page) == []
    assert walk.unreachable_controls(page) == []
    assert walk.markup_risks(page) == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_literally(shown: Shown, name: str) -> None:
    page = opened(shown, replace(ENTERING, mechanic_name=name, customer=replace(DANA, display_name=name)))
    assert walk.markup_risks(page) == []


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay", "desktop-door"])
@pytest.mark.parametrize(
    ("name", "state"), [("rejoining", ENTERING), ("restart-ended", ENDED), ("restart-stops", GIVEN_UP)]
)
def test_the_page_looks_as_drawn(
    shown: Shown, dress: Dress, snapshot: SnapshotCheck, look: str, name: str, state: RestartState
) -> None:
    size = dress(look)
    snapshot(opened(shown, state, size), f"{name}-{look}")

"""The page after a session tells who, what, when and why, under both real names, and leads back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.core.session import Completion, SessionKind, SessionStatus
from desktop.core.summary import SentSummary, SummaryPhase, SummaryState
from desktop.models.chat import ChatModel
from desktop.ui.buttons import Button
from desktop.ui.completion_page import CompletionPage
from tests.ui import walk
from tests.ui.call.states import CAR, CONCERN, NOW, chat
from tests.ui.hands import find
from tests.ui.samples import HOSTILE_NAMES

Shown = Callable[[QWidget, tuple[int, int]], QWidget]

DONE = Completion(
    SessionId("5d1f4f8e-0000-4000-8000-000000000001"),
    SessionKind.VIDEO,
    SessionStatus.COMPLETED,
    "Marco Reyes",
    "Dana Whitfield",
    "Standard Video",
    NOW - timedelta(minutes=32),
    NOW,
    32 * 60 + 20,
    "mechanic",
    "ended",
    CAR,
    CONCERN,
)


def opened(shown: Shown, completion: Completion, model: ChatModel | None = None) -> CompletionPage:
    page = CompletionPage(model)
    page.render_state(completion)
    shown(page, (1366, 768))
    for _ in range(4):
        QApplication.processEvents()
    return page


def test_both_real_names_plan_times_and_who_ended_it_are_there(shown: Shown) -> None:
    page = opened(shown, DONE, chat())
    texts = walk.shown_texts(page)
    assert "Session ended with Dana Whitfield" in texts
    assert "2016 Honda Civic EX  ·  Standard Video  ·  13:15 to 13:47, 32 min  ·  You ended it" in texts
    assert {"Marco Reyes", "Dana Whitfield", "Standard Video", "13:15 to 13:47", "32 min", "You ended it"} <= set(texts)
    everything = " ".join(texts) + " ".join(widget.accessibleName() for widget in walk.widgets(page))
    assert "5d1f4f8e" not in everything


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"ended_by": "customer"}, "Dana ended it"),
        ({"ended_by": "system", "end_reason": "time_up"}, "The time was used up"),
        ({"ended_by": "system", "end_reason": "no_show"}, "Baylink closed it"),
        ({"status": SessionStatus.CANCELLED, "end_reason": "too_short"}, "It was too short to count"),
        ({"status": SessionStatus.CANCELLED}, "Session with Dana Whitfield was cancelled"),
        ({"started_at": None, "duration_s": None}, "Not started"),
        ({"duration_s": 40}, "40 s"),
        ({"ended_at": None, "duration_s": None}, "From 13:15"),
        ({"vehicle": None}, "Not given"),
    ],
)
def test_every_way_to_end_has_its_words(shown: Shown, more: dict[str, object], words: str) -> None:
    page = opened(shown, replace(DONE, **more))  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself
    assert words in walk.shown_texts(page)


def test_what_was_said_can_be_read_under_real_names_and_not_continued(shown: Shown) -> None:
    model = chat()
    page = opened(shown, DONE, model)
    texts = walk.shown_texts(page)
    assert "There is something green under the clamp!" in texts
    assert "This session has ended. You can read it here." in texts
    assert [model.row(row).name for row in range(3)] == ["Dana Whitfield", "Marco Reyes", "Dana Whitfield"]
    composer = page.findChild(QWidget, "composerField")
    assert composer is not None
    assert not composer.isVisible()


def test_without_messages_there_is_no_empty_chat(shown: Shown) -> None:
    page = opened(shown, DONE, ChatModel())
    panel = page.findChild(QWidget, "chatPanel")
    assert panel is not None
    assert not panel.isVisible()


def test_the_summary_is_one_key_away_and_can_wait(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown, DONE)
    assert find(page, Button, "backToSessions").text() == "Finish later"
    with qtbot.waitSignal(page.summary_requested):
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Space)
    with qtbot.waitSignal(page.back_requested):
        QTest.keyClick(page, Qt.Key.Key_Escape)


def test_a_summary_that_was_sent_is_there_to_read(shown: Shown) -> None:
    page = opened(shown, DONE)
    sent = SentSummary("Watch: Hose", "Looked at the hose", "Replace it", "Hose")
    page.render_record(RecordState(DONE.session_id, summary=SummaryState(SummaryPhase.SENT, sent=sent)))
    assert {"Watch: Hose", "Looked at the hose", "Replace it"} <= set(walk.shown_texts(page))
    assert not find(page, Button, "writeSummary").isVisible()
    other = replace(DONE, session_id=SessionId("another"))
    page.render_state(other)
    assert "Looked at the hose" not in walk.shown_texts(page)


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_the_way_back_is_one_key_away(shown: Shown, qtbot: QtBot, key: Qt.Key) -> None:
    page = opened(shown, replace(DONE, summary_sent=True))
    with qtbot.waitSignal(page.back_requested):
        QTest.keyClick(page.focusWidget() if key is Qt.Key.Key_Space else page, key)


def test_every_control_is_named_and_free_of_markup(shown: Shown) -> None:
    page = opened(shown, DONE, chat())
    assert walk.unnamed_controls(page) == []
    assert walk.unreachable_controls(page) == []
    assert walk.markup_risks(page) == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_literally(shown: Shown, name: str) -> None:
    page = opened(shown, replace(DONE, customer_name=name, mechanic_name=name))
    assert f"Session ended with {name}" in walk.shown_texts(page)
    assert page.width() == 1366

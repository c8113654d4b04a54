"""The chat model: every message once, in order, under the right name, with the right word below it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from pytestqt.qtbot import QtBot

from desktop.core.chat import ChatChange, ChatMessage, Delivery, Transcript
from desktop.core.people import Person, Role
from desktop.models.chat import REVEAL_CHUNK, ChatModel

START = datetime(2026, 11, 22, 13, 44, tzinfo=UTC)
MARCO = Person(Role.MECHANIC, "Marco Reyes", "mechanic-1")
DANA = Person(Role.CUSTOMER, "Dana Whitfield", "customer-1")


def said(role: Role, key: str, text: str, minute: float = 0, **more: object) -> ChatMessage:
    """Return a message of one side."""
    plain = ChatMessage(
        sender="mechanic-1" if role is Role.MECHANIC else "customer-1",
        id=key,
        role=role,
        text=text,
        sent_at=START + timedelta(minutes=minute),
        delivery=Delivery.SENT if role is Role.MECHANIC else Delivery.RECEIVED,
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself


def made(*messages: ChatMessage) -> tuple[ChatModel, Transcript]:
    model = ChatModel(zone=UTC, today=date(2026, 11, 22))
    model.set_people([MARCO, DANA])
    transcript = Transcript()
    model.apply(*transcript.merge_all(messages))
    return model, transcript


def texts(model: ChatModel) -> list[str]:
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def mechanic(key: str, text: str = "hello", minute: float = 0, **more: object) -> ChatMessage:
    return said(Role.MECHANIC, key, text, minute, **more)


def customer(key: str, text: str = "hello", minute: float = 0, **more: object) -> ChatMessage:
    return said(Role.CUSTOMER, key, text, minute, **more)


def test_qt_finds_nothing_wrong_with_the_model(qtmodeltester: object, qtbot: QtBot) -> None:
    model, transcript = made(customer("a"), mechanic("b", minute=1))
    check: Callable[[QAbstractItemModel], None] = qtmodeltester.check  # type: ignore[attr-defined]  # untyped plugin
    check(model)
    model.apply(*transcript.merge(customer("c", minute=0.5)))
    model.apply(*transcript.merge(replace(mechanic("b", minute=0.1), seq=4)))
    model.apply(*transcript.mark(("mechanic", "b"), Delivery.FAILED))
    assert model.rowCount() == 3


def test_messages_stand_in_the_transcripts_order_after_any_change() -> None:
    model, transcript = made(customer("a", "first", 0), customer("c", "third", 2))
    model.apply(*transcript.merge(customer("b", "second", 1)))
    model.apply(*transcript.merge(mechanic("d", "fourth", 3, delivery=Delivery.SENDING)))
    assert texts(model) == ["first", "second", "third", "fourth"]
    stored_earlier = replace(mechanic("d", "fourth", -1), seq=1)
    model.apply(*transcript.merge(stored_earlier))
    assert texts(model) == ["fourth", "first", "second", "third"] == [m.text for m in transcript]


def test_a_repeated_message_is_shown_once() -> None:
    model, transcript = made(customer("a"))
    model.apply(*transcript.merge(customer("a")))
    assert model.rowCount() == 1


def test_views_are_told_exactly_what_was_inserted_and_moved(qtbot: QtBot) -> None:
    model, transcript = made(customer("a", minute=0), customer("b", minute=2))
    with qtbot.waitSignal(model.rowsInserted) as inserted:
        model.apply(*transcript.merge(customer("c", minute=1)))
    assert inserted.args is not None
    assert inserted.args[1:] == [1, 1]
    with qtbot.waitSignal(model.rowsMoved) as moved:
        model.apply(ChatChange("moved", 0, customer("a", minute=9), 2))
    assert moved.args is not None
    assert (moved.args[1], moved.args[4]) == (0, 3)
    with qtbot.waitSignal(model.rowsMoved) as back:
        model.apply(ChatChange("moved", 2, customer("a", minute=-9), 0))
    assert back.args is not None
    assert (back.args[1], back.args[4]) == (2, 0)
    assert [model.message_at(row).id for row in range(3)] == ["a", "c", "b"]


def test_lines_and_edits_that_come_together_are_shown_together(qtbot: QtBot) -> None:
    model, transcript = made(customer("a", "first", 0), customer("z", "last", 9))
    inserted = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    changes = transcript.merge(customer("b", "one", 10))
    changes += transcript.edit(("customer", "z"), "last, edited")
    changes += transcript.merge(customer("c", "two", 11))
    changes += transcript.edit(("customer", "b"), "one, edited")
    changes += transcript.edit(("customer", "z"), "last, edited again")
    model.apply(*changes)
    assert inserted == [(2, 3)]
    assert texts(model) == ["first", "last, edited again", "one, edited", "two"]
    changes = transcript.edit(("customer", "z"), "really last") + transcript.merge(customer("d", "between", 5))
    changes += transcript.merge(replace(customer("a", "first", 7), seq=1))
    changes += transcript.edit(("customer", "b"), "one more")
    model.apply(*changes)
    assert texts(model) == [line.text for line in transcript]


def test_a_rename_changes_every_bubble_at_once(qtbot: QtBot) -> None:
    model, _ = made(customer("a"), mechanic("b", minute=1))
    assert model.row(0).name == "Dana Whitfield"
    with qtbot.waitSignal(model.dataChanged):
        model.set_people([MARCO, replace(DANA, display_name="Dana W. Osei")])
    assert [model.row(row).name for row in range(2)] == ["Dana W. Osei", "Marco Reyes"]


def test_an_unknown_identity_is_shown_under_the_roles_name_never_its_key() -> None:
    model, _ = made(customer("a", sender="customer-9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"))
    assert model.row(0).name == "Dana Whitfield"
    model.set_people([])
    assert model.row(0).name == "Customer"


def test_two_people_of_one_name_are_told_apart_by_their_role() -> None:
    model, _ = made(customer("a"), mechanic("b", minute=1))
    assert model.row(0).role_word == ""
    model.set_people([MARCO, replace(DANA, display_name="Marco Reyes")])
    assert [model.row(row).role_word for row in range(2)] == ["Customer", "Mechanic"]


def test_messages_close_to_each_other_share_one_heading() -> None:
    model, _ = made(
        customer("a", minute=0), customer("b", minute=1), mechanic("c", minute=2), customer("d", minute=3),
        customer("e", minute=30),
    )  # fmt: skip
    rows = [model.row(row) for row in range(5)]
    assert [row.is_head for row in rows] == [True, False, True, True, True]
    assert [row.is_tail for row in rows] == [False, True, True, True, True]
    assert [row.time for row in rows] == ["13:44", "13:45", "13:46", "13:47", "14:14"]


def test_a_message_in_between_splits_a_group() -> None:
    model, transcript = made(customer("a", minute=0), customer("b", minute=2))
    assert not model.row(1).is_head
    model.apply(*transcript.merge(mechanic("c", minute=1)))
    assert model.row(2).is_head


def test_days_are_named() -> None:
    model, _ = made(customer("a", minute=-3 * 24 * 60), customer("b", minute=-24 * 60), customer("c", minute=0))
    assert [model.row(row).day for row in range(3)] == ["Thursday, 19 November", "Yesterday", "Today"]


def test_sending_is_mentioned_only_when_it_takes_longer_than_a_blink(qtbot: QtBot) -> None:
    model, transcript = made(mechanic("a", delivery=Delivery.SENDING))
    assert model.row(0).delivery is None
    with qtbot.waitSignal(model.dataChanged, timeout=2000):
        pass
    assert (model.row(0).delivery, model.row(0).status) == (Delivery.SENDING, "Sending")
    model.set_connected(False)
    assert model.row(0).status == "Waiting for the connection"
    model.apply(*transcript.mark(("mechanic", "a"), Delivery.SENT))
    assert model.row(0).status == "Sent"


def test_what_was_not_sent_or_not_saved_says_so() -> None:
    model, _ = made(
        mechanic("a", delivery=Delivery.FAILED), customer("b", minute=1, delivery=Delivery.NOT_SAVED), customer("c")
    )
    assert {model.row(row).key[1]: model.row(row).status for row in range(3)} == {
        "a": "Not sent",
        "b": "Not saved",
        "c": "",
    }


def test_sent_is_said_once_for_a_group() -> None:
    model, _ = made(mechanic("a", minute=0), mechanic("b", minute=1), customer("c", minute=2))
    assert [model.row(row).status for row in range(3)] == ["", "Sent", ""]


def test_readers_hear_who_said_what_when() -> None:
    model, _ = made(mechanic("a", "Hold still", delivery=Delivery.FAILED))
    spoken = model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Marco Reyes, 13:44: Hold still Not sent. Press Enter to try again."


def test_controls_and_overrides_are_taken_out_and_markup_stays_literal() -> None:
    model, _ = made(customer("a", "<b>x</b>\u202egpj.exe\u0000\r\n\tend"))
    assert texts(model) == ["<b>x</b>gpj.exe\n    end"]


def test_a_long_history_is_opened_from_its_end_in_small_steps(qtbot: QtBot) -> None:
    history = [customer(f"k{at}", f"line {at}", at) for at in range(REVEAL_CHUNK * 4 + 7)]
    model, transcript = made(*history)
    assert model.rowCount() == REVEAL_CHUNK
    assert texts(model)[-1] == f"line {len(history) - 1}"
    model.apply(*transcript.merge(customer("new", "new", 9_999)))
    assert texts(model)[-1] == "new"
    model.apply(*transcript.merge(customer("old", "old", -5)))
    qtbot.waitUntil(lambda: model.rowCount() == len(history) + 2)
    assert texts(model) == [message.text for message in transcript]


def test_a_move_in_a_history_not_yet_opened_keeps_the_order(qtbot: QtBot) -> None:
    history = [mechanic(f"k{at}", f"line {at}", at, delivery=Delivery.SENDING) for at in range(REVEAL_CHUNK * 3)]
    model, transcript = made(*history)
    model.apply(*transcript.merge(replace(history[3], sent_at=START + timedelta(days=9), seq=1)))
    qtbot.waitUntil(lambda: model.rowCount() == len(history))
    assert texts(model) == [message.text for message in transcript]


def test_the_next_session_starts_empty() -> None:
    model, _ = made(customer("a"))
    model.clear()
    assert model.rowCount() == 0
    assert model.message_count == 0
    transcript = Transcript()
    model.apply(*transcript.merge(customer("z", "other")))
    assert model.row(0).name == "Customer"


@pytest.mark.parametrize("parents", [[0]])
def test_a_message_has_nothing_below_it(parents: Sequence[int]) -> None:
    model, _ = made(customer("a"))
    assert model.rowCount(model.index(parents[0])) == 0
    assert model.data(QModelIndex()) is None

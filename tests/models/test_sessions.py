"""The session list keeps its order, its choice and its words while the server's answers come in."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from desktop.core.board import BoardGroup
from desktop.core.session import SessionKind, SessionRow, SessionStatus
from desktop.models.session_words import BoardMoment, RowAction, headline_of, words_of
from desktop.models.sessions import GroupHead, SessionListModel
from tests.ui.samples import DAY, NOW, hostile_rows, many, minutes, row

MOMENT = BoardMoment(now=NOW)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time  # noqa: PLC0415 - only this fixture turns the zone

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def shown(model: SessionListModel) -> list[str]:
    """Return the list as somebody reads it: headings in brackets, then names."""
    texts = []
    for place in range(model.rowCount()):
        index = model.index(place)
        head = index.data(SessionListModel.HEAD)
        texts.append(f"[{head.title} {head.count}]" if isinstance(head, GroupHead) else index.data())
    return texts


def test_sessions_stand_under_their_headings(qtmodeltester: ModelTester) -> None:
    model = SessionListModel()
    model.set_rows(DAY, MOMENT)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    assert shown(model) == [
        "[Live now 1]",
        "Dana Whitfield",
        "[Waiting for you 1]",
        "Tom Okafor",
        "[Open requests 1]",
        "Rae Lindholm",
        "[Upcoming 2]",
        "Priya Natarajan",
        "Grace Mbeki",
        "[Ended today 2]",
        "Sam Lindqvist",
        "Elena Kowalczyk",
    ]


def test_headings_can_be_neither_chosen_nor_focused() -> None:
    model = SessionListModel()
    model.set_rows(DAY, MOMENT)
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable


def test_any_change_of_the_list_is_told_without_a_reset(qtmodeltester: ModelTester) -> None:
    model = SessionListModel()
    resets: list[bool] = []
    model.modelAboutToBeReset.connect(lambda: resets.append(True))
    dice = random.Random(3)  # noqa: S311 - a repeatable shuffle
    states = (SessionStatus.LIVE, SessionStatus.WAITING, SessionStatus.SCHEDULED, SessionStatus.COMPLETED)
    pool = [row(f"r{at}", f"Name {at}") for at in range(30)]
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    for _ in range(60):
        chosen = [replace(one, status=dice.choice(states), urgent=dice.random() < 0.3) for one in pool]
        chosen = dice.sample(chosen, dice.randrange(len(chosen)))
        model.set_rows(tuple(chosen), MOMENT)
        fresh = SessionListModel()
        fresh.set_rows(tuple(chosen), MOMENT)
        assert shown(model) == shown(fresh)
    assert not resets


def test_a_chosen_session_stays_chosen_while_it_moves_between_groups() -> None:
    model = SessionListModel()
    model.set_rows(DAY, MOMENT)
    chosen = QPersistentModelIndex(model.index_of(DAY[1].id))
    live = replace(DAY[1], status=SessionStatus.LIVE, started_at=NOW)
    model.set_rows((DAY[0], live, *DAY[2:]), MOMENT)
    assert chosen.isValid()
    assert chosen.data() == "Tom Okafor"
    assert chosen.row() in {1, 2}


def test_the_clock_changes_words_and_moves_nothing() -> None:
    model = SessionListModel()
    model.set_rows(DAY, MOMENT)
    told: list[int] = []
    model.dataChanged.connect(lambda first, _last: told.append(first.row()))
    before = shown(model)
    model.set_moment(BoardMoment(now=NOW + timedelta(seconds=1)))
    assert shown(model) == before
    assert told == [1]


def _words(one: SessionRow, moment: BoardMoment = MOMENT) -> tuple[str, str, str, RowAction, bool]:
    words = words_of(one, moment)
    return words.time, words.note, words.button, words.action, words.enabled


def test_each_state_has_its_time_its_note_and_its_button() -> None:
    assert [_words(one) for one in DAY] == [
        ("12:41", "Dana is here", "Rejoin", RowAction.JOIN, True),
        ("4 min", "Urgent  ·  Tom is here", "Join chat", RowAction.JOIN, True),
        ("4 min", "", "Accept", RowAction.ACCEPT, True),
        ("14:30", "In 43 min", "Opens 14:20", RowAction.NONE, False),
        ("16:00", "Waiver not signed", "Opens 15:50", RowAction.NONE, False),
        ("12:07", "Summary missing", "Write summary", RowAction.SUMMARY, True),
        ("09:47", "Cancelled", "View", RowAction.VIEW, True),
    ]


def test_an_old_list_says_as_of_when_and_joins_nothing() -> None:
    stale = BoardMoment(now=NOW, as_of=NOW - minutes(1))
    live, chat, request, *_ = (_words(one, stale) for one in DAY)
    assert live == ("11:41", "As of 13:46", "Rejoin", RowAction.JOIN, False)
    assert chat == ("3 min", "As of 13:46", "Join chat", RowAction.JOIN, False)
    assert request[-1] is False
    assert words_of(DAY[0], stale).chip is None


def test_a_join_under_way_shows_on_its_row_and_cannot_be_pressed_again() -> None:
    joining = BoardMoment(now=NOW, joining=DAY[0].id)
    assert _words(DAY[0], joining)[2:] == ("Joining", RowAction.NONE, False)


def test_a_status_of_a_newer_server_is_shown_and_cannot_be_joined() -> None:
    strange = row("x", "Kit Moreau", SessionStatus.UNKNOWN)
    assert _words(strange)[-1] is False


def test_a_scheduled_session_opens_when_the_server_says_so() -> None:
    open_now = replace(DAY[3], joinable=True)
    assert _words(open_now)[2:] == ("Join", RowAction.JOIN, True)


def test_sessions_of_other_days_carry_their_date() -> None:
    old = replace(DAY[5], ended_at=NOW - timedelta(days=3))
    assert _words(old)[0] == "19 Nov 12:07" or _words(old)[0].startswith("19 Nov")
    model = SessionListModel()
    model.set_rows((old,), MOMENT)
    assert shown(model)[0] == "[Recently ended 1]"


def test_a_screen_reader_hears_name_state_vehicle_concern_and_button() -> None:
    spoken = words_of(DAY[1], MOMENT).spoken
    concern = "Cranks but does not start after rain, and smells of fuel for a quarter of an hour afterwards"
    assert spoken == f"Tom Okafor, waiting, Chat, 2012 Ford Focus SE, {concern}. Join chat."


def test_the_plan_is_named_as_the_server_names_it() -> None:
    assert headline_of(DAY[0]) == "Standard Video, 45 min planned"
    assert headline_of(row("d", "Dana", kind=SessionKind.DIAGNOSTIC, kind_label="Diagnostic", plan_name="Fleet")) == (
        "Diagnostic, Fleet, 45 min planned"
    )
    assert headline_of(row("d", "Dana", plan_name="", planned_minutes=None)) == "Video, Session"


def test_hostile_names_are_handed_to_the_view_unchanged() -> None:
    model = SessionListModel()
    rows = hostile_rows()
    model.set_rows(rows, MOMENT)
    assert sorted(shown(model)[1:]) == sorted(one.customer_name for one in rows)


def test_five_hundred_sessions_are_taken_in_at_once() -> None:
    model = SessionListModel()
    inserted: list[int] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append(last - first + 1))
    model.set_rows(many(500), MOMENT)
    assert sum(inserted) == 505
    assert len(inserted) == 1


def test_an_unknown_session_has_no_place() -> None:
    model = SessionListModel()
    assert not model.index_of(DAY[0].id).isValid()
    assert not model.first_session().isValid()
    assert model.rowCount(QModelIndex()) == 0
    assert BoardGroup.LIVE.heading == "Live now"

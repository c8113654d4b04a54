"""Whatever the platform sends, what reaches a screen is one clean line, and times and kinds are read for sure."""

import unicodedata
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desktop.backend import mapping, wire
from desktop.core.clock import ServerTime, TimerMode
from desktop.core.people import Directory, Person, Role
from desktop.core.session import SessionKind, SessionStatus

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
hostile = st.text(st.characters(codec="utf-8"), max_size=400) | st.sampled_from(
    [
        "<img src=/dev/zero>",
        "Lena \u202egnp.exe\u2067 x",
        "77aa1111-2222-4333-8444-555566667777",
        "a@b.example",
        "\u200b  ",
    ]
)


def is_clean(line: str, cap: int) -> bool:
    bad = {"Cc", "Cs", "Zl", "Zp"}
    return len(line) <= cap and not any(
        unicodedata.category(char) in bad or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069"
        for char in line
    )


@given(name=hostile, plan=hostile, kind=hostile, status=hostile, concern=hostile, make=hostile)
def test_a_row_shows_clean_lines_whatever_was_sent(
    name: str, plan: str, kind: str, status: str, concern: str, make: str
) -> None:
    row = mapping.row_of(
        wire.ListItem(
            id="s-1",
            plan_label=plan,
            type=kind,
            status=status,
            created_at=NOW,
            customer_name=name,
            concern=concern,
            vehicle=wire.Vehicle(make=make, year=2016),
        )
    )
    assert row.customer_name
    assert "a@b.example" not in row.customer_name
    assert is_clean(row.customer_name, 120)
    assert is_clean(row.plan_name, 60)
    assert is_clean(row.kind_label, 40)
    assert all(is_clean(line, 4_000) for line in row.concern.split("\n"))
    assert row.vehicle is not None
    assert is_clean(row.vehicle.title, 200)
    if row.kind is SessionKind.UNKNOWN or row.status is SessionStatus.UNKNOWN:
        assert not row.joinable


@given(text=hostile)
def test_chat_text_is_kept_as_it_was_sent(text: str) -> None:
    directory = Directory((Person(Role.CUSTOMER, "Dana", "customer-77aa"),))
    sent = wire.Message(
        id="m-1", session_id="s-1", sender_id="u-1", sender_role="customer", content=text, created_at=NOW
    )
    message = mapping.message_of(sent, directory)
    assert message.text == text
    assert message.sender == "customer-77aa"


def test_a_paused_session_keeps_what_was_left_when_the_server_answered() -> None:
    answer = wire.StateAnswer(
        session_id="s-1",
        status="live",
        started_at=NOW - timedelta(minutes=5),
        ends_at=NOW + timedelta(minutes=10),
        server_time=NOW,
        is_paused=True,
    )
    timer = mapping.timer_of(answer, ServerTime(0.0))
    later = timer.read(NOW.timestamp() + 300)
    assert (later.mode, later.figures) == (TimerMode.PAUSED, "10:00")


def test_roles_that_this_app_does_not_know_are_left_out() -> None:
    people = (
        wire.Participant(role="observer", display_name="Somebody"),
        wire.Participant(role="Mechanic", display_name=""),
    )
    directory = mapping.directory_of(people, 3)
    assert [(person.role, person.display_name) for person in directory.people] == [(Role.MECHANIC, "Mechanic")]
    assert directory.version == 3


def test_an_end_without_times_of_its_own_is_told_by_what_was_known() -> None:
    answer = wire.EndAnswer(
        session=wire.EndSession(id="s-1", status="completed", ended_at=NOW, duration_minutes=23, started=True)
    )
    completion = mapping.completion_of(answer, None, None, None)
    assert (completion.duration_s, completion.started_at) == (23 * 60, NOW - timedelta(minutes=23))
    assert (completion.mechanic_name, completion.customer_name) == ("Mechanic", "Customer")
    assert completion.ended_by == "mechanic"

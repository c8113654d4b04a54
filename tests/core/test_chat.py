"""Every message is shown exactly once, in order, however often and in whatever form it arrives."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.chat import ChatChange, ChatMessage, Delivery, Transcript
from desktop.core.people import Role

START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def _message(number: int, delivery: Delivery = Delivery.RECEIVED, seq: int | None = None) -> ChatMessage:
    role = Role.MECHANIC if number % 2 else Role.CUSTOMER
    return ChatMessage(
        sender=f"{role.value}-x",
        id=f"message-{number:04}",
        role=role,
        text=f"line {number}",
        sent_at=START + timedelta(seconds=number),
        delivery=delivery,
        seq=seq,
    )


def _apply(shown: list[ChatMessage], changes: list[ChatChange]) -> None:
    for change in changes:
        if change.kind == "added":
            shown.insert(change.index, change.message)
        elif change.kind == "replaced":
            shown[change.index] = change.message
        else:
            del shown[change.index]
            shown.insert(change.to_index, change.message)


arrivals = st.lists(
    st.builds(
        lambda number, stored: _message(
            number, Delivery.SENT if stored else Delivery.SENDING, number if stored else None
        ),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=80,
)


@given(arrivals)
def test_ac_32_any_mix_of_live_and_stored_copies_gives_one_bubble_each_in_order(messages: list[ChatMessage]) -> None:
    transcript = Transcript()
    shown: list[ChatMessage] = []
    for message in messages:
        _apply(shown, transcript.merge(message))
    assert shown == list(transcript)
    assert len({message.key for message in shown}) == len(shown) == len({message.key for message in messages})
    assert [message.sent_at for message in shown] == sorted(message.sent_at for message in shown)


@given(arrivals)
def test_what_is_stored_never_falls_back_to_sending(messages: list[ChatMessage]) -> None:
    transcript = Transcript()
    stored: set[tuple[str, str]] = set()
    for message in messages:
        transcript.merge(message)
        if message.seq is not None:
            stored.add(message.key)
    assert all((known := transcript.get(key)) is not None and known.seq is not None for key in stored)


def test_the_stored_row_replaces_the_live_copy_in_place() -> None:
    transcript = Transcript()
    transcript.merge(_message(1, Delivery.SENDING))
    changes = transcript.merge(replace(_message(1, Delivery.SENT, seq=7), text="line 1"))
    assert [change.kind for change in changes] == ["replaced"]
    assert transcript.merge(_message(1, Delivery.SENT, seq=7)) == []


def test_a_failed_line_can_be_tried_again_and_a_stored_one_cannot_fail() -> None:
    transcript = Transcript()
    line = _message(1, Delivery.SENDING)
    transcript.merge(line)
    assert transcript.mark(line.key, Delivery.FAILED)[0].message.delivery is Delivery.FAILED
    assert transcript.mark(line.key, Delivery.SENDING)[0].message.delivery is Delivery.SENDING
    transcript.merge(replace(line, seq=1, delivery=Delivery.SENT))
    assert transcript.mark(line.key, Delivery.FAILED) == []


def test_a_server_clock_that_differs_moves_the_stored_line_to_its_place() -> None:
    transcript = Transcript()
    shown: list[ChatMessage] = []
    for number in (1, 2):
        _apply(shown, transcript.merge(_message(number, Delivery.SENDING)))
    late = replace(_message(1, Delivery.SENT, seq=2), sent_at=START + timedelta(seconds=9))
    changes = transcript.merge(late)
    assert changes[0].kind == "moved"
    _apply(shown, changes)
    assert [message.id for message in shown] == ["message-0002", "message-0001"]

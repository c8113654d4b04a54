"""The server's hints arrive whole, however the network cuts them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from desktop.backend.events import EventStreamParser, StreamEvent, hint_of
from desktop.core.board import HintKind, ServerHint

STREAM = (
    ": welcome\nretry: 3000\n\n"
    'id: 7\nevent: session\ndata: {"sessionId":"c0de","status":"live","version":5}\n\n'
    ":\n\n"
    "event: me\r\ndata: {}\r\n\r\n"
    "id: 9\rdata: one\rdata: two\r\r"
    "event: session\n\n"
    "data: never finished"
)
EVENTS = [
    StreamEvent("session", '{"sessionId":"c0de","status":"live","version":5}', "7"),
    StreamEvent("me", "{}", "7"),
    StreamEvent("message", "one\ntwo", "9"),
]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_events_are_whole_wherever_the_stream_is_cut(cuts: list[int]) -> None:
    parser, events = EventStreamParser(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in itertools.pairwise(edges):
        events += parser.feed(STREAM[start:end])
    assert events == EVENTS
    assert parser.last_id == "9"


def test_a_session_hint_names_its_session_and_unknown_events_say_nothing() -> None:
    assert hint_of(EVENTS[0]) == ServerHint(HintKind.SESSION, "c0de")  # type: ignore[arg-type] # a plain id in a test
    assert hint_of(EVENTS[1]) == ServerHint(HintKind.ME)
    assert hint_of(EVENTS[2]) is None
    assert hint_of(StreamEvent("opened", "{}", "")) is None
    assert hint_of(StreamEvent("session", "not json", "")) == ServerHint(HintKind.SESSION)
    assert hint_of(StreamEvent("session", "[1]", "")) == ServerHint(HintKind.SESSION)


def test_an_endless_line_does_not_fill_the_memory() -> None:
    parser = EventStreamParser()
    for _ in range(100):
        assert parser.feed("x" * 100_000) == []
    assert len(parser._rest) < 200_000

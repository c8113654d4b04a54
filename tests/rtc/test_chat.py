"""Both wire forms of a line, in any order, shown once: on virtual time, without a server."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rtc.chat import ChatInbox
from desktop.rtc.events import ChatEdited, ChatReceived
from tests.virtual_loop import run_virtual

CUSTOMER = "customer-1"
TEMP_ID = "6b1c9b52-7a8f-4f40-9a56-0e6f6f1f5f10"

Told = list[ChatReceived | ChatEdited]


class Reader:
    """A text stream that has arrived whole."""

    def __init__(self, stream_id: str, text: str, attributes: dict[str, str] | None = None) -> None:
        self.info = SimpleNamespace(stream_id=stream_id, attributes=attributes)
        self._text = text

    async def read_all(self) -> str:
        return self._text

    def close(self) -> None:
        return


class Endless:
    """A text stream that somebody opened and never ends."""

    def __init__(self, stream_id: str) -> None:
        self.info = SimpleNamespace(stream_id=stream_id, attributes=None)
        self.is_read = self.is_closed = False

    async def read_all(self) -> str:
        self.is_read = True
        await asyncio.Event().wait()
        return ""

    def close(self) -> None:
        self.is_closed = True


def play(story: Callable[[ChatInbox, Told], Coroutine[object, object, None]]) -> Told:
    async def run() -> Told:
        told: Told = []
        inbox = ChatInbox(told.append)
        await story(inbox, told)
        await inbox.close()
        return told

    return run_virtual(run())


def _stream(
    inbox: ChatInbox, stream_id: str, text: str, attributes: dict[str, str] | None = None, *, sender: str = CUSTOMER
) -> None:
    inbox.text_stream_opened(Reader(stream_id, text, attributes), sender)  # type: ignore[arg-type]  # a whole stream


def _packet(**fields: object) -> bytes:
    return json.dumps(fields).encode()


Form = Literal["stream", "legacy", "both", "both reversed"]


@given(st.sampled_from(["stream", "legacy", "both", "both reversed"]), st.floats(min_value=0, max_value=1.9))
def test_a_line_in_any_form_and_order_shows_once(form: Form, between_s: float) -> None:
    async def story(inbox: ChatInbox, _told: Told) -> None:
        steps: list[Callable[[], None]] = [
            lambda: _stream(inbox, "S1", "hello"),
            lambda: inbox.legacy_received(_packet(id="S1", message="hello", ignoreLegacy=True), CUSTOMER),
        ]
        chosen = {"stream": steps[:1], "legacy": steps[1:], "both": steps, "both reversed": steps[::-1]}[form]
        for step in chosen:
            step()
            await asyncio.sleep(between_s)
        await asyncio.sleep(5)

    assert play(story) == [ChatReceived(CUSTOMER, "S1", "hello", is_stored=False)]


@pytest.mark.parametrize("flag", [None, False, 1, "true"])
def test_a_packet_without_the_one_flag_is_shown_at_once(flag: object) -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        inbox.legacy_received(_packet(id="S1", message="hello", ignoreLegacy=flag, ignore=True), CUSTOMER)
        assert len(told) == 1

    play(story)


def test_our_own_id_is_the_lines_id_in_either_form() -> None:
    async def story(inbox: ChatInbox, _told: Told) -> None:
        _stream(inbox, "S1", "hello", {"baylink.tempId": TEMP_ID})
        inbox.legacy_received(_packet(id="S2", message="again", ignoreLegacy=True, tempId=TEMP_ID), CUSTOMER)
        await asyncio.sleep(5)

    assert play(story) == [ChatReceived(CUSTOMER, TEMP_ID, "hello"), ChatReceived(CUSTOMER, TEMP_ID, "again")]


@pytest.mark.parametrize("bad", ["short", "x" * 65, "with space in it", ""])
def test_an_id_of_another_shape_is_nobodys_key(bad: str) -> None:
    async def story(inbox: ChatInbox, _told: Told) -> None:
        _stream(inbox, "S1", "hello", {"baylink.tempId": bad})
        await asyncio.sleep(1)

    assert play(story) == [ChatReceived(CUSTOMER, "S1", "hello", is_stored=False)]


def test_a_packet_without_a_sender_waits_for_the_newcomer_and_then_gives_up() -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        inbox.legacy_received(_packet(id="S1", message="first"), None)
        await asyncio.sleep(3)
        assert told == []
        inbox.participant_joined(CUSTOMER)
        inbox.legacy_received(_packet(id="S2", message="second"), None)
        await asyncio.sleep(5)

    assert play(story) == [
        ChatReceived(CUSTOMER, "S1", "first", is_stored=False),
        ChatReceived("", "S2", "second", is_stored=False),
    ]


def test_nobody_unknown_can_edit() -> None:
    async def story(inbox: ChatInbox, _told: Told) -> None:
        inbox.edit_received(_packet(id="S1", message="forged"), None)
        inbox.edit_received(_packet(id="S1", message="corrected"), CUSTOMER)

    assert play(story) == [ChatEdited(CUSTOMER, "S1", "corrected")]


def test_sr_39_a_long_line_is_cut_to_what_a_screen_can_show() -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        _stream(inbox, "S1", "x" * 900_000)
        await asyncio.sleep(1)
        assert len(told[0].text) == 4_000

    play(story)


@given(st.binary(max_size=100))
def test_no_rubbish_raises(data: bytes) -> None:
    async def story(inbox: ChatInbox, _told: Told) -> None:
        inbox.legacy_received(data, CUSTOMER)
        inbox.edit_received(data, CUSTOMER)

    assert play(story) == []


def test_sr_39_a_sender_beyond_all_measure_is_dropped_and_the_others_are_heard() -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        for number in range(4_000):
            _stream(inbox, f"S{number}", "x")
            inbox.legacy_received(_packet(id=f"L{number}", message="x"), CUSTOMER)
            inbox.edit_received(_packet(id=f"L{number}", message="y"), CUSTOMER)
            if number % 100 == 0:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        assert len(told) <= 300 + 10 * 3
        _stream(inbox, "mine", "is anybody there?", sender="customer-2")
        await asyncio.sleep(1)
        assert told[-1] == ChatReceived("customer-2", "mine", "is anybody there?", is_stored=False)
        await asyncio.sleep(60)
        _stream(inbox, "later", "sorry")
        await asyncio.sleep(1)
        assert told[-1].text == "sorry", "who was dropped is heard again"

    play(story)


def test_sr_39_a_hundred_lines_said_again_at_once_in_both_forms_are_all_heard() -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        for number in range(100):
            _stream(inbox, f"S{number}", str(number))
            inbox.legacy_received(_packet(id=f"S{number}", message=str(number), ignoreLegacy=True), CUSTOMER)
            await asyncio.sleep(0)
        await asyncio.sleep(5)
        assert [line.text for line in told] == [str(number) for number in range(100)]

    play(story)


def test_sr_39_streams_that_never_end_are_few_and_given_up() -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        endless = [Endless(f"S{number}") for number in range(100)]
        for reader in endless:
            inbox.text_stream_opened(reader, CUSTOMER)  # type: ignore[arg-type]  # a stream without an end
        await asyncio.sleep(0.1)
        assert sum(reader.is_read for reader in endless) == 10
        assert all(reader.is_read is not reader.is_closed for reader in endless)
        await asyncio.sleep(40)
        assert all(reader.is_closed for reader in endless)
        _stream(inbox, "after", "now it works")
        await asyncio.sleep(1)
        assert [line.text for line in told] == ["now it works"]

    play(story)


@pytest.mark.parametrize("sender", [CUSTOMER, None])
def test_sr_39_no_more_waits_than_a_room_full_of_people_can_mean(sender: str | None) -> None:
    async def story(inbox: ChatInbox, told: Told) -> None:
        for number in range(1_000):
            inbox.legacy_received(_packet(id=f"S{number}", message="x" * 10_000, ignoreLegacy=True), sender)
        await asyncio.sleep(10)
        assert len(told) <= 300

    play(story)


def test_sr_39_what_is_dropped_is_said_once_a_minute_and_not_in_the_senders_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(inbox: ChatInbox, _told: Told) -> None:
        for _ in range(100):
            for number in range(100):
                inbox.legacy_received(_packet(id=f"S{number}", message="secret words"), CUSTOMER)
            await asyncio.sleep(1)

    play(story)
    said = [record.getMessage() for record in caplog.records if "dropped" in record.getMessage()]
    assert len(said) == 2
    assert "secret" not in caplog.text

"""Live chat against a real livekit-server, in both wire forms and both directions."""

import asyncio
import json
import logging
import time

import pytest

from desktop.rtc.chat import AT_ONCE, PER_S
from desktop.rtc.events import ChatEdited, ChatReceived, ParticipantJoined, SessionPushed
from tests.rtc.live import Client, House, Peer, Server

pytestmark = pytest.mark.server

TEMP_ID = "6b1c9b52-7a8f-4f40-9a56-0e6f6f1f5f10"


def _lines(client: Client) -> list[ChatReceived]:
    return [event for event in client.events if isinstance(event, ChatReceived)]


def _legacy(**fields: object) -> bytes:
    return json.dumps({"timestamp": 1, **fields}).encode()


async def _both(house: House) -> tuple[Client, Peer]:
    peer = await house.peer()
    client = await house.enter(media=False)
    await client.until_told(ParticipantJoined(house.customer))
    return client, peer


def test_an_own_line_goes_out_in_both_forms_under_one_id_and_in_order(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        client.room.send_chat("a < b > c", TEMP_ID)
        client.room.send_chat("second", TEMP_ID[:-1] + "1")
        await peer.until(lambda: len(peer.lines) == 2 and len(peer.packets) == 2)
        assert [text for text, _ in peer.lines] == ["a < b > c", "second"]
        assert peer.lines[0][1]["baylink.tempId"] == TEMP_ID
        legacy = json.loads(peer.packets[0].data)
        assert peer.packets[0].topic == "lk-chat-topic"
        assert (legacy["message"], legacy["tempId"], legacy["ignoreLegacy"]) == ("a < b > c", TEMP_ID, True)

    server.play(story)


def test_a_line_sent_again_after_a_loss_replaces_itself_at_who_had_it_already(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        ids: list[str] = []
        peer.room.unregister_text_stream_handler("lk.chat")
        peer.room.register_text_stream_handler("lk.chat", lambda reader, _identity: ids.append(reader.info.stream_id))
        client.room.send_chat("could you hear that?", TEMP_ID)
        client.room.send_chat("could you hear that?", TEMP_ID)
        await peer.until(lambda: len(peer.packets) == 2)
        assert ids == [TEMP_ID, TEMP_ID]
        assert [json.loads(packet.data)["id"] for packet in peer.packets] == [TEMP_ID, TEMP_ID]

    server.play(story)


def test_a_line_with_its_own_id_is_a_stored_one(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        await peer.say("it squeals", temp_id=TEMP_ID)
        await client.until_told(ChatReceived(house.customer, TEMP_ID, "it squeals"))

    server.play(story)


@pytest.mark.parametrize("legacy_first", [True, False])
def test_ac_35_stream_and_legacy_of_one_line_show_once_in_the_room(server: Server, *, legacy_first: bool) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        if legacy_first:
            writer = await peer.room.local_participant.stream_text(topic="lk.chat")
            stream_id = writer.info.stream_id
            await peer.send(_legacy(id=stream_id, message="hello", ignoreLegacy=True), "lk-chat-topic")
            await writer.write("hello")
            await writer.aclose()
        else:
            stream_id = await peer.say("hello")
            await peer.send(_legacy(id=stream_id, message="hello", ignoreLegacy=True), "lk-chat-topic")
        await client.until(lambda: _lines(client))
        await asyncio.sleep(2.5)
        assert _lines(client) == [ChatReceived(house.customer, stream_id, "hello", is_stored=False)]

    server.play(story)


def test_ac_35_legacy_alone_shows_once_whatever_other_flags_say_in_the_room(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        await peer.send(_legacy(id="old-1", message="from an old page", ignore=True), "lk-chat-topic")
        await client.until_told(ChatReceived(house.customer, "old-1", "from an old page", is_stored=False))
        await peer.send(_legacy(id="new-1", message="its stream was lost", ignoreLegacy=True), "lk-chat-topic")
        await client.until_told(ChatReceived(house.customer, "new-1", "its stream was lost", is_stored=False), 4)
        assert len(_lines(client)) == 2

    server.play(story)


def test_an_edit_names_its_own_sender(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        await peer.send(_legacy(id="old-1", message="corrected"), "lk-chat-update-topic")
        await client.until_told(ChatEdited(house.customer, "old-1", "corrected"))

    server.play(story)


def test_a_line_from_somebody_not_announced_yet_gets_its_sender(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter(media=False)
        peer = await house.peer()
        await peer.send(_legacy(id="early-1", message="am I too early?"), "lk-chat-topic")
        await client.until(lambda: _lines(client), 6)
        assert _lines(client) == [ChatReceived(house.customer, "early-1", "am I too early?", is_stored=False)]

    server.play(story)


def test_rubbish_on_the_chat_topics_is_dropped(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        for rubbish in (b"\xff\xfe", b"[]", b'{"id": 7, "message": "x"}', b'{"id": "x"}', b"[" * 5000, b"x" * 20_000):
            await peer.send(rubbish, "lk-chat-topic")
        await peer.send(_legacy(id="good-1", message="after all that"), "lk-chat-topic")
        await client.until(lambda: _lines(client))
        assert [line.text for line in _lines(client)] == ["after all that"]

    server.play(story)


def test_sr_39_a_stream_beyond_the_cap_is_refused_and_an_ordinary_line_still_arrives(server: Server) -> None:
    async def story(house: House) -> None:
        client, peer = await _both(house)
        await peer.say("x" * 1_500_000)
        await peer.say("an ordinary line", temp_id=TEMP_ID)
        await client.until_told(ChatReceived(house.customer, TEMP_ID, "an ordinary line"))
        assert [line.text for line in _lines(client)] == ["an ordinary line"]

    server.play(story)


def test_sr_39_a_flood_on_every_topic_tells_little_and_a_guest_is_still_heard(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    push = b'{"v": 1, "seq": 1, "sessionId": "x", "type": "session.ended", "data": {}}'
    packets = {
        "lk-chat-topic": _legacy(id="flood", message="x" * 5_000),
        "lk-chat-update-topic": _legacy(id="flood", message="y"),
        "baylink.session": push,
        "baylink.typing": b'{"v": 1, "on": true}',
        "baylink.marks": b'{"v": 1, "op": "clear"}',
        "of.nobody": b"x" * 5_000,
    }

    async def story(house: House) -> None:
        client, peer = await _both(house)
        guest = await house.peer(f"{house.customer}-guest")
        await client.until_told(ParticipantJoined(guest.identity))
        began_s = time.monotonic()
        for number in range(200):
            for topic, packet in packets.items():
                await peer.send(packet, topic)
            if number % 10 == 0:
                await peer.room.local_participant.send_text("x", topic="of.nobody")
                writer = await peer.room.local_participant.stream_bytes("x.bin", topic="of.nobody")
                await writer.write(b"x" * 1_000)
                await writer.aclose()
        await guest.say("am I heard?", temp_id=TEMP_ID)
        await client.until_told(ChatReceived(guest.identity, TEMP_ID, "am I heard?"))
        assert not [event for event in client.events if isinstance(event, SessionPushed)]
        told = [event for event in client.events if isinstance(event, ChatReceived | ChatEdited)]
        # What a sender may say comes back with time: a slow machine hears more of a flood, never more than that.
        assert len(told) <= AT_ONCE + PER_S * (time.monotonic() - began_s) + 1

    server.play(story)
    assert "of.nobody" not in caplog.text

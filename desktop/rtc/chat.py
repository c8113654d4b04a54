"""Live chat in both wire forms of LiveKit's clients: one queue out, and one line shown once in."""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable
from contextlib import suppress

from livekit import rtc
from livekit.rtc.participant import PublishDataError

from desktop.core.allowance import Allowance
from desktop.core.chat import MESSAGE_CAP
from desktop.core.text import BLOCK_CAP
from desktop.rtc.events import ChatEdited, ChatReceived
from desktop.rtc.redaction import redact

_log = logging.getLogger(__name__)

TEXT_TOPIC = "lk.chat"
LEGACY_TOPIC = "lk-chat-topic"
EDIT_TOPIC = "lk-chat-update-topic"
TEMP_ID_ATTRIBUTE = "baylink.tempId"
ATTACHMENTS_ATTRIBUTE = "baylink.attachments"
PACKET_CAP_BYTES = 14_000

_LEGACY_HOLD_S = 2.0
_UNKNOWN_SENDER_HOLD_S = 4.0
_TEMP_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LAST_SENDS_S = 2.0
_REMEMBERED_STREAMS = 500
AT_ONCE, PER_S = 300, 10.0
"""What is taken from each sender, streams, packets and edits together; every line of the app comes in two forms. After
a loss somebody may say a hundred lines again at once; nobody types five a second for long."""
_SENDERS = 16
_OPEN_STREAMS = 10
_STREAM_S = 30.0
_HELD = 300
_SENDERLESS = 50
_SAID_EVERY_S = 60.0


class ChatOutbox:
    """Sends lines one after the other in both forms, each under its own id.

    A send that waits for a reconnect is neither cancelled nor timed out: a cancelled one is delivered later all the
    same, and parallel ones overtake each other. What cannot be sent is only logged; storing it is not this room's task.
    """

    def __init__(self, participant: rtc.LocalParticipant) -> None:
        """Start the queue of a connected room, on the running loop."""
        self._participant = participant
        self._queue: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name="chat-outbox")

    def send(self, text: str, temp_id: str) -> None:
        """Queue a line; returns at once."""
        self._queue.put_nowait((text, temp_id))

    async def close(self) -> None:
        """End after the room was disconnected, which ends what still waits."""
        self._queue.put_nowait(None)
        _, unfinished = await asyncio.wait({self._task}, timeout=_LAST_SENDS_S)
        if unfinished:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while line := await self._queue.get():
            try:
                await self._send(*line)
            except (rtc.StreamError, PublishDataError, RuntimeError) as error:
                _log.warning("a chat line did not reach the room: %s", redact(str(error)))

    async def _send(self, text: str, temp_id: str) -> None:
        attributes = {TEMP_ID_ATTRIBUTE: temp_id, ATTACHMENTS_ATTRIBUTE: "0"}
        # Under an id of ours: a line that is sent again after a loss replaces itself at every receiver.
        stream = await self._participant.stream_text(topic=TEXT_TOPIC, attributes=attributes, stream_id=temp_id)
        await stream.write(text)
        await stream.aclose()
        legacy = {
            "id": temp_id,
            "timestamp": stream.info.timestamp or int(time.time() * 1000),
            "message": text[:MESSAGE_CAP],
            "ignoreLegacy": True,
            "tempId": temp_id,
        }
        packet = json.dumps(legacy, ensure_ascii=False).encode()
        if len(packet) <= PACKET_CAP_BYTES:
            await self._participant.publish_data(packet, reliable=True, topic=LEGACY_TOPIC)


class ChatInbox:
    """Takes both forms and tells each line once.

    A line with `ignoreLegacy` has a text stream beside it, in either order, so it is held for two seconds and told
    only if no stream with its id came. A packet from somebody whom the room has not announced yet waits for the one
    newcomer who can have sent it. Payload never names a sender.

    A flood ends here: what somebody sends beyond an allowance is dropped unread, and what waits is bounded in number,
    size and time. A dropped line that was stored comes from the platform.
    """

    def __init__(self, tell: Callable[[ChatReceived | ChatEdited], None]) -> None:
        """Start without lines; `tell` is called on the running loop."""
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._allowances: dict[str, Allowance] = {}
        self._dropped = 0
        self._said_s: float | None = None
        self._streams: dict[str, None] = {}
        self._held: dict[str, asyncio.TimerHandle] = {}
        self._senderless: list[tuple[asyncio.TimerHandle, dict[str, object]]] = []
        self._readers: dict[asyncio.Task[None], str] = {}

    def text_stream_opened(self, reader: rtc.TextStreamReader, identity: str) -> None:
        """Take a text stream; the SDK's handler for `lk.chat`."""
        stream_id = reader.info.stream_id
        self._remember(stream_id)
        is_open = sum(sender == identity for sender in self._readers.values())
        if is_open >= _OPEN_STREAMS or not self._may(identity):
            self._drop()
            reader.close()
            return
        task = asyncio.create_task(self._read(reader, identity), name="chat-stream")
        self._readers[task] = identity
        task.add_done_callback(self._readers.pop)

    def legacy_received(self, data: bytes, identity: str | None) -> None:
        """Take a packet of `lk-chat-topic`; `identity` None while nobody knows the sender."""
        line = self._line_of(data, identity)
        if line is None:
            return
        if identity is None:
            if len(self._senderless) >= _SENDERLESS:
                self._drop()
                return
            handle = self._loop.call_later(_UNKNOWN_SENDER_HOLD_S, self._give_up_sender, line)
            self._senderless.append((handle, line))
            return
        self._take_legacy(line, identity)

    def edit_received(self, data: bytes, identity: str | None) -> None:
        """Take a packet of `lk-chat-update-topic`: an edit, which only a known sender can make."""
        if identity is not None and (line := self._line_of(data, identity)) is not None:
            self._tell(ChatEdited(identity, str(line["id"]), _text(line)))

    def participant_joined(self, identity: str) -> None:
        """Give waiting packets without a sender to the newcomer."""
        waiting, self._senderless = self._senderless, []
        for handle, line in waiting:
            handle.cancel()
            self._take_legacy(line, identity)

    async def close(self) -> None:
        """Stop holding and reading."""
        for handle in (*self._held.values(), *(handle for handle, _ in self._senderless)):
            handle.cancel()
        self._held.clear()
        self._senderless.clear()
        readers = tuple(self._readers)
        for task in readers:
            task.cancel()
        await asyncio.gather(*readers, return_exceptions=True)

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        try:
            async with asyncio.timeout(_STREAM_S):
                text = await reader.read_all()
        except (rtc.StreamError, TimeoutError) as error:
            _log.debug("a chat line broke off: %s", redact(str(error)))
            self._drop()
            return
        finally:
            reader.close()
        temp_id = (reader.info.attributes or {}).get(TEMP_ID_ATTRIBUTE, "")
        is_stored = _TEMP_ID.fullmatch(temp_id) is not None
        line_id = temp_id if is_stored else reader.info.stream_id
        self._tell(ChatReceived(identity, line_id, text[:BLOCK_CAP], is_stored=is_stored))

    def _line_of(self, data: bytes, identity: str | None) -> dict[str, object] | None:
        """Return a packet's line if it has one and its sender has not sent too many; nothing else is read."""
        if not self._may(identity or ""):
            self._drop()
            return None
        return _line(data)

    def _may(self, sender: str) -> bool:
        allowance = self._allowances.get(sender)
        if allowance is None:
            while len(self._allowances) >= _SENDERS:
                del self._allowances[next(iter(self._allowances))]
            allowance = self._allowances[sender] = Allowance(AT_ONCE, PER_S)
        return allowance.take(self._loop.time())

    def _drop(self) -> None:
        """Count what is not shown, and say it now and then: a log that repeats it forgets everything else."""
        self._dropped += 1
        now = self._loop.time()
        if self._said_s is None or now - self._said_s >= _SAID_EVERY_S:
            self._said_s = now
            _log.warning("chat from the room was dropped: too much, too large or broken off; %d so far", self._dropped)

    def _remember(self, stream_id: str) -> None:
        if handle := self._held.pop(stream_id, None):
            handle.cancel()
        self._streams[stream_id] = None
        while len(self._streams) > _REMEMBERED_STREAMS:
            del self._streams[next(iter(self._streams))]

    def _give_up_sender(self, line: dict[str, object]) -> None:
        self._senderless = [waiting for waiting in self._senderless if waiting[1] is not line]
        self._take_legacy(line, "")

    def _take_legacy(self, line: dict[str, object], identity: str) -> None:
        stream_id = str(line["id"])
        if line.get("ignoreLegacy") is not True:
            self._tell_legacy(line, identity)
        elif stream_id not in self._streams and stream_id not in self._held:
            if len(self._held) >= _HELD:
                self._drop()
                return
            later = self._loop.call_later(_LEGACY_HOLD_S, self._release, stream_id, line, identity)
            self._held[stream_id] = later

    def _release(self, stream_id: str, line: dict[str, object], identity: str) -> None:
        self._held.pop(stream_id, None)
        self._tell_legacy(line, identity)

    def _tell_legacy(self, line: dict[str, object], identity: str) -> None:
        temp_id = line.get("tempId")
        is_stored = isinstance(temp_id, str) and _TEMP_ID.fullmatch(temp_id) is not None
        line_id = str(temp_id) if is_stored else str(line["id"])
        self._tell(ChatReceived(identity, line_id, _text(line), is_stored=is_stored))


def _line(data: bytes) -> dict[str, object] | None:
    """Return a legacy packet's object if it has an id and a text; everything else is dropped."""
    if len(data) > PACKET_CAP_BYTES:
        return None
    try:
        line = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or not isinstance(line.get("message"), str):
        return None
    line_id = line.get("id")
    return line if isinstance(line_id, str) and 0 < len(line_id) <= 128 else None  # noqa: PLR2004 - longer is no id


def _text(line: dict[str, object]) -> str:
    return str(line["message"])[:BLOCK_CAP]

"""The owner's chat: both wire forms of LiveKit chat and the stored form, each message told exactly once."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Literal

from livekit import rtc
from livekit.rtc.participant import PublishDataError

from desktop.backend import wire
from desktop.practice.owner_client import OwnerClient, OwnerRefusedError

TEXT_TOPIC = "lk.chat"
LEGACY_TOPIC = "lk-chat-topic"
TYPING_TOPIC = "baylink.typing"
_HOLD_LEGACY_S = 2.0

type Form = Literal["full", "stock", "legacy", "stored"]
"""How a line leaves: as this product does; as today's stock web client; as an old one; over HTTP only."""

_FORMS: dict[str, Form] = {"full": "full", "stock": "stock", "legacy": "legacy", "stored": "stored"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of somebody else, the first time it is known. `via` is `stream`, `legacy`, `stored` or `push`."""

    sender: str
    key: str
    text: str
    via: str


class OwnerChat:
    """Sends and receives chat for one owner over any number of successive rooms.

    `on_heard` is called once per message; `spawn` starts a task that the caller owns.
    """

    def __init__(
        self,
        client: OwnerClient,
        session_id: str,
        on_heard: Callable[[Heard], None],
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        """Start without a room; `attach` gives one."""
        self._client, self._session_id, self._on_heard, self._spawn = client, session_id, on_heard, spawn
        self._room: rtc.Room | None = None
        self._known: set[tuple[str, str]] = set()
        self._streams: set[str] = set()
        self.failed_to_store = 0

    def attach(self, room: rtc.Room) -> None:
        """Listen on a room that is not connected yet."""
        self._room = room
        room.register_text_stream_handler(TEXT_TOPIC, self._on_text_stream)

    async def say(self, text: str, form: Form = "full") -> str:
        """Send a line and return its `tempId`. Live and stored copies leave together; neither waits for the other."""
        temp_id = str(uuid.uuid4())
        live = self._send_live(text, temp_id, form) if form != "stored" else _nothing()
        stored = self._store(text, temp_id) if form in {"full", "stored"} else _nothing()
        await asyncio.gather(live, stored)
        return temp_id

    async def type_for(self, seconds: float) -> None:
        """Show the typing sign for some seconds."""
        room = self._connected()
        if room is not None:
            sign = json.dumps({"v": 1, "on": True})
            with contextlib.suppress(PublishDataError):
                await room.local_participant.publish_data(sign, reliable=False, topic=TYPING_TOPIC)
        await asyncio.sleep(seconds)

    def take_stored(self, messages: tuple[wire.Message, ...], own_user_id: str, via: str = "stored") -> None:
        """Take stored messages (join answer, list or push); those not heard yet are told."""
        for message in messages:
            if message.sender_id != own_user_id:
                self._hear(Heard(message.sender_role, message.temp_id or message.id, message.content, via))

    def take_data(self, packet: rtc.DataPacket) -> None:
        """Take a packet on the legacy chat topic."""
        sender = packet.participant.identity if packet.participant else ""
        with contextlib.suppress(ValueError, AttributeError, TypeError):
            payload = json.loads(packet.data)
            key = str(payload.get("id", ""))
            heard = Heard(_role(sender), str(payload.get("tempId") or key), str(payload["message"]), "legacy")
            if payload.get("ignoreLegacy") is True:
                self._spawn(self._hold(key, heard))
            else:
                self._hear(heard)

    async def _hold(self, stream_id: str, heard: Heard) -> None:
        await asyncio.sleep(_HOLD_LEGACY_S)
        if stream_id not in self._streams:
            self._hear(heard)

    def _on_text_stream(self, reader: rtc.TextStreamReader, identity: str) -> None:
        self._spawn(self._read(reader, identity))

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        info = reader.info
        self._streams.add(info.stream_id)
        try:
            text = await reader.read_all()
        except rtc.StreamError:
            return
        key = (info.attributes or {}).get("baylink.tempId") or info.stream_id
        self._hear(Heard(_role(identity), key, text, "stream"))

    def _hear(self, heard: Heard) -> None:
        if (heard.sender, heard.key) not in self._known:
            self._known.add((heard.sender, heard.key))
            self._on_heard(heard)

    async def _send_live(self, text: str, temp_id: str, form: Form) -> None:
        room = self._connected()
        if room is None:
            return
        me = room.local_participant
        own = {"baylink.tempId": temp_id, "baylink.attachments": "0"} if form == "full" else {}
        with contextlib.suppress(rtc.StreamError, PublishDataError):
            if form == "legacy":
                legacy: dict[str, object] = {"id": temp_id, "timestamp": _now_ms(), "message": text}
            else:
                info = await me.send_text(text, topic=TEXT_TOPIC, attributes=own)
                legacy = {"id": info.stream_id, "timestamp": info.timestamp, "message": text, "ignoreLegacy": True}
                if form == "full":
                    legacy["tempId"] = temp_id
            await me.publish_data(json.dumps(legacy), reliable=True, topic=LEGACY_TOPIC)

    async def _store(self, text: str, temp_id: str) -> None:
        try:
            await self._client.store_message(self._session_id, text, temp_id)
        except (OwnerRefusedError, OSError):
            self.failed_to_store += 1

    def _connected(self) -> rtc.Room | None:
        return self._room if self._room is not None and self._room.isconnected() else None


def parse_form(word: str) -> Form:
    """Return the form a command names. Raises KeyError for an unknown one."""
    return _FORMS[word]


def _role(identity: str) -> str:
    """Return the role an identity tells, the key under which live and stored copies of a message meet."""
    return identity.partition("-")[0] if "-" in identity else "mechanic"


def _now_ms() -> int:
    return int(time.time() * 1000)


async def _nothing() -> None:
    """Send nothing."""

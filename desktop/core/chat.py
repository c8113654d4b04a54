"""Chat as data: messages, their delivery, and the merge that shows every message exactly once, in order."""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from desktop.core.people import Role

MESSAGE_CAP = 2_000
COUNTER_FROM = 1_800


class Delivery(StrEnum):
    """How far a message of one's own has come."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    RECEIVED = "received"
    NOT_SAVED = "not_saved"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message. `sender` is a key (the identity, or the role where none is known), `id` the sender's `tempId`.

    The name is looked up when it is drawn, by `sender`, so that a rename shows everywhere at once. `text` is the raw
    text, drawn literally and cleaned on its way to the screen. `seq` is the backend's order; None until stored.
    """

    sender: str
    id: str
    role: Role
    text: str
    sent_at: datetime
    delivery: Delivery
    seq: int | None = None
    stored_id: str | None = None
    attachment_names: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What makes a message the same message: sender and id."""
        return (self.role.value, self.id)


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A run of stored messages, oldest first, with the opaque cursors to read on from either end.

    `has_more` says that the direction read has more of them; `after` stays valid when there is nothing newer yet.
    """

    messages: tuple[ChatMessage, ...] = ()
    before: str | None = None
    after: str | None = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class ChatChange:
    """One step of the transcript, to be applied in order: `added` at `index`, `replaced` at `index`, or `moved`.

    For `moved` the message leaves `index` and is placed at `to_index` (counted after the removal).
    """

    kind: Literal["added", "replaced", "moved"]
    index: int
    message: ChatMessage
    to_index: int = -1


_RANK = {
    Delivery.SENDING: 0,
    Delivery.FAILED: 1,
    Delivery.NOT_SAVED: 2,
    Delivery.SENT: 3,
    Delivery.RECEIVED: 3,
}


def _order(message: ChatMessage) -> tuple[datetime, int, str]:
    return (message.sent_at, message.seq if message.seq is not None else 1 << 60, message.id)


class Transcript:
    """The messages of one session in order, merged by (sender, id); the stored form wins over a live one."""

    def __init__(self) -> None:
        """Start empty."""
        self._messages: list[ChatMessage] = []
        self._by_key: dict[tuple[str, str], ChatMessage] = {}

    def __iter__(self) -> Iterator[ChatMessage]:
        """Iterate in the order shown."""
        return iter(tuple(self._messages))

    def __len__(self) -> int:
        """How many messages are shown."""
        return len(self._messages)

    def get(self, key: tuple[str, str]) -> ChatMessage | None:
        """Return the message of a key, if there is one."""
        return self._by_key.get(key)

    def merge(self, message: ChatMessage) -> list[ChatChange]:
        """Take a message from anywhere (own, live, stored); return what changed on screen: nothing for a repeat."""
        known = self._by_key.get(message.key)
        if known is None:
            self._by_key[message.key] = message
            insort(self._messages, message, key=_order)
            return [ChatChange("added", self._messages.index(message), message)]
        merged = _merged(known, message)
        if merged == known:
            return []
        return self._replace(known, merged)

    def merge_all(self, messages: Iterable[ChatMessage]) -> list[ChatChange]:
        """Merge many, in order."""
        return [change for message in messages for change in self.merge(message)]

    def mark(self, key: tuple[str, str], delivery: Delivery) -> list[ChatChange]:
        """Set the delivery of an own message; a message that is stored never falls back."""
        known = self._by_key.get(key)
        if known is None or known.delivery is delivery or (known.seq is not None and delivery is not Delivery.SENT):
            return []
        return self._replace(known, replace(known, delivery=delivery))

    def edit(self, key: tuple[str, str], text: str) -> list[ChatChange]:
        """Change the text of a live message; a stored one stays as it was stored."""
        known = self._by_key.get(key)
        if known is None or known.seq is not None or known.text == text:
            return []
        return self._replace(known, replace(known, text=text))

    def _replace(self, known: ChatMessage, merged: ChatMessage) -> list[ChatChange]:
        index = self._messages.index(known)
        self._by_key[merged.key] = merged
        del self._messages[index]
        insort(self._messages, merged, key=_order)
        to_index = self._messages.index(merged)
        if to_index == index:
            return [ChatChange("replaced", index, merged)]
        return [ChatChange("moved", index, merged, to_index)]


def _merged(known: ChatMessage, new: ChatMessage) -> ChatMessage:
    if new.seq is not None:
        return replace(new, sender=known.sender if known.seq is None else new.sender)
    if known.seq is not None or _RANK[new.delivery] <= _RANK[known.delivery]:
        return known
    return replace(known, delivery=new.delivery)

"""One chat message as it is drawn and spoken: clean texts, its place in a group, and the word below it."""

from dataclasses import dataclass
from datetime import date, timedelta

from desktop.core.chat import Delivery
from desktop.core.people import Role

GROUP_GAP = timedelta(minutes=5)
_STATUS_WORDS = {
    Delivery.SENDING: "Sending",
    Delivery.SENT: "Sent",
    Delivery.FAILED: "Not sent",
    Delivery.NOT_SAVED: "Not saved",
}


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One message as it is drawn: clean texts only.

    `key` tells the message, `day` is set on the first message of a day, `is_head` asks for name and time above it.
    `role_word` is set where two people have the same name. `delivery` is None while there is nothing to say about it.
    """

    key: tuple[str, str]
    role: Role
    is_own: bool
    name: str
    role_word: str
    time: str
    day: str
    text: str
    attachments: tuple[str, ...]
    is_head: bool
    is_tail: bool
    delivery: Delivery | None
    status: str


def day_words(day: date, today: date) -> str:
    """Return what stands above the first message of a day."""
    if day == today:
        return "Today"
    return "Yesterday" if day == today - timedelta(days=1) else f"{day:%A}, {day.day} {day:%B}"


def status_of(delivery: Delivery | None, *, is_connected: bool) -> str:
    """Return the word below a message, empty where there is nothing to say."""
    if delivery is Delivery.SENDING and not is_connected:
        return "Waiting for the connection"
    return _STATUS_WORDS[delivery] if delivery is not None else ""


def spoken(row: ChatRow) -> str:
    """Return what a screen reader says for a message."""
    who = f"{row.name}, {row.role_word}" if row.role_word else row.name
    files = "".join(f" File: {name}." for name in row.attachments)
    status = f" {row.status}." if row.status else ""
    retry = " Press Enter to try again." if row.delivery is Delivery.FAILED else ""
    return f"{who}, {row.time}: {row.text}{files}{status}{retry}"

"""The server's event stream: lines of `text/event-stream` in, hints out."""

import json
from dataclasses import dataclass

from desktop.core.board import HintKind, ServerHint
from desktop.core.people import SessionId

_LINE_CAP = 16_384
"""Longer lines are no hint of ours; they are cut, so that a stream cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event of a stream as the protocol defines it."""

    kind: str
    data: str
    last_id: str


class EventStreamParser:
    """Turns the chunks of a stream into events; comments and `retry` are passed over."""

    def __init__(self) -> None:
        """Start at the beginning of a stream."""
        self.last_id = ""
        self._rest = ""
        self._after_return = False
        self._kind = ""
        self._data: list[str] = []

    def feed(self, chunk: str) -> list[StreamEvent]:
        """Take a piece of the stream, cut anywhere; return the events that it completed."""
        if not chunk:
            return []
        if self._after_return and chunk.startswith("\n"):
            chunk = chunk[1:]
        self._after_return = chunk.endswith("\r")
        lines = (self._rest + chunk).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._rest = lines.pop()[:_LINE_CAP]
        return [event for line in lines if (event := self._line(line)) is not None]

    def _line(self, line: str) -> StreamEvent | None:
        if not line:
            return self._dispatch()
        field, _, value = line[:_LINE_CAP].partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._kind = value
        elif field == "data":
            self._data.append(value)
        elif field == "id" and "\0" not in value:
            self.last_id = value
        return None

    def _dispatch(self) -> StreamEvent | None:
        kind, data = self._kind, "\n".join(self._data)
        has_data, self._kind, self._data = bool(self._data), "", []
        return StreamEvent(kind or "message", data, self.last_id) if has_data else None


def hint_of(event: StreamEvent) -> ServerHint | None:
    """Return the hint of an event, or None for one that this app does not know."""
    try:
        kind = HintKind(event.kind)
    except ValueError:
        return None
    if kind is HintKind.OPENED:
        return None
    return ServerHint(kind, _session_id(event.data) if kind is HintKind.SESSION else None)


def _session_id(data: str) -> SessionId | None:
    try:
        body = json.loads(data)
    except ValueError:
        return None
    value = body.get("sessionId") if isinstance(body, dict) else None
    return SessionId(value) if isinstance(value, str) else None

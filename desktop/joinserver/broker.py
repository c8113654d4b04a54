"""Hints to the event streams of mechanics: kept in memory, resumed by event id, closed with their login."""

import asyncio
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from desktop.core.people import MechanicId
from desktop.joinserver.effects import EndStreams, Hint

KEPT_EVENTS: Final = 200
STREAMS_PER_MECHANIC: Final = 3


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    hint: Hint


@dataclass(eq=False, slots=True)
class Stream:
    """One open stream; None in its queue closes it."""

    mechanic_id: MechanicId
    login_id: str
    lines: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)


class Broker:
    """Knows the open streams. Used on the event loop only."""

    def __init__(self) -> None:
        """Start with a fresh numbering: ids of an earlier run lead to a resync."""
        self._run = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[_Kept] = deque(maxlen=KEPT_EVENTS)
        self._streams: list[Stream] = []

    def open(self, mechanic_id: MechanicId, login_id: str, last_event_id: str | None) -> Stream:
        """Open a stream; what was missed since `last_event_id` is already in its queue. The oldest of four closes."""
        stream = Stream(mechanic_id, login_id)
        own = [known for known in self._streams if known.mechanic_id == mechanic_id]
        for oldest in own[: max(0, len(own) + 1 - STREAMS_PER_MECHANIC)]:
            self.close(oldest)
        self._streams.append(stream)
        if last_event_id is not None:
            self._catch_up(stream, last_event_id)
        return stream

    def publish(self, hint: Hint) -> None:
        """Hand a hint to everybody whom it concerns."""
        self._number += 1
        kept = _Kept(self._number, hint)
        self._kept.append(kept)
        for stream in self._streams:
            if hint.mechanic_id in {None, stream.mechanic_id}:
                stream.lines.put_nowait(self._line(kept))

    def end(self, effect: EndStreams) -> None:
        """Close the streams of a mechanic or of one login."""
        for stream in list(self._streams):
            if stream.login_id == effect.login_id or stream.mechanic_id == effect.mechanic_id:
                self.close(stream)

    def resync(self) -> None:
        """Have every stream's reader read everything anew, after hints may have been missed."""
        self._run = secrets.token_hex(4)
        self._kept.clear()
        for stream in self._streams:
            stream.lines.put_nowait(self._resync_line())

    def close(self, stream: Stream) -> None:
        """Close one stream; a stream may be closed twice."""
        if stream in self._streams:
            self._streams.remove(stream)
            stream.lines.put_nowait(None)

    def close_all(self) -> None:
        """Close every stream, before the server stops."""
        for stream in list(self._streams):
            self.close(stream)

    def _catch_up(self, stream: Stream, last_event_id: str) -> None:
        run, _, number = last_event_id.partition("-")
        oldest = self._kept[0].number if self._kept else self._number + 1
        known = run == self._run and number.isdecimal() and oldest - 1 <= int(number) <= self._number
        if not known:
            stream.lines.put_nowait(self._resync_line())
            return
        for kept in self._kept:
            if kept.number > int(number) and kept.hint.mechanic_id in {None, stream.mechanic_id}:
                stream.lines.put_nowait(self._line(kept))

    def _resync_line(self) -> str:
        return f"id: {self._run}-{self._number}\nevent: resync\ndata: {{}}\n\n"

    def _line(self, kept: _Kept) -> str:
        data = json.dumps(kept.hint.data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self._run}-{kept.number}\nevent: {kept.hint.event}\ndata: {data}\n\n"

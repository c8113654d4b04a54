"""OutboxStore: lines of chat that the platform does not have yet, in the order in which they were written."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from desktop.core.people import MechanicId, SessionId
from desktop.store.sqlite_file import SqliteFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    session_id TEXT NOT NULL,
    temp_id TEXT NOT NULL,
    text BLOB NOT NULL,
    written_at TEXT NOT NULL,
    UNIQUE (owner, session_id, temp_id)
)
"""
_FORGOTTEN_AFTER = timedelta(days=30)
"""What was refused, or belongs to a session that nobody opens again, does not stay for ever."""
_PUT = "INSERT OR IGNORE INTO outbox (owner, session_id, temp_id, text, written_at) VALUES (?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM outbox WHERE owner = ? AND session_id = ? AND temp_id = ?"
_OF = "SELECT temp_id, text, written_at FROM outbox WHERE owner = ? AND session_id = ? ORDER BY place"


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One line; `id` is its `tempId`, `written_at` is by the server's clock."""

    id: str
    text: str
    written_at: datetime


class OutboxStore:
    """Keeps lines for their writers; every method returns when the disk has it, and raises OSError where it refuses."""

    def __init__(self, path: Path) -> None:
        """Use `path`; it is made at the first use."""
        self._file = SqliteFile(path, (_SCHEMA,))

    async def put(self, owner: MechanicId, session_id: SessionId, line: KeptLine) -> None:
        """Keep a line after all others; one that is there stays where it is."""
        # What a keyboard can make is no valid UTF-8 at times; it is the platform's part to refuse that.
        text = line.text.encode("utf-8", "surrogatepass")
        values = (owner, session_id, line.id, text, line.written_at.isoformat())

        def put(base: sqlite3.Connection) -> None:
            base.execute("DELETE FROM outbox WHERE written_at < ?", ((line.written_at - _FORGOTTEN_AFTER).isoformat(),))
            base.execute(_PUT, values)

        await self._file.run(put)

    async def remove(self, owner: MechanicId, session_id: SessionId, line_id: str) -> None:
        """Forget a line: the platform has it."""
        await self._file.run(lambda base: base.execute(_REMOVE, (owner, session_id, line_id)))

    async def of(self, owner: MechanicId, session_id: SessionId) -> tuple[KeptLine, ...]:
        """Return one mechanic's lines of a session, in the order in which they were written."""
        rows = await self._file.run(lambda base: base.execute(_OF, (owner, session_id)).fetchall())
        return tuple(
            KeptLine(line_id, text.decode("utf-8", "surrogatepass"), datetime.fromisoformat(written_at))
            for line_id, text, written_at in rows
        )

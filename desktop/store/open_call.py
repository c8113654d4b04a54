"""OpenCallStore: which session is open on this PC for which mechanic, so that a restart can lead back into it."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.core.people import MechanicId, SessionId
from desktop.store.sqlite_file import SqliteFile

_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS open_call (
        owner TEXT PRIMARY KEY,
        session_id TEXT NOT NULL,
        joined_at REAL NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS restarts (at REAL NOT NULL)",
)
_PUT = "INSERT OR REPLACE INTO open_call VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A session that was open and not left; ids only, no names and nothing that opens a door."""

    owner: MechanicId
    session_id: SessionId
    joined_at: datetime


class OpenCallStore:
    """One row a mechanic; every method returns when the disk has it, and raises OSError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        """Use `path`; it is made at the first use."""
        self._file = SqliteFile(path, _SCHEMA)

    async def put(self, call: OpenCall) -> None:
        """Note that a mechanic's session is open, instead of any former one."""
        values = (call.owner, call.session_id, call.joined_at.timestamp())
        await self._file.run(lambda base: base.execute(_PUT, values))

    async def remove(self, owner: MechanicId, session_id: SessionId) -> None:
        """Note that a session was left or has ended."""
        where = "DELETE FROM open_call WHERE owner = ? AND session_id = ?"
        await self._file.run(lambda base: base.execute(where, (owner, session_id)))

    async def since(self, moment: datetime) -> tuple[OpenCall, ...]:
        """Return the sessions joined after `moment` and never left; older ones are forgotten."""
        first = moment.timestamp()

        def read(base: sqlite3.Connection) -> list[tuple[str, str, float]]:
            base.execute("DELETE FROM open_call WHERE joined_at < ?", (first,))
            return base.execute("SELECT owner, session_id, joined_at FROM open_call").fetchall()

        return tuple(
            OpenCall(MechanicId(owner), SessionId(session_id), datetime.fromtimestamp(joined_at, UTC))
            for owner, session_id, joined_at in await self._file.run(read)
        )

    async def note_restart(self, now: datetime, *, within: timedelta) -> int:
        """Note a restart out of a session; return how many there were `within` that time, this one included."""
        first = (now - within).timestamp()

        def note(base: sqlite3.Connection) -> int:
            base.execute("DELETE FROM restarts WHERE at < ?", (first,))
            base.execute("INSERT INTO restarts VALUES (?)", (now.timestamp(),))
            return int(base.execute("SELECT count(*) FROM restarts").fetchone()[0])

        return await self._file.run(note)

"""OpenCallStore: which session is open on this PC for which mechanic, so that a restart can lead back into it."""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.core.join_wish import JoinWish
from desktop.core.people import MechanicId, SessionId
from desktop.store.sqlite_file import SqliteFile

_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS open_sessions (
        owner TEXT PRIMARY KEY,
        session_id TEXT NOT NULL,
        joined_at REAL NOT NULL,
        muted INTEGER NOT NULL,
        camera_on INTEGER NOT NULL,
        chat_only INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS restarts (at REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS half_written (owner TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID",
)
_PUT = "INSERT OR REPLACE INTO open_sessions VALUES (?, ?, ?, ?, ?, ?)"
_PUT_TEXT = "INSERT OR REPLACE INTO half_written VALUES (?, ?)"
_NO_TEXT = "DELETE FROM half_written WHERE owner = ?"
_ALL = """
SELECT owner, session_id, joined_at, muted, camera_on, chat_only, coalesce(text, '')
FROM open_sessions LEFT JOIN half_written USING (owner)
"""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A session that was open and not left; ids only, no names and nothing that opens a door.

    `wish` says how microphone and camera stood, and what was half written: who was muted is not heard after a restart
    either.
    """

    owner: MechanicId
    session_id: SessionId
    joined_at: datetime
    wish: JoinWish = field(default_factory=JoinWish)


class OpenCallStore:
    """One row a mechanic; every method returns when the disk has it, and raises OSError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        """Use `path`; it is made at the first use."""
        self._file = SqliteFile(path, _SCHEMA)

    async def put(self, call: OpenCall) -> None:
        """Note that a mechanic's session is open, instead of any former one."""
        wish = (call.wish.muted, call.wish.camera_on, call.wish.chat_only)
        values = (call.owner, call.session_id, call.joined_at.timestamp(), *wish)

        def put(base: sqlite3.Connection) -> None:
            base.execute(_PUT, values)
            if call.wish.draft:
                base.execute(_PUT_TEXT, (call.owner, call.wish.draft))
            else:
                base.execute(_NO_TEXT, (call.owner,))

        await self._file.run(put)

    async def remove(self, owner: MechanicId, session_id: SessionId) -> None:
        """Note that a session was left or has ended."""
        where = "DELETE FROM open_sessions WHERE owner = ? AND session_id = ?"

        def forget(base: sqlite3.Connection) -> None:
            if base.execute(where, (owner, session_id)).rowcount:
                base.execute(_NO_TEXT, (owner,))

        await self._file.run(forget)

    async def since(self, moment: datetime) -> tuple[OpenCall, ...]:
        """Return the sessions joined after `moment` and never left; older ones are forgotten."""
        first = moment.timestamp()

        def read(base: sqlite3.Connection) -> list[tuple[str, str, float, int, int, int, str]]:
            base.execute("DELETE FROM open_sessions WHERE joined_at < ?", (first,))
            base.execute("DELETE FROM half_written WHERE owner NOT IN (SELECT owner FROM open_sessions)")
            return base.execute(_ALL).fetchall()

        return tuple(
            OpenCall(
                MechanicId(owner),
                SessionId(session_id),
                datetime.fromtimestamp(joined_at, UTC),
                JoinWish(muted=bool(muted), camera_on=bool(camera_on), chat_only=bool(chat_only), draft=text),
            )
            for owner, session_id, joined_at, muted, camera_on, chat_only, text in await self._file.run(read)
        )

    async def note_restart(self, now: datetime, *, within: timedelta) -> int:
        """Note a restart out of a session; return how many there were `within` that time, this one included."""
        first = (now - within).timestamp()

        def note(base: sqlite3.Connection) -> int:
            base.execute("DELETE FROM restarts WHERE at < ?", (first,))
            base.execute("INSERT INTO restarts VALUES (?)", (now.timestamp(),))
            return int(base.execute("SELECT count(*) FROM restarts").fetchone()[0])

        return await self._file.run(note)

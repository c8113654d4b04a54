"""DraftStore: what a mechanic wrote and the platform does not have yet, in one SQLite file on this PC."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop.core.people import MechanicId, SessionId
from desktop.store.sqlite_file import SqliteFile

DraftKind = Literal["notes", "summary"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS drafts (
    owner TEXT NOT NULL,
    session_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (owner, session_id, kind)
) WITHOUT ROWID
"""
_PUT = "INSERT INTO drafts VALUES (?, ?, ?, ?) ON CONFLICT (owner, session_id, kind) DO UPDATE SET body = excluded.body"


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """One kept text; `body` is whatever its writer put there."""

    session_id: SessionId
    kind: DraftKind
    body: str


class DraftStore:
    """Keeps drafts; every method returns when the disk has it, and raises OSError where the disk refuses."""

    def __init__(self, path: Path) -> None:
        """Use `path`; it is made at the first use."""
        self._file = SqliteFile(path, (_SCHEMA,))

    async def put(self, owner: MechanicId, session_id: SessionId, kind: DraftKind, body: str) -> None:
        """Keep a draft in the place of an older one."""
        await self._file.run(lambda base: base.execute(_PUT, (owner, session_id, kind, body)))

    async def remove(self, owner: MechanicId, session_id: SessionId, kind: DraftKind) -> None:
        """Forget a draft: the platform has it."""
        where = "DELETE FROM drafts WHERE owner = ? AND session_id = ? AND kind = ?"
        await self._file.run(lambda base: base.execute(where, (owner, session_id, kind)))

    async def of(self, owner: MechanicId) -> tuple[KeptDraft, ...]:
        """Return everything kept for one mechanic."""
        query = "SELECT session_id, kind, body FROM drafts WHERE owner = ?"
        rows = await self._file.run(lambda base: base.execute(query, (owner,)).fetchall())
        return tuple(KeptDraft(SessionId(session_id), kind, body) for session_id, kind, body in rows)

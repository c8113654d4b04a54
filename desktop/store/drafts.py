"""DraftStore: what a mechanic wrote and the platform does not have yet, in one SQLite file on this PC."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop.core.people import MechanicId, SessionId

_log = logging.getLogger(__name__)

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
    """Keeps drafts in a file that only this user can read.

    Every method runs off the loop and returns when the disk has it. A file that is broken is put aside and a new one
    begun, so that a mechanic can always write. Raises OSError where the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        """Use `path`; it is made at the first use."""
        self._path = path
        self._turn = asyncio.Lock()

    async def put(self, owner: MechanicId, session_id: SessionId, kind: DraftKind, body: str) -> None:
        """Keep a draft in the place of an older one."""
        await self._run(lambda base: base.execute(_PUT, (owner, session_id, kind, body)))

    async def remove(self, owner: MechanicId, session_id: SessionId, kind: DraftKind) -> None:
        """Forget a draft: the platform has it."""
        where = "DELETE FROM drafts WHERE owner = ? AND session_id = ? AND kind = ?"
        await self._run(lambda base: base.execute(where, (owner, session_id, kind)))

    async def of(self, owner: MechanicId) -> tuple[KeptDraft, ...]:
        """Return everything kept for one mechanic."""
        query = "SELECT session_id, kind, body FROM drafts WHERE owner = ?"
        rows = await self._run(lambda base: base.execute(query, (owner,)).fetchall())
        return tuple(KeptDraft(SessionId(session_id), kind, body) for session_id, kind, body in rows)

    async def _run[Result](self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        async with self._turn:
            return await asyncio.to_thread(self._in_thread, work)

    def _in_thread[Result](self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        try:
            return self._once(work)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise OSError(str(error)) from error
            self._put_aside()
        try:
            return self._once(work)
        except sqlite3.Error as error:
            raise OSError(str(error)) from error

    def _once[Result](self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._open() as base, base:
            return work(base)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.touch(mode=0o600, exist_ok=True)
        base = sqlite3.connect(self._path, timeout=5.0)
        try:
            base.execute("PRAGMA synchronous = FULL")
            base.execute(_SCHEMA)
            yield base
        finally:
            base.close()

    def _put_aside(self) -> None:
        _log.error("the file of drafts is broken and was put aside")
        self._path.replace(self._path.with_suffix(".broken"))

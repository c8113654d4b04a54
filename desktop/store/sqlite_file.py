"""SqliteFile: one SQLite file of this user, used by one caller at a time and off the loop, and renewed when broken."""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

_log = logging.getLogger(__name__)

_BUSY_S = 5.0


class SqliteFile:
    """A file that only this user can read. Work returns when the disk has it.

    A file that is broken is put aside and a new one begun, so that a mechanic can always write. Raises OSError where
    the disk refuses.
    """

    def __init__(self, path: Path, schema: tuple[str, ...]) -> None:
        """Use `path`; it is made at the first use, with the tables that `schema` creates if they are missing."""
        self._path = path
        self._schema = schema
        self._turn = asyncio.Lock()

    async def run[Result](self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do `work` in one transaction, in the order of the calls; one that has begun is done even if cancelled."""
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
        base = sqlite3.connect(self._path, timeout=_BUSY_S)
        try:
            base.execute("PRAGMA synchronous = FULL")
            for table in self._schema:
                base.execute(table)
            yield base
        finally:
            base.close()

    def _put_aside(self) -> None:
        _log.error("%s is broken and was put aside", self._path.name)
        self._path.replace(self._path.with_suffix(".broken"))

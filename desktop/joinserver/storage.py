"""The database in use: units of work in transactions on threads of their own, never on the event loop."""

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from desktop.joinserver import notices
from desktop.joinserver.clock import WallClock
from desktop.joinserver.effects import Effect
from desktop.joinserver.engines import THREADS, for_reading, is_lost_race, is_postgresql, migrate, open_engine
from desktop.joinserver.lease import Lease
from desktop.joinserver.unit import Unit

_TRIES: Final = 5
_SWEEPING: Final = 0x6261_7973


class Database:
    """Runs functions of a `Unit` in transactions, on its own threads; after a commit hands on their effects.

    A unit that only lost a race is run again and answers from the new state, so `work` must leave nothing behind but
    what it does through its unit.
    """

    def __init__(self, url: str, clock: WallClock, on_effects: Callable[[list[Effect]], None]) -> None:
        """Open and migrate. `on_effects` is called on the event loop, once a committed unit, in order of return."""
        self.engine = open_engine(url)
        migrate(self.engine)
        self.is_shared = is_postgresql(self.engine)
        self.worker = secrets.token_hex(8)
        self._reading = for_reading(self.engine)
        self._clock = clock
        self._on_effects = on_effects
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="joinserver-db")
        # SQLite lets one writer in and the others try again after a sleep; a lock lets the next one in at once.
        self._turn = contextlib.nullcontext() if self.is_shared else threading.Lock()
        self._sweeping = Lease(self.engine, _SWEEPING) if self.is_shared else None

    async def read[T](self, work: Callable[[Unit], T]) -> T:
        """Run `work` in a transaction that writes nothing."""
        return await self.run(lambda: self._read(work))

    async def write[T](self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one writing transaction; any exception rolls it back."""
        result, effects = await self.run(lambda: self._write(work))
        if effects:
            self._on_effects(effects)
        return result

    async def run[T](self, work: Callable[[], T]) -> T:
        """Run something that blocks on the database on one of its threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def may_sweep(self) -> bool:
        """Whether this worker is the one that sweeps; without other workers it always is."""
        return self._sweeping is None or await self.run(self._sweeping.is_held)

    def close(self) -> None:
        """Wait for what runs and close every connection. Blocks for as long as the slowest unit."""
        self._threads.shutdown()
        if self._sweeping is not None:
            self._sweeping.let_go()
        self.engine.dispose()

    def now(self) -> datetime:
        """Return the server's time."""
        return self._clock.now()

    def _read[T](self, work: Callable[[Unit], T]) -> T:
        try:
            return self._read_once(work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._read_once(work)  # the database was away for a moment; this connection is a new one

    def _read_once[T](self, work: Callable[[Unit], T]) -> T:
        with Session(self._reading, autoflush=False, expire_on_commit=False) as session:
            result = work(Unit(session, self._clock.now()))
            session.expunge_all()  # what was read stays readable, and nothing of it is written
            # Not a rollback: after one, the driver forgets every statement that it has prepared on this connection.
            session.commit()
            return result

    def _write[T](self, work: Callable[[Unit], T]) -> tuple[T, list[Effect]]:
        for last in [False] * (_TRIES - 1) + [True]:
            asked_to_commit = False
            try:
                with self._turn, Session(self.engine, expire_on_commit=False) as session:
                    unit = Unit(session, self._clock.now())
                    result = work(unit)
                    session.flush()
                    if self.is_shared:
                        notices.announce(session, self.worker, unit.effects)
                    asked_to_commit = True
                    session.commit()
                    return result, unit.effects
            except DBAPIError as error:
                # A connection that broke before anybody asked it to commit has changed nothing.
                broke = error.connection_invalidated and not asked_to_commit
                if last or not (broke or is_lost_race(error)):
                    raise
        raise AssertionError  # the last try returns or raises

"""The database: opened, migrated, and used in units of work on threads of its own, never on the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from desktop.joinserver.clock import WallClock
from desktop.joinserver.effects import Effect
from desktop.joinserver.unit import Unit

_THREADS = 4
_BUSY_TIMEOUT_MS = 5_000
_WRITES = "baylink_writes"


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; the migrations are part of the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def open_engine(url: str) -> Engine:
    """Return an engine for `url`; for SQLite in WAL mode, with foreign keys, and with writers that wait in line."""
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "synchronous = NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Runs functions of a `Unit` in transactions, on its own threads; after a commit hands on their effects."""

    def __init__(self, url: str, clock: WallClock, on_effects: Callable[[list[Effect]], None]) -> None:
        """Open and migrate. `on_effects` is called on the event loop, once a committed unit, in order of return."""
        self.engine = open_engine(url)
        migrate(self.engine)
        self._reading = self.engine.execution_options(**{_WRITES: False})
        self._clock = clock
        self._on_effects = on_effects
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="joinserver-db")

    async def read[T](self, work: Callable[[Unit], T]) -> T:
        """Run `work` in a transaction that writes nothing."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    async def write[T](self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one writing transaction; any exception rolls it back."""
        result, effects = await asyncio.get_running_loop().run_in_executor(self._threads, self._write, work)
        if effects:
            self._on_effects(effects)
        return result

    def close(self) -> None:
        """Wait for what runs and close every connection. Blocks for as long as the slowest unit."""
        self._threads.shutdown()
        self.engine.dispose()

    def now(self) -> datetime:
        """Return the server's time."""
        return self._clock.now()

    def _read[T](self, work: Callable[[Unit], T]) -> T:
        with Session(self._reading, autoflush=False, expire_on_commit=False) as session:
            result = work(Unit(session, self._clock.now()))
            session.expunge_all()  # what was read stays readable after the rollback
            session.rollback()
            return result

    def _write[T](self, work: Callable[[Unit], T]) -> tuple[T, list[Effect]]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            unit = Unit(session, self._clock.now())
            result = work(unit)
        return result, unit.effects

"""Opens SQLite or PostgreSQL by one URL, brings the schema up to date, and tells a lost race from a true failure."""

import time
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

THREADS: Final = 4
"""Units of work that run at once; each has a connection of its own."""
_BUSY_TIMEOUT_MS = 5_000
_CONNECT_TIMEOUT_S = 5
_STATEMENT_TIMEOUT_MS = 10_000
_WRITES = "baylink_writes"
_RESTS_SINCE: Final = "baylink_rests_since"
_RESTED_S: Final = 5.0
_MIGRATING = 0x6261_796D
# PostgreSQL's codes for a lost race: serialization failure and deadlock. The same unit done again sees who won.
_LOST_RACES = frozenset({"40001", "40P01"})


def full_url(url: str) -> URL:
    """Return a database URL with its driver: `postgres://` and `postgresql://` mean psycopg 3."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def open_engine(url: str) -> Engine:
    """Return an engine for `url`; writers of SQLite wait in line, PostgreSQL has a connection a thread."""
    parsed = full_url(url)
    if parsed.get_backend_name() == "postgresql":
        options = f"-c statement_timeout={_STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=30000"
        engine = create_engine(
            # The connection that was used last has everything at hand, in the database's process too.
            parsed, hide_parameters=True, pool_size=THREADS, max_overflow=4, pool_timeout=5, pool_use_lifo=True,
            connect_args={"connect_timeout": _CONNECT_TIMEOUT_S, "options": options},
        )  # fmt: skip
        event.listen(engine, "checkout", _look_after_rest)
        event.listen(engine, "checkin", _note_rest)
        return engine
    engine = create_engine(parsed, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def for_reading(engine: Engine) -> Engine:
    """Return the engine for transactions that write nothing and see one moment throughout."""
    if is_postgresql(engine):
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(**{_WRITES: False})


def is_postgresql(engine: Engine) -> bool:
    """Whether several processes may share this database and hear each other through it."""
    return engine.dialect.name == "postgresql"


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; of workers that start together one does it, the others wait."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        if is_postgresql(engine):
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_lost_race(error: DBAPIError) -> bool:
    """Whether a unit failed only because another one was faster: done again, it answers from the new state."""
    if isinstance(error, IntegrityError):
        return True
    return getattr(error.orig, "sqlstate", None) in _LOST_RACES


def _note_rest(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    entry.info[_RESTS_SINCE] = time.monotonic()


def _look_after_rest(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Find out whether a connection still lives that nobody used for a while: in a busy moment that is not asked."""
    if time.monotonic() - entry.info.get(_RESTS_SINCE, time.monotonic()) < _RESTED_S:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error  # the pool opens another one in its place


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

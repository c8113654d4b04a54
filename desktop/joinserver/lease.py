"""A task that only one worker of a database may do: held as an advisory lock for as long as its connection lives."""

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError


class Lease:
    """One advisory lock of PostgreSQL. A worker that dies lets go by dying. Used by one database thread at a time."""

    def __init__(self, engine: Engine, key: int) -> None:
        """Ask for nothing yet."""
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._key = key
        self._connection: Connection | None = None

    def is_held(self) -> bool:
        """Take the lock if nobody has it; whether it is ours now. Blocks for a round trip. Raises DBAPIError."""
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except DBAPIError:
                self.let_go()
            else:
                return True
        connection = self._engine.connect()
        connection.detach()  # the pool must neither count it nor hand it on
        self._connection = connection
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}).scalar_one():
            return True
        self.let_go()
        return False

    def let_go(self) -> None:
        """Give the lock back by closing its connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

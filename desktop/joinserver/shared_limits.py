"""How often a caller may ask where several workers answer: the buckets of `limits`, kept in the database."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from desktop.joinserver.errors import ApiError
from desktop.joinserver.limits import Call
from desktop.joinserver.storage import Database
from desktop.joinserver.unit import Unit

# One statement, so that two workers can never both take the last call of a bucket. A refused call takes nothing. Time
# comes from the workers' clocks and never runs backwards, so that a clock a little behind refills nothing twice.
_TAKE: Final = text("""
    INSERT INTO rate_buckets AS b (rule, caller, tokens, was_let, at)
    VALUES (:rule, :caller, :size - 1, true, :now)
    ON CONFLICT (rule, caller) DO UPDATE SET
        was_let = LEAST(:size, b.tokens + GREATEST(:now - b.at, 0) * :refill) >= 1,
        tokens = LEAST(:size, b.tokens + GREATEST(:now - b.at, 0) * :refill)
            - CASE WHEN LEAST(:size, b.tokens + GREATEST(:now - b.at, 0) * :refill) >= 1 THEN 1 ELSE 0 END,
        at = GREATEST(:now, b.at)
    RETURNING was_let, tokens
""")


@dataclass(frozen=True, slots=True)
class _Done[T]:
    """What a unit has returned, which may be a refusal too."""

    value: T


class SharedLimiter:
    """Counts calls in PostgreSQL, for every worker alike."""

    def __init__(self, db: Database) -> None:
        """Count in this database; a call without a unit of its own is one short statement, kept at once."""
        self._db = db
        self._engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def take(self, call: Call) -> None:
        """Count a call. Raises ApiError `rate_limited` where the caller has used up what the rule allows."""
        refusal = await self._db.run(lambda: self._take_alone(call))
        if refusal is not None:
            raise refusal

    async def write[T](self, call: Call, db: Database, work: Callable[[Unit], T]) -> T:
        """Count a call in its own unit, which costs half of what a second transaction does; raises as `work` does.

        A unit that fails takes its count back with it, and is then counted by itself.
        """
        try:
            outcome = await db.write(lambda unit: self._take(unit.session.connection(), call) or _Done(work(unit)))
        except Exception:
            with contextlib.suppress(ApiError):
                await self.take(call)
            raise
        if isinstance(outcome, ApiError):
            raise outcome
        return outcome.value

    def _take_alone(self, call: Call) -> ApiError | None:
        try:
            return self._take_once(call)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._take_once(call)  # the database was away for a moment; this connection is a new one

    def _take_once(self, call: Call) -> ApiError | None:
        with self._engine.connect() as connection:
            return self._take(connection, call)

    def _take(self, connection: Connection, call: Call) -> ApiError | None:
        """Count a call; return the refusal where nothing is left: what was just learned has to be kept."""
        now = self._db.now().timestamp()
        values = {"rule": call.rule, "caller": call.caller, "size": call.size, "refill": call.refill, "now": now}
        was_let, left = connection.execute(_TAKE, values).one()
        return None if was_let else call.refusal(left)

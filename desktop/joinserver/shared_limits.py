"""How often a caller may ask where several workers answer: the buckets of `limits`, kept in the database."""

import math
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from desktop.joinserver.errors import ApiError
from desktop.joinserver.storage import Database

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


class SharedLimiter:
    """Counts calls in PostgreSQL, for every worker alike."""

    def __init__(self, db: Database) -> None:
        """Count in this database; each call is its own short statement, kept whatever becomes of the request."""
        self._db = db
        self._engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def take(self, rule: str, caller: str, *, count: int, per_s: float = 60.0, burst: int | None = None) -> None:
        """Count one call of `caller`. Raises ApiError `rate_limited` where `count` in `per_s` seconds is used up."""
        refill = count / per_s
        values = {
            "rule": rule, "caller": caller, "size": float(burst or count), "refill": refill,
            "now": self._db.now().timestamp(),
        }  # fmt: skip
        was_let, left = await self._db.run(lambda: self._take(values))
        if not was_let:
            raise ApiError("rate_limited", retry_after_s=max(1, math.ceil((1 - left) / refill)))

    def _take(self, values: dict[str, object]) -> tuple[bool, float]:
        try:
            return self._take_once(values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._take_once(values)  # the database was away for a moment; this connection is a new one

    def _take_once(self, values: dict[str, object]) -> tuple[bool, float]:
        with self._engine.connect() as connection:
            was_let, left = connection.execute(_TAKE, values).one()
            return bool(was_let), float(left)

"""One unit of work: a database transaction, the time it happens at, and the effects to run once it is committed."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import CursorResult, Executable, bindparam, func, select
from sqlalchemy.orm import Session

from desktop.backend.wire import MAX_PUSH_BYTES, PushEnvelope, WireShape
from desktop.core.people import MechanicId, SessionId, UserId
from desktop.joinserver.effects import Effect, Hint, Push
from desktop.joinserver.plans import PlanRow
from desktop.joinserver.tables import MechanicRow, ParticipantRow, SessionEvent, SessionRow

# Statements that many requests ask are built once: building them anew costs more than asking them.
_SESSION: Final = select(SessionRow).where(SessionRow.id == bindparam("session"))
# Rows that only refer to the session may be written meanwhile; what was read before the lock is read anew.
_LOCKED_SESSION: Final = _SESSION.with_for_update(key_share=True).execution_options(populate_existing=True)


def new_id() -> str:
    """Return a fresh row id."""
    return str(uuid4())


def room_name(session_id: SessionId) -> str:
    """Return the one LiveKit room of a session."""
    return f"session-{session_id}"


class Unit:
    """A transaction with its time and effects. Used on one database thread, never kept."""

    def __init__(self, session: Session, now: datetime) -> None:
        """Wrap an open transaction."""
        self.session = session
        self.now = now
        self.effects: list[Effect] = []
        self.plan_rows: dict[str, PlanRow | None] = {}
        self.added_minutes: dict[SessionId, int] = {}
        self.presence: dict[SessionId, dict[str, ParticipantRow]] = {}
        self._kept: list[object] = []

    def ask(self, statement: Executable, **values: object) -> CursorResult[Any]:
        """Run a statement on plain columns, beside the session's objects: what those still hold back is not seen."""
        return self.session.connection().execute(statement, values)

    def keep(self, rows: Iterable[object]) -> None:
        """Hold on to rows read ahead: the session itself forgets what nobody refers to."""
        self._kept.extend(rows)

    def find[Row](self, table: type[Row], key: object) -> Row | None:
        """Return a row by its key, read once a unit: the session itself forgets what nobody refers to."""
        row = self.session.get(table, key)
        if row is not None:
            self._kept.append(row)
        return row

    def session_row(self, session_id: str, *, lock: bool = False) -> SessionRow | None:
        """Return a session, locked against other writers where the database can do that."""
        return self.session.scalar(_LOCKED_SESSION if lock else _SESSION, {"session": session_id})

    def lock_mechanic(self, mechanic_id: MechanicId) -> MechanicRow:
        """Return a mechanic, locked against other writers. Comes after the lock of the session."""
        query = select(MechanicRow).where(MechanicRow.id == mechanic_id).with_for_update(key_share=True)
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def take_turns(self, *keys: str) -> None:
        """Let no other unit that names one of these keys run at the same time. SQLite's writers take turns anyway."""
        if self.session.get_bind().dialect.name == "postgresql":
            for key in keys:
                self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))

    def touch(self, row: SessionRow) -> None:
        """Count a change of a session or its directory, and hint it to the mechanic's event streams."""
        row.version += 1
        row.updated_at = self.now
        self.session.flush()
        if row.mechanic_id is not None:
            data: dict[str, object] = {"sessionId": row.id, "status": row.status, "version": row.version}
            self.effects.append(Hint(row.mechanic_id, "session", data))

    def record(
        self, row: SessionRow, event_type: str, *, user_id: UserId | None = None, mechanic_id: MechanicId | None = None,
        **details: object,
    ) -> None:  # fmt: skip
        """Write down that something happened to a session."""
        self.session.add(
            SessionEvent(
                id=new_id(), session_id=row.id, event_type=event_type, user_id=user_id, mechanic_id=mechanic_id,
                created_at=self.now, meta=details,
            )
        )  # fmt: skip

    def push(self, row: SessionRow, kind: str, data: WireShape, small: WireShape | None = None) -> None:
        """Send `data` into the session's room after the commit; `small` instead where the packet grows too large."""
        row.event_seq += 1
        self.session.flush()
        payload = self._packet(row, kind, data)
        if len(payload) > MAX_PUSH_BYTES and small is not None:
            payload = self._packet(row, kind, small)
        self.effects.append(Push(room_name(row.id), payload))

    def _packet(self, row: SessionRow, kind: str, data: WireShape) -> bytes:
        envelope = PushEnvelope(
            v=1, seq=row.event_seq, session_id=row.id, type=kind, server_time=self.now, data=data.to_wire()
        )
        return json.dumps(envelope.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()

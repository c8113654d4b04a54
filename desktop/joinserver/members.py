"""Who belongs to a session: membership is checked before input and state, and its refusal never tells why (SR-2)."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, exists, select

from desktop.core.people import Role
from desktop.joinserver import rules
from desktop.joinserver.errors import ApiError, not_found
from desktop.joinserver.logins import Caller
from desktop.joinserver.tables import Assignment, SessionRow
from desktop.joinserver.unit import Unit

_ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
_HAS_ASSIGNMENT: Final = select(
    exists().where(
        Assignment.session_id == bindparam("session"),
        Assignment.mechanic_id == bindparam("mechanic"),
        Assignment.status == bindparam("status"),
    )
)


@dataclass(frozen=True, slots=True)
class Member:
    """A caller in one session, on one side."""

    caller: Caller
    row: SessionRow
    role: Role


def is_id(text: str) -> bool:
    """Whether a text is shaped like a row id."""
    return _ID.match(text) is not None


def member(unit: Unit, caller: Caller, session_id: str, *, side: Role | None = None, lock: bool = False) -> Member:
    """Return the caller's membership; `side` is the side that the path belongs to. Raises ApiError.

    Who is both mechanic and customer of a session is its mechanic. An open session needs an accepted assignment too.
    """
    row = unit.session_row(session_id, lock=lock) if is_id(session_id) else None
    if row is None:
        raise not_found()
    if caller.mechanic_id is not None and row.mechanic_id == caller.mechanic_id:
        role = Role.MECHANIC
    elif row.customer_user_id == caller.user_id:
        role = Role.CUSTOMER
    elif side is Role.MECHANIC and _is_offered(unit, caller, row):
        raise ApiError("not_accepted")
    else:
        raise not_found()
    if side is not None and role is not side:
        raise not_found()
    if role is Role.MECHANIC and row.status in rules.OPEN and not _has_accepted(unit, caller, row):
        raise ApiError("not_accepted")
    return Member(caller, row, role)


def _is_offered(unit: Unit, caller: Caller, row: SessionRow) -> bool:
    if row.status not in {"pending", "scheduled"} or row.mechanic_id is not None or caller.mechanic_id is None:
        return False
    return _has_assignment(unit, row, caller, "offered")


def _has_accepted(unit: Unit, caller: Caller, row: SessionRow) -> bool:
    return _has_assignment(unit, row, caller, "accepted")


def _has_assignment(unit: Unit, row: SessionRow, caller: Caller, status: str) -> bool:
    return bool(unit.ask(_HAS_ASSIGNMENT, session=row.id, mechanic=caller.mechanic_id, status=status).scalar())

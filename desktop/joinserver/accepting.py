"""Taking a request: one winner, one accepted row, and never two active sessions of one mechanic (SR-18)."""

from sqlalchemy import update

from desktop.backend.wire import AcceptAnswer
from desktop.core.people import MechanicId
from desktop.joinserver import booking, lifecycle, rules
from desktop.joinserver.effects import Hint
from desktop.joinserver.errors import ApiError, not_found
from desktop.joinserver.logins import Caller
from desktop.joinserver.members import is_id
from desktop.joinserver.tables import Assignment, SessionRow
from desktop.joinserver.unit import Unit


def accept(unit: Unit, caller: Caller, assignment_id: str) -> AcceptAnswer:
    """Accept a queued assignment, or one offered to the caller. Raises ApiError."""
    assignment = unit.session.get(Assignment, assignment_id) if is_id(assignment_id) else None
    if assignment is None or caller.mechanic_id is None or assignment.mechanic_id not in {None, caller.mechanic_id}:
        raise _taken_or_not_found(unit, caller, assignment)
    row = unit.session_row(assignment.session_id, lock=True)
    if row is None:
        raise not_found()
    unit.session.refresh(assignment)  # whoever was faster is known now
    if assignment.mechanic_id not in {None, caller.mechanic_id}:
        raise _taken_or_not_found(unit, caller, assignment)
    if assignment.status == "accepted" and row.status in rules.OPEN:
        return _answer(row, already=True)
    _check_open(unit, caller, caller.mechanic_id, assignment, row)
    _take(unit, caller, assignment, row)
    return _answer(row, already=False)


def _taken_or_not_found(unit: Unit, caller: Caller, assignment: Assignment | None) -> ApiError:
    """Tell a broadcast that another mechanic won as taken; an offer to one other mechanic does not exist."""
    if assignment is None or caller.mechanic_id is None:
        return not_found()
    if assignment.meta.get("broadcast"):
        row = unit.session_row(assignment.session_id)
        still_open = row is not None and row.status in rules.OPEN
        return ApiError("assignment_taken" if still_open else "assignment_gone")
    return not_found()


def _check_open(unit: Unit, caller: Caller, mechanic_id: MechanicId, assignment: Assignment, row: SessionRow) -> None:
    worker = unit.lock_mechanic(mechanic_id)
    if not worker.can_accept_sessions:
        raise ApiError("accept_not_allowed")
    if row.status in rules.ACTIVE or (row.mechanic_id is not None and row.mechanic_id != caller.mechanic_id):
        raise ApiError("assignment_taken")
    expired = assignment.expires_at is not None and assignment.expires_at <= unit.now
    if row.status in rules.OPEN and (expired or assignment.status == "expired"):
        raise ApiError("assignment_expired")
    if row.status in rules.TERMINAL or assignment.status not in {"queued", "offered"}:
        raise ApiError("assignment_gone")
    if row.status == "pending":
        other = lifecycle.active_session_of(unit, worker.id, but=row.id)
        if other is not None:
            raise ApiError("mechanic_has_active_session", activeSessionId=other)


def _take(unit: Unit, caller: Caller, assignment: Assignment, row: SessionRow) -> None:
    won = unit.session.execute(
        update(Assignment)
        .where(Assignment.id == assignment.id, Assignment.status == assignment.status)
        .values(
            status="accepted", mechanic_id=caller.mechanic_id, accepted_at=unit.now, updated_at=unit.now,
            meta={**assignment.meta, "broadcast": assignment.mechanic_id is None},
        )
        .returning(Assignment.id)
    ).scalar_one_or_none()  # fmt: skip
    status = "waiting" if row.status == "pending" else row.status
    planned = booking.planned_minutes(unit, row)
    if won is None or not lifecycle.change_status(
        unit, row, status, mechanic_id=caller.mechanic_id, planned_minutes=planned
    ):
        raise ApiError("assignment_taken")
    lifecycle.close_assignments(unit, row, ("queued", "offered", "pending_waiver"), "cancelled")
    unit.record(row, "mechanic_accepted", user_id=caller.user_id, mechanic_id=caller.mechanic_id)
    lifecycle.push_directory(unit, row)
    unit.effects.append(Hint(None, "assignment", {"assignmentId": assignment.id, "change": "gone"}))


def _answer(row: SessionRow, *, already: bool) -> AcceptAnswer:
    return AcceptAnswer(
        session_id=row.id,
        session_type=booking.kind_of(row),
        message="Already accepted" if already else "Session accepted",
        status=row.status,
        already_accepted=already,
    )

"""Sessions made or changed to order, in any state, for development and tests."""

from datetime import timedelta

from pydantic import Field
from sqlalchemy import select, update

from desktop.backend.wire import CamelShape, PlanPush, Timestamp, Vehicle
from desktop.joinserver import booking, lifecycle, rules
from desktop.joinserver.effects import Hint
from desktop.joinserver.errors import ApiError, not_found
from desktop.joinserver.tables import (
    ASSIGNMENT_STATUSES,
    SESSION_STATUSES,
    Assignment,
    AuthUser,
    Extension,
    Intake,
    MechanicRow,
    SessionRow,
)
from desktop.joinserver.unit import Unit, new_id


class NewSession(CamelShape):
    """A session to make. `mechanic` and `customer` are e-mail addresses; minutes count back from now."""

    type: str | None = "video"
    status: str = "waiting"
    plan: str | None = None
    mechanic: str | None = None
    customer: str | None = None
    guest_email: str | None = None
    offered_to: str | None = None
    assignment_status: str | None = None
    concern: str | None = None
    vehicle: Vehicle | None = None
    urgent: bool = False
    priority: str = "normal"
    created_minutes_ago: float = 5
    started_minutes_ago: float | None = None
    ended_minutes_ago: float | None = None
    scheduled_in_minutes: float | None = None
    waiver_signed: bool = True
    planned_minutes: int | None = None
    expires_in_minutes: float | None = None
    stays: bool = True


class SessionPatch(CamelShape):
    """What of a session is changed; `extension_minutes` are added, once for each `payment`."""

    status: str | None = None
    plan: str | None = None
    type: str | None = None
    started_at: Timestamp | None = None
    scheduled_start: Timestamp | None = None
    waiver_signed: bool | None = None
    planned_minutes: int | None = None
    extension_minutes: int | None = Field(default=None, gt=0)
    payment: str | None = None
    is_paused: bool | None = None


def make(unit: Unit, asked: NewSession) -> dict[str, object]:
    """Make a session, its intake and its assignment; return their ids."""
    if asked.status not in SESSION_STATUSES:
        raise ApiError("invalid_request", fields=["status"])
    worker = _mechanic(unit, asked.mechanic)
    offered = _mechanic(unit, asked.offered_to)
    customer = _user(unit, asked.customer)
    intake = Intake(
        id=new_id(), concern=asked.concern, urgent=asked.urgent, files=[], plan=asked.plan,
        **_car(asked.vehicle),
    )  # fmt: skip
    unit.session.add(intake)
    unit.session.flush()
    row = _row(unit, asked, worker, customer, intake)
    unit.session.add(row)
    unit.session.flush()
    unit.record(row, "created")
    assignment = _assignment(unit, asked, row, worker, offered)
    unit.session.add(assignment)
    unit.session.flush()
    unit.touch(row)
    who = assignment.mechanic_id
    unit.effects.append(Hint(who, "assignment", {"assignmentId": assignment.id, "change": "new"}))
    return {"id": row.id, "assignmentId": assignment.id, "status": row.status}


def _row(
    unit: Unit, asked: NewSession, worker: MechanicRow | None, customer: AuthUser | None, intake: Intake
) -> SessionRow:
    def ago(minutes: float | None) -> timedelta:
        return timedelta(minutes=minutes or 0)

    started = unit.now - ago(asked.started_minutes_ago) if asked.started_minutes_ago is not None else None
    if asked.status == "live" and started is None:
        started = unit.now
    ended = unit.now - ago(asked.ended_minutes_ago) if asked.status in rules.TERMINAL else None
    start = asked.scheduled_in_minutes
    minutes, _ = rules.duration(started, ended)
    return SessionRow(
        id=new_id(), type=asked.type, status=asked.status, plan=asked.plan, stripe_session_id=f"cs_dev_{new_id()}",
        customer_user_id=customer.id if customer else None,
        customer_email=customer.email if customer else asked.guest_email,
        mechanic_id=worker.id if worker else None, intake_id=intake.id,
        created_at=unit.now - ago(asked.created_minutes_ago), updated_at=unit.now, started_at=started, ended_at=ended,
        duration_minutes=minutes if started and ended else None,
        scheduled_start=unit.now + timedelta(minutes=start) if start is not None else None,
        last_state_change_at=unit.now - ago(asked.created_minutes_ago),
        waiver_signed_at=unit.now if asked.waiver_signed else None, planned_minutes=asked.planned_minutes,
        meta={"demo": True} if asked.stays else {},
    )  # fmt: skip


def _car(vehicle: Vehicle | None) -> dict[str, object]:
    if vehicle is None:
        return {}
    return {
        "year": vehicle.year, "make": vehicle.make, "model": vehicle.model, "vin": vehicle.vin,
        "plate": vehicle.plate, "odometer": vehicle.mileage,
    }  # fmt: skip


def _assignment(
    unit: Unit, asked: NewSession, row: SessionRow, worker: MechanicRow | None, offered: MechanicRow | None
) -> Assignment:
    if worker is not None:
        status = "accepted" if row.status in rules.OPEN else "completed"
    else:
        status = "offered" if offered is not None else "queued"
    status = asked.assignment_status or status
    if status not in ASSIGNMENT_STATUSES:
        raise ApiError("invalid_request", fields=["assignmentStatus"])
    chosen = worker or offered
    expires = asked.expires_in_minutes
    return Assignment(
        id=new_id(), session_id=row.id, mechanic_id=chosen.id if chosen else None, status=status,
        priority=asked.priority, created_at=row.created_at, updated_at=unit.now, match_reasons=[], meta={},
        accepted_at=unit.now if status == "accepted" else None,
        expires_at=unit.now + timedelta(minutes=expires) if expires is not None else None,
    )  # fmt: skip


def change(unit: Unit, session_id: str, asked: SessionPatch) -> dict[str, object]:
    """Change a session to order. A terminal status closes its room as a true ending would."""
    row = unit.session_row(session_id, lock=True)
    if row is None:
        raise not_found()
    for name in ("plan", "type", "started_at", "scheduled_start", "planned_minutes", "is_paused"):
        value = getattr(asked, name)
        if value is not None:
            setattr(row, name, value)
    if asked.waiver_signed is not None:
        row.waiver_signed_at = unit.now if asked.waiver_signed else None
    unit.session.flush()
    if asked.extension_minutes is not None:
        _extend(unit, row, asked)
    if asked.status is not None and asked.status != row.status:
        _set_status(unit, row, asked.status)
    unit.touch(row)
    if asked.plan is not None and row.status in rules.OPEN:
        push_plan(unit, row)
    return {"id": row.id, "status": row.status, "version": row.version}


def _extend(unit: Unit, row: SessionRow, asked: SessionPatch) -> None:
    known = unit.session.scalar(select(Extension.id).where(Extension.payment_intent_id == asked.payment))
    if asked.payment is not None and known is not None:
        return
    unit.session.add(
        Extension(
            id=new_id(), session_id=row.id, minutes=asked.extension_minutes, payment_intent_id=asked.payment,
            created_at=unit.now,
        )
    )  # fmt: skip
    unit.session.flush()
    unit.added_minutes.pop(row.id, None)
    lifecycle.push_timing(unit, row, "session.extended")


def _set_status(unit: Unit, row: SessionRow, status: str) -> None:
    if status not in SESSION_STATUSES:
        raise ApiError("invalid_request", fields=["status"])
    was_open = row.status in rules.OPEN
    if status in rules.TERMINAL and was_open:
        lifecycle.end(unit, row, rules.Ending(status, "changed_in_development", "ended"), "system")
        return
    also: dict[str, object] = {"started_at": row.started_at or unit.now} if status == "live" else {}
    lifecycle.change_status(unit, row, status, **also)
    if status in rules.OPEN and row.mechanic_id is not None:
        unit.session.execute(
            update(Assignment)
            .where(Assignment.session_id == row.id, Assignment.mechanic_id == row.mechanic_id)
            .values(status="accepted", updated_at=unit.now)
        )


def push_plan(unit: Unit, row: SessionRow) -> None:
    """Tell a room the name of its plan as it is now."""
    unit.touch(row)
    unit.push(row, "plan.updated", PlanPush(plan_name=booking.plan_name(unit, row)))


def _mechanic(unit: Unit, email: str | None) -> MechanicRow | None:
    if email is None:
        return None
    found = unit.session.scalar(
        select(MechanicRow).join(AuthUser, AuthUser.id == MechanicRow.user_id).where(AuthUser.email == email)
    )
    if found is None:
        raise ApiError("invalid_request", fields=["mechanic"])
    return found


def _user(unit: Unit, email: str | None) -> AuthUser | None:
    if email is None:
        return None
    found = unit.session.scalar(select(AuthUser).where(AuthUser.email == email))
    if found is None:
        raise ApiError("invalid_request", fields=["customer"])
    return found

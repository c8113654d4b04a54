"""The shift of a mechanic: clocked in and out, one shift at a time."""

from sqlalchemy import select, update

from desktop.backend.wire import ClockAnswer, ClockedAnswer, ClockRequest, Shift, ShiftStatus
from desktop.joinserver import people, rules
from desktop.joinserver.effects import Hint
from desktop.joinserver.errors import ApiError
from desktop.joinserver.logins import Caller
from desktop.joinserver.tables import MechanicRow, SessionRow, ShiftLog
from desktop.joinserver.unit import Unit, new_id


def answer(unit: Unit, caller: Caller) -> ClockAnswer:
    """Return how the clock of a mechanic stands."""
    worker = unit.session.get_one(MechanicRow, caller.mechanic_id)
    log = _open_shift(unit, worker) if worker.currently_on_shift else None
    shift = None
    if log is not None:
        shift = Shift(id=log.id, clocked_in_at=log.clocked_in_at, location=log.location, notes=log.notes)
    return ClockAnswer(status=_status(unit, worker), current_shift=shift)


def turn(unit: Unit, caller: Caller, asked: ClockRequest) -> ClockedAnswer:
    """Clock in or out. Raises ApiError `already_in_state`."""
    wanted = asked.action == "clock_in"
    changed = unit.session.execute(
        update(MechanicRow)
        .where(MechanicRow.id == caller.mechanic_id, MechanicRow.currently_on_shift.is_(not wanted))
        .values(currently_on_shift=wanted, **{"last_clock_in" if wanted else "last_clock_out": unit.now})
        .execution_options(synchronize_session=False)
        .returning(MechanicRow.id)
    ).scalar_one_or_none()
    if changed is None:
        raise ApiError("already_in_state")
    worker = unit.session.get_one(MechanicRow, changed, populate_existing=True)
    minutes = None
    if wanted:
        unit.session.add(
            ShiftLog(
                id=new_id(), mechanic_id=worker.id, clocked_in_at=unit.now, location=asked.location, notes=asked.notes
            )
        )
    else:
        minutes = _close(unit, worker, asked)
    unit.session.flush()
    unit.effects.append(Hint(worker.id, "me", {}))
    return ClockedAnswer(
        action=asked.action,
        message="Clocked in" if wanted else "Clocked out",
        time=unit.now,
        status=_status(unit, worker),
        shift_duration_minutes=minutes,
    )


def _close(unit: Unit, worker: MechanicRow, asked: ClockRequest) -> int | None:
    """End the open shift and return its whole minutes, where it is known when it began."""
    log = _open_shift(unit, worker)
    began = log.clocked_in_at if log is not None else worker.last_clock_in
    if log is not None:
        log.clocked_out_at = unit.now
        log.location = asked.location or log.location
        log.notes = asked.notes or log.notes
    return int((unit.now - began).total_seconds()) // 60 if began is not None else None


def _open_shift(unit: Unit, worker: MechanicRow) -> ShiftLog | None:
    query = select(ShiftLog).where(ShiftLog.mechanic_id == worker.id, ShiftLog.clocked_out_at.is_(None))
    return unit.session.scalar(query.order_by(ShiftLog.clocked_in_at.desc()).limit(1))


def _status(unit: Unit, worker: MechanicRow) -> ShiftStatus:
    cap, used = worker.daily_micro_minutes_cap, worker.daily_micro_minutes_used
    return ShiftStatus(
        currently_on_shift=worker.currently_on_shift,
        availability_status=_availability(unit, worker),
        participation_mode=worker.participation_mode,
        daily_micro_minutes_cap=cap,
        daily_micro_minutes_used=used,
        micro_minutes_remaining=max(0, cap - (used or 0)) if cap is not None else None,
        last_clock_in=worker.last_clock_in,
        last_clock_out=worker.last_clock_out,
        workshop_name=people.workshop_name(unit, worker),
    )


def _availability(unit: Unit, worker: MechanicRow) -> str:
    if not worker.currently_on_shift or not worker.is_available:
        return "offline"
    active = select(SessionRow.id).where(SessionRow.mechanic_id == worker.id, SessionRow.status.in_(rules.ACTIVE))
    return "busy" if unit.session.scalar(active.limit(1)) is not None else "available"

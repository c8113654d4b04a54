"""Transitions of a session: each one conditional update, its event, its assignment, its room and its pushes."""

from datetime import datetime

from sqlalchemy import select, update

from desktop.backend.wire import EndedPush, ParticipantsPush, TimingPush
from desktop.core.people import MechanicId, Role, SessionId
from desktop.joinserver import booking, people, rules
from desktop.joinserver.effects import CloseRoom, Hint
from desktop.joinserver.tables import Assignment, LiveKitRoom, ParticipantRow, SessionRow
from desktop.joinserver.unit import Unit, room_name


def change_status(unit: Unit, row: SessionRow, status: str, **also: object) -> bool:
    """Move a session from the status it was read with; False if somebody else moved it first, with `row` re-read."""
    changed = unit.session.execute(
        update(SessionRow)
        .where(SessionRow.id == row.id, SessionRow.status == row.status)
        .values(status=status, last_state_change_at=unit.now, **also)
        .execution_options(synchronize_session=False)
        .returning(SessionRow.id)
    ).scalar_one_or_none()
    unit.session.refresh(row)
    return changed is not None


def active_session_of(unit: Unit, mechanic_id: MechanicId, *, but: SessionId) -> SessionId | None:
    """Return the other session that a mechanic is in."""
    return unit.session.scalar(
        select(SessionRow.id).where(
            SessionRow.mechanic_id == mechanic_id, SessionRow.status.in_(rules.ACTIVE), SessionRow.id != but
        )
    )


def go_live(unit: Unit, row: SessionRow) -> bool:
    """Start the clock of a waiting session whose two people are both present; False if it was not waiting any more."""
    if row.status != "waiting" or not change_status(unit, row, "live", started_at=unit.now):
        return False
    unit.record(row, "started")
    unit.touch(row)
    push_timing(unit, row, "session.started")
    return True


def push_timing(unit: Unit, row: SessionRow, kind: str) -> None:
    """Tell the room how the clock stands."""
    timing = TimingPush(
        started_at=row.started_at,
        duration_minutes=booking.planned_minutes(unit, row),
        extension_minutes=booking.extension_minutes(unit, row),
        ends_at=booking.time_is_up_at(unit, row),
    )
    unit.push(row, kind, timing)


def push_directory(unit: Unit, row: SessionRow) -> None:
    """Count a change of the directory and tell the room."""
    unit.touch(row)
    unit.push(
        row, "participants.updated", ParticipantsPush(participants=people.directory(unit, row), version=row.version)
    )


def end(unit: Unit, row: SessionRow, ending: rules.Ending, ended_by: str) -> bool:
    """End an open session in one way; False if it had ended before. The room closes after the commit."""
    minutes, seconds = rules.duration(row.started_at, unit.now)
    started = row.started_at is not None
    also: dict[str, object] = {
        "ended_at": unit.now, "ended_by": ended_by, "end_reason": ending.reason,
        "duration_minutes": minutes if started else None,
    }  # fmt: skip
    if ending.status == "cancelled":
        also |= {"cancelled_at": unit.now, "cancelled_by": ended_by, "cancellation_reason": ending.reason}
    if not change_status(unit, row, ending.status, **also):
        return False
    unit.record(row, ending.event, reason=ending.reason, by=ended_by)
    _close_assignments(unit, row, ending.status if ending.status in {"cancelled", "expired"} else "completed")
    unit.touch(row)
    close_room(unit, row, seconds)
    return True


def _close_assignments(unit: Unit, row: SessionRow, status: str) -> None:
    close_assignments(unit, row, ("accepted", "offered", "queued"), status)


def close_assignments(unit: Unit, row: SessionRow, open_ones: tuple[str, ...], status: str) -> None:
    """Close the assignments of a session that stand as one of `open_ones`, and tell whoever saw them as requests."""
    asked = unit.session.scalars(
        select(Assignment).where(Assignment.session_id == row.id, Assignment.status.in_(open_ones))
    ).all()
    for assignment in asked:
        if assignment.status != "accepted":
            news: dict[str, object] = {"assignmentId": assignment.id, "change": "gone"}
            unit.effects.append(Hint(assignment.mechanic_id, "assignment", news))
        assignment.status = status
        assignment.updated_at = unit.now
    unit.session.flush()


def close_room(unit: Unit, row: SessionRow, seconds: int) -> None:
    """Revoke every token of a session's room, tell those in it, and have it deleted."""
    ended = EndedPush(
        status=row.status,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
        duration_seconds=seconds,
    )
    unit.push(row, "session.ended", ended)
    unit.session.execute(
        update(LiveKitRoom)
        .where(LiveKitRoom.session_id == row.id, LiveKitRoom.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )
    unit.session.execute(
        update(ParticipantRow)
        .where(ParticipantRow.session_id == row.id, ParticipantRow.present.is_(True))
        .values(present=False, left_at=unit.now)
    )
    unit.effects.append(CloseRoom(row.id, room_name(row.id)))


def note_presence(
    unit: Unit, row: SessionRow, entry: ParticipantRow, *, present: bool, sid: str | None, at: datetime
) -> None:
    """Write down that somebody came or left; two present people start a waiting session."""
    first_time = present and entry.joined_at is None
    changed = entry.present != present
    entry.present = present
    if present:
        entry.participant_sid = sid
        entry.left_at = None
    else:
        entry.left_at = at
    if first_time:
        entry.joined_at = at
        unit.record(row, "joined", user_id=entry.user_id, role=entry.role)
    unit.session.flush()
    if changed or first_time:
        push_directory(unit, row)
    if present and row.status == "waiting" and both_present(people.present_roles(unit, row)):
        go_live(unit, row)


def both_present(roles: list[str]) -> bool:
    """Whether both sides of a session are in its room."""
    return set(roles) == {role.value for role in Role}

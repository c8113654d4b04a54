"""What the shop's administrator sees of the running server: sessions, who is present, rooms still to be closed."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from desktop.backend.wire import format_timestamp
from desktop.core.people import Role, UserId
from desktop.joinserver import booking, logins, people, rules
from desktop.joinserver.errors import ApiError
from desktop.joinserver.tables import AuthUser, LiveKitRoom, MechanicRow, Profile, SessionRow
from desktop.joinserver.unit import Unit, room_name

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One open session as the overview shows it."""

    session_id: str
    room: str
    status: str
    kind: str
    plan: str
    mechanic: str
    customer: str
    since: str
    ends_at: str | None
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The server at one moment."""

    at: str
    open_sessions: tuple[SessionLine, ...]
    ended_today: int
    rooms_to_close: tuple[str, ...]
    on_shift: tuple[str, ...]

    @property
    def active_rooms(self) -> tuple[str, ...]:
        """The rooms that may have people in them."""
        return tuple(line.room for line in self.open_sessions if line.status in rules.ACTIVE)


def check_admin(unit: Unit, user_id: UserId) -> None:
    """Refuse everybody who is no administrator, or is one no longer. Raises ApiError."""
    logins.check_account(unit, unit.session.get_one(AuthUser, user_id), None)
    profile = unit.session.get(Profile, user_id)
    if profile is None or profile.role != "admin":
        raise ApiError("not_an_admin")


def look(unit: Unit) -> Overview:
    """Return how things stand."""
    rows = unit.session.scalars(
        select(SessionRow)
        .where(SessionRow.status.in_(rules.OPEN))
        .order_by(SessionRow.last_state_change_at.desc(), SessionRow.id)
        .limit(_SHOWN)
    ).all()
    people.preload(unit, rows)
    booking.preload(unit, rows)
    ended = unit.session.scalar(
        select(func.count()).where(
            SessionRow.status.in_(rules.TERMINAL), SessionRow.ended_at > unit.now - timedelta(days=1)
        )
    )
    unclosed = unit.session.scalars(
        select(LiveKitRoom.room_name)
        .where(LiveKitRoom.revoked_at.is_not(None), LiveKitRoom.closed_at.is_(None))
        .distinct()
        .order_by(LiveKitRoom.room_name)
    ).all()
    on_shift = unit.session.scalars(select(MechanicRow.id).where(MechanicRow.currently_on_shift.is_(True))).all()
    return Overview(
        at=format_timestamp(unit.now),
        open_sessions=tuple(_line(unit, row) for row in rows),
        ended_today=ended or 0,
        rooms_to_close=tuple(unclosed),
        on_shift=tuple(sorted(people.name_of_mechanic(unit, mechanic) for mechanic in on_shift)),
    )


def _line(unit: Unit, row: SessionRow) -> SessionLine:
    ends_at = booking.time_is_up_at(unit, row)
    return SessionLine(
        session_id=row.id,
        room=room_name(row.id),
        status=row.status,
        kind=booking.kind_of(row),
        plan=booking.plan_name(unit, row),
        mechanic=people.name_of_role(unit, row, Role.MECHANIC) if row.mechanic_id else "nobody yet",
        customer=people.name_of_customer(unit, row),
        since=format_timestamp(row.last_state_change_at),
        ends_at=format_timestamp(ends_at) if ends_at else None,
        present=tuple(people.present_roles(unit, row)),
    )

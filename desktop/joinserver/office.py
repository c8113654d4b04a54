"""What the shop's own people do at the server's database: logins, sessions, names, endings, a look around."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from desktop.backend.wire import format_timestamp
from desktop.core.people import MechanicId, UserId
from desktop.core.text import usable_name
from desktop.joinserver import booking, lifecycle, members, naming, people, rules
from desktop.joinserver.effects import Hint
from desktop.joinserver.tables import (
    Assignment,
    AuthUser,
    Intake,
    MechanicRow,
    Organization,
    Profile,
    SessionEvent,
    SessionRow,
)
from desktop.joinserver.unit import Unit, new_id

ENDED_BY_SHOP: Final = "ended_by_shop"


class Unwelcome(Exception):  # noqa: N818 - reads as what happened
    """What was asked for cannot be done; the text says why, to the person who asked."""


def find_user(unit: Unit, email: str) -> AuthUser:
    """Return the login of an address. Raises Unwelcome."""
    found = unit.session.scalar(select(AuthUser).where(AuthUser.email == email.strip().lower()))
    if found is None:
        raise Unwelcome(f"nobody has the address {email}")
    return found


def add_login(unit: Unit, email: str, name: str, password_hash: str, role: str) -> UserId:
    """Add a confirmed login with its profile. Raises Unwelcome."""
    address = email.strip().lower()
    if "@" not in address or len(address) > 254:  # noqa: PLR2004 - the wire's own limit
        raise Unwelcome(f"{email} is no e-mail address")
    if usable_name(name) is None:
        raise Unwelcome("the name holds nothing that can be shown")
    if unit.session.scalar(select(AuthUser.id).where(AuthUser.email == address)) is not None:
        raise Unwelcome(f"{address} has a login already")
    user_id = UserId(new_id())
    unit.session.add(
        AuthUser(
            id=user_id, email=address, password_hash=password_hash, user_metadata={}, email_confirmed_at=unit.now,
            created_at=unit.now,
        )
    )  # fmt: skip
    unit.session.flush()
    unit.session.add(Profile(id=user_id, full_name=name, email=address, role=role, account_status="active"))
    unit.session.flush()
    return user_id


def add_mechanic(unit: Unit, email: str, name: str, password_hash: str, workshop: str | None) -> MechanicId:
    """Add an approved mechanic, of a workshop if one is named. Raises Unwelcome."""
    user_id = add_login(unit, email, name, password_hash, "mechanic")
    workshop_id = _workshop(unit, workshop) if workshop else None
    worker = MechanicRow(
        id=MechanicId(new_id()), user_id=user_id, name=name, email=email.strip().lower(), workshop_id=workshop_id,
        application_status="approved", account_status="active",
        account_type="workshop_mechanic" if workshop_id else "individual_mechanic",
    )  # fmt: skip
    unit.session.add(worker)
    unit.session.flush()
    return worker.id


def _workshop(unit: Unit, name: str) -> str:
    known = unit.session.scalar(select(Organization.id).where(Organization.name == name))
    if known is not None:
        return known
    made = Organization(id=new_id(), name=name)
    unit.session.add(made)
    unit.session.flush()
    return made.id


@dataclass(frozen=True, slots=True)
class Booking:
    """A session to add. `customer` is a known customer's address, else that of a guest; `mechanic` gets it offered."""

    kind: str
    customer: str
    mechanic: str | None = None
    plan: str | None = None
    concern: str | None = None
    urgent: bool = False
    starts_at: datetime | None = None
    waiver_signed: bool = False
    year: int | None = None
    make: str | None = None
    model: str | None = None


def add_session(unit: Unit, asked: Booking) -> tuple[str, str]:
    """Add a session that is to be accepted, by anybody or by one mechanic; return session and assignment id."""
    address = asked.customer.strip().lower()
    customer = unit.session.scalar(select(AuthUser).where(AuthUser.email == address))
    if customer is not None and _has_open_session(unit, customer.id):
        raise Unwelcome(f"{address} has an open session already")
    worker = _mechanic(unit, asked.mechanic) if asked.mechanic else None
    intake = Intake(
        id=new_id(), email=address, concern=asked.concern, urgent=asked.urgent, plan=asked.plan, files=[],
        status="submitted", year=asked.year, make=asked.make, model=asked.model,
    )  # fmt: skip
    unit.session.add(intake)
    unit.session.flush()
    row = SessionRow(
        id=new_id(), type=asked.kind, status="scheduled" if asked.starts_at else "pending", plan=asked.plan,
        stripe_session_id=f"shop_{new_id()}", customer_user_id=customer.id if customer else None,
        customer_email=address, intake_id=intake.id, created_at=unit.now, updated_at=unit.now,
        scheduled_start=asked.starts_at, scheduled_for=asked.starts_at, last_state_change_at=unit.now,
        waiver_signed_at=unit.now if asked.waiver_signed or asked.starts_at is None else None, meta={},
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.record(row, "created")
    assignment = Assignment(
        id=new_id(), session_id=row.id, mechanic_id=worker.id if worker else None,
        status="offered" if worker else "queued", priority="high" if asked.urgent else "normal",
        offered_at=unit.now if worker else None, created_at=unit.now, updated_at=unit.now, match_reasons=[], meta={},
    )  # fmt: skip
    unit.session.add(assignment)
    unit.session.flush()
    news: dict[str, object] = {"assignmentId": assignment.id, "change": "new"}
    unit.effects.append(Hint(assignment.mechanic_id, "assignment", news))
    return row.id, assignment.id


def _has_open_session(unit: Unit, user_id: UserId) -> bool:
    query = select(SessionRow.id).where(SessionRow.customer_user_id == user_id, SessionRow.status.in_(rules.OPEN))
    return unit.session.scalar(query.limit(1)) is not None


def _mechanic(unit: Unit, email: str) -> MechanicRow:
    user = find_user(unit, email)
    worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.user_id == user.id))
    if worker is None:
        raise Unwelcome(f"{email} is not a mechanic's login")
    return worker


def rename(unit: Unit, email: str, name: str) -> None:
    """Give somebody another name. Raises Unwelcome."""
    if usable_name(name) is None:
        raise Unwelcome("the name holds nothing that can be shown")
    naming.rename(unit, find_user(unit, email).id, name)


def end(unit: Unit, session_id: str) -> tuple[str, bool]:
    """End an open session for the shop; return its status and whether it had ended before. Raises Unwelcome."""
    row = unit.session_row(session_id, lock=True) if members.is_id(session_id) else None
    if row is None:
        raise Unwelcome(f"there is no session {session_id}")
    if row.status in rules.TERMINAL:
        return row.status, True
    completed = row.status == "live" and row.started_at is not None and unit.now - row.started_at >= rules.TOO_SHORT
    ending = rules.Ending(
        "completed" if completed else "cancelled", ENDED_BY_SHOP, "ended" if completed else "cancelled"
    )
    ended_now = lifecycle.end(unit, row, ending, "system")
    return row.status, not ended_now


def sessions(unit: Unit, *, everything: bool) -> list[tuple[str, ...]]:
    """Return a line for each session, the newest change first."""
    query = select(SessionRow).order_by(SessionRow.last_state_change_at.desc(), SessionRow.id)
    rows = unit.session.scalars(query if everything else query.where(SessionRow.status.in_(rules.OPEN))).all()
    people.preload(unit, rows)
    booking.preload(unit, rows)
    return [
        (
            row.id, row.status, booking.kind_of(row), booking.plan_name(unit, row),
            people.name_of_mechanic(unit, row.mechanic_id) if row.mechanic_id else "-",
            people.name_of_customer(unit, row), format_timestamp(row.last_state_change_at),
        )
        for row in rows
    ]  # fmt: skip


def mechanics(unit: Unit) -> list[tuple[str, ...]]:
    """Return a line for each mechanic."""
    rows = unit.session.scalars(select(MechanicRow).order_by(MechanicRow.email)).all()
    return [
        (
            row.email or "-", people.name_of_mechanic(unit, row.id), row.account_status,
            "on shift" if row.currently_on_shift else "off shift", people.workshop_name(unit, row) or "-",
        )
        for row in rows
    ]  # fmt: skip


def story(unit: Unit, session_id: str) -> list[tuple[str, ...]]:
    """Return what happened to one session, in order. Raises Unwelcome."""
    row = unit.session_row(session_id) if members.is_id(session_id) else None
    if row is None:
        raise Unwelcome(f"there is no session {session_id}")
    events = unit.session.scalars(
        select(SessionEvent).where(SessionEvent.session_id == row.id).order_by(SessionEvent.created_at)
    )
    present = ", ".join(people.present_roles(unit, row)) or "nobody"
    lines: list[tuple[str, ...]] = [("status", row.status), ("present", present)]
    if row.end_reason:
        lines.append(("ended", f"{row.end_reason} by {row.ended_by}"))
    lines += [(format_timestamp(event.created_at), event.event_type) for event in events]
    return lines

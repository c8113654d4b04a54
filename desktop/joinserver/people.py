"""Who the people of a session are: their two kinds of id, their names, and whether they are in the room."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, select

from desktop.backend.wire import Participant, StateParticipant
from desktop.core.people import MechanicId, Role, UserId
from desktop.joinserver import names
from desktop.joinserver.tables import AuthUser, MechanicRow, Organization, ParticipantRow, Profile, SessionRow
from desktop.joinserver.unit import Unit

_USER_OF_MECHANIC: Final = select(MechanicRow.user_id).where(MechanicRow.id == bindparam("mechanic"))
_PRESENCE: Final = select(ParticipantRow).where(ParticipantRow.session_id == bindparam("session"))


def mechanic_by_user(unit: Unit, user_id: UserId) -> MechanicId | None:
    """Return the mechanic whose login this is."""
    return unit.session.scalar(select(MechanicRow.id).where(MechanicRow.user_id == user_id))


def user_of_mechanic(unit: Unit, mechanic_id: MechanicId) -> UserId | None:
    """Return the login of a mechanic."""
    user_id: UserId | None = unit.ask(_USER_OF_MECHANIC, mechanic=mechanic_id).scalar()
    return user_id


def mechanic_identity(mechanic_id: MechanicId) -> str:
    """Return the LiveKit identity of a mechanic."""
    return f"{Role.MECHANIC.value}-{mechanic_id}"


def customer_identity(user_id: UserId) -> str:
    """Return the LiveKit identity of a customer."""
    return f"{Role.CUSTOMER.value}-{user_id}"


def preload(unit: Unit, rows: Iterable[SessionRow]) -> None:
    """Read the customers of many sessions at once, so that naming them asks nothing more."""
    users = {row.customer_user_id for row in rows if row.customer_user_id is not None}
    if users:
        unit.keep(unit.session.scalars(select(AuthUser).where(AuthUser.id.in_(users))).all())
        unit.keep(unit.session.scalars(select(Profile).where(Profile.id.in_(users))).all())


def name_of_mechanic(unit: Unit, mechanic_id: MechanicId) -> str:
    """Return the name of a mechanic."""
    mechanic = unit.find(MechanicRow, mechanic_id)
    if mechanic is None:
        return Role.MECHANIC.label
    profile = unit.find(Profile, mechanic.user_id)
    return names.mechanic_name(mechanic.name, profile.full_name if profile else None)


def name_of_customer(unit: Unit, row: SessionRow) -> str:
    """Return the name of a session's customer, guest or not."""
    user = unit.find(AuthUser, row.customer_user_id) if row.customer_user_id else None
    profile = unit.find(Profile, row.customer_user_id) if row.customer_user_id else None
    return names.customer_name(
        profile.full_name if profile else None,
        user.user_metadata.get("name") if user else None,
        user.email if user else None,
        row.customer_email,
    )


def name_of_role(unit: Unit, row: SessionRow, role: Role) -> str:
    """Return the name of one side of a session."""
    if role is Role.CUSTOMER:
        return name_of_customer(unit, row)
    return name_of_mechanic(unit, row.mechanic_id) if row.mechanic_id else role.label


def workshop_name(unit: Unit, worker: MechanicRow) -> str | None:
    """Return the name of the workshop that a mechanic works for."""
    workshop = unit.find(Organization, worker.workshop_id) if worker.workshop_id else None
    return workshop.name if workshop else None


def role_of_user(unit: Unit, row: SessionRow, user_id: UserId) -> Role:
    """Return the side of a person in a session; who is both is the mechanic."""
    if row.mechanic_id is not None and user_of_mechanic(unit, row.mechanic_id) == user_id:
        return Role.MECHANIC
    return Role.CUSTOMER


def presence_rows(unit: Unit, row: SessionRow) -> dict[str, ParticipantRow]:
    """Return what is known of the presence of each role, read once a unit; who adds a row adds it here too."""
    if row.id not in unit.presence:
        found = unit.session.scalars(_PRESENCE, {"session": row.id})
        unit.presence[row.id] = {entry.role: entry for entry in found}
    return unit.presence[row.id]


def present_roles(unit: Unit, row: SessionRow) -> list[str]:
    """Return the roles that are in the room by the server's own record, mechanic first."""
    rows = presence_rows(unit, row)
    return [role.value for role in Role if role.value in rows and rows[role.value].present]


def participants(unit: Unit, row: SessionRow) -> tuple[StateParticipant, ...]:
    """Return the directory of a session; there is no mechanic in it until one is assigned."""
    presence = presence_rows(unit, row)

    def entry(role: Role, identity: str | None, name: str) -> StateParticipant:
        known = presence.get(role.value)
        return StateParticipant(
            role=role.value,
            identity=identity,
            display_name=name,
            present=known.present if known else False,
            joined_at=known.joined_at if known else None,
        )

    people = []
    if row.mechanic_id is not None:
        identity = mechanic_identity(row.mechanic_id)
        people.append(entry(Role.MECHANIC, identity, name_of_mechanic(unit, row.mechanic_id)))
    own = customer_identity(row.customer_user_id) if row.customer_user_id else None
    people.append(entry(Role.CUSTOMER, own, name_of_customer(unit, row)))
    return tuple(people)


def directory(unit: Unit, row: SessionRow) -> tuple[Participant, ...]:
    """Return the directory without the times of arrival, as join and end answers and pushes carry it."""
    return tuple(
        Participant(
            role=person.role, identity=person.identity, display_name=person.display_name, present=person.present
        )
        for person in participants(unit, row)
    )

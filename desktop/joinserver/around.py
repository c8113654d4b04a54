"""Reads what stands around one session in one question: its people, its plan, its car and the minutes added to it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased, defer, load_only

from desktop.joinserver.booking import known_plan
from desktop.joinserver.tables import (
    AuthUser,
    Extension,
    FileRow,
    Intake,
    MechanicRow,
    MessageRow,
    Profile,
    ServicePlan,
    SessionRow,
    VehicleRow,
)
from desktop.joinserver.unit import Unit

_ADDED: Final = (
    select(func.coalesce(func.sum(Extension.minutes), 0))
    .where(Extension.session_id == bindparam("session"))
    .scalar_subquery()
)
_HAS_MESSAGES: Final = exists().where(MessageRow.session_id == bindparam("session"))
_HAS_FILES: Final = exists().where(FileRow.session_id == bindparam("session"))
_OF_MECHANIC: Final = aliased(Profile)
# Every column costs its reading: what else these rows hold is fetched should anybody ask for it.
_ENOUGH: Final = (
    load_only(ServicePlan.slug, ServicePlan.name, ServicePlan.duration_minutes, ServicePlan.is_active),
    defer(Intake.name), defer(Intake.email), defer(Intake.phone), defer(Intake.city), defer(Intake.files),
    defer(Intake.plan), defer(Intake.status),
    defer(VehicleRow.user_id), defer(VehicleRow.nickname), defer(VehicleRow.is_primary),
    load_only(AuthUser.email, AuthUser.user_metadata),
    load_only(Profile.full_name),
    load_only(MechanicRow.user_id, MechanicRow.name),
    load_only(_OF_MECHANIC.full_name),
)  # fmt: skip
_AROUND: Final = (
    select(
        _ADDED, _HAS_MESSAGES, _HAS_FILES, ServicePlan, Intake, VehicleRow, AuthUser, Profile, MechanicRow, _OF_MECHANIC
    )
    .select_from(SessionRow)
    .outerjoin(ServicePlan, ServicePlan.slug == SessionRow.plan)
    .outerjoin(Intake, Intake.id == SessionRow.intake_id)
    .outerjoin(VehicleRow, VehicleRow.id == Intake.vehicle_id)
    .outerjoin(AuthUser, AuthUser.id == SessionRow.customer_user_id)
    .outerjoin(Profile, Profile.id == SessionRow.customer_user_id)
    .outerjoin(MechanicRow, MechanicRow.id == SessionRow.mechanic_id)
    .outerjoin(_OF_MECHANIC, _OF_MECHANIC.id == MechanicRow.user_id)
    .where(SessionRow.id == bindparam("session"))
    .options(*_ENOUGH)
)


@dataclass(frozen=True, slots=True)
class Around:
    """What a session has so far: at its first join mostly neither, and then neither is asked for."""

    has_messages: bool
    has_files: bool


def read_around(unit: Unit, row: SessionRow) -> Around:
    """Read it, so that names, plan, minutes, car and concern of this session ask nothing more in this unit."""
    minutes, has_messages, has_files, plan, *others = unit.session.execute(_AROUND, {"session": row.id}).one()
    unit.added_minutes[row.id] = int(minutes)
    if row.plan:
        unit.plan_rows[row.plan] = known_plan(plan, row.plan)
    unit.keep(each for each in others if each is not None)
    return Around(has_messages=bool(has_messages), has_files=bool(has_files))

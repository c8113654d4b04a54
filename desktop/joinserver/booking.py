"""What a session was booked as: its type, plan, minutes, vehicle and concern, looked up at each answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select

from desktop.backend.wire import Vehicle
from desktop.joinserver import plans, rules
from desktop.joinserver.tables import Extension, Intake, ServicePlan, SessionRow, VehicleRow
from desktop.joinserver.unit import Unit

TYPE_LABELS = {plans.CHAT: "Chat", plans.VIDEO: "Video", plans.DIAGNOSTIC: "Diagnostic"}
_PLAN: Final = select(ServicePlan).where(ServicePlan.slug == bindparam("slug"))
_ADDED_MINUTES: Final = select(func.coalesce(func.sum(Extension.minutes), 0)).where(
    Extension.session_id == bindparam("session")
)


def kind_of(row: SessionRow) -> str:
    """Return a session's type."""
    return plans.session_type(row.type, row.plan)


def _plan_row(unit: Unit, slug: str) -> plans.PlanRow | None:
    if slug not in unit.plan_rows:
        unit.plan_rows[slug] = known_plan(unit.session.scalar(_PLAN, {"slug": slug}), slug)
    return unit.plan_rows[slug]


def known_plan(found: ServicePlan | None, slug: str) -> plans.PlanRow | None:
    """Return what a row found for `slug` says, if it is that plan's."""
    # Matched in Python: the text comparison of a database may fold case, the contract's does not.
    if found is None or found.slug != slug:
        return None
    return plans.PlanRow(found.name, found.duration_minutes, found.is_active)


def plan_name(unit: Unit, row: SessionRow) -> str:
    """Return the name of a session's plan as it is now."""
    kind = kind_of(row)
    key = plans.plan_key(row.plan, kind)
    return plans.plan_name(key, kind, _plan_row(unit, key))


def planned_minutes(unit: Unit, row: SessionRow) -> int:
    """Return the minutes a session is planned for, without extensions."""
    kind = kind_of(row)
    key = plans.plan_key(row.plan, kind)
    return plans.planned_minutes(row.planned_minutes, key, kind, _plan_row(unit, key))


def extension_minutes(unit: Unit, row: SessionRow) -> int:
    """Return the sum of the minutes added to a session."""
    if row.id not in unit.added_minutes:
        unit.added_minutes[row.id] = int(unit.session.scalar(_ADDED_MINUTES, {"session": row.id}) or 0)
    return unit.added_minutes[row.id]


def time_is_up_at(unit: Unit, row: SessionRow) -> datetime | None:
    """Return when the time of a session is up; None before it has started."""
    return rules.ends_at(row.started_at, planned_minutes(unit, row), extension_minutes(unit, row), row.total_paused_ms)


def preload(unit: Unit, rows: Iterable[SessionRow]) -> None:
    """Read the intakes and vehicles of many sessions at once."""
    intakes = {row.intake_id for row in rows if row.intake_id is not None}
    if not intakes:
        return
    found = unit.session.scalars(select(Intake).where(Intake.id.in_(intakes))).all()
    unit.keep(found)
    vehicles = {intake.vehicle_id for intake in found if intake.vehicle_id is not None}
    if vehicles:
        unit.keep(unit.session.scalars(select(VehicleRow).where(VehicleRow.id.in_(vehicles))).all())


def intake_of(unit: Unit, row: SessionRow) -> Intake | None:
    """Return what the customer wrote when asking for the session."""
    return unit.find(Intake, row.intake_id) if row.intake_id else None


def vehicle_of(unit: Unit, row: SessionRow) -> Vehicle | None:
    """Return the car of a session: the intake's vehicle, else the intake's own fields; never another car."""
    intake = intake_of(unit, row)
    if intake is None:
        return None
    car = unit.find(VehicleRow, intake.vehicle_id) if intake.vehicle_id else None
    if car is not None:
        return Vehicle(
            year=car.year, make=car.make, model=car.model, vin=car.vin, plate=car.plate, mileage=car.mileage,
            color=car.color,
        )  # fmt: skip
    if not any((intake.year, intake.make, intake.model, intake.vin, intake.plate, intake.odometer)):
        return None
    return Vehicle(
        year=intake.year, make=intake.make, model=intake.model, vin=intake.vin, plate=intake.plate,
        mileage=intake.odometer,
    )  # fmt: skip


def concern_of(unit: Unit, row: SessionRow) -> str | None:
    """Return the customer's own words on the trouble."""
    intake = intake_of(unit, row)
    return intake.concern if intake else None


def is_urgent(unit: Unit, row: SessionRow) -> bool:
    """Whether the customer marked the session as urgent."""
    intake = intake_of(unit, row)
    return intake.urgent if intake else False

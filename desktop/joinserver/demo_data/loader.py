"""Puts the demo data into the database, again and again with the same result."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from desktop.joinserver.demo_data import people, plans
from desktop.joinserver.demo_data.history import add_session
from desktop.joinserver.demo_data.ids import DEMO_PASSWORD, demo_id, mechanic_id, user_id
from desktop.joinserver.demo_data.sessions import SESSIONS
from desktop.joinserver.house import House
from desktop.joinserver.tables import AuthUser, MechanicRow, Organization, Profile, ServicePlan, Table, VehicleRow
from desktop.joinserver.unit import Unit

_DEMO = {"demo": True}


def how_to_sign_in() -> list[str]:
    """Return the lines that tell a person how to sign in."""
    everybody = ", ".join(mechanic.email for mechanic in people.MECHANICS if not mechanic.suspended_days)
    return [f"Sign in as a practice mechanic: {everybody}; password {DEMO_PASSWORD}"]


class NotADemoDatabase(Exception):  # noqa: N818 - reads as what was found
    """The database holds people who are no demo people; loading demo data would wipe them out."""


async def load(house: House, at: datetime | None = None) -> None:
    """Replace everything in the database by the demo data, relative to `at` (now, without one).

    Raises NotADemoDatabase where anybody in it is real.
    """
    if await house.db.read(_has_real_people):
        raise NotADemoDatabase("the database holds real people: use another --data-dir or --database")
    password_hash = await asyncio.to_thread(house.passwords.hash, DEMO_PASSWORD)
    files = house.config.data_dir / "files"
    await house.db.write(lambda unit: fill(unit, password_hash, at or unit.now, files))


def has_demo_people(unit: Unit) -> bool:
    """Whether anybody of the demo data is in the database: their passwords are known to everybody."""
    return any(metadata.get("demo") for metadata in unit.session.scalars(select(AuthUser.user_metadata)))


def _has_real_people(unit: Unit) -> bool:
    return not all(metadata.get("demo") for metadata in unit.session.scalars(select(AuthUser.user_metadata)))


def fill(unit: Unit, password_hash: str, at: datetime, files: Path) -> None:
    """Empty every table and write the demo rows; `files` is the folder for the bytes of files."""
    for table in reversed(Table.metadata.sorted_tables):
        unit.session.execute(delete(table))
    files.mkdir(parents=True, exist_ok=True)
    for number, plan in enumerate(plans.PLANS):
        unit.session.add(_plan(plan, number))
    for mechanic in people.MECHANICS:
        _add_mechanic(unit, mechanic, password_hash, at)
    for customer in people.CUSTOMERS:
        _add_customer(unit, customer, password_hash, at)
    unit.session.flush()
    for session in SESSIONS:
        add_session(unit, session, at, files)


def _plan(plan: plans.DemoPlan, number: int) -> ServicePlan:
    return ServicePlan(
        id=demo_id("plan", plan.slug), slug=plan.slug, name=plan.name, price=plan.price,
        duration_minutes=plan.minutes, is_active=plan.active, display_order=number, perks=[], features=[],
    )  # fmt: skip


def _add_login(unit: Unit, key: str, email: str, password_hash: str, at: datetime, metadata_name: str | None) -> None:
    metadata = {"name": metadata_name} if metadata_name else {}
    unit.session.add(
        AuthUser(
            id=user_id(key), email=email, password_hash=password_hash, user_metadata={**metadata, **_DEMO},
            email_confirmed_at=at - timedelta(days=60), created_at=at - timedelta(days=60),
        )
    )  # fmt: skip
    unit.session.flush()


def _add_mechanic(unit: Unit, mechanic: people.DemoMechanic, password_hash: str, at: datetime) -> None:
    _add_login(unit, mechanic.key, mechanic.email, password_hash, at, None)
    workshop_id = demo_id("organization", mechanic.workshop) if mechanic.workshop else None
    if workshop_id is not None:
        unit.session.add(Organization(id=workshop_id, name=mechanic.workshop))
    suspended = mechanic.suspended_days > 0
    unit.session.add(
        Profile(
            id=user_id(mechanic.key), full_name=mechanic.name, email=mechanic.email, role="mechanic",
            account_status="active",
        )
    )  # fmt: skip
    unit.session.flush()
    unit.session.add(
        MechanicRow(
            id=mechanic_id(mechanic.key), user_id=user_id(mechanic.key), name=mechanic.name, email=mechanic.email,
            application_status="approved", account_status="suspended" if suspended else "active",
            suspended_until=at + timedelta(days=mechanic.suspended_days) if suspended else None,
            account_type=mechanic.account_type, workshop_id=workshop_id, currently_on_shift=mechanic.on_shift,
            last_clock_in=at - timedelta(hours=2) if mechanic.on_shift else None, rating=mechanic.rating,
            daily_micro_minutes_cap=mechanic.cap, daily_micro_minutes_used=mechanic.used,
        )
    )  # fmt: skip


def _add_customer(unit: Unit, customer: people.DemoCustomer, password_hash: str, at: datetime) -> None:
    if customer.email is None:
        return
    _add_login(unit, customer.key, customer.email, password_hash, at, customer.metadata_name)
    unit.session.add(
        Profile(
            id=user_id(customer.key), full_name=customer.full_name, email=customer.email,
            phone=people.phone(customer.key), role="customer", account_status="active",
        )
    )  # fmt: skip
    car = customer.vehicle
    if car is not None:
        unit.session.add(
            VehicleRow(
                id=demo_id("vehicle", customer.key), user_id=user_id(customer.key), year=car.year, make=car.make,
                model=car.model, vin=car.vin, plate=car.plate, color=car.color, mileage=car.mileage, is_primary=True,
            )
        )  # fmt: skip

"""Giving people other names while their sessions run: everybody in those sessions learns of it."""

from sqlalchemy import ColumnElement, select

from desktop.core.people import UserId
from desktop.joinserver import lifecycle, rules
from desktop.joinserver.effects import Hint
from desktop.joinserver.tables import MechanicRow, Profile, SessionRow
from desktop.joinserver.unit import Unit


def open_sessions(unit: Unit, which: ColumnElement[bool]) -> list[SessionRow]:
    """Return the open sessions that match."""
    # Locked in one order, so that what is counted in a session is never counted twice the same.
    query = select(SessionRow).where(which, SessionRow.status.in_(rules.OPEN)).order_by(SessionRow.id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(unit.session.scalars(query))


def push_directories(unit: Unit, which: ColumnElement[bool]) -> None:
    """Tell the rooms of the open sessions that match who their people are now."""
    for row in open_sessions(unit, which):
        lifecycle.push_directory(unit, row)


def rename(unit: Unit, user_id: UserId, name: str) -> None:
    """Give a person, mechanic or customer, another name."""
    unit.session.get_one(Profile, user_id).full_name = name
    worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.user_id == user_id))
    if worker is not None:
        worker.name = name
        unit.effects.append(Hint(worker.id, "me", {}))
    unit.session.flush()
    push_directories(unit, SessionRow.customer_user_id == user_id)
    if worker is not None:
        push_directories(unit, SessionRow.mechanic_id == worker.id)

"""The server about itself: plans and health (contract 4.2)."""

import time

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from desktop.backend.wire import (
    API_VERSION,
    HealthAnswer,
    HealthCheck,
    HealthChecks,
    Plan,
    PlansAnswer,
)
from desktop.core.text import clean_line
from desktop.joinserver import desk
from desktop.joinserver.described import described
from desktop.joinserver.house import House
from desktop.joinserver.plans import PLAN_NAME_CAP
from desktop.joinserver.rooms import RoomServiceAway
from desktop.joinserver.tables import ServicePlan
from desktop.joinserver.unit import Unit

router = APIRouter()


@router.get("/api/plans", **described(PlansAnswer, tagged=True))
async def plans(request: Request) -> Response:
    """List the active plans."""
    await desk.limit_public(request)

    def work(unit: Unit) -> PlansAnswer:
        rows = unit.session.scalars(
            select(ServicePlan).where(ServicePlan.is_active.is_(True)).order_by(ServicePlan.display_order)
        )
        return PlansAnswer(plans=tuple(_plan(row) for row in rows))

    answer = await desk.house_of(request).db.read(work)
    return desk.reply_tagged(request, answer, "public, max-age=60")


def _plan(row: ServicePlan) -> Plan:
    return Plan(
        id=row.slug,
        name=clean_line(row.name, PLAN_NAME_CAP),
        description=row.description or "",
        price=f"${row.price:.2f}",
        price_value=row.price,
        duration=f"{row.duration_minutes} min",
        duration_minutes=row.duration_minutes,
        features=tuple(str(feature) for feature in row.features),
    )


@router.get("/api/health", **described(HealthAnswer, also={503: "The database is away"}))
async def health(request: Request) -> Response:
    """Tell whether the server works; without LiveKit it works for chat."""
    await desk.limit_public(request)
    house = desk.house_of(request)
    database = await _database(house)
    livekit = await _livekit(house)
    well = database.status == livekit.status == "ok"
    answer = HealthAnswer(
        status="ok" if well else "degraded",
        timestamp=house.clock.now(),
        uptime=round(time.monotonic() - house.started_s, 3),
        checks=HealthChecks(database=database, livekit=livekit),
        name="Baylink join server",
        api_version=API_VERSION,
    )
    if database.status == "ok":
        return desk.reply(request, answer)
    return JSONResponse(answer.to_wire(), status_code=503)


async def _database(house: House) -> HealthCheck:
    began = time.monotonic()
    try:
        await house.db.read(lambda unit: unit.session.execute(select(1)).scalar_one())
    except SQLAlchemyError:
        return HealthCheck(status="down", latency=_since(began))
    return HealthCheck(status="ok", latency=_since(began))


async def _livekit(house: House) -> HealthCheck:
    began = time.monotonic()
    try:
        await house.rooms.ping()
    except RoomServiceAway:
        return HealthCheck(status="down", latency=_since(began))
    return HealthCheck(status="ok", latency=_since(began))


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1_000, 1)

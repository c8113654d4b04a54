"""Development only (contract 4.5): sessions in any state, renames, faults, another time. Absent without `--dev`."""

from datetime import timedelta

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import select
from starlette.responses import JSONResponse, Response

from desktop.backend.wire import CamelShape, Timestamp
from desktop.joinserver import demo_data, desk, dev_sessions, naming
from desktop.joinserver.effects import Hint
from desktop.joinserver.errors import not_found
from desktop.joinserver.faults import Fault, FaultKind
from desktop.joinserver.logins import revoke_all_of_mechanic
from desktop.joinserver.tables import AuthUser, MechanicRow, Profile, ServicePlan, SessionRow
from desktop.joinserver.unit import Unit

router = APIRouter(prefix="/api/dev")


class ProfilePatch(CamelShape):
    """What of a person is changed; `full_name` may be set to nothing with `clear_name`."""

    full_name: str | None = None
    clear_name: bool = False
    metadata_name: str | None = None
    account_status: str | None = None


class MechanicPatch(CamelShape):
    """What of a mechanic is changed."""

    name: str | None = None
    clear_name: bool = False
    account_status: str | None = None
    suspended_until: Timestamp | None = None
    application_status: str | None = None
    can_accept_sessions: bool | None = None
    currently_on_shift: bool | None = None


class PlanPatch(CamelShape):
    """What of a plan is changed."""

    name: str | None = None
    duration_minutes: int | None = None
    is_active: bool | None = None


class FaultRequest(CamelShape):
    """A fault to happen `count` times; 0 takes it back."""

    route: str
    kind: FaultKind = "status"
    count: int = Field(default=1, ge=0)
    status: int = 500
    delay_s: float = Field(default=3.0, alias="delay_s")


class ClockRequest(CamelShape):
    """How far the server's time is from the machine's, in seconds."""

    offset_s: float = Field(alias="offset_s")


@router.post("/sessions")
async def make_session(request: Request) -> Response:
    """Make a session in any state."""
    asked = (await desk.read_body(request)).parse(dev_sessions.NewSession)
    made = await desk.house_of(request).db.write(lambda unit: dev_sessions.make(unit, asked))
    return JSONResponse(made, status_code=201)


@router.patch("/sessions/{session_id}")
async def change_session(request: Request, session_id: str) -> Response:
    """Change a session's status, times, plan or minutes."""
    asked = (await desk.read_body(request)).parse(dev_sessions.SessionPatch)
    changed = await desk.house_of(request).db.write(lambda unit: dev_sessions.change(unit, session_id, asked))
    return JSONResponse(changed)


@router.patch("/profiles/{user_id}")
async def change_profile(request: Request, user_id: str) -> Response:
    """Rename or suspend a person; everybody in their open sessions learns the new name."""
    asked = (await desk.read_body(request)).parse(ProfilePatch)

    def work(unit: Unit) -> None:
        profile = unit.session.scalar(select(Profile).where(Profile.id == user_id))
        if profile is None:
            raise not_found()
        if asked.full_name is not None or asked.clear_name:
            profile.full_name = asked.full_name
        if asked.metadata_name is not None:
            user = unit.session.get_one(AuthUser, profile.id)
            user.user_metadata = {**user.user_metadata, "name": asked.metadata_name}
        profile.account_status = asked.account_status or profile.account_status
        unit.session.flush()
        worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.user_id == profile.id))
        if worker is not None and profile.account_status == "suspended":
            revoke_all_of_mechanic(unit, worker.id)
        naming.push_directories(unit, SessionRow.customer_user_id == profile.id)
        if worker is not None:
            naming.push_directories(unit, SessionRow.mechanic_id == worker.id)

    await desk.house_of(request).db.write(work)
    return JSONResponse({"success": True})


@router.patch("/mechanics/{mechanic_id}")
async def change_mechanic(request: Request, mechanic_id: str) -> Response:
    """Rename, suspend or otherwise change a mechanic."""
    asked = (await desk.read_body(request)).parse(MechanicPatch)

    def work(unit: Unit) -> None:
        worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.id == mechanic_id))
        if worker is None:
            raise not_found()
        changes = asked.model_dump(exclude={"clear_name"}, exclude_none=True)
        for name, value in changes.items():
            setattr(worker, name, value)
        if asked.clear_name:
            worker.name = None
        unit.session.flush()
        unit.effects.append(Hint(worker.id, "me", {}))
        if worker.account_status == "suspended":
            revoke_all_of_mechanic(unit, worker.id)
        naming.push_directories(unit, SessionRow.mechanic_id == worker.id)

    await desk.house_of(request).db.write(work)
    return JSONResponse({"success": True})


@router.patch("/plans/{slug}")
async def change_plan(request: Request, slug: str) -> Response:
    """Rename a plan, or change its minutes; open sessions of that plan learn the new name."""
    asked = (await desk.read_body(request)).parse(PlanPatch)

    def work(unit: Unit) -> None:
        plan = unit.session.scalar(select(ServicePlan).where(ServicePlan.slug == slug))
        if plan is None:
            raise not_found()
        for name, value in asked.model_dump(exclude_none=True).items():
            setattr(plan, name, value)
        unit.session.flush()
        for row in naming.open_sessions(unit, SessionRow.plan == slug):
            dev_sessions.push_plan(unit, row)

    await desk.house_of(request).db.write(work)
    return JSONResponse({"success": True})


@router.post("/faults")
async def add_fault(request: Request) -> Response:
    """Let a route fail a few times."""
    asked = (await desk.read_body(request)).parse(FaultRequest)
    desk.house_of(request).faults.add(Fault(asked.route, asked.kind, asked.count, asked.status, asked.delay_s))
    return JSONResponse({"success": True})


@router.post("/clock")
async def set_clock(request: Request) -> Response:
    """Move the server's time, and let time do its work at once."""
    asked = (await desk.read_body(request)).parse(ClockRequest)
    house = desk.house_of(request)
    house.clock.offset = timedelta(seconds=asked.offset_s)
    await house.sweeper.sweep()
    return JSONResponse({"success": True})


@router.post("/reset")
async def reset(request: Request) -> Response:
    """Load the demo data anew; every sign-in ends, every fault and the moved time are taken back."""
    house = desk.house_of(request)
    house.faults.clear()
    house.clock.offset = timedelta()
    await demo_data.load(house, house.config.demo_at)
    house.broker.close_all()
    return JSONResponse({"success": True})

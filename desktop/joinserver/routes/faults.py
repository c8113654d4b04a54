"""Faults on request, for trying out how clients bear them; there only with `--faults` or `--dev`, on loopback."""

from dataclasses import asdict, replace
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import update
from starlette.responses import JSONResponse, RedirectResponse, Response

from desktop.backend.wire import SuccessAnswer, WireShape
from desktop.joinserver import desk, pages
from desktop.joinserver.described import described
from desktop.joinserver.faults import Fault, Faults, Standing
from desktop.joinserver.house import House
from desktop.joinserver.tables import AuthToken
from desktop.joinserver.unit import Unit

router = APIRouter()


class StandingChange(WireShape):
    """What of the standing faults is changed; the rest stays."""

    route: str | None = Field(default=None, max_length=200)
    latency_ms: int | None = Field(default=None, ge=0, le=60_000)
    latency_spread_ms: int | None = Field(default=None, ge=0, le=60_000)
    error_rate: float | None = Field(default=None, ge=0, le=1)
    error_status: int | None = Field(default=None, ge=400, le=599)
    lose_rate: float | None = Field(default=None, ge=0, le=1)
    livekit_away: bool | None = None


class OnceFault(WireShape):
    """A fault to happen `count` times; 0 takes it back."""

    route: str = Field(max_length=200)
    kind: Literal["status", "delay", "drop", "truncate", "lose"] = "status"
    count: int = Field(default=1, ge=0, le=10_000)
    status: int = Field(default=500, ge=400, le=599)
    delay_s: float = Field(default=3.0, ge=0, le=60)


class FaultsAnswer(WireShape):
    """What is asked for now."""

    seed: int
    standing: dict[str, object]
    waiting: tuple[dict[str, object], ...]


def _answer(faults: Faults) -> Response:
    waiting = tuple(asdict(fault) for fault in faults.waiting)
    answer = FaultsAnswer(seed=faults.seed, standing=asdict(faults.standing), waiting=waiting)
    return JSONResponse(answer.to_wire())


@router.get("/api/faults", **described(FaultsAnswer))
async def read(request: Request) -> Response:
    """Tell what is asked for."""
    return _answer(desk.house_of(request).faults)


@router.patch("/api/faults", **described(FaultsAnswer, body=StandingChange))
async def change(request: Request) -> Response:
    """Change the standing faults."""
    body = await desk.read_body(request)
    faults = desk.house_of(request).faults
    faults.standing = _changed(faults.standing, body.parse(StandingChange))
    return _answer(faults)


def _changed(standing: Standing, asked: StandingChange) -> Standing:
    return replace(standing, **asked.model_dump(exclude_none=True))


@router.post("/api/faults", **described(FaultsAnswer, body=OnceFault))
async def add(request: Request) -> Response:
    """Let a route fail a few times."""
    asked = (await desk.read_body(request)).parse(OnceFault)
    faults = desk.house_of(request).faults
    faults.add(Fault(asked.route, asked.kind, asked.count, asked.status, asked.delay_s))
    return _answer(faults)


@router.delete("/api/faults", **described(FaultsAnswer))
async def take_back(request: Request) -> Response:
    """Take every fault back and begin the seed anew."""
    faults = desk.house_of(request).faults
    faults.clear()
    return _answer(faults)


@router.post("/api/faults/expire-tokens", **described(SuccessAnswer))
async def expire_tokens(request: Request) -> Response:
    """Let every access token be too old from now on; refresh tokens stay good."""
    await _expire_tokens(desk.house_of(request))
    return desk.reply(request, SuccessAnswer())


async def _expire_tokens(house: House) -> None:
    def work(unit: Unit) -> None:
        living = (AuthToken.kind == "access", AuthToken.expires_at > unit.now)
        unit.session.execute(update(AuthToken).where(*living).values(expires_at=unit.now))

    await house.db.write(work)


@router.get("/faults", **described(None, media_type="text/html"))
async def show(request: Request) -> Response:
    """Show the switches to a person."""
    faults = desk.house_of(request).faults
    now = faults.standing
    waiting = [(fault.route, fault.kind, fault.count) for fault in faults.waiting]
    switches = pages.form(
        "/faults",
        "Set",
        (
            pages.field("Route, with * for anything", "route", now.route),
            pages.field("Latency in ms", "latency_ms", now.latency_ms, kind="number"),
            pages.field("and up to so many ms more", "latency_spread_ms", now.latency_spread_ms, kind="number"),
            pages.field("Share of requests that fail, 0 to 1", "error_rate", now.error_rate),
            pages.field("with this status", "error_status", now.error_status, kind="number"),
            pages.field("Share of answers lost after the work was done, 0 to 1", "lose_rate", now.lose_rate),
            pages.tick("LiveKit is away", "livekit_away", on=now.livekit_away),
        ),
    )
    return pages.page(
        "Faults on request",
        (
            pages.paragraph(f"Seed {faults.seed}: the same requests meet the same faults."),
            switches,
            pages.form("/faults/clear", "Take all back"),
            pages.form("/faults/expire-tokens", "Let every access token expire now"),
            pages.heading("Still to come once"),
            pages.table(("Route", "Kind", "Times"), waiting),
        ),
    )


@router.post("/faults", include_in_schema=False)
async def set_by_form(request: Request) -> Response:
    """Take the switches as the page sends them."""
    sent = await pages.sent_form(request)
    values: dict[str, object] = {name: value for name, value in sent.items() if value and name in Standing.__slots__}
    values["livekit_away"] = "livekit_away" in sent
    faults = desk.house_of(request).faults
    faults.standing = _changed(faults.standing, desk.parsed(StandingChange, values))
    return _back()


@router.post("/faults/clear", include_in_schema=False)
async def clear_by_form(request: Request) -> Response:
    """Take every fault back."""
    desk.house_of(request).faults.clear()
    return _back()


@router.post("/faults/expire-tokens", include_in_schema=False)
async def expire_by_form(request: Request) -> Response:
    """Let every access token expire."""
    await _expire_tokens(desk.house_of(request))
    return _back()


def _back() -> Response:
    return RedirectResponse("/faults", status_code=303)

"""Clocking in and out (contract 4.2)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from desktop.backend.wire import ClockAnswer, ClockedAnswer, ClockRequest
from desktop.joinserver import desk, shifts
from desktop.joinserver.described import described

optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""


@optional_router.get("/api/mechanic/clock", **described(ClockAnswer))
async def read(request: Request) -> Response:
    """Tell how the clock stands."""
    return desk.reply(request, await desk.as_mechanic(request, shifts.answer))


@optional_router.post("/api/mechanic/clock", **described(ClockedAnswer, body=ClockRequest))
async def turn(request: Request) -> Response:
    """Clock in or out."""
    body = await desk.read_body(request)
    answer = await desk.as_mechanic(
        request, lambda unit, caller: shifts.turn(unit, caller, body.parse(ClockRequest)), writes=True
    )
    return desk.reply(request, answer)

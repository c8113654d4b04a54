"""The stream of hints to a mechanic's list (contract 4.2)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from desktop.joinserver import desk
from desktop.joinserver.broker import Broker, Stream
from desktop.joinserver.clock import WallClock
from desktop.joinserver.described import described
from desktop.joinserver.errors import not_found
from desktop.joinserver.logins import Caller
from desktop.joinserver.unit import Unit

optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""
_COMMENT_EVERY_S: Final = 15.0


@optional_router.get("/api/mechanic/events", **described(None, media_type="text/event-stream"))
async def events(request: Request) -> Response:
    """Stream hints until the token dies, the account is suspended or the caller goes away."""
    house = desk.house_of(request)

    def work(_unit: Unit, caller: Caller) -> Caller:
        return caller

    caller = await desk.as_mechanic(request, work)
    if caller.mechanic_id is None:
        raise not_found()
    stream = house.broker.open(caller.mechanic_id, caller.login_id, request.headers.get("last-event-id"))
    lines = _lines(house.broker, stream, house.clock, caller.expires_at)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _lines(broker: Broker, stream: Stream, clock: WallClock, expires_at: datetime) -> AsyncIterator[str]:
    try:
        yield "retry: 3000\n\n"
        while clock.now() < expires_at:
            try:
                async with asyncio.timeout(_COMMENT_EVERY_S):
                    line = await stream.lines.get()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if line is None:
                return
            yield line
    finally:
        broker.close(stream)

"""Around every request: its id, the three headers, the origin check, asked-for faults, the log line, crashes."""

import asyncio
import logging
import re
import time
from contextvars import ContextVar
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy.exc import OperationalError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.backend.wire import API_HEADER, API_VERSION, REQUEST_ID_HEADER, TIME_HEADER, format_timestamp
from desktop.joinserver import desk
from desktop.joinserver.config import is_loopback
from desktop.joinserver.errors import ApiError
from desktop.joinserver.faults import Fault
from desktop.joinserver.house import House

request_id: ContextVar[str] = ContextVar("request_id", default="-")
_log = logging.getLogger("desktop.joinserver.requests")
_GIVEN_ID: Final = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Frame:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; lifespan messages pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        house: House = scope["app"].state.house
        headers = Headers(scope=scope)
        given = headers.get(REQUEST_ID_HEADER, "")
        token = request_id.set(given if _GIVEN_ID.match(given) else str(uuid4()))
        began = time.monotonic()
        answer = _Answer(house, send)
        try:
            await self._handle(scope, receive, answer, house, headers)
        finally:
            spent_ms = (time.monotonic() - began) * 1_000
            _log.info("%s %s %d %.1f ms", scope["method"], scope["path"], answer.status, spent_ms)
            request_id.reset(token)

    async def _handle(self, scope: Scope, receive: Receive, answer: "_Answer", house: House, headers: Headers) -> None:
        lean = house.config.lean
        try:
            fault = house.faults.next_for(scope["method"], scope["path"]) if house.config.serves_dev_paths else None
            if fault is not None and await self._spoil(fault, answer, scope, receive):
                return
            if not _origin_allowed(house, scope, headers):
                await desk.refuse(ApiError("origin_not_allowed"), lean=lean)(scope, receive, answer)
                return
            await self._app(scope, receive, answer)
        except Exception as error:  # the last resort: a crash answers 500 and keeps its details in the log
            _log.exception("request failed")
            if answer.status:
                raise
            away = isinstance(error, OperationalError)
            refusal = ApiError("database_unavailable" if away else "internal")
            await desk.refuse(refusal, lean=lean)(scope, receive, answer)

    async def _spoil(self, fault: Fault, answer: "_Answer", scope: Scope, receive: Receive) -> bool:
        """Do what development asked for; True if the request is over."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.delay_s)
        elif fault.kind == "status":
            await JSONResponse({"error": "Fault"}, status_code=fault.status)(scope, receive, answer)
            return True
        elif fault.kind == "truncate":
            answer.truncate = True
        else:
            # An answer that promises more than it brings: the server closes the connection in the middle of it.
            await answer({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            return True
        return False


class _Answer:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, house: House, send: Send) -> None:
        self._house = house
        self._send = send
        self.status = 0
        self.truncate = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            if "cache-control" not in headers:
                headers["Cache-Control"] = "no-store"
            if not self._house.config.lean:
                headers[API_HEADER] = str(API_VERSION)
                headers[REQUEST_ID_HEADER] = request_id.get()
                headers[TIME_HEADER] = format_timestamp(self._house.clock.now())
        elif self.truncate:
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await self._send(message)


def _origin_allowed(house: House, scope: Scope, headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is None or scope["method"] in _READING:
        return True
    if origin in house.config.allowed_origins:
        return True
    # A page that got a name of its own pointed at this machine sends that name in both headers: it is not us.
    host = headers.get("host", "")
    name = urlsplit(f"//{host}").hostname or ""
    is_us = is_loopback(name) or not is_loopback(house.config.host)
    return is_us and origin == f"{scope['scheme']}://{host}"


def lean_missing_page() -> PlainTextResponse:
    """Return what the platform says of a path that it lacks."""
    return PlainTextResponse("404 page not found\n", status_code=404)

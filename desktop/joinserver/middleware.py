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
from starlette.requests import ClientDisconnect
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
_SWITCHES: Final = ("/api/dev/", "/api/faults", "/faults")
_SILENCE_S, _JSON_WITHIN_S, _FORM_WITHIN_S = 30.0, 20.0, 600.0
_SAFETY: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)


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
            for fault in _faults_of(house, scope):
                if await self._spoil(fault, answer, scope, receive):
                    return
            if not _origin_allowed(house, scope, headers):
                await desk.refuse(ApiError("origin_not_allowed"), lean=lean)(scope, receive, answer)
                return
            await self._app(scope, _Body(scope, receive, headers), answer)
            if answer.is_lost:
                await answer.break_off()
        except ClientDisconnect:
            _log.info("the sender went away in the middle of the request")
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
        elif fault.kind == "lose":
            answer.is_lost = True
        else:
            await answer.break_off()
            return True
        return False


def _faults_of(house: House, scope: Scope) -> list[Fault]:
    """Return the faults that a request meets; switching them always works."""
    method, path = scope["method"], scope["path"]
    if not house.config.serves_faults or path.startswith(_SWITCHES):
        return []
    once = house.faults.next_for(method, path)
    return [*house.faults.drawn_for(method, path), *([once] if once is not None else [])]


class _Body:
    """Hands a request's body on, but waits for a slow sender only so long."""

    def __init__(self, scope: Scope, receive: Receive, headers: Headers) -> None:
        self._receive = receive
        is_form = headers.get("content-type", "").startswith("multipart/")
        self._until = time.monotonic() + (_FORM_WITHIN_S if is_form else _JSON_WITHIN_S)
        self._is_whole = scope["method"] in _READING

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()
        left = min(_SILENCE_S, self._until - time.monotonic())
        try:
            async with asyncio.timeout(max(0.0, left)):
                message = await self._receive()
        except TimeoutError as error:
            self._is_whole = True
            raise ApiError("request_timeout") from error
        self._is_whole = not message.get("more_body", False)
        return message


class _Answer:
    """Sends an answer with the headers that every answer has."""

    def __init__(self, house: House, send: Send) -> None:
        self._house = house
        self._send = send
        self.status = 0
        self.truncate = False
        self.is_lost = False

    async def break_off(self) -> None:
        """Promise more than is brought: the web server closes the connection in the middle of the answer."""
        self.status = 200
        await self._send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})

    async def __call__(self, message: Message) -> None:
        if self.is_lost:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            for name, value in _SAFETY:
                headers.setdefault(name, value)
            if not self._house.config.lean:
                headers[API_HEADER] = str(API_VERSION)
                headers[REQUEST_ID_HEADER] = request_id.get()
                headers[TIME_HEADER] = format_timestamp(self._house.clock.now())
        elif self.truncate:
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await self._send(message)


def _origin_allowed(house: House, scope: Scope, headers: Headers) -> bool:
    if scope["method"] in _READING:
        return True
    origin = headers.get("origin")
    if origin is None:
        # Browsers say where a request comes from in one way or the other; programs say nothing.
        return headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
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

"""The front desk: how requests come in (token, limits, body) and how answers go out (full or lean, ETag, refusals)."""

import hashlib
import json
from collections.abc import Callable, Mapping

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from desktop.backend.wire import AUTH_COOKIE, WireShape
from desktop.core.people import Role
from desktop.joinserver import answers, logins, members
from desktop.joinserver.errors import ApiError
from desktop.joinserver.house import House
from desktop.joinserver.limits import Call
from desktop.joinserver.logins import Caller
from desktop.joinserver.members import Member
from desktop.joinserver.unit import Unit

JSON_LIMIT = 64 * 1024


def house_of(request: Request) -> House:
    """Return what the running server is made of."""
    house: House = request.app.state.house
    return house


def address_of(request: Request) -> str:
    """Return the address that limits are counted by."""
    return request.client.host if request.client else "unknown"


def access_token(request: Request) -> str | None:
    """Return the token that decides: the Bearer one without fallback, else the cookie."""
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else "-"
    return request.cookies.get(AUTH_COOKIE)


class Body:
    """A request's body, read but not yet looked into: membership is checked before input."""

    def __init__(self, raw: bytes | None, content_type: str) -> None:
        """`raw` None stands for a body over the limit."""
        self._raw = raw
        self._content_type = content_type

    def decoded(self) -> dict[str, object]:
        """Return the JSON object. Raises ApiError."""
        if self._raw is None:
            raise ApiError("body_too_large")
        if self._content_type.partition(";")[0].strip().lower() != "application/json":
            raise ApiError("unsupported_media_type")
        try:
            value = json.loads(self._raw)
        except (ValueError, RecursionError) as error:
            raise ApiError("invalid_request", fields=[]) from error
        if not isinstance(value, dict):
            raise ApiError("invalid_request", fields=[])
        return value

    def parse[Shape: WireShape](self, shape: type[Shape]) -> Shape:
        """Return the body as a wire shape. Raises ApiError; which fields are wrong is told, never what was sent."""
        return parsed(shape, self.decoded())


def parsed[Shape: WireShape](shape: type[Shape], data: Mapping[str, object]) -> Shape:
    """Return decoded input as a wire shape. Raises ApiError `invalid_request`.

    No database keeps zero bytes or halves of characters; what people write in a chat has refusals of its own.
    """
    unfit = sorted(name for name, value in data.items() if name != "content" and not _can_be_stored(value))
    if unfit:
        raise ApiError("invalid_request", fields=[name for name in unfit if _can_be_stored(name)])
    try:
        return shape.from_wire(data)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in problem["loc"]) for problem in error.errors()})
        raise ApiError("invalid_request", fields=fields) from error


def _can_be_stored(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


async def read_body(request: Request, limit: int = JSON_LIMIT) -> Body:
    """Read a body, but never more than `limit` bytes of it."""
    return Body(await read_raw(request, limit), request.headers.get("content-type", ""))


async def read_raw(request: Request, limit: int) -> bytes | None:
    """Return a body as it was sent, or None for one of more than `limit` bytes."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > limit:
            return None
    return bytes(chunks)


async def limit_public(request: Request) -> None:
    """Count a call of a public path by its address. Raises ApiError `rate_limited`."""
    house = house_of(request)
    await house.limiter.take(Call("public", address_of(request), house.config.limits.public_by_address))


def _call_of(request: Request, rule: str) -> Call:
    """Return a call as it is counted: by its login, by its address without one."""
    limits = house_of(request).config.limits
    token = access_token(request)
    caller = hashlib.sha256(token.encode()).hexdigest() if token else address_of(request)
    counts = {
        "join": limits.join, "accept": limits.accept, "end": limits.end, "send": limits.send_message,
        "files": limits.files, "summary": limits.summary, "other": limits.other,
    }  # fmt: skip
    return Call(rule, caller, counts[rule], burst=limits.send_message_burst if rule == "send" else None)


async def _run_counted[T](request: Request, rule: str, work: Callable[[Unit], T], *, writes: bool) -> T:
    """Count a call by its rule and run its unit. Raises ApiError, `rate_limited` among others."""
    house = house_of(request)
    call = _call_of(request, rule)
    if writes:
        return await house.limiter.write(call, house.db, work)
    await house.limiter.take(call)
    return await house.db.read(work)


async def as_mechanic[T](
    request: Request, work: Callable[[Unit, Caller], T], *, rule: str = "other", writes: bool = False
) -> T:
    """Run `work` for a signed-in mechanic. Raises ApiError."""
    token = access_token(request)

    def run(unit: Unit) -> T:
        return work(unit, logins.identify(unit, token, mechanic=True))

    return await _run_counted(request, rule, run, writes=writes)


async def as_member[T](
    request: Request, session_id: str, work: Callable[[Unit, Member], T], *, side: Role | None = None,
    rule: str = "other", writes: bool = False,
) -> T:  # fmt: skip
    """Run `work` for a member of a session, of one side where the path belongs to one. Raises ApiError."""
    token = access_token(request)

    def run(unit: Unit) -> T:
        caller = logins.identify(unit, token, mechanic=side is Role.MECHANIC)
        return work(unit, members.member(unit, caller, session_id, side=side, lock=writes))

    return await _run_counted(request, rule, run, writes=writes)


def reply(request: Request, shape: WireShape, *, status: int = 200) -> Response:
    """Answer with a shape, full or lean as the server runs."""
    return JSONResponse(_body(request, shape), status_code=status)


def reply_tagged(request: Request, shape: WireShape, cache_control: str = "private, no-cache") -> Response:
    """Answer with a shape and its ETag, or with 304 where the caller has that already; lean answers have no ETag."""
    body = _body(request, shape)
    if house_of(request).config.lean:
        return JSONResponse(body)
    tag = answers.etag(body)
    headers = {"ETag": tag, "Cache-Control": cache_control}
    known = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return JSONResponse(body, headers=headers)


def _body(request: Request, shape: WireShape) -> dict[str, object]:
    return answers.lean(shape) if house_of(request).config.lean else shape.to_wire()


def refuse(error: ApiError, *, lean: bool) -> Response:
    """Answer with a refusal; the platform's lean ones carry no code and know no 410."""
    body = {"error": error.text} if lean else error.body()
    status = 400 if lean and error.code == "session_ended" else error.status
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s is not None else {}
    if error.code == "request_timeout":
        headers["Connection"] = "close"  # the rest of that body is not waited for either
    return JSONResponse(body, status_code=status, headers=headers)

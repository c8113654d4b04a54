"""Messages of a session (contract 4.4)."""

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from desktop.backend.wire import (
    MessagesAnswer,
    ReadAnswer,
    ReadRequest,
    SendMessageAnswer,
    SendMessageRequest,
    WireShape,
)
from desktop.joinserver import chat, desk
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.described import described
from desktop.joinserver.errors import ApiError
from desktop.joinserver.members import Member
from desktop.joinserver.unit import Unit

router = APIRouter()
optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""


@router.post("/api/chat/send-message", **described(SendMessageAnswer, body=SendMessageRequest))
async def send_message(request: Request) -> Response:
    """Store a message once."""
    house = desk.house_of(request)
    body = await desk.read_body(request)
    session_id = _session_id(body)

    def work(unit: Unit, member: Member) -> SendMessageAnswer:
        data = body.decoded()
        if _has_lone_surrogates(data.get("content")):
            raise ApiError("bad_content")
        asked = desk.parsed(SendMessageRequest, data)
        known = chat.find_sent(unit, member, asked.temp_id)
        if known is not None:
            message = MessageViews(unit, member.row, house.links).message(known)
        else:
            message = chat.store(unit, member, house.links, asked)
        return SendMessageAnswer(message=message, temp_id=asked.temp_id, duplicate=known is not None)

    return desk.reply(request, await desk.as_member(request, session_id, work, rule="send", writes=True))


def _session_id(body: desk.Body) -> str:
    """Return the session that a body names; a body that names none is nobody's session, after the login is checked."""
    try:
        value = body.decoded().get("sessionId")
    except ApiError:
        return ""
    return value if isinstance(value, str) else ""


def _has_lone_surrogates(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


class _PageQuery(WireShape):
    limit: int = Field(default=100, ge=1, le=200)
    before: str | None = None
    after: str | None = None


@router.get("/api/sessions/{session_id}/messages", **described(MessagesAnswer, query=_PageQuery, tagged=True))
async def messages(request: Request, session_id: str) -> Response:
    """Read a page of messages."""
    links = desk.house_of(request).links

    def work(unit: Unit, member: Member) -> MessagesAnswer:
        asked = desk.parsed(_PageQuery, dict(request.query_params))
        if asked.before is not None and asked.after is not None:
            raise ApiError("invalid_request", fields=["after", "before"])
        views = MessageViews(unit, member.row, links)
        before = chat.read_cursor(asked.before) if asked.before is not None else None
        after = chat.read_cursor(asked.after) if asked.after is not None else None
        found = chat.page(unit, views, member.row, asked.limit, before=before, after=after)
        return chat.messages_answer(unit, member.row, found)

    return desk.reply_tagged(request, await desk.as_member(request, session_id, work))


@optional_router.post("/api/sessions/{session_id}/messages/read", **described(ReadAnswer, body=ReadRequest))
async def read(request: Request, session_id: str) -> Response:
    """Mark the other side's messages as read."""
    body = await desk.read_body(request)

    def work(unit: Unit, member: Member) -> ReadAnswer:
        count = chat.mark_read(unit, member, body.parse(ReadRequest).up_to)
        return ReadAnswer(count=count, read_at=unit.now)

    return desk.reply(request, await desk.as_member(request, session_id, work, writes=True))

"""Messages and files of a session (contract 4.4)."""

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import select
from starlette.responses import FileResponse, Response

from desktop.backend.wire import (
    FilesAnswer,
    MessagesAnswer,
    ReadAnswer,
    ReadRequest,
    SendMessageAnswer,
    SendMessageRequest,
    WireShape,
)
from desktop.joinserver import chat, desk, files
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.errors import ApiError, not_found
from desktop.joinserver.members import Member, is_id
from desktop.joinserver.tables import FileRow
from desktop.joinserver.unit import Unit

router = APIRouter()
optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""


@router.post("/api/chat/send-message")
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


@router.get("/api/sessions/{session_id}/messages")
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


@optional_router.post("/api/sessions/{session_id}/messages/read")
async def read(request: Request, session_id: str) -> Response:
    """Mark the other side's messages as read."""
    body = await desk.read_body(request)

    def work(unit: Unit, member: Member) -> ReadAnswer:
        count = chat.mark_read(unit, member, body.parse(ReadRequest).up_to)
        return ReadAnswer(count=count, read_at=unit.now)

    return desk.reply(request, await desk.as_member(request, session_id, work, writes=True))


@optional_router.get("/api/sessions/{session_id}/files")
async def list_files(request: Request, session_id: str) -> Response:
    """List a session's files."""
    links = desk.house_of(request).links

    def work(unit: Unit, member: Member) -> FilesAnswer:
        views = MessageViews(unit, member.row, links)
        return files.answer(files.entries(unit, views, member.row, links))

    return desk.reply_tagged(request, await desk.as_member(request, session_id, work))


@optional_router.get("/api/files/{file_id}/content")
async def content(request: Request, file_id: str) -> Response:
    """Serve a file's bytes to whoever holds its signed link."""
    await desk.limit_public(request)
    house = desk.house_of(request)
    query = request.query_params
    left = house.links.opens(file_id, query.get("exp", ""), query.get("sig", ""), house.clock.now())
    if left is None or not is_id(file_id):
        raise not_found()
    file = await house.db.read(lambda unit: unit.session.scalar(select(FileRow).where(FileRow.id == file_id)))
    path = house.config.data_dir / "files" / file.storage_path if file else None
    if file is None or path is None or not path.is_file():
        raise not_found()
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": f"private, max-age={int(left.total_seconds())}",
    }
    # The label of the file never becomes part of a header: the app gives it a name of its own.
    return FileResponse(path, media_type=file.file_type, filename=file.storage_path, headers=headers)

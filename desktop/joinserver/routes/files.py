"""Files of a session: listed, taken in, and served to holders of a signed link (contract 4.4)."""

import asyncio

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import FileResponse, Response

from desktop.backend.wire import TEMP_ID_PATTERN, FilesAnswer, UploadAnswer, WireShape
from desktop.joinserver import desk, files, multipart, uploads
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.described import Schema, described
from desktop.joinserver.errors import not_found
from desktop.joinserver.members import Member, is_id
from desktop.joinserver.tables import FileRow
from desktop.joinserver.unit import Unit

optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""

_FORM: dict[str, Schema] = {
    "file": {"type": "string", "format": "binary", "maxLength": multipart.FILE_LIMIT},
    "tempId": {"type": "string", "pattern": TEMP_ID_PATTERN},
    "file_category": {"type": "string", "enum": list(uploads.CATEGORIES)},
    "tags": {"type": "string", "description": "a JSON list, or words between commas"},
    "description": {"type": "string", "maxLength": 500},
}


class _Link(WireShape):
    exp: str
    sig: str


@optional_router.get("/api/sessions/{session_id}/files", **described(FilesAnswer, tagged=True))
async def list_files(request: Request, session_id: str) -> Response:
    """List a session's files."""
    links = desk.house_of(request).links

    def work(unit: Unit, member: Member) -> FilesAnswer:
        views = MessageViews(unit, member.row, links)
        return files.answer(files.entries(unit, views, member.row, links))

    return desk.reply_tagged(request, await desk.as_member(request, session_id, work))


@optional_router.post(
    "/api/sessions/{session_id}/files",
    **described(UploadAnswer, status=201, form=_FORM, required=("file", "tempId"), also={200: "It was stored before"}),
)
async def upload(request: Request, session_id: str) -> Response:
    """Keep a file, once for each `tempId`."""
    house = desk.house_of(request)
    data_dir = house.config.data_dir
    # Who may not send here is told so before a byte is kept.
    await desk.as_member(request, session_id, lambda _unit, _member: None, rule="files")
    incoming = await asyncio.to_thread(uploads.incoming_in, data_dir)
    async with multipart.received(request, incoming, files=frozenset({"file"})) as form:
        sent = await asyncio.to_thread(uploads.read_upload, form)

        def work(unit: Unit, member: Member) -> tuple[UploadAnswer, bool]:
            row = uploads.find_sent(unit, member, sent.temp_id or "")
            is_repeat = row is not None
            if row is None:
                uploads.refuse_after_end(member)
                (row,) = uploads.store(unit, member, house.links, [sent], uploads.kept_in(data_dir))
            views = MessageViews(unit, member.row, house.links)
            return UploadAnswer(file=files.entry(unit, views, row, house.links)), is_repeat

        answer, is_repeat = await desk.as_member(request, session_id, work, writes=True)
    return desk.reply(request, answer, status=200 if is_repeat else 201)


@optional_router.get(
    "/api/files/{file_id}/content", **described(None, query=_Link, media_type="application/octet-stream")
)
async def content(request: Request, file_id: str) -> Response:
    """Serve a file's bytes to whoever holds its signed link."""
    await desk.limit_public(request)
    house = desk.house_of(request)
    query = request.query_params
    left = house.links.opens(file_id, query.get("exp", ""), query.get("sig", ""), house.clock.now())
    if left is None or not is_id(file_id):
        raise not_found()
    file = await house.db.read(lambda unit: unit.session.scalar(select(FileRow).where(FileRow.id == file_id)))
    path = uploads.kept_in(house.config.data_dir) / file.storage_path if file else None
    if file is None or path is None or not path.is_file():
        raise not_found()
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": f"private, max-age={int(left.total_seconds())}",
    }
    # The label of the file never becomes part of a header: the app gives it a name of its own.
    return FileResponse(path, media_type=file.file_type, filename=file.storage_path, headers=headers)

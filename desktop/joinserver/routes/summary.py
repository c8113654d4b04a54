"""The summary of a session: written once by its mechanic, read by both sides (contract 4.3)."""

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from desktop.backend.wire import TEMP_ID_PATTERN, SubmittedAnswer, SummaryAnswer
from desktop.core.people import Role
from desktop.joinserver import desk, multipart, summaries, uploads, views
from desktop.joinserver.described import Schema, described
from desktop.joinserver.members import Member
from desktop.joinserver.unit import Unit

optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""

_FORM: dict[str, Schema] = {
    **{name: {"type": "string", "maxLength": summaries.TEXT_LENGTH} for name in summaries.TEXTS},
    **{name: {"type": "string", "format": "binary"} for name in summaries.PHOTO_FIELDS},
    "tempId": {"type": "string", "pattern": TEMP_ID_PATTERN},
}


@optional_router.get("/api/sessions/{session_id}/summary", **described(SummaryAnswer, tagged=True))
async def read(request: Request, session_id: str) -> Response:
    """Tell what is known of a session afterwards."""
    links = desk.house_of(request).links
    answer = await desk.as_member(
        request, session_id, lambda unit, member: views.summary_answer(unit, member.row, links)
    )
    return desk.reply_tagged(request, answer)


@optional_router.post(
    "/api/sessions/{session_id}/summary",
    **described(SubmittedAnswer, form=_FORM, required=summaries.NEEDED),
)
async def submit(request: Request, session_id: str) -> Response:
    """Keep the mechanic's summary, once."""
    house = desk.house_of(request)
    data_dir = house.config.data_dir
    await desk.as_member(request, session_id, lambda _unit, _member: None, side=Role.MECHANIC, rule="summary")
    incoming = await asyncio.to_thread(uploads.incoming_in, data_dir)
    async with multipart.received(request, incoming, files=frozenset(summaries.PHOTO_FIELDS)) as form:
        texts, photos = await asyncio.to_thread(summaries.read, form)

        def work(unit: Unit, member: Member) -> SubmittedAnswer:
            is_new = summaries.submit(unit, member, house.links, texts, photos, uploads.kept_in(data_dir))
            return SubmittedAnswer(message="Summary submitted" if is_new else "Summary was submitted before")

        answer = await desk.as_member(request, session_id, work, side=Role.MECHANIC, writes=True)
    return desk.reply(request, answer)

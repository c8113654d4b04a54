"""A session's own paths: join, start, state, end, names, notes (contract 4.3)."""

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from desktop.backend.wire import (
    EndAnswer,
    JoinAnswer,
    JoinRequest,
    NotesAnswer,
    PutNotesAnswer,
    PutNotesRequest,
    SessionInfoAnswer,
    StartAnswer,
    StartSession,
    StateAnswer,
    WireShape,
)
from desktop.core.people import Role, SessionId
from desktop.joinserver import desk, joining, lifecycle, people, rules, views
from desktop.joinserver.described import described
from desktop.joinserver.errors import ApiError
from desktop.joinserver.house import House
from desktop.joinserver.members import Member
from desktop.joinserver.presence import apply_presence
from desktop.joinserver.rooms import RoomServiceAway
from desktop.joinserver.tables import SessionRow
from desktop.joinserver.unit import Unit, room_name

router = APIRouter()
optional_router = APIRouter()
"""Paths that the platform may lack; a lean server does not have them."""


@router.post("/api/mechanic/sessions/{session_id}/join", **described(JoinAnswer, body=JoinRequest))
async def join_as_mechanic(request: Request, session_id: str) -> Response:
    """Join as the mechanic of the session."""
    return await _join(request, session_id, Role.MECHANIC)


@router.post("/api/customer/sessions/{session_id}/join", **described(JoinAnswer, body=JoinRequest))
async def join_as_customer(request: Request, session_id: str) -> Response:
    """Join as the customer of the session."""
    return await _join(request, session_id, Role.CUSTOMER)


async def _join(request: Request, session_id: str, side: Role) -> Response:
    house = desk.house_of(request)
    body = await desk.read_body(request)

    def sit(unit: Unit, member: Member) -> JoinAnswer:
        seat = joining.take_seat(unit, member, body.parse(JoinRequest))
        return joining.join_answer(unit, member, seat, house.tokens, house.links, server_url=house.config.livekit_url)

    answer = await desk.as_member(request, session_id, sit, side=side, rule="join", writes=True)
    # A room that was made a moment ago needs no second look: the session was locked, so it had not ended.
    if not house.rooms.knows(answer.room_name):
        answer = await _with_room(house, SessionId(session_id), answer)
    return desk.reply(request, answer)


async def _with_room(house: House, session_id: SessionId, answer: JoinAnswer) -> JoinAnswer:
    """Make the room of an answer. Raises ApiError if the session ended meanwhile: an old token must find no room."""
    try:
        await house.rooms.create(answer.room_name)
    except RoomServiceAway:
        answer = answer.model_copy(update={"room_ready": False})
    try:
        await house.db.read(lambda unit: joining.check_still_open(unit, session_id))
    except ApiError:
        if answer.room_ready:
            await house.rooms.delete(answer.room_name)
        raise
    return answer


@router.post("/api/sessions/{session_id}/start", **described(StartAnswer))
async def start(request: Request, session_id: str) -> Response:
    """Start the clock, if both people are in the room."""
    house = desk.house_of(request)
    await desk.as_member(request, session_id, lambda _unit, _member: None)
    try:
        here: dict[str, str] | None = await house.rooms.present(room_name(SessionId(session_id)))
    except RoomServiceAway:
        here = None

    def work(unit: Unit, member: Member) -> StartAnswer | ApiError:
        row = member.row
        if row.status not in rules.ACTIVE:
            raise ApiError("illegal_transition", current=row.status, requested="live")
        already = row.status == "live"
        if here is not None and not already:
            apply_presence(unit, row.id, here)
        if row.status == "waiting":
            present = people.present_roles(unit, row)
            if not lifecycle.both_present(present):
                # Returned, not raised: what was just learned of who is present has to be kept.
                return ApiError("not_both_present", present=present)
            already = not lifecycle.go_live(unit, row)
        session = StartSession(id=row.id, status=row.status, started_at=row.started_at)
        return StartAnswer(session=session, already_started=already, server_time=unit.now)

    outcome = await desk.as_member(request, session_id, work, writes=True)
    if isinstance(outcome, ApiError):
        raise outcome
    return desk.reply(request, outcome)


@optional_router.get("/api/sessions/{session_id}/state", **described(StateAnswer, tagged=True))
async def state(request: Request, session_id: str) -> Response:
    """Tell where the session stands."""
    answer = await desk.as_member(request, session_id, lambda unit, member: views.state_answer(unit, member.row))
    return desk.reply_tagged(request, answer)


@router.post("/api/sessions/{session_id}/end", **described(EndAnswer))
async def end(request: Request, session_id: str) -> Response:
    """End the session; a repeat tells how it ended."""

    def work(unit: Unit, member: Member) -> EndAnswer:
        row = member.row
        if row.status in rules.TERMINAL:
            return views.end_answer(unit, row, already=True)
        if row.status not in rules.ACTIVE:
            raise ApiError("illegal_transition", current=row.status, requested="completed")
        ending = rules.ending_by_member(row.status, row.started_at, unit.now)
        already = not lifecycle.end(unit, row, ending, member.role.value)
        return views.end_answer(unit, row, already=already)

    return desk.reply(request, await desk.as_member(request, session_id, work, rule="end", writes=True))


class _OfSession(WireShape):
    session_id: str = Field(alias="sessionId")


@router.get("/api/chat/session-info", **described(SessionInfoAnswer, query=_OfSession))
async def session_info(request: Request) -> Response:
    """Tell names and intake of a session."""
    session_id = request.query_params.get("sessionId", "")
    links = desk.house_of(request).links
    answer = await desk.as_member(request, session_id, lambda unit, member: views.session_info(unit, member.row, links))
    return desk.reply(request, answer)


@optional_router.get("/api/mechanic/sessions/{session_id}/notes", **described(NotesAnswer))
async def notes(request: Request, session_id: str) -> Response:
    """Read the mechanic's notes."""

    def work(_unit: Unit, member: Member) -> NotesAnswer:
        row = member.row
        return NotesAnswer(notes=row.mechanic_notes or "", version=row.notes_version, updated_at=row.notes_updated_at)

    return desk.reply(request, await desk.as_member(request, session_id, work, side=Role.MECHANIC))


@optional_router.put("/api/mechanic/sessions/{session_id}/notes", **described(PutNotesAnswer, body=PutNotesRequest))
async def put_notes(request: Request, session_id: str) -> Response:
    """Keep the mechanic's notes, unless they changed elsewhere meanwhile."""
    body = await desk.read_body(request)

    def work(unit: Unit, member: Member) -> PutNotesAnswer:
        asked = body.parse(PutNotesRequest)
        row = member.row
        if "\0" in asked.notes:
            raise ApiError("invalid_request", fields=["notes"])
        if row.status in {"refunded", "archived"}:
            raise ApiError("read_only")
        if asked.base_version is not None and asked.base_version != row.notes_version:
            raise ApiError("notes_conflict", notes=row.mechanic_notes or "", version=row.notes_version)
        _keep_notes(unit, row, asked.notes)
        return PutNotesAnswer(message="Notes saved", version=row.notes_version)

    answer = await desk.as_member(request, session_id, work, side=Role.MECHANIC, writes=True)
    return desk.reply(request, answer)


def _keep_notes(unit: Unit, row: SessionRow, text: str) -> None:
    row.mechanic_notes = text
    row.notes_version += 1
    row.notes_updated_at = unit.now
    unit.touch(row)

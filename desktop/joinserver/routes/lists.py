"""What a mechanic has before them: open sessions, requests, history (contract 4.2)."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.sql import ColumnElement
from starlette.responses import Response

from desktop.backend.wire import (
    AcceptAnswer,
    ActiveSessionsAnswer,
    HistoryAnswer,
    HistoryStats,
    QueueAnswer,
    Timestamp,
    WireShape,
    format_timestamp,
    parse_timestamp,
)
from desktop.joinserver import accepting, booking, desk, people, rules, views
from desktop.joinserver.described import described
from desktop.joinserver.errors import ApiError
from desktop.joinserver.logins import Caller
from desktop.joinserver.tables import Assignment, SessionRow
from desktop.joinserver.unit import Unit

router = APIRouter()
_LIST_MAX = 100
_QUEUE_MAX = 50


@router.get("/api/mechanic/active-sessions", **described(ActiveSessionsAnswer, tagged=True))
async def active_sessions(request: Request) -> Response:
    """List the mechanic's own open sessions: live, waiting, scheduled by start, pending."""

    def work(unit: Unit, caller: Caller) -> ActiveSessionsAnswer:
        order = case(
            (SessionRow.status == "live", 0), (SessionRow.status == "waiting", 1),
            (SessionRow.status == "scheduled", 2), else_=3,
        )  # fmt: skip
        rows = unit.session.scalars(
            select(SessionRow)
            .where(SessionRow.mechanic_id == caller.mechanic_id, SessionRow.status.in_(rules.OPEN))
            .order_by(order, SessionRow.scheduled_start, SessionRow.created_at, SessionRow.id)
            .limit(_LIST_MAX)
        ).all()
        items = views.list_items(unit, rows, caller.user_id)
        return ActiveSessionsAnswer(sessions=items, has_active_sessions=any(row.status in rules.ACTIVE for row in rows))

    return desk.reply_tagged(request, await desk.as_mechanic(request, work))


@router.get("/api/mechanic/queue", **described(QueueAnswer, tagged=True))
async def queue(request: Request) -> Response:
    """List requests for anybody, and those offered to or taken by the mechanic."""

    def work(unit: Unit, caller: Caller) -> QueueAnswer:
        unassigned = _requests(
            unit,
            and_(
                Assignment.mechanic_id.is_(None),
                Assignment.status == "queued",
                SessionRow.status.in_(("pending", "scheduled")),
            ),
        )
        mine = _requests(
            unit,
            and_(
                Assignment.mechanic_id == caller.mechanic_id,
                or_(
                    and_(Assignment.status == "offered", SessionRow.status.in_(("pending", "scheduled"))),
                    and_(Assignment.status == "accepted", SessionRow.status.in_(rules.OPEN)),
                ),
            ),
        )
        booking.preload(unit, [row for _, row in (*unassigned, *mine)])
        return QueueAnswer(
            total=len(unassigned) + len(mine),
            unassigned=tuple(views.queue_item(unit, assignment, row) for assignment, row in unassigned),
            mine=tuple(views.queue_item(unit, assignment, row) for assignment, row in mine),
        )

    return desk.reply_tagged(request, await desk.as_mechanic(request, work))


def _requests(unit: Unit, which: ColumnElement[bool]) -> list[tuple[Assignment, SessionRow]]:
    urgency = case((Assignment.priority == "high", 0), (Assignment.priority == "normal", 1), else_=2)
    found = unit.session.execute(
        select(Assignment, SessionRow)
        .join(SessionRow, SessionRow.id == Assignment.session_id)
        .where(which)
        .order_by(urgency, Assignment.created_at.desc(), Assignment.id)
        .limit(_QUEUE_MAX)
    )
    return [(assignment, row) for assignment, row in found]


@router.post("/api/mechanic/assignments/{assignment_id}/accept", **described(AcceptAnswer))
async def accept(request: Request, assignment_id: str) -> Response:
    """Take a request."""
    answer = await desk.as_mechanic(
        request, lambda unit, caller: accepting.accept(unit, caller, assignment_id), rule="accept", writes=True
    )
    return desk.reply(request, answer)


class _HistoryQuery(WireShape):
    status: str | None = None
    type: str | None = None
    from_date: Timestamp | None = None
    to_date: Timestamp | None = None
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=1_000_000)
    cursor: str | None = None


@router.get("/api/mechanic/sessions/history", **described(HistoryAnswer, query=_HistoryQuery, tagged=True))
async def history(request: Request) -> Response:
    """List the mechanic's ended sessions, newest first, with sums over all that match."""

    def work(unit: Unit, caller: Caller) -> HistoryAnswer:
        asked = desk.parsed(_HistoryQuery, dict(request.query_params))
        which = [SessionRow.mechanic_id == caller.mechanic_id, SessionRow.status.in_(rules.TERMINAL)]
        if asked.status:
            which.append(SessionRow.status == asked.status)
        if asked.type:
            which.append(SessionRow.type == asked.type)
        if asked.from_date:
            which.append(_ended >= asked.from_date)
        if asked.to_date:
            which.append(_ended <= asked.to_date)
        return _history(unit, which, asked)

    return desk.reply_tagged(request, await desk.as_mechanic(request, work))


_ended: ColumnElement[datetime] = func.coalesce(SessionRow.ended_at, SessionRow.updated_at)


def _history(unit: Unit, which: list[ColumnElement[bool]], asked: _HistoryQuery) -> HistoryAnswer:
    total, completed, cancelled, minutes, counted = unit.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((SessionRow.status == "completed", 1), else_=0)), 0),
            func.coalesce(func.sum(case((SessionRow.status == "cancelled", 1), else_=0)), 0),
            func.coalesce(func.sum(SessionRow.duration_minutes), 0),
            func.count(SessionRow.duration_minutes),
        ).where(*which)
    ).one()
    query = select(SessionRow).where(*which, *_after(asked.cursor)).order_by(_ended.desc(), SessionRow.id.desc())
    found = unit.session.scalars(query.offset(asked.offset if not asked.cursor else 0).limit(asked.limit + 1)).all()
    rows = found[: asked.limit]
    people.preload(unit, rows)
    booking.preload(unit, rows)
    more = len(found) > asked.limit
    return HistoryAnswer(
        sessions=tuple(views.history_item(unit, row) for row in rows),
        stats=HistoryStats(
            total=total,
            completed=completed,
            cancelled=cancelled,
            total_minutes=minutes,
            average_minutes=round(minutes / counted, 1) if counted else 0,
        ),
        next_cursor=_cursor(rows[-1]) if more else None,
    )


def _cursor(row: SessionRow) -> str:
    return f"{format_timestamp(row.ended_at or row.updated_at)}~{row.id}"


def _after(cursor: str | None) -> list[ColumnElement[bool]]:
    if not cursor:
        return []
    moment, _, row_id = cursor.partition("~")
    try:
        at = parse_timestamp(moment)
    except ValueError as error:
        raise ApiError("bad_cursor") from error
    return [or_(_ended < at, and_(_ended == at, SessionRow.id < row_id))]

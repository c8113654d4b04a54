"""What time alone does to sessions: endings, lost webhooks, rooms still to be closed. One pass may run at any time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import delete, select

from desktop.core.people import SessionId
from desktop.joinserver import booking, lifecycle, logins, people, rules
from desktop.joinserver.presence import apply_presence
from desktop.joinserver.rooms import RoomService, RoomServiceAway
from desktop.joinserver.storage import Database
from desktop.joinserver.tables import LiveKitRoom, RateBucket, SessionRow, WebhookEvent
from desktop.joinserver.unit import Unit, room_name

_log = logging.getLogger(__name__)
_WEBHOOKS_KEPT = rules.IDLE_LIMIT * 12


class Sweeper:
    """Looks after sessions that nobody looks after."""

    def __init__(self, db: Database, rooms: RoomService, on_closed: Callable[[SessionId], Awaitable[None]]) -> None:
        """`on_closed` is told of each room that was deleted late."""
        self._db = db
        self._rooms = rooms
        self._on_closed = on_closed

    async def run(self, every_s: float) -> None:
        """Sweep now and then until cancelled."""
        while True:
            try:
                if await self._db.may_sweep():
                    await self.sweep()
            except Exception:  # noqa: BLE001 - one bad pass must not end the sweeping; the next is only seconds away
                _log.exception("a sweep failed")
            await asyncio.sleep(every_s)

    async def sweep(self) -> None:
        """Do one pass."""
        for session_id in await self._db.read(_to_end):
            await self._db.write(lambda unit, sid=session_id: _end_by_time(unit, sid))  # type: ignore[misc]  # as below
        await self._compare_presence()
        await self._close_rooms()
        await self._db.write(_forget_old)

    async def _compare_presence(self) -> None:
        waiting = await self._db.read(
            lambda unit: list(unit.session.scalars(select(SessionRow.id).where(SessionRow.status == "waiting")))
        )
        for session_id in waiting:
            try:
                here = await self._rooms.present(room_name(session_id))
            except RoomServiceAway:
                return
            await self._db.write(lambda unit, sid=session_id, found=here: apply_presence(unit, sid, found))  # type: ignore[misc]  # defaults bind the loop's values

    async def _close_rooms(self) -> None:
        left_open = await self._db.read(_rooms_left_open)
        for session_id in left_open:
            try:
                await self._rooms.delete(room_name(session_id))
            except RoomServiceAway:
                return
            await self._on_closed(session_id)


def _rooms_left_open(unit: Unit) -> list[SessionId]:
    rows = unit.session.scalars(
        select(LiveKitRoom.session_id)
        .join(SessionRow, SessionRow.id == LiveKitRoom.session_id)
        .where(
            LiveKitRoom.revoked_at.is_not(None),
            LiveKitRoom.closed_at.is_(None),
            SessionRow.status.in_(rules.TERMINAL),
        )
        .distinct()
    )
    return list(rows)


def _to_end(unit: Unit) -> list[SessionId]:
    rows = unit.session.scalars(select(SessionRow).where(SessionRow.status.in_(rules.OPEN))).all()
    return [row.id for row in rows if _ending(unit, row) is not None]


def _end_by_time(unit: Unit, session_id: SessionId) -> None:
    """End one session whose time has come, unless it was extended or ended since it was looked at."""
    row = unit.session_row(session_id, lock=True)
    ending = _ending(unit, row) if row is not None and row.status in rules.OPEN else None
    if row is not None and ending is not None:
        lifecycle.end(unit, row, ending, "system")


def _ending(unit: Unit, row: SessionRow) -> rules.Ending | None:
    if row.status == "live":
        time_is_up_at = booking.time_is_up_at(unit, row)
        if row.started_at is None or time_is_up_at is None:
            return None
        return rules.ending_of_live(row.started_at, time_is_up_at, unit.now)
    if row.status == "scheduled":
        if row.scheduled_start is None:
            return None
        return rules.ending_of_scheduled(row.scheduled_start, unit.now, waiver_signed=row.waiver_signed_at is not None)
    if row.meta.get("demo"):
        return None
    mechanic = people.presence_rows(unit, row).get("mechanic")
    came = mechanic is not None and mechanic.joined_at is not None
    return rules.ending_of_idle(row.status, row.last_state_change_at, unit.now, mechanic_came=came)


def _forget_old(unit: Unit) -> None:
    logins.sweep_logins(unit)
    unit.session.execute(delete(RateBucket).where(RateBucket.at < (unit.now - logins.FAILURE_WINDOW).timestamp()))
    unit.session.execute(delete(WebhookEvent).where(WebhookEvent.at < unit.now - _WEBHOOKS_KEPT))

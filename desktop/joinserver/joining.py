"""Joining a session: who may, what it changes, and the one answer that holds everything a page needs."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, case, insert, null, or_, select, update

from desktop.backend.wire import JoinAnswer, JoinNotes, JoinRequest, format_timestamp
from desktop.core.people import Role, SessionId
from desktop.joinserver import booking, chat, files, lifecycle, people, rules
from desktop.joinserver.around import read_around
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.errors import ApiError, not_found
from desktop.joinserver.links import LinkSigner
from desktop.joinserver.members import Member
from desktop.joinserver.tables import Device, LiveKitRoom, ParticipantRow, SessionRow, UtcTime
from desktop.joinserver.tokens import LIFETIME_S, TokenMaker
from desktop.joinserver.unit import Unit, new_id, room_name

# Whoever joins holds the lock of the session, so "change it, or else add it" needs no other care.
_REFRESH_ROOM: Final = (
    update(LiveKitRoom)
    .where(LiveKitRoom.room_name == bindparam("room"), LiveKitRoom.user_id == bindparam("user"))
    .values(role=bindparam("as_role"), identity=bindparam("as_identity"), last_refreshed_at=bindparam("at"))
)
_ADD_ROOM: Final = insert(LiveKitRoom)
_IS_THIS: Final = Device.device_fingerprint == bindparam("device")
# One device a person: the one that joins is seen, and whichever was there before is out.
_SEE_DEVICE: Final = (
    update(Device)
    .where(
        Device.session_id == bindparam("session"), Device.user_id == bindparam("user"),
        or_(_IS_THIS, Device.kicked_at.is_(None)),
    )
    .values(
        last_seen_at=case((_IS_THIS, bindparam("at", type_=UtcTime())), else_=Device.last_seen_at),
        kicked_at=case((_IS_THIS, null()), else_=bindparam("at", type_=UtcTime())),
    )
    .returning(Device.device_fingerprint)
)  # fmt: skip
_ADD_DEVICE: Final = insert(Device)
_STATUS: Final = select(SessionRow.status).where(SessionRow.id == bindparam("session"))


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a member may sit down: what the token will say."""

    room: str
    identity: str
    kind: str


def take_seat(unit: Unit, member: Member, request: JoinRequest) -> Seat:
    """Check that a member may join now and write down that they do. Raises ApiError."""
    row = member.row
    kind = booking.kind_of(row)
    if not rules.view_fits(request.view, kind):
        raise not_found()
    if row.status in rules.TERMINAL:
        raise ApiError("session_ended", status=row.status)
    if row.status == "scheduled":
        _open_booked(unit, member)
    if member.role is Role.MECHANIC and row.mechanic_id is not None:
        identity = people.mechanic_identity(row.mechanic_id)
    else:
        identity = people.customer_identity(member.caller.user_id)
    seat = Seat(room_name(row.id), identity, kind)
    _map_room(unit, member, seat)
    _know_participant(unit, member)
    _know_device(unit, member, request.device_fingerprint)
    return seat


def check_still_open(unit: Unit, session_id: SessionId) -> None:
    """Refuse a session that has ended since its seat was taken (SR-3). Raises ApiError `session_ended`."""
    status = unit.ask(_STATUS, session=session_id).scalar()
    if status in rules.TERMINAL:
        raise ApiError("session_ended", status=status)


def _open_booked(unit: Unit, member: Member) -> None:
    row = member.row
    refusal = rules.scheduled_refusal(row.scheduled_start, unit.now, waiver_signed=row.waiver_signed_at is not None)
    if refusal == "too_early" and row.scheduled_start is not None:
        raise ApiError("too_early", opensAt=format_timestamp(row.scheduled_start - rules.JOIN_OPENS_BEFORE))
    if refusal is not None:
        raise ApiError(refusal)
    if member.role is not Role.MECHANIC or row.mechanic_id is None:
        return
    unit.lock_mechanic(row.mechanic_id)
    other = lifecycle.active_session_of(unit, row.mechanic_id, but=row.id)
    if other is not None:
        raise ApiError("mechanic_has_active_session", activeSessionId=other)
    if lifecycle.change_status(unit, row, "waiting"):
        unit.touch(row)


def _map_room(unit: Unit, member: Member, seat: Seat) -> None:
    refreshed = unit.ask(
        _REFRESH_ROOM, room=seat.room, user=member.caller.user_id, as_role=member.role.value, as_identity=seat.identity,
        at=unit.now,
    )  # fmt: skip
    if not refreshed.rowcount:
        unit.ask(
            _ADD_ROOM, id=new_id(), room_name=seat.room, session_id=member.row.id, user_id=member.caller.user_id,
            role=member.role.value, identity=seat.identity, created_at=unit.now, last_refreshed_at=unit.now,
        )  # fmt: skip


def _know_participant(unit: Unit, member: Member) -> None:
    presence = people.presence_rows(unit, member.row)
    if member.role.value not in presence:
        known = ParticipantRow(
            id=new_id(), session_id=member.row.id, user_id=member.caller.user_id, role=member.role.value, present=False
        )
        unit.session.add(known)
        presence[member.role.value] = known


def _know_device(unit: Unit, member: Member, fingerprint: str) -> None:
    user_id = member.caller.user_id
    seen = unit.ask(_SEE_DEVICE, session=member.row.id, user=user_id, device=fingerprint, at=unit.now).scalars().all()
    for other in seen:
        if other != fingerprint:
            unit.record(member.row, "device_kicked", user_id=user_id)
    if fingerprint not in seen:
        unit.ask(
            _ADD_DEVICE, id=new_id(), session_id=member.row.id, user_id=user_id, device_fingerprint=fingerprint,
            joined_at=unit.now, last_seen_at=unit.now,
        )  # fmt: skip


def join_answer(
    unit: Unit, member: Member, seat: Seat, tokens: TokenMaker, links: LinkSigner, *, server_url: str | None
) -> JoinAnswer:
    """Return everything a page needs, for a room that is ready; for the unit in which the seat was taken."""
    row = member.row
    around = read_around(unit, row)
    views = MessageViews(unit, row, links)
    newest = chat.page(unit, views, row, chat.JOIN_PAGE) if around.has_messages else chat.EMPTY_PAGE
    is_mechanic = member.role is Role.MECHANIC
    return JoinAnswer(
        token=tokens.token(seat.room, seat.identity, seat.kind),
        room_name=seat.room,
        session_id=row.id,
        session_type=seat.kind,
        server_url=server_url,
        expires_in=LIFETIME_S,
        identity=seat.identity,
        role=member.role.value,
        room_ready=True,
        participants=people.directory(unit, row),
        plan=row.plan,
        plan_name=booking.plan_name(unit, row),
        duration_minutes=booking.planned_minutes(unit, row),
        extension_minutes=booking.extension_minutes(unit, row),
        status=row.status,
        started_at=row.started_at,
        ends_at=booking.time_is_up_at(unit, row),
        is_paused=row.is_paused,
        total_paused_ms=row.total_paused_ms,
        server_time=unit.now,
        vehicle=booking.vehicle_of(unit, row),
        concern=booking.concern_of(unit, row),
        urgent=booking.is_urgent(unit, row),
        messages=newest.messages,
        messages_cursor=newest.cursors,
        files=files.entries(unit, views, row, links, files.JOIN_FILES) if around.has_files else (),
        notes=JoinNotes(notes=row.mechanic_notes or "", version=row.notes_version) if is_mechanic else None,
        version=row.version,
    )

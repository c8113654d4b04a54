"""Who is in the room, as LiveKit itself tells: by signed webhook or by the room service's list, never by a client."""

from sqlalchemy import select

from desktop.core.people import SessionId
from desktop.joinserver import lifecycle, rules
from desktop.joinserver.effects import CloseRoom, RemoveFromRoom
from desktop.joinserver.tables import LiveKitRoom, ParticipantRow, SessionRow, WebhookEvent
from desktop.joinserver.unit import Unit, new_id, room_name

_ROOM_PREFIX = "session-"
JOINED = "participant_joined"
LEFT = frozenset({"participant_left", "participant_connection_aborted"})
ROOM_FINISHED = "room_finished"


def apply_presence(unit: Unit, session_id: SessionId, here: dict[str, str]) -> None:
    """Bring the record of an open session in line with LiveKit's own list: participant sid by identity."""
    row = unit.session_row(session_id, lock=True)
    if row is None or row.status not in rules.OPEN:
        return
    for mapping in _mappings(unit, row):
        entry = _entry(unit, row, mapping)
        sid = here.get(mapping.identity)
        if sid is not None and (not entry.present or entry.participant_sid != sid):
            lifecycle.note_presence(unit, row, entry, present=True, sid=sid, at=unit.now)
        elif sid is None and entry.present:
            lifecycle.note_presence(unit, row, entry, present=False, sid=None, at=unit.now)


def handle_webhook(unit: Unit, event_id: str, event: str, room: str, identity: str, sid: str) -> None:
    """Take one event of LiveKit; a known id and an unknown room change nothing."""
    if unit.session.get(WebhookEvent, event_id) is not None:
        return
    unit.session.add(WebhookEvent(id=event_id, event=event, at=unit.now))
    unit.session.flush()
    row = unit.session_row(room.removeprefix(_ROOM_PREFIX), lock=True) if room.startswith(_ROOM_PREFIX) else None
    if row is None:
        return
    if event == JOINED:
        _joined(unit, row, identity, sid)
    elif event in LEFT:
        _left(unit, row, sid)
    elif event == ROOM_FINISHED:
        _everybody_left(unit, row)


def _joined(unit: Unit, row: SessionRow, identity: str, sid: str) -> None:
    mapping = next((known for known in _mappings(unit, row) if known.identity == identity), None)
    if row.status in rules.TERMINAL:
        unit.effects.append(CloseRoom(row.id, room_name(row.id)))
    elif mapping is None:
        unit.effects.append(RemoveFromRoom(room_name(row.id), identity))
    else:
        lifecycle.note_presence(unit, row, _entry(unit, row, mapping), present=True, sid=sid, at=unit.now)


def _left(unit: Unit, row: SessionRow, sid: str) -> None:
    entry = unit.session.scalar(
        select(ParticipantRow).where(
            ParticipantRow.session_id == row.id, ParticipantRow.participant_sid == sid, ParticipantRow.present.is_(True)
        )
    )
    if entry is not None:
        lifecycle.note_presence(unit, row, entry, present=False, sid=None, at=unit.now)


def _everybody_left(unit: Unit, row: SessionRow) -> None:
    here = unit.session.scalars(
        select(ParticipantRow).where(ParticipantRow.session_id == row.id, ParticipantRow.present.is_(True))
    ).all()
    for entry in here:
        lifecycle.note_presence(unit, row, entry, present=False, sid=None, at=unit.now)


def _mappings(unit: Unit, row: SessionRow) -> list[LiveKitRoom]:
    query = select(LiveKitRoom).where(LiveKitRoom.session_id == row.id, LiveKitRoom.revoked_at.is_(None))
    return list(unit.session.scalars(query))


def _entry(unit: Unit, row: SessionRow, mapping: LiveKitRoom) -> ParticipantRow:
    known = unit.session.scalar(
        select(ParticipantRow).where(ParticipantRow.session_id == row.id, ParticipantRow.user_id == mapping.user_id)
    )
    if known is None:
        known = ParticipantRow(
            id=new_id(), session_id=row.id, user_id=mapping.user_id, role=mapping.role, present=False
        )
        unit.session.add(known)
        unit.session.flush()
        unit.presence.pop(row.id, None)
    return known

"""From wire shapes to core data; every text from elsewhere is made safe to show on its way through."""

from datetime import datetime, timedelta

from desktop.backend import wire
from desktop.core.chat import ChatMessage, Delivery, MessagePage
from desktop.core.clock import ServerTime, SessionTimer
from desktop.core.notes import StoredNotes
from desktop.core.people import Directory, MechanicId, Person, Role, SessionId
from desktop.core.session import (
    Completion,
    FileEntry,
    JoinGrant,
    Mechanic,
    SessionKind,
    SessionRow,
    SessionState,
    SessionStatus,
    Vehicle,
)
from desktop.core.summary import SentSummary
from desktop.core.text import LINE_CAP, clean_block, clean_line, usable_name

_PLAN_CAP = 60
_LABEL_CAP = 40
_TEXT_CAP = 2 * wire.MAX_MESSAGE_LENGTH
_KIND_LABELS = {SessionKind.CHAT: "Chat", SessionKind.VIDEO: "Video", SessionKind.DIAGNOSTIC: "Diagnostic"}
_OPEN = frozenset({SessionStatus.SCHEDULED, SessionStatus.WAITING, SessionStatus.LIVE})
FALLBACK_PLAN = "Session"


def kind_of(text: str) -> SessionKind:
    """Return the kind of a wire type; what a newer server adds is UNKNOWN."""
    try:
        return SessionKind(text.lower())
    except ValueError:
        return SessionKind.UNKNOWN


def status_of(text: str) -> SessionStatus:
    """Return the status of a wire status; what a newer server adds is UNKNOWN."""
    try:
        return SessionStatus(text.lower())
    except ValueError:
        return SessionStatus.UNKNOWN


def role_of(text: str) -> Role | None:
    """Return the role of a wire role, or None for one that this app does not know."""
    try:
        return Role(text.lower())
    except ValueError:
        return None


def plan_of(label: str | None) -> str:
    """Return the plan's name for the screen."""
    return clean_line(label or "", _PLAN_CAP) or FALLBACK_PLAN


def customer_of(name: str | None) -> str:
    """Return the customer's name for the screen."""
    return usable_name(name) or Role.CUSTOMER.label


def mechanic_of(me: wire.MeAnswer) -> Mechanic:
    """Return the signed-in mechanic."""
    return Mechanic(
        id=MechanicId(me.id),
        name=usable_name(me.name) or Role.MECHANIC.label,
        workshop_name=clean_line(me.workshop_name or "", _PLAN_CAP) or None,
        can_accept=me.can_accept_sessions,
        on_shift=me.currently_on_shift,
        email=me.email,
    )


def vehicle_of(vehicle: wire.Vehicle | None) -> Vehicle | None:
    """Return the car, or None when nothing is known of it."""
    if vehicle is None:
        return None
    mapped = Vehicle(
        year=_part(vehicle.year),
        make=_part(vehicle.make),
        model=_part(vehicle.model),
        vin=_part(vehicle.vin),
        plate=_part(vehicle.plate),
        mileage=_part(vehicle.mileage),
        colour=_part(vehicle.color),
    )
    return mapped if mapped != Vehicle() else None


def vehicle_of_intake(intake: wire.IntakeData | None) -> Vehicle | None:
    """Return the car of a lean session-info answer."""
    if intake is None:
        return None
    return vehicle_of(
        wire.Vehicle(
            year=intake.year,
            make=intake.make,
            model=intake.model,
            vin=intake.vin,
            plate=intake.plate,
            mileage=intake.odometer,
        )
    )


def _part(value: str | int | None) -> str | None:
    return None if value is None else clean_line(str(value), _PLAN_CAP) or None


def row_of(item: wire.ListItem) -> SessionRow:
    """Return the list's row; a lean answer's row may be joined when its kind and status are known and open."""
    kind, status = kind_of(item.type), status_of(item.status)
    joinable = item.joinable if item.joinable is not None else status in _OPEN
    return SessionRow(
        id=SessionId(item.id),
        kind=kind,
        status=status,
        kind_label=_kind_label(kind, item.type_label or item.type),
        plan_name=plan_of(item.plan_label),
        customer_name=customer_of(item.customer_name),
        created_at=item.created_at,
        started_at=item.started_at,
        scheduled_start=item.scheduled_start,
        join_opens_at=item.join_opens_at,
        joinable=joinable and kind is not SessionKind.UNKNOWN and status in _OPEN,
        planned_minutes=item.duration_minutes,
        waiver_signed=item.waiver_signed is not False,
        urgent=item.urgent,
        customer_present=item.customer_present,
        unread_count=max(0, item.unread_count),
        vehicle=vehicle_of(item.vehicle),
        concern=clean_block(item.concern or ""),
        version=item.version,
    )


def row_of_request(item: wire.QueueItem) -> SessionRow:
    """Return the row of an open request; it carries no name before it is accepted (SR-22)."""
    session = item.session
    kind = kind_of(session.type)
    return SessionRow(
        id=SessionId(session.id),
        kind=kind,
        status=SessionStatus.PENDING,
        kind_label=_kind_label(kind, session.type),
        plan_name=plan_of(session.plan_label),
        customer_name=Role.CUSTOMER.label,
        created_at=session.created_at,
        scheduled_start=session.scheduled_start,
        planned_minutes=session.duration_minutes,
        urgent=session.urgent,
        vehicle=vehicle_of(session.vehicle),
        concern=clean_block(session.concern or ""),
        assignment_id=item.id,
    )


def row_of_history(item: wire.HistoryItem) -> SessionRow:
    """Return the row of an ended session."""
    kind = kind_of(item.type)
    return SessionRow(
        id=SessionId(item.id),
        kind=kind,
        status=status_of(item.status),
        kind_label=_kind_label(kind, item.type),
        plan_name=plan_of(item.plan_name),
        customer_name=customer_of(item.customer_name),
        created_at=item.created_at,
        started_at=item.started_at,
        ended_at=item.ended_at,
        vehicle=vehicle_of(item.vehicle),
        end_reason=item.end_reason,
        summary_sent=item.summary_submitted_at is not None,
        duration_minutes=item.duration_minutes,
    )


def _kind_label(kind: SessionKind, label: str) -> str:
    return _KIND_LABELS.get(kind) or clean_line(label, _LABEL_CAP).capitalize() or FALLBACK_PLAN


def directory_of(participants: tuple[wire.Participant, ...], version: int) -> Directory:
    """Return the people of a session as the backend names them; roles that the app does not know are left out."""
    people = tuple(
        Person(
            role=role,
            display_name=usable_name(participant.display_name) or role.label,
            identity=participant.identity,
            present=participant.present,
        )
        for participant in participants
        if (role := role_of(participant.role)) is not None
    )
    return Directory(people=people, version=version)


def message_of(message: wire.Message, directory: Directory) -> ChatMessage:
    """Return a stored message; its text stays raw (it is drawn literally), cut only beyond any honest length."""
    role = role_of(message.sender_role) or Role.CUSTOMER
    person = directory.by_role(role)
    return ChatMessage(
        sender=(person.identity if person is not None else None) or role.value,
        id=message.temp_id or message.id,
        role=role,
        text=message.content[:_TEXT_CAP],
        sent_at=message.created_at,
        delivery=Delivery.SENT if role is Role.MECHANIC else Delivery.RECEIVED,
        seq=message.seq,
        stored_id=message.id,
        attachment_names=tuple(_label(attachment.name) for attachment in message.attachments),
    )


def page_of(answer: wire.MessagesAnswer, directory: Directory) -> MessagePage:
    """Return a page of stored messages."""
    cursors = answer.cursors or wire.Cursors()
    return MessagePage(
        messages=tuple(message_of(message, directory) for message in answer.messages),
        before=cursors.before,
        after=cursors.after,
        has_more=answer.has_more,
    )


def file_of(entry: wire.FileEntry) -> FileEntry:
    """Return a file's label; the signed link is not kept."""
    return FileEntry(
        id=entry.id,
        name=_label(entry.file_name),
        media_type=clean_line(entry.file_type, _PLAN_CAP),
        size_bytes=entry.file_size,
        uploader_name=usable_name(entry.uploader_name) or Role.CUSTOMER.label,
        created_at=entry.created_at,
        tags=tuple(clean_line(tag, _LABEL_CAP) for tag in entry.tags),
    )


def notes_of(answer: wire.NotesAnswer) -> StoredNotes:
    """Return the notes for the editor."""
    return StoredNotes(clean_block(answer.notes, wire.MAX_NOTES_LENGTH), answer.version or 0)


def summary_of(summary: wire.ManualSummary) -> SentSummary:
    """Return a summary that was sent."""
    return SentSummary(
        findings=clean_block(summary.findings),
        steps_taken=clean_block(summary.steps_taken),
        next_steps=clean_block(summary.next_steps),
        parts_needed=clean_block(summary.parts_needed),
        submitted_at=summary.submitted_at,
        pictures=tuple(file_of(entry) for entry in summary.media_files),
    )


def _label(name: str) -> str:
    return clean_line(name, LINE_CAP) or "File"


def timer_of(answer: wire.JoinAnswer | wire.StateAnswer, server_time: ServerTime | None) -> SessionTimer:
    """Return the session's clock; a paused one keeps what was left when the server answered."""
    left = None
    if answer.is_paused and answer.ends_at is not None and answer.server_time is not None:
        left = max(0, round((answer.ends_at - answer.server_time).total_seconds()))
    return SessionTimer(
        started_at=answer.started_at,
        ends_at=answer.ends_at,
        planned_minutes=answer.duration_minutes,
        extension_minutes=answer.extension_minutes,
        is_paused=answer.is_paused,
        paused_left_s=left,
        server_time=server_time or ServerTime(0.0),
    )


def grant_of(answer: wire.JoinAnswer, server_time: ServerTime | None) -> JoinGrant:
    """Return the grant of a full join answer; its media address is not checked here."""
    version = answer.version or 0
    directory = directory_of(answer.participants, version)
    cursors = answer.messages_cursor or wire.Cursors()
    notes = answer.notes or wire.JoinNotes()
    return JoinGrant(
        session_id=SessionId(answer.session_id),
        kind=kind_of(answer.session_type),
        status=status_of(answer.status or ""),
        server_url=answer.server_url,
        token=answer.token,
        room_name=answer.room_name,
        identity=answer.identity or "",
        room_ready=answer.room_ready is not False,
        directory=directory,
        plan_name=plan_of(answer.plan_name),
        timer=timer_of(answer, server_time),
        vehicle=vehicle_of(answer.vehicle),
        concern=clean_block(answer.concern or ""),
        urgent=answer.urgent,
        messages=tuple(message_of(message, directory) for message in answer.messages),
        messages_before=cursors.before,
        messages_after=cursors.after,
        files=tuple(file_of(entry) for entry in answer.files),
        notes=clean_block(notes.notes, wire.MAX_NOTES_LENGTH),
        notes_version=notes.version,
        version=version,
    )


def state_of(answer: wire.StateAnswer, server_time: ServerTime | None) -> SessionState:
    """Return where a session stands."""
    version = answer.version or 0
    return SessionState(
        status=status_of(answer.status),
        directory=directory_of(answer.participants, version),
        plan_name=plan_of(answer.plan_name),
        timer=timer_of(answer, server_time),
        ended_at=answer.ended_at,
        ended_by=answer.ended_by,
        end_reason=answer.end_reason,
        message_seq=answer.message_seq,
        version=version,
    )


def completion_of(
    answer: wire.EndAnswer, grant: JoinGrant | None, row: SessionRow | None, mechanic: Mechanic | None
) -> Completion:
    """Return how a session ended: from the end answer, and what it leaves out from what was known before."""
    told = directory_of(answer.participants, 0)
    known = grant.directory if grant is not None else Directory()
    own = mechanic.name if mechanic is not None else None
    listed = row.customer_name if row is not None else None
    ended = answer.session
    return Completion(
        session_id=SessionId(ended.id),
        kind=grant.kind if grant is not None else row.kind if row is not None else SessionKind.UNKNOWN,
        status=status_of(ended.status),
        mechanic_name=_name_in(Role.MECHANIC, told, known) or own or Role.MECHANIC.label,
        customer_name=_name_in(Role.CUSTOMER, told, known) or listed or Role.CUSTOMER.label,
        plan_name=plan_of(answer.plan_name or (grant.plan_name if grant is not None else None)),
        started_at=_started_at(ended, grant, row),
        ended_at=ended.ended_at,
        duration_s=_duration_s(ended),
        ended_by=answer.ended_by or (None if _ended_before(answer) else Role.MECHANIC.value),
        end_reason=answer.end_reason,
        vehicle=grant.vehicle if grant is not None else row.vehicle if row is not None else None,
        concern=grant.concern if grant is not None else row.concern if row is not None else "",
    )


def _ended_before(answer: wire.EndAnswer) -> bool:
    return answer.already_ended or answer.semantic_result == "already_ended"


def _name_in(role: Role, *directories: Directory) -> str | None:
    people = (directory.by_role(role) for directory in directories)
    return next((person.display_name for person in people if person is not None), None)


def _duration_s(ended: wire.EndSession) -> int | None:
    if ended.duration_seconds is not None:
        return ended.duration_seconds
    return ended.duration_minutes * 60 if ended.duration_minutes is not None else None


def _started_at(ended: wire.EndSession, grant: JoinGrant | None, row: SessionRow | None) -> datetime | None:
    if ended.started is False:
        return None
    known = (grant.timer.started_at if grant is not None else None) or (row.started_at if row is not None else None)
    if known is not None:
        return known
    seconds = _duration_s(ended)
    if not ended.started or ended.ended_at is None or seconds is None:
        return None
    return ended.ended_at - timedelta(seconds=seconds)

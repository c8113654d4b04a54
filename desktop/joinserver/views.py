"""Answers about sessions: list rows, requests, history, state, the end, names and intake."""

from collections.abc import Sequence

from sqlalchemy import select

from desktop.backend.wire import (
    EndAnswer,
    EndSession,
    HistoryItem,
    IntakeData,
    ListItem,
    QueueItem,
    QueueSession,
    SessionInfoAnswer,
    StateAnswer,
    SummaryAnswer,
    SummaryDetails,
)
from desktop.core.people import Role, UserId
from desktop.joinserver import booking, chat, files, people, rules, summaries
from desktop.joinserver.links import LinkSigner
from desktop.joinserver.tables import Assignment, ParticipantRow, SessionRow
from desktop.joinserver.unit import Unit


def list_items(unit: Unit, rows: Sequence[SessionRow], viewer: UserId) -> tuple[ListItem, ...]:
    """Return the list rows of a mechanic's open sessions, in the order given."""
    people.preload(unit, rows)
    booking.preload(unit, rows)
    ids = [str(row.id) for row in rows]
    unread = chat.unread_counts(unit, viewer, ids)
    here = set(
        unit.session.scalars(
            select(ParticipantRow.session_id).where(
                ParticipantRow.session_id.in_(ids),
                ParticipantRow.present.is_(True),
                ParticipantRow.role == Role.CUSTOMER.value,
            )
        )
    )
    has_active = any(row.status in rules.ACTIVE for row in rows)
    return tuple(
        _list_item(unit, row, unread.get(row.id, 0), customer_present=row.id in here, has_active=has_active)
        for row in rows
    )


def _list_item(unit: Unit, row: SessionRow, unread: int, *, customer_present: bool, has_active: bool) -> ListItem:
    kind = booking.kind_of(row)
    opens_at = rules.join_opens_at(row.scheduled_start) if row.status == "scheduled" else None
    return ListItem(
        id=row.id,
        plan=row.plan,
        plan_label=booking.plan_name(unit, row),
        type=kind,
        type_label=booking.TYPE_LABELS.get(kind, kind.title()),
        status=row.status,
        created_at=row.created_at,
        started_at=row.started_at,
        customer_name=people.name_of_customer(unit, row),
        duration_minutes=booking.planned_minutes(unit, row),
        scheduled_start=row.scheduled_start,
        joinable=_joinable(unit, row, has_active=has_active),
        join_opens_at=opens_at,
        waiver_signed=row.waiver_signed_at is not None,
        urgent=booking.is_urgent(unit, row),
        vehicle=booking.vehicle_of(unit, row),
        concern=booking.concern_of(unit, row),
        unread_count=unread,
        customer_present=customer_present,
        version=row.version,
    )


def _joinable(unit: Unit, row: SessionRow, *, has_active: bool) -> bool:
    if row.status in rules.ACTIVE:
        return True
    if row.status != "scheduled" or has_active:
        return False
    return (
        rules.scheduled_refusal(row.scheduled_start, unit.now, waiver_signed=row.waiver_signed_at is not None) is None
    )


def queue_item(unit: Unit, assignment: Assignment, row: SessionRow) -> QueueItem:
    """Return a request; nothing in it tells who the customer is (SR-22)."""
    kind = booking.kind_of(row)
    session = QueueSession(
        id=row.id,
        status=row.status,
        plan=row.plan,
        type=kind,
        created_at=row.created_at,
        scheduled_start=row.scheduled_start,
        scheduled_end=row.scheduled_end,
        started_at=row.started_at,
        ended_at=row.ended_at,
        plan_label=booking.plan_name(unit, row),
        duration_minutes=booking.planned_minutes(unit, row),
        vehicle=booking.vehicle_of(unit, row),
        concern=booking.concern_of(unit, row),
        urgent=booking.is_urgent(unit, row),
    )
    return QueueItem(
        id=assignment.id,
        status=assignment.status,
        mechanic_id=assignment.mechanic_id,
        session_id=row.id,
        created_at=assignment.created_at,
        updated_at=assignment.updated_at,
        match_score=assignment.match_score,
        match_reasons=tuple(assignment.match_reasons),
        priority=assignment.priority,
        expires_at=assignment.expires_at,
        metadata=assignment.meta,
        session=session,
    )


def history_item(unit: Unit, row: SessionRow) -> HistoryItem:
    """Return a row of the history."""
    return HistoryItem(
        id=row.id,
        type=booking.kind_of(row),
        status=row.status,
        plan=row.plan,
        plan_name=booking.plan_name(unit, row),
        customer_name=people.name_of_customer(unit, row),
        vehicle=booking.vehicle_of(unit, row),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_minutes=row.duration_minutes,
        end_reason=row.end_reason,
        summary_submitted_at=row.summary_submitted_at,
    )


def state_answer(unit: Unit, row: SessionRow) -> StateAnswer:
    """Return where a session stands now."""
    everybody = people.participants(unit, row)
    return StateAnswer(
        session_id=row.id,
        status=row.status,
        participant_count=sum(person.present for person in everybody),
        participants=everybody,
        timestamp=unit.now,
        server_time=unit.now,
        plan_name=booking.plan_name(unit, row),
        duration_minutes=booking.planned_minutes(unit, row),
        extension_minutes=booking.extension_minutes(unit, row),
        started_at=row.started_at,
        ends_at=booking.time_is_up_at(unit, row),
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
        is_paused=row.is_paused,
        total_paused_ms=row.total_paused_ms,
        message_seq=chat.last_seq(unit, row),
        version=row.version,
    )


def end_answer(unit: Unit, row: SessionRow, *, already: bool) -> EndAnswer:
    """Return how a session ended."""
    minutes, seconds = rules.duration(row.started_at, row.ended_at)
    session = EndSession(
        id=row.id,
        status=row.status,
        ended_at=row.ended_at,
        duration_minutes=minutes,
        duration_seconds=seconds,
        started=row.started_at is not None,
    )
    return EndAnswer(
        message="Session already ended" if already else f"Session {row.status}",
        session=session,
        semantic_result="already_ended" if already else row.status,
        already_ended=already,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
        plan_name=booking.plan_name(unit, row),
        participants=people.directory(unit, row),
    )


def session_info(unit: Unit, row: SessionRow, links: LinkSigner) -> SessionInfoAnswer:
    """Return names and intake, as the platform's own pages ask for them."""
    intake = booking.intake_of(unit, row)
    vehicle = booking.vehicle_of(unit, row)
    data = None
    if intake is not None:
        data = IntakeData(
            concern=intake.concern,
            year=vehicle.year if vehicle else None,
            make=vehicle.make if vehicle else None,
            model=vehicle.model if vehicle else None,
            vin=vehicle.vin if vehicle else None,
            odometer=vehicle.mileage if vehicle else None,
            plate=vehicle.plate if vehicle else None,
            urgent=intake.urgent,
            files=files.of_intake(unit, row, links),
        )
    return SessionInfoAnswer(
        status=row.status,
        mechanic_id=people.user_of_mechanic(unit, row.mechanic_id) if row.mechanic_id else None,
        customer_id=row.customer_user_id,
        mechanic_name=people.name_of_mechanic(unit, row.mechanic_id) if row.mechanic_id else None,
        customer_name=people.name_of_customer(unit, row),
        intake_data=data,
    )


def summary_answer(unit: Unit, row: SessionRow, links: LinkSigner) -> SummaryAnswer:
    """Return what is known of a session afterwards: details, and the mechanic's words once there are any."""
    details = SummaryDetails(
        id=row.id,
        type=booking.kind_of(row),
        status=row.status,
        plan_name=booking.plan_name(unit, row),
        mechanic_name=people.name_of_role(unit, row, Role.MECHANIC),
        customer_name=people.name_of_customer(unit, row),
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_minutes=row.duration_minutes,
        vehicle=booking.vehicle_of(unit, row),
        concern=booking.concern_of(unit, row),
    )
    return SummaryAnswer(
        has_manual_summary=row.summary_data is not None,
        session_details=details,
        manual_summary=summaries.written(unit, row, links),
    )

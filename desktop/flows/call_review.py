"""An ended session opened again to be read: the same state object, without a room behind it."""

from desktop.core.call import CallPhase, CallState, EndReason, ParticipantView
from desktop.core.people import Person, Role, SessionId
from desktop.core.session import Completion, SessionKind, SessionRow, SessionState


def reviewed(session_id: SessionId, state: SessionState, row: SessionRow | None) -> CallState:
    """Return the page of an ended session, from the platform's answer and its row in the list."""
    mechanic = state.directory.by_role(Role.MECHANIC) or Person(Role.MECHANIC, Role.MECHANIC.label)
    customer = state.directory.by_role(Role.CUSTOMER) or Person(Role.CUSTOMER, Role.CUSTOMER.label)
    kind = row.kind if row is not None else SessionKind.UNKNOWN
    vehicle = row.vehicle if row is not None else None
    concern = row.concern if row is not None else ""
    completion = Completion(
        session_id=session_id,
        kind=kind,
        status=state.status,
        mechanic_name=mechanic.display_name,
        customer_name=customer.display_name,
        plan_name=state.plan_name,
        started_at=state.timer.started_at,
        ended_at=state.ended_at,
        duration_s=_duration_s(state),
        ended_by=state.ended_by,
        end_reason=state.end_reason,
        vehicle=vehicle,
        concern=concern,
        summary_sent=row is not None and row.summary_sent,
    )
    return CallState(
        session_id=session_id,
        kind=kind,
        phase=CallPhase.ENDED,
        mechanic=ParticipantView(mechanic),
        customer=ParticipantView(customer),
        plan_name=state.plan_name,
        timer=state.timer,
        vehicle=vehicle,
        concern=concern,
        chat_open=False,
        end_reason=EndReason.ENDED,
        completion=completion,
    )


def _duration_s(state: SessionState) -> int | None:
    if state.timer.started_at is None or state.ended_at is None:
        return None
    return max(0, int((state.ended_at - state.timer.started_at).total_seconds()))

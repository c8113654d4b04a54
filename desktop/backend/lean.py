"""A session on the platform's lean answers: names from the list and session-info, the rest as far as it is told."""

from dataclasses import dataclass

from desktop.backend import mapping, wire
from desktop.core.chat import MessagePage
from desktop.core.clock import ServerTime, SessionTimer
from desktop.core.people import Directory, Person, Role, SessionId
from desktop.core.session import JoinGrant, Mechanic, SessionRow, SessionState, SessionStatus
from desktop.core.text import clean_block, usable_name


@dataclass(frozen=True, slots=True)
class LeanFacts:
    """What a lean platform tells of a session in several answers; each of them may be missing."""

    mechanic: Mechanic | None
    row: SessionRow | None
    info: wire.SessionInfoAnswer | None
    messages: MessagePage
    earlier: JoinGrant | None

    @property
    def directory(self) -> Directory:
        """Both people: list name and own name first, then session-info, then the word for the role (contract 5)."""
        info = self.info or wire.SessionInfoAnswer(status="")
        listed = self.row.customer_name if self.row is not None else None
        told = usable_name(info.customer_name)
        earlier = self.earlier.directory.by_role(Role.CUSTOMER) if self.earlier is not None else None
        customer = (
            (listed if listed != Role.CUSTOMER.label else None)
            or told
            or (earlier.display_name if earlier is not None else None)
            or Role.CUSTOMER.label
        )
        own = self.mechanic.name if self.mechanic is not None else usable_name(info.mechanic_name)
        return Directory(
            people=(Person(Role.MECHANIC, own or Role.MECHANIC.label), Person(Role.CUSTOMER, customer)),
        )

    @property
    def status(self) -> SessionStatus:
        """Where the session stands, by session-info, else by the list."""
        if self.info is not None and self.info.status:
            return mapping.status_of(self.info.status)
        return self.row.status if self.row is not None else SessionStatus.UNKNOWN

    @property
    def plan_name(self) -> str:
        """The plan's name by the list; a session that left the list keeps the one it had."""
        if self.row is not None:
            return self.row.plan_name
        return self.earlier.plan_name if self.earlier is not None else mapping.FALLBACK_PLAN

    def timer(self, server_time: ServerTime | None) -> SessionTimer:
        """Return the clock: without an end it counts up, since the app has no duration table (contract 5)."""
        started_at = self.row.started_at if self.row is not None else None
        if started_at is None and self.earlier is not None:
            started_at = self.earlier.timer.started_at
        return SessionTimer(
            started_at=started_at,
            planned_minutes=self.row.planned_minutes if self.row is not None else None,
            server_time=server_time or ServerTime(0.0),
        )


def lean_grant(join: wire.JoinAnswer, facts: LeanFacts, server_time: ServerTime | None) -> JoinGrant:
    """Return the grant of a lean join answer, filled from the other answers."""
    row, info = facts.row, facts.info
    intake = info.intake_data if info is not None else None
    told = clean_block((intake.concern if intake is not None else None) or "")
    return JoinGrant(
        session_id=SessionId(join.session_id),
        kind=mapping.kind_of(join.session_type),
        status=facts.status,
        server_url=join.server_url,
        token=join.token,
        room_name=join.room_name,
        identity=join.identity or "",
        room_ready=join.room_ready is not False,
        directory=facts.directory,
        plan_name=facts.plan_name,
        timer=facts.timer(server_time),
        vehicle=(row.vehicle if row is not None else None) or mapping.vehicle_of_intake(intake),
        concern=(row.concern if row is not None else "") or told,
        urgent=(row is not None and row.urgent) or (intake is not None and intake.urgent),
        messages=facts.messages.messages,
        messages_before=facts.messages.before,
        messages_after=facts.messages.after,
        is_lean=True,
    )


def lean_state(facts: LeanFacts, server_time: ServerTime | None) -> SessionState:
    """Return where a session stands on a platform without a state answer."""
    return SessionState(
        status=facts.status,
        directory=facts.directory,
        plan_name=facts.plan_name,
        timer=facts.timer(server_time),
    )

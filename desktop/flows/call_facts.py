"""CallFacts: what is known of one session now, from the platform, the room and this PC; and the state made of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from desktop.core.bands import Band
from desktop.core.call import CallPhase, CallState, EndReason, ParticipantView
from desktop.core.link import LinkState
from desktop.core.session import Completion, JoinGrant, SessionState, SessionStatus
from desktop.flows.call_people import People
from desktop.rtc.events import (
    OwnDevices,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    QualityChanged,
    RoomEvent,
    SpeakersChanged,
    TrackChanged,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a state that the story decides, not the facts."""

    phase: CallPhase
    band: Band | None = None
    waiting_since_s: float | None = None
    end_reason: EndReason | None = None
    completion: Completion | None = None
    end_unconfirmed: bool = False
    link: LinkState = field(default_factory=LinkState)


class CallFacts:
    """The facts of one session, newest version first. Times are the loop's seconds."""

    def __init__(self, grant: JoinGrant) -> None:
        """Start with the join answer alone."""
        self.grant = grant
        self.people = People(grant.directory)
        self.own = OwnDevices()
        self.status = grant.status
        self.timer = grant.timer
        self.both_were_seen = False
        self._plan_name = grant.plan_name
        self._version = grant.version

    @property
    def is_live(self) -> bool:
        """Whether the session runs: the platform's word; on a lean one also that both were seen in the room."""
        if self.status is SessionStatus.LIVE:
            return True
        return self.grant.is_lean and self.both_were_seen and not self.status.is_terminal

    @property
    def customer(self) -> ParticipantView:
        """The other side."""
        return self.people.customer(was_here=self.is_live)

    @property
    def customer_first(self) -> str:
        """The first word of the customer's name, for sentences."""
        return self.customer.person.first_name

    def server_now(self, now: float) -> datetime:
        """Return the server's time at a reading of the loop's clock."""
        return self.timer.server_time.datetime_at(now)

    def take_grant(self, grant: JoinGrant) -> None:
        """Take a repeated join answer."""
        if grant.version >= self._version:
            self.status, self.timer = grant.status, grant.timer
            self._version, self._plan_name = grant.version, grant.plan_name
        self.people.replace(grant.directory)

    def take_state(self, state: SessionState) -> bool:
        """Take the platform's word; say whether it was taken: an older one is not."""
        if state.version < self._version:
            return False
        self.status, self.timer = state.status, state.timer
        self._version, self._plan_name = state.version, state.plan_name
        self.people.replace(state.directory)
        return True

    def take_event(self, event: RoomEvent, now: float) -> bool:
        """Take an event of the room if it is about people, tracks or devices; say whether it was."""
        match event:
            case ParticipantJoined(identity, name):
                self.people.joined(identity, name)
            case ParticipantLeft(identity):
                self.people.left(identity, now)
            case ParticipantRenamed(identity, name):
                self.people.renamed(identity, name)
            case TrackChanged(identity, source, state):
                self.people.track_changed(identity, source, state, now)
            case SpeakersChanged(identities):
                self.people.speakers_changed(identities)
            case QualityChanged(identity, quality):
                self.people.quality_changed(identity, quality)
            case OwnDevices():
                self.own = event
            case _:
                return False
        return True

    def state(self, standing: Standing) -> CallState:
        """Return the whole page as data."""
        grant = self.grant
        return CallState(
            session_id=grant.session_id,
            kind=grant.kind,
            phase=standing.phase,
            mechanic=self.people.mechanic(),
            customer=self.customer,
            plan_name=self._plan_name,
            timer=self.timer,
            vehicle=grant.vehicle,
            concern=grant.concern,
            urgent=grant.urgent,
            microphone=self.own.microphone,
            camera=self.own.camera,
            speaker=self.own.speaker,
            others=self.people.others(),
            band=standing.band,
            chat_open=standing.end_reason is None and not self.status.is_terminal,
            waiting_since_s=standing.waiting_since_s,
            end_reason=standing.end_reason,
            completion=standing.completion,
            end_unconfirmed=standing.end_unconfirmed,
            link=standing.link,
        )

    def completion(self, state: SessionState | None, now: float) -> Completion:
        """Return how the session ended, by a terminal `state`; without one, as it looks from here."""
        started_at = self.timer.started_at
        ended_at = state.ended_at if state is not None else self.server_now(now)
        duration = int((ended_at - started_at).total_seconds()) if started_at and ended_at else None
        return Completion(
            session_id=self.grant.session_id,
            kind=self.grant.kind,
            status=state.status if state is not None else SessionStatus.COMPLETED,
            mechanic_name=self.people.mechanic().person.display_name,
            customer_name=self.customer.person.display_name,
            plan_name=self._plan_name,
            started_at=started_at,
            ended_at=ended_at,
            duration_s=max(0, duration) if duration is not None else None,
            ended_by=state.ended_by if state is not None else None,
            end_reason=state.end_reason if state is not None else None,
            vehicle=self.grant.vehicle,
            concern=self.grant.concern,
        )

    def completed(self, completion: Completion) -> Completion:
        """Add to the platform's end answer what only this call knows."""
        return replace(
            completion,
            kind=self.grant.kind,
            started_at=completion.started_at or self.timer.started_at,
            vehicle=completion.vehicle or self.grant.vehicle,
            concern=completion.concern or self.grant.concern,
        )

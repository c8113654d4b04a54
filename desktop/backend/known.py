"""What is known only as long as one mechanic is signed in, and dropped whole at the end of the login."""

from dataclasses import dataclass, field, replace

from desktop.backend.refusals import Endpoint
from desktop.core.chat import ChatMessage
from desktop.core.errors import RefusedError
from desktop.core.people import Directory, SessionId
from desktop.core.session import JoinGrant, Mechanic, SessionRow, SessionState


@dataclass(slots=True)
class Known:
    """Answers that later answers lean on.

    `grants` are those of the sessions joined, without their tokens; `directories` the people of those and of others
    that were read. `temp_ids` are those of own messages by stored id, for a platform that does not store them.
    """

    mechanic: Mechanic | None = None
    rows: dict[SessionId, SessionRow] = field(default_factory=dict)
    grants: dict[SessionId, JoinGrant] = field(default_factory=dict)
    directories: dict[SessionId, Directory] = field(default_factory=dict)
    extras: dict[Endpoint, tuple[SessionRow, ...]] = field(default_factory=dict)
    temp_ids: dict[str, str] = field(default_factory=dict)
    last_event_id: str = ""

    def directory(self, session_id: SessionId) -> Directory:
        """Return the people of a session, as far as they are known."""
        return self.directories.get(session_id, Directory())

    def remember_grant(self, grant: JoinGrant) -> None:
        """Keep of a join what later answers lean on: never its token."""
        self.grants[grant.session_id] = replace(grant, token="", messages=(), files=(), notes="")
        self.directories[grant.session_id] = grant.directory

    def remember_state(self, session_id: SessionId, state: SessionState) -> None:
        """Keep the newer names, plan and clock of a session."""
        directory = self.directory(session_id).replaced_by(state.directory)
        self.directories[session_id] = directory
        grant = self.grants.get(session_id)
        if grant is not None:
            self.grants[session_id] = replace(
                grant, status=state.status, directory=directory, plan_name=state.plan_name, timer=state.timer
            )

    def go_on_from(self, before: "Known | None") -> None:
        """Take up the sessions of a login that ended, if it was the same mechanic's."""
        if before is None or before.mechanic is None or self.mechanic is None:
            return
        if before.mechanic.id == self.mechanic.id:
            self.grants, self.directories = before.grants, before.directories

    def recognised(self, message: ChatMessage) -> ChatMessage:
        """Return a message under the id it was sent with, where the platform did not store that."""
        own_id = self.temp_ids.get(message.stored_id or "")
        return message if own_id is None else replace(message, id=own_id)

    def with_names(self, error: RefusedError, session_id: SessionId | None) -> RefusedError:
        """Return a refusal whose sentence can name the customer, or who is missing."""
        other = error.details.get("active_session_id", session_id)
        row = self.rows.get(SessionId(other)) if isinstance(other, str) else None
        names: dict[str, object] = {} if row is None else {"customer": row.customer_name}
        present = error.details.get("present")
        if session_id is not None and isinstance(present, tuple):
            people = self.directory(session_id).people
            missing = [person.display_name for person in people if person.role.value not in present]
            names |= {"missing": " and ".join(missing)} if missing else {}
        return detailed(error, **names)


def detailed(error: RefusedError, **details: object) -> RefusedError:
    """Return a refusal with more details."""
    return RefusedError(error.code, error.status, reference=error.reference, details={**error.details, **details})

"""A restart out of a session, as its page draws it: how far the way back has come."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.core.join_wish import JoinWish
from desktop.core.people import Person, SessionId
from desktop.core.session import Vehicle


class RestartPhase(StrEnum):
    """Where the way back stands. OFF there is none; GIVEN_UP after too many restarts in a short time."""

    OFF = "off"
    ASKING = "asking"
    ENTERING = "entering"
    ENDED = "ended"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class RestartState:
    """Everything the page of a restart needs.

    `session_id` is a key and never shown. `minutes_left` is None where nobody knows. `unsent` counts the lines of chat
    that are still to be sent. `since_s` is monotonic. `trouble` is the sentence of what holds it up, if anything does.
    `wants_summary` says of a session that ended meanwhile that its summary can be written. `wish` is how microphone and
    camera stood, and stand again.
    """

    phase: RestartPhase = RestartPhase.OFF
    session_id: SessionId | None = None
    mechanic_name: str = ""
    customer: Person | None = None
    vehicle: Vehicle | None = None
    minutes_left: int | None = None
    unsent: int = 0
    since_s: float | None = None
    trouble: str = ""
    wants_summary: bool = False
    wish: JoinWish = field(default_factory=JoinWish)

    @property
    def is_on(self) -> bool:
        """Whether there is a way back to show."""
        return self.phase is not RestartPhase.OFF

    @property
    def is_under_way(self) -> bool:
        """Whether the mechanic is being led back."""
        return self.phase in {RestartPhase.ASKING, RestartPhase.ENTERING}

"""A session as the mechanic knows it: its row in the list, and the grant that a join answer gives."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.core.chat import ChatMessage
from desktop.core.clock import SessionTimer
from desktop.core.people import Directory, MechanicId, SessionId


class SessionKind(StrEnum):
    """The type of a session; a diagnostic session is a video session with another plan."""

    CHAT = "chat"
    VIDEO = "video"
    DIAGNOSTIC = "diagnostic"
    UNKNOWN = "unknown"

    @property
    def has_video(self) -> bool:
        """Whether camera, microphone and pictures belong to it."""
        return self in {SessionKind.VIDEO, SessionKind.DIAGNOSTIC}


class SessionStatus(StrEnum):
    """Where a session stands (contract section 3); what a newer server adds reads as UNKNOWN and cannot be joined."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    WAITING = "waiting"
    LIVE = "live"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    ARCHIVED = "archived"
    UNKNOWN = "unknown"

    @property
    def is_terminal(self) -> bool:
        """Whether no one can ever enter it again."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        SessionStatus.COMPLETED,
        SessionStatus.CANCELLED,
        SessionStatus.EXPIRED,
        SessionStatus.REFUNDED,
        SessionStatus.ARCHIVED,
    }
)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """The car of a session, as its intake tells; every field may be missing. Texts are already clean."""

    year: str | None = None
    make: str | None = None
    model: str | None = None
    vin: str | None = None
    plate: str | None = None
    mileage: str | None = None
    colour: str | None = None

    @property
    def title(self) -> str:
        """Year, make and model in one line; empty when nothing is known."""
        return " ".join(part for part in (self.year, self.make, self.model) if part)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in the list. All texts are clean and ready to show; times are aware, UTC, by the server's clock."""

    id: SessionId
    kind: SessionKind
    status: SessionStatus
    kind_label: str
    plan_name: str
    customer_name: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    scheduled_start: datetime | None = None
    join_opens_at: datetime | None = None
    joinable: bool = False
    planned_minutes: int | None = None
    waiver_signed: bool = True
    urgent: bool = False
    customer_present: bool = False
    unread_count: int = 0
    vehicle: Vehicle | None = None
    concern: str = ""
    end_reason: str | None = None
    summary_sent: bool = False
    duration_minutes: int | None = None
    version: int = 0
    assignment_id: str | None = None
    """What accepting names, for a request that nobody has accepted yet; never shown."""

    @property
    def wants_summary(self) -> bool:
        """Whether its summary is still to be written."""
        return self.status is SessionStatus.COMPLETED and not self.summary_sent


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a session, by its label only; links are fetched when one is opened."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    uploader_name: str
    created_at: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinGrant:
    """What one join answer means to us: enough to render the whole page before LiveKit says anything.

    `token` and `server_url` open the room; the token lives in memory only and is left out of `repr`. `server_url` None
    means that there is no room to open: `media_error` then holds the code of the sentence (`no_media_server`,
    `bad_media_host`), and chat over HTTP goes on.
    """

    session_id: SessionId
    kind: SessionKind
    status: SessionStatus
    server_url: str | None
    token: str = field(repr=False)
    room_name: str
    identity: str
    room_ready: bool
    directory: Directory
    plan_name: str
    timer: SessionTimer
    vehicle: Vehicle | None
    concern: str
    urgent: bool
    messages: tuple[ChatMessage, ...]
    messages_before: str | None
    messages_after: str | None
    files: tuple[FileEntry, ...] = ()
    notes: str = ""
    notes_version: int = 0
    version: int = 0
    is_lean: bool = False
    media_error: str | None = None


@dataclass(frozen=True, slots=True)
class SessionState:
    """The answer of `GET state`: where the session stands now, for a page that already has its grant."""

    status: SessionStatus
    directory: Directory
    plan_name: str
    timer: SessionTimer
    ended_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None
    message_seq: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """How a session ended, for the completion page: both real names, plan, times, duration, who ended it.

    `ended_by` is `mechanic`, `customer` or `system`; `started_at` None means that it never began.
    `summary_sent` is what was known when it was read.
    """

    session_id: SessionId
    kind: SessionKind
    status: SessionStatus
    mechanic_name: str
    customer_name: str
    plan_name: str
    started_at: datetime | None
    ended_at: datetime | None
    duration_s: int | None
    ended_by: str | None
    end_reason: str | None
    vehicle: Vehicle | None = None
    concern: str = ""
    summary_sent: bool = False

    @property
    def wants_summary(self) -> bool:
        """Whether its summary is still to be written; only of a completed session there is one."""
        return self.status is SessionStatus.COMPLETED and not self.summary_sent


@dataclass(frozen=True, slots=True)
class Mechanic:
    """The signed-in mechanic; `email` is their own and is shown nowhere."""

    id: MechanicId
    name: str
    workshop_name: str | None = None
    can_accept: bool = True
    on_shift: bool = False
    email: str = field(default="", repr=False)

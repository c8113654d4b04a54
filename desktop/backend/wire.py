"""Request and answer shapes of the platform exactly as they are on the wire; the join server uses the same ones.

Attributes are snake_case here; each shape knows the field case of its endpoint (`to_wire` writes it, nulls included).
Parsing is forgiving, as the contract asks (section 1): unknown fields are ignored, null equals absent, and statuses
and types stay plain strings, so that what a newer server adds never breaks an older app. A field marked `ADDED` is
one that only the join server sends; the platform's lean answers parse with the same shapes.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

API_VERSION: Final = 1
API_HEADER: Final = "X-Baylink-Api"
TIME_HEADER: Final = "X-Baylink-Time"
REQUEST_ID_HEADER: Final = "X-Request-Id"
CLIENT_HEADER: Final = "X-Baylink-Client"
AUTH_COOKIE: Final = "sb-baylink-auth-token"
SESSION_TOPIC: Final = "baylink.session"
TEMP_ID_PATTERN: Final = r"^[A-Za-z0-9_-]{8,64}$"
FINGERPRINT_PATTERN: Final = r"^[A-Za-z0-9._:-]{8,128}$"
MAX_MESSAGE_LENGTH: Final = 2_000
MAX_NOTES_LENGTH: Final = 20_000
MAX_PUSH_BYTES: Final = 14_000


class _Added:
    """Marks a field that the join server adds to the platform's answer."""


ADDED: Final = _Added()


def format_timestamp(moment: datetime) -> str:
    """Return an aware time as the wire writes it: RFC 3339, UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_timestamp(text: str) -> datetime:
    """Return the aware time of an RFC 3339 text; a time without a zone counts as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("a time outside the calendar") from error


def _parse_if_text(value: object) -> object:
    return parse_timestamp(value) if isinstance(value, str) else value


Timestamp = Annotated[
    datetime, BeforeValidator(_parse_if_text), PlainSerializer(format_timestamp, return_type=str, when_used="json")
]
TempId = Annotated[str, StringConstraints(pattern=TEMP_ID_PATTERN)]
Fingerprint = Annotated[str, StringConstraints(pattern=FINGERPRINT_PATTERN)]
Email = Annotated[str, StringConstraints(max_length=254)]
Password = Annotated[str, StringConstraints(max_length=128)]
View = Literal["chat", "video"]


class WireShape(BaseModel):
    """One object on the wire whose fields are named as the attributes are; frozen, forgiving when it is parsed."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if isinstance(data, Mapping):
            return {key: value for key, value in data.items() if value is not None}
        return data

    def to_wire(self) -> dict[str, object]:
        """Return the JSON-ready object with the wire's field names; empty fields are sent as null."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_wire(cls, data: object) -> Self:
        """Return the shape of a decoded JSON value. Raises pydantic's ValidationError, which never shows the input."""
        return cls.model_validate(data)

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Return the shape of a raw JSON body. Raises pydantic's ValidationError, which never shows the input."""
        return cls.model_validate_json(raw)


class CamelShape(WireShape):
    """An object whose fields are camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


# ---- errors -------------------------------------------------------------------------------------------------------


class ErrorBody(WireShape):
    """The body of every refusal; details such as `opensAt` or `activeSessionId` are in `model_extra`."""

    model_config = ConfigDict(extra="allow")

    error: str = ""
    code: str | None = None


# ---- sign-in and identity (contract 4.1) ----------------------------------------------------------------------------


class LoginRequest(WireShape):
    """What a sign-in sends, to the mechanic's login and to the password grant alike."""

    email: Email
    password: Password = Field(repr=False)


class RefreshRequest(WireShape):
    """What the refresh grant sends."""

    refresh_token: str = Field(repr=False, max_length=4_096)


class SetSessionRequest(WireShape):
    """The token pair that is turned into the cookie."""

    access_token: str = Field(repr=False, max_length=8_192)
    refresh_token: str = Field(repr=False, max_length=4_096)


class OkAnswer(WireShape):
    """The answer of set-session."""

    ok: bool = True


class SuccessAnswer(WireShape):
    """The answer of sign-out."""

    success: bool = True


class LoginMechanic(WireShape):
    """Who has signed in."""

    id: str
    name: str = ""
    account_type: str = "individual_mechanic"
    workshop_name: str | None = None


class LoginAnswer(WireShape):
    """The answer of the mechanic's login."""

    success: bool = True
    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    token_type: Annotated[str, ADDED] = "bearer"  # noqa: S105 - the kind of token, not a secret
    expires_in: int = 3_600
    mechanic: LoginMechanic


class TokenUser(WireShape):
    """The owner of a token pair, by auth id."""

    id: str


class TokenAnswer(WireShape):
    """The answer of both grants of `/auth/v1/token`."""

    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    token_type: str = "bearer"  # noqa: S105 - the kind of token, not a secret
    expires_in: int = 3_600
    user: TokenUser | None = None


_ME_ALIASES: Final = {
    "stripe_connected": "stripeConnected",
    "payouts_enabled": "payoutsEnabled",
    "sin_collected": "sinCollected",
}


class MeAnswer(WireShape):
    """The signed-in mechanic's own record."""

    model_config = ConfigDict(alias_generator=lambda name: _ME_ALIASES.get(name, name))

    id: str
    user_id: str
    name: str = ""
    email: str = Field(default="", repr=False)
    stripe_connected: bool = False
    payouts_enabled: bool = False
    sin_collected: bool = False
    service_tier: str | None = None
    account_type: str = "individual_mechanic"
    workshop_id: str | None = None
    partnership_type: str | None = None
    workshop_name: Annotated[str | None, ADDED] = None
    can_accept_sessions: bool = True
    currently_on_shift: bool = False


# ---- lists, queue, accept, history (contract 4.2) -------------------------------------------------------------------


class Vehicle(WireShape):
    """The car of a session as its intake tells; any part may be missing."""

    year: int | str | None = None
    make: str | None = None
    model: str | None = None
    vin: str | None = None
    plate: str | None = None
    mileage: str | int | None = None
    color: str | None = None


class ListItem(CamelShape):
    """One open session in the mechanic's list."""

    id: str
    plan: str | None = None
    plan_label: str = ""
    type: str = ""
    type_label: str = ""
    status: str
    created_at: Timestamp
    started_at: Timestamp | None = None
    customer_name: str = ""
    duration_minutes: Annotated[int | None, ADDED] = None
    scheduled_start: Annotated[Timestamp | None, ADDED] = None
    joinable: Annotated[bool | None, ADDED] = None
    join_opens_at: Annotated[Timestamp | None, ADDED] = None
    waiver_signed: Annotated[bool | None, ADDED] = None
    urgent: Annotated[bool, ADDED] = False
    vehicle: Annotated[Vehicle | None, ADDED] = None
    concern: Annotated[str | None, ADDED] = None
    unread_count: Annotated[int, ADDED] = 0
    customer_present: Annotated[bool, ADDED] = False
    version: Annotated[int, ADDED] = 0


class ActiveSessionsAnswer(CamelShape):
    """The mechanic's own open sessions."""

    sessions: tuple[ListItem, ...] = ()
    has_active_sessions: bool = False


class QueueSession(WireShape):
    """The session inside a request, without anything that tells who the customer is."""

    id: str
    status: str
    plan: str | None = None
    type: str = ""
    created_at: Timestamp
    scheduled_start: Timestamp | None = None
    scheduled_end: Timestamp | None = None
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    plan_label: Annotated[str | None, ADDED] = None
    duration_minutes: Annotated[int | None, ADDED] = None
    vehicle: Annotated[Vehicle | None, ADDED] = None
    concern: Annotated[str | None, ADDED] = None
    urgent: Annotated[bool, ADDED] = False


class QueueItem(WireShape):
    """One request: an assignment of a session to be accepted."""

    id: str
    status: str
    mechanic_id: str | None = None
    session_id: str
    created_at: Timestamp
    updated_at: Timestamp | None = None
    match_score: float | None = None
    match_reasons: tuple[str, ...] = ()
    priority: str = "normal"
    expires_at: Timestamp | None = None
    metadata: dict[str, object] = Field(default_factory=dict)
    session: QueueSession


class QueueAnswer(WireShape):
    """Requests for anybody, and the mechanic's own."""

    total: int = 0
    unassigned: tuple[QueueItem, ...] = ()
    mine: tuple[QueueItem, ...] = ()


class AcceptAnswer(CamelShape):
    """A request was accepted."""

    success: bool = True
    session_id: str
    session_type: str = ""
    message: str = ""
    status: Annotated[str | None, ADDED] = None
    already_accepted: Annotated[bool, ADDED] = False


class HistoryItem(WireShape):
    """One ended session."""

    id: str
    type: str = ""
    status: str
    plan: str | None = None
    plan_name: str = ""
    customer_name: str = ""
    vehicle: Vehicle | None = None
    created_at: Timestamp
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    duration_minutes: int | None = None
    end_reason: str | None = None
    summary_submitted_at: Timestamp | None = None


class HistoryStats(WireShape):
    """Sums over everything the history's filter covers."""

    total: int = 0
    completed: int = 0
    cancelled: int = 0
    total_minutes: int = 0
    average_minutes: float = 0


class HistoryAnswer(WireShape):
    """Ended sessions, newest first."""

    sessions: tuple[HistoryItem, ...] = ()
    stats: HistoryStats = Field(default_factory=HistoryStats)
    next_cursor: Annotated[str | None, ADDED] = None


class Plan(CamelShape):
    """An active plan; `id` is its slug."""

    id: str
    name: str = ""
    description: str = ""
    price: str | float | None = None
    price_value: float | None = None
    duration: str | None = None
    duration_minutes: int | None = None
    features: tuple[str, ...] = ()


class PlansAnswer(WireShape):
    """The active plans."""

    plans: tuple[Plan, ...] = ()


class HealthCheck(WireShape):
    """One thing the server depends on; `latency` in milliseconds."""

    status: str
    latency: float | None = None


class HealthChecks(WireShape):
    """The things the server depends on."""

    database: HealthCheck | None = None
    livekit: HealthCheck | None = None


class HealthAnswer(CamelShape):
    """Whether the server works; `uptime` in seconds."""

    status: str
    timestamp: Timestamp | None = None
    uptime: float = 0
    checks: HealthChecks = Field(default_factory=HealthChecks)
    name: Annotated[str | None, ADDED] = None
    api_version: Annotated[int | None, ADDED] = None


# ---- a session (contract 4.3, 4.4) ----------------------------------------------------------------------------------


class Participant(CamelShape):
    """A member of a session as the server names them."""

    role: str
    identity: str | None = None
    display_name: str = ""
    present: Annotated[bool, ADDED] = False


class StateParticipant(Participant):
    """A member with the first time they came; None means that they were never here."""

    joined_at: Timestamp | None = None


class Attachment(WireShape):
    """A file named in a message; live copies carry no link."""

    file_id: str
    name: str = ""
    url: str | None = Field(default=None, repr=False)
    url_expires_at: Timestamp | None = None
    size: int = 0
    type: str = ""


class Message(WireShape):
    """A stored message, its text as it was sent."""

    id: str
    session_id: str
    sender_id: str
    sender_role: str = ""
    sender_name: str = ""
    content: str = Field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    temp_id: Annotated[str | None, ADDED] = None
    seq: Annotated[int | None, ADDED] = None
    created_at: Timestamp
    read_at: Timestamp | None = None


class FileEntry(WireShape):
    """A file of a session; the link is signed and short-lived."""

    id: str
    session_id: str
    uploaded_by: str
    file_name: str = ""
    file_size: int = 0
    file_type: str = ""
    file_category: str = "upload"
    tags: tuple[str, ...] = ()
    description: str | None = None
    created_at: Timestamp
    uploader_role: Annotated[str | None, ADDED] = None
    uploader_name: Annotated[str | None, ADDED] = None
    url: Annotated[str | None, ADDED] = Field(default=None, repr=False)
    url_expires_at: Annotated[Timestamp | None, ADDED] = None


class FilesSummary(WireShape):
    """Counts over a session's files."""

    total_files: int = 0
    screenshots: int = 0
    voice_transcripts: int = 0
    uploads: int = 0
    tags_used: tuple[str, ...] = ()
    total_size_bytes: int = 0


class FilesAnswer(WireShape):
    """A session's files."""

    success: bool = True
    files: tuple[FileEntry, ...] = ()
    summary: FilesSummary = Field(default_factory=FilesSummary)


class UploadAnswer(WireShape):
    """A file was stored, now or before under the same id."""

    success: bool = True
    file: FileEntry


class Cursors(WireShape):
    """Where to read on: older messages `before`, newer ones `after`; opaque."""

    before: str | None = None
    after: str | None = None


class JoinRequest(WireShape):
    """What a join sends."""

    device_fingerprint: Fingerprint
    view: View | None = None


class JoinNotes(WireShape):
    """The mechanic's notes inside a join answer."""

    notes: str = Field(default="", repr=False)
    version: int = 0


class JoinAnswer(CamelShape):
    """Everything a session page needs, in one answer; the lean one has the first five fields only."""

    success: bool = True
    token: str = Field(repr=False)
    room_name: str
    session_id: str
    session_type: str
    server_url: Annotated[str | None, ADDED] = None
    expires_in: Annotated[int | None, ADDED] = None
    identity: Annotated[str | None, ADDED] = None
    role: Annotated[str | None, ADDED] = None
    room_ready: Annotated[bool | None, ADDED] = None
    participants: Annotated[tuple[Participant, ...], ADDED] = ()
    plan: Annotated[str | None, ADDED] = None
    plan_name: Annotated[str | None, ADDED] = None
    duration_minutes: Annotated[int | None, ADDED] = None
    extension_minutes: Annotated[int, ADDED] = 0
    status: Annotated[str | None, ADDED] = None
    started_at: Annotated[Timestamp | None, ADDED] = None
    ends_at: Annotated[Timestamp | None, ADDED] = None
    is_paused: Annotated[bool, ADDED] = False
    total_paused_ms: Annotated[int, ADDED] = 0
    server_time: Annotated[Timestamp | None, ADDED] = None
    vehicle: Annotated[Vehicle | None, ADDED] = None
    concern: Annotated[str | None, ADDED] = None
    urgent: Annotated[bool, ADDED] = False
    messages: Annotated[tuple[Message, ...], ADDED] = ()
    messages_cursor: Annotated[Cursors | None, ADDED] = None
    files: Annotated[tuple[FileEntry, ...], ADDED] = ()
    notes: Annotated[JoinNotes | None, ADDED] = None
    version: Annotated[int | None, ADDED] = None


class StartSession(WireShape):
    """The session inside a start answer."""

    id: str
    status: str
    started_at: Timestamp | None = None


class StartAnswer(CamelShape):
    """Both are present and the session runs."""

    success: bool = True
    session: StartSession
    already_started: Annotated[bool, ADDED] = False
    server_time: Annotated[Timestamp | None, ADDED] = None


class StateAnswer(CamelShape):
    """Where a session stands; names are looked up anew at each call."""

    session_id: str
    status: str
    participant_count: int = 0
    participants: tuple[StateParticipant, ...] = ()
    timestamp: Timestamp | None = None
    server_time: Annotated[Timestamp | None, ADDED] = None
    plan_name: Annotated[str | None, ADDED] = None
    duration_minutes: Annotated[int | None, ADDED] = None
    extension_minutes: Annotated[int, ADDED] = 0
    started_at: Annotated[Timestamp | None, ADDED] = None
    ends_at: Annotated[Timestamp | None, ADDED] = None
    ended_at: Annotated[Timestamp | None, ADDED] = None
    ended_by: Annotated[str | None, ADDED] = None
    end_reason: Annotated[str | None, ADDED] = None
    is_paused: Annotated[bool, ADDED] = False
    total_paused_ms: Annotated[int, ADDED] = 0
    message_seq: Annotated[int, ADDED] = 0
    version: Annotated[int | None, ADDED] = None


class EndSession(WireShape):
    """The session inside an end answer: whole `duration_minutes`, exact `duration_seconds`."""

    id: str
    status: str
    ended_at: Timestamp | None = None
    duration_minutes: int | None = None
    duration_seconds: int | None = None
    started: bool | None = None


_END_ALIASES: Final = {
    "already_ended": "alreadyEnded",
    "ended_by": "endedBy",
    "end_reason": "endReason",
    "plan_name": "planName",
}


class EndAnswer(WireShape):
    """A session has ended, now or before."""

    model_config = ConfigDict(alias_generator=lambda name: _END_ALIASES.get(name, name))

    success: bool = True
    message: str = ""
    session: EndSession
    semantic_result: str | None = None
    already_ended: Annotated[bool, ADDED] = False
    ended_by: Annotated[str | None, ADDED] = None
    end_reason: Annotated[str | None, ADDED] = None
    plan_name: Annotated[str | None, ADDED] = None
    participants: Annotated[tuple[Participant, ...], ADDED] = ()


class IntakeData(WireShape):
    """What the customer wrote when asking for the session; `city` is always null."""

    concern: str | None = None
    year: int | str | None = None
    make: str | None = None
    model: str | None = None
    vin: str | None = None
    odometer: str | int | None = None
    plate: str | None = None
    urgent: bool = False
    files: tuple[dict[str, object], ...] = ()
    city: None = None


class SessionInfoAnswer(CamelShape):
    """Names and intake of a session, used by the app in lean mode; `mechanic_id` is a user id here."""

    status: str
    mechanic_id: str | None = None
    customer_id: str | None = None
    mechanic_name: str | None = None
    customer_name: str = ""
    intake_data: IntakeData | None = None


class MessagesAnswer(WireShape):
    """A page of messages, oldest first."""

    success: bool = True
    session_id: str
    session_type: str = ""
    message_count: int = 0
    messages: tuple[Message, ...] = ()
    has_more: Annotated[bool, ADDED] = False
    cursors: Annotated[Cursors | None, ADDED] = None


class AttachmentRef(CamelShape):
    """A stored file to attach to a message."""

    file_id: str = Field(max_length=64)


class SendMessageRequest(CamelShape):
    """A message to store. Repeating it with the same `temp_id` gives the same stored message."""

    session_id: str
    content: str = Field(default="", repr=False)
    attachments: tuple[AttachmentRef, ...] = Field(default=(), max_length=10)
    temp_id: TempId


class SendMessageAnswer(CamelShape):
    """The stored message; `duplicate` says that it was stored before."""

    message: Message
    temp_id: str | None = None
    duplicate: Annotated[bool, ADDED] = False


class ReadRequest(CamelShape):
    """Read up to this message id."""

    up_to: str


class ReadAnswer(WireShape):
    """How many messages of the other side became read, and when."""

    success: bool = True
    count: int = 0
    read_at: Timestamp | None = None


class NotesAnswer(CamelShape):
    """The mechanic's notes of a session."""

    notes: str = Field(default="", repr=False)
    version: Annotated[int | None, ADDED] = None
    updated_at: Annotated[Timestamp | None, ADDED] = None


class PutNotesRequest(CamelShape):
    """New notes; with `base_version`, refused if they changed elsewhere since."""

    notes: str = Field(max_length=MAX_NOTES_LENGTH, repr=False)
    base_version: int | None = None


class PutNotesAnswer(WireShape):
    """The notes were kept."""

    success: bool = True
    message: str = ""
    version: Annotated[int | None, ADDED] = None


class SummaryDetails(WireShape):
    """The session a summary belongs to."""

    id: str
    type: str = ""
    status: str = ""
    plan_name: str = ""
    mechanic_name: str = ""
    customer_name: str = ""
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    duration_minutes: int | None = None
    vehicle: Vehicle | None = None
    concern: str | None = None


class SubmittedAnswer(WireShape):
    """The summary was kept."""

    success: bool = True
    message: str = ""


class ManualSummary(WireShape):
    """What the mechanic wrote after the session."""

    findings: str = ""
    steps_taken: str = ""
    parts_needed: str = ""
    next_steps: str = ""
    submitted_at: Timestamp | None = None
    media_files: tuple[FileEntry, ...] = ()


class SummaryAnswer(WireShape):
    """A session's summary, once there is one."""

    has_manual_summary: bool = False
    has_auto_summary: bool = False
    session_details: SummaryDetails
    manual_summary: ManualSummary | None = None


# ---- the shift (contract 4.2) ---------------------------------------------------------------------------------------


class ShiftStatus(WireShape):
    """Whether a mechanic works now; minutes are those of the shop's daily allowance."""

    currently_on_shift: bool = False
    availability_status: str = ""
    participation_mode: str | None = None
    daily_micro_minutes_cap: int | None = None
    daily_micro_minutes_used: int | None = None
    micro_minutes_remaining: int | None = None
    last_clock_in: Timestamp | None = None
    last_clock_out: Timestamp | None = None
    workshop_name: str | None = None


class Shift(WireShape):
    """A shift under way."""

    id: str
    clocked_in_at: Timestamp
    location: str | None = None
    notes: str | None = None


class ClockAnswer(WireShape):
    """The shift clock."""

    ok: bool = True
    status: ShiftStatus
    current_shift: Shift | None = None


class ClockRequest(WireShape):
    """Clocking in or out."""

    action: Literal["clock_in", "clock_out"]
    location: str | None = Field(default=None, max_length=200)
    notes: str | None = Field(default=None, max_length=MAX_MESSAGE_LENGTH)


class ClockedAnswer(WireShape):
    """The clock was turned; `shift_duration_minutes` at its end."""

    ok: bool = True
    action: str
    message: str = ""
    time: Timestamp
    status: ShiftStatus
    shift_duration_minutes: int | None = None


# ---- what the server pushes into a room (contract section 6) --------------------------------------------------------


class PushEnvelope(CamelShape):
    """One packet on the topic `baylink.session`; `seq` rises by one a packet and session."""

    v: int
    seq: int
    session_id: str
    type: str
    server_time: Timestamp
    data: dict[str, object] = Field(default_factory=dict)


class TimingPush(CamelShape):
    """`data` of `session.started` and `session.extended`."""

    started_at: Timestamp | None = None
    duration_minutes: int | None = None
    extension_minutes: int = 0
    ends_at: Timestamp | None = None


class EndedPush(CamelShape):
    """`data` of `session.ended`."""

    status: str
    ended_at: Timestamp | None = None
    ended_by: str | None = None
    end_reason: str | None = None
    duration_seconds: int | None = None


class ParticipantsPush(CamelShape):
    """`data` of `participants.updated`; `version` orders it among join and state answers."""

    participants: tuple[Participant, ...] = ()
    version: int | None = None


class PlanPush(CamelShape):
    """`data` of `plan.updated`."""

    plan_name: str = ""


class MessagePush(CamelShape):
    """`data` of `chat.message`: the message, or only its `seq` where it is too large to push."""

    message: Message | None = None
    seq: int | None = None


class ReadPush(CamelShape):
    """`data` of `chat.read`."""

    up_to_seq: int
    by_role: str
    read_at: Timestamp | None = None


class FilePush(CamelShape):
    """`data` of `file.added`: the file without its link."""

    file: FileEntry | None = None

"""The tables of the join server with all their constraints (contract section 2)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CHAR,
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from desktop.core.people import MechanicId, SessionId, UserId

SESSION_STATUSES = (
    "pending", "scheduled", "waiting", "live", "completed", "cancelled", "expired", "refunded", "archived",
)  # fmt: skip
ASSIGNMENT_STATUSES = (
    "pending_waiver", "queued", "offered", "accepted", "declined", "expired", "cancelled", "completed",
)  # fmt: skip
EVENT_TYPES = (
    "created", "assigned", "joined", "started", "ended", "cancelled", "expired", "timeout", "device_kicked",
    "mechanic_accepted", "mechanic_declined",
)  # fmt: skip


def to_milliseconds(moment: datetime) -> datetime:
    """Return an aware time in UTC, cut to the milliseconds that the wire and the database keep."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC with milliseconds."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn an aware time into the naive UTC time that is stored."""
        return None if value is None else to_milliseconds(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give a stored time its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


JsonObject = dict[str, Any]
JsonList = list[Any]


class Table(DeclarativeBase):
    """What all tables share: how Python's types are stored."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        str: Text(),
        MechanicId: CHAR(36),
        UserId: CHAR(36),
        SessionId: CHAR(36),
        datetime: UtcTime(),
        JsonObject: JSON(),
        JsonList: JSON(),
    }


def _in(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _id() -> Mapped[str]:
    return mapped_column(CHAR(36), primary_key=True)


class AuthUser(Table):
    """A login."""

    __tablename__ = "auth_users"

    id: Mapped[UserId] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    user_metadata: Mapped[JsonObject] = mapped_column(default=dict)
    email_confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AuthSession(Table):
    """One sign-in of a login, ended by sign-out or revocation."""

    __tablename__ = "auth_sessions"

    id: Mapped[str] = _id()
    user_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str | None]


class AuthToken(Table):
    """An access or refresh token, by its SHA-256 only."""

    __tablename__ = "auth_tokens"
    __table_args__ = (CheckConstraint(_in("kind", ("access", "refresh")), name="kind_known"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    auth_session_id: Mapped[str] = mapped_column(CHAR(36), ForeignKey("auth_sessions.id"), index=True)
    kind: Mapped[str]
    parent_hash: Mapped[str | None] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginFailure(Table):
    """A refused password, counted by account and by address; survives a restart."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("login_failures_by_key", "key_hash", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str]
    at: Mapped[datetime]


class RateBucket(Table):
    """What is left of a caller's limit under one rule; `at` in seconds of the epoch. Used by several workers only."""

    __tablename__ = "rate_buckets"
    __table_args__ = (Index("rate_buckets_by_time", "at"),)

    rule: Mapped[str] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    was_let: Mapped[bool]
    at: Mapped[float]


class WebhookEvent(Table):
    """A LiveKit event that was handled, so that a repeat is none."""

    __tablename__ = "webhook_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    at: Mapped[datetime]


class Profile(Table):
    """A person's profile."""

    __tablename__ = "profiles"
    __table_args__ = (CheckConstraint(_in("role", ("customer", "mechanic", "admin")), name="role_known"),)

    id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"), primary_key=True)
    full_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    role: Mapped[str]
    account_status: Mapped[str] = mapped_column(default="active")


class Organization(Table):
    """A workshop."""

    __tablename__ = "organizations"

    id: Mapped[str] = _id()
    name: Mapped[str]


class MechanicRow(Table):
    """A mechanic; `id` is never equal to `user_id`."""

    __tablename__ = "mechanics"
    __table_args__ = (
        CheckConstraint("id <> user_id", name="two_identities"),
        CheckConstraint(_in("account_type", ("individual_mechanic", "workshop_mechanic")), name="account_type_known"),
    )

    id: Mapped[MechanicId] = mapped_column(primary_key=True)
    user_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"), unique=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    application_status: Mapped[str] = mapped_column(default="approved")
    account_status: Mapped[str] = mapped_column(default="active")
    suspended_until: Mapped[datetime | None]
    can_accept_sessions: Mapped[bool] = mapped_column(default=True)
    account_type: Mapped[str] = mapped_column(default="individual_mechanic")
    workshop_id: Mapped[str | None] = mapped_column(CHAR(36), ForeignKey("organizations.id"))
    service_tier: Mapped[str | None]
    partnership_type: Mapped[str | None]
    currently_on_shift: Mapped[bool] = mapped_column(default=False)
    is_available: Mapped[bool] = mapped_column(default=True)
    last_clock_in: Mapped[datetime | None]
    last_clock_out: Mapped[datetime | None]
    daily_micro_minutes_cap: Mapped[int | None]
    daily_micro_minutes_used: Mapped[int | None]
    participation_mode: Mapped[str | None]
    last_seen_at: Mapped[datetime | None]
    rating: Mapped[float | None]


class ServicePlan(Table):
    """A plan that can be booked."""

    __tablename__ = "service_plans"

    id: Mapped[str] = _id()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    price: Mapped[float] = mapped_column(default=0.0)
    duration_minutes: Mapped[int]
    description: Mapped[str | None]
    perks: Mapped[JsonList] = mapped_column(default=list)
    features: Mapped[JsonList] = mapped_column(default=list)
    is_active: Mapped[bool] = mapped_column(default=True)
    display_order: Mapped[int] = mapped_column(default=0)
    plan_type: Mapped[str | None]


class VehicleRow(Table):
    """A customer's car."""

    __tablename__ = "vehicles"

    id: Mapped[str] = _id()
    user_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"))
    year: Mapped[int | None]
    make: Mapped[str | None]
    model: Mapped[str | None]
    vin: Mapped[str | None]
    plate: Mapped[str | None]
    color: Mapped[str | None]
    mileage: Mapped[str | None]
    nickname: Mapped[str | None]
    is_primary: Mapped[bool | None]


class Intake(Table):
    """What the customer wrote when asking for the session."""

    __tablename__ = "intakes"

    id: Mapped[str] = _id()
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    city: Mapped[str | None]
    concern: Mapped[str | None]
    year: Mapped[int | None]
    make: Mapped[str | None]
    model: Mapped[str | None]
    vin: Mapped[str | None]
    odometer: Mapped[str | None]
    plate: Mapped[str | None]
    vehicle_id: Mapped[str | None] = mapped_column(CHAR(36), ForeignKey("vehicles.id"))
    urgent: Mapped[bool] = mapped_column(default=False)
    files: Mapped[JsonList] = mapped_column(default=list)
    plan: Mapped[str | None]
    status: Mapped[str | None]


class SessionRow(Table):
    """A session. Status, version and event_seq are changed by `lifecycle` and `unit` only."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint(_in("status", SESSION_STATUSES), name="status_known"),
        CheckConstraint("status <> 'live' OR started_at IS NOT NULL", name="live_has_started"),
        CheckConstraint("status NOT IN ('completed', 'cancelled') OR ended_at IS NOT NULL", name="ended_has_ended_at"),
        Index(
            "uniq_mech_one_active", "mechanic_id", unique=True, sqlite_where=text("status IN ('waiting', 'live')"),
            postgresql_where=text("status IN ('waiting', 'live')"),
        ),
        Index(
            "uniq_customer_one_open", "customer_user_id", unique=True,
            sqlite_where=text("status IN ('pending', 'waiting', 'live', 'scheduled')"),
            postgresql_where=text("status IN ('pending', 'waiting', 'live', 'scheduled')"),
        ),
        Index("sessions_by_mechanic", "mechanic_id", "status", "ended_at"),
    )  # fmt: skip

    id: Mapped[SessionId] = mapped_column(primary_key=True)
    type: Mapped[str | None]
    status: Mapped[str]
    plan: Mapped[str | None]
    stripe_session_id: Mapped[str] = mapped_column(unique=True)
    customer_user_id: Mapped[UserId | None] = mapped_column(ForeignKey("auth_users.id"))
    customer_email: Mapped[str | None]
    mechanic_id: Mapped[MechanicId | None] = mapped_column(ForeignKey("mechanics.id"))
    intake_id: Mapped[str | None] = mapped_column(CHAR(36), ForeignKey("intakes.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    duration_minutes: Mapped[int | None]
    scheduled_for: Mapped[datetime | None]
    scheduled_start: Mapped[datetime | None]
    scheduled_end: Mapped[datetime | None]
    is_paused: Mapped[bool] = mapped_column(default=False)
    total_paused_ms: Mapped[int] = mapped_column(default=0)
    last_state_change_at: Mapped[datetime]
    mechanic_notes: Mapped[str | None]
    notes_updated_at: Mapped[datetime | None]
    summary_data: Mapped[JsonObject | None]
    summary_submitted_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    cancellation_reason: Mapped[str | None]
    waiver_signed_at: Mapped[datetime | None]
    meta: Mapped[JsonObject] = mapped_column("metadata", default=dict)
    planned_minutes: Mapped[int | None]
    end_reason: Mapped[str | None]
    ended_by: Mapped[str | None]
    notes_version: Mapped[int] = mapped_column(default=0)
    event_seq: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Assignment(Table):
    """A session offered to one mechanic, or to all where `mechanic_id` is null."""

    __tablename__ = "session_assignments"
    __table_args__ = (
        CheckConstraint(_in("status", ASSIGNMENT_STATUSES), name="status_known"),
        CheckConstraint(_in("priority", ("high", "normal", "low")), name="priority_known"),
        Index(
            "uniq_session_one_accepted", "session_id", unique=True, sqlite_where=text("status = 'accepted'"),
            postgresql_where=text("status = 'accepted'"),
        ),
    )  # fmt: skip

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"), index=True)
    mechanic_id: Mapped[MechanicId | None] = mapped_column(ForeignKey("mechanics.id"))
    status: Mapped[str]
    match_score: Mapped[float | None]
    match_reasons: Mapped[JsonList] = mapped_column(default=list)
    priority: Mapped[str] = mapped_column(default="normal")
    offered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    meta: Mapped[JsonObject] = mapped_column("metadata", default=dict)


class ParticipantRow(Table):
    """A person of a session, and whether they are in its LiveKit room."""

    __tablename__ = "session_participants"
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"))
    user_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"))
    role: Mapped[str]
    joined_at: Mapped[datetime | None]
    present: Mapped[bool] = mapped_column(default=False)
    participant_sid: Mapped[str | None]
    left_at: Mapped[datetime | None]


class Device(Table):
    """A device that joined a session; the last one wins."""

    __tablename__ = "session_devices"
    __table_args__ = (UniqueConstraint("session_id", "user_id", "device_fingerprint"),)

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"))
    user_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"))
    device_fingerprint: Mapped[str]
    joined_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    kicked_at: Mapped[datetime | None]


class SessionEvent(Table):
    """What happened to a session, once each."""

    __tablename__ = "session_events"
    __table_args__ = (CheckConstraint(_in("event_type", EVENT_TYPES), name="event_type_known"),)

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"), index=True)
    event_type: Mapped[str]
    user_id: Mapped[UserId | None]
    mechanic_id: Mapped[MechanicId | None]
    created_at: Mapped[datetime]
    meta: Mapped[JsonObject] = mapped_column("metadata", default=dict)


class Extension(Table):
    """Minutes added to a session; a payment counts once."""

    __tablename__ = "session_extensions"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_positive"),)

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"), index=True)
    minutes: Mapped[int]
    payment_intent_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class ShiftLog(Table):
    """A shift of a mechanic."""

    __tablename__ = "mechanic_shift_logs"

    id: Mapped[str] = _id()
    mechanic_id: Mapped[MechanicId] = mapped_column(ForeignKey("mechanics.id"))
    clocked_in_at: Mapped[datetime]
    clocked_out_at: Mapped[datetime | None]
    location: Mapped[str | None]
    notes: Mapped[str | None]


class MessageRow(Table):
    """A chat message, its text as it was sent."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("session_id", "seq"),
        UniqueConstraint("session_id", "sender_id", "temp_id"),
        CheckConstraint("length(content) <= 2000", name="content_length"),
    )

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"))
    sender_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"))
    content: Mapped[str]
    attachments: Mapped[JsonList] = mapped_column(default=list)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    seq: Mapped[int]
    temp_id: Mapped[str]


class FileRow(Table):
    """A file of a session; its bytes lie under `storage_path`, a name of the server's own making."""

    __tablename__ = "session_files"
    __table_args__ = (
        UniqueConstraint("session_id", "uploaded_by", "temp_id"),
        CheckConstraint(_in("file_category", ("upload", "voice_transcript", "screenshot")), name="category_known"),
    )

    id: Mapped[str] = _id()
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"))
    uploaded_by: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"))
    file_name: Mapped[str]
    file_size: Mapped[int]
    file_type: Mapped[str]
    storage_path: Mapped[str]
    file_category: Mapped[str] = mapped_column(default="upload")
    tags: Mapped[JsonList] = mapped_column(default=list)
    description: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    temp_id: Mapped[str | None]
    sha256: Mapped[str]


class LiveKitRoom(Table):
    """Who was given a token for which room: the auth id for both roles."""

    __tablename__ = "livekit_rooms"
    __table_args__ = (UniqueConstraint("room_name", "user_id"),)

    id: Mapped[str] = _id()
    room_name: Mapped[str] = mapped_column(index=True)
    session_id: Mapped[SessionId] = mapped_column(ForeignKey("sessions.id"))
    user_id: Mapped[UserId] = mapped_column(ForeignKey("auth_users.id"))
    role: Mapped[str]
    identity: Mapped[str]
    created_at: Mapped[datetime]
    last_refreshed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

"""The state machine of a session as pure rules (contract section 3): who may do what, when, and what follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.core.session import SessionStatus

OPEN = frozenset({"pending", "scheduled", "waiting", "live"})
ACTIVE = frozenset({"waiting", "live"})
TERMINAL = frozenset(status.value for status in SessionStatus if status.is_terminal)
JOIN_OPENS_BEFORE = timedelta(minutes=10)
TOO_SHORT = timedelta(seconds=60)
LIVE_LIMIT = timedelta(hours=3)
IDLE_LIMIT = timedelta(hours=2)
MECHANIC_NO_SHOW = timedelta(minutes=30)
WAIVER_NO_SHOW = timedelta(minutes=10)
SCHEDULED_NO_SHOW = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ends: its last status, why, and the event that is written."""

    status: str
    reason: str
    event: str


def join_opens_at(scheduled_start: datetime | None) -> datetime | None:
    """Return when a booked session may first be joined."""
    return scheduled_start - JOIN_OPENS_BEFORE if scheduled_start is not None else None


def scheduled_refusal(scheduled_start: datetime | None, now: datetime, *, waiver_signed: bool) -> str | None:
    """Return the code with which joining a booked session is refused now, or None."""
    opens_at = join_opens_at(scheduled_start)
    if opens_at is not None and now < opens_at:
        return "too_early"
    return None if waiver_signed else "waiver_unsigned"


def ends_at(
    started_at: datetime | None, planned_minutes: int, extension_minutes: int, paused_ms: int
) -> datetime | None:
    """Return when the time of a session is up; None before it has started."""
    if started_at is None:
        return None
    return started_at + timedelta(minutes=planned_minutes + extension_minutes, milliseconds=paused_ms)


def ending_by_member(status: str, started_at: datetime | None, now: datetime) -> Ending:
    """Return how an active session ends when a member ends it."""
    if status == "waiting":
        return Ending("cancelled", "ended_before_start", "cancelled")
    if started_at is not None and now - started_at < TOO_SHORT:
        return Ending("cancelled", "too_short", "cancelled")
    return Ending("completed", "ended_by_member", "ended")


def ending_of_live(started_at: datetime, time_is_up_at: datetime, now: datetime) -> Ending | None:
    """Return how the server itself ends a live session now, or None."""
    if now >= time_is_up_at:
        return Ending("completed", "time_up", "ended")
    if now >= started_at + LIVE_LIMIT:
        return Ending("completed", "time_limit", "timeout")
    return None


def ending_of_idle(status: str, last_change: datetime, now: datetime, *, mechanic_came: bool) -> Ending | None:
    """Return how the server ends a pending or waiting session that nobody carried on, or None."""
    if status == "waiting" and not mechanic_came and now - last_change >= MECHANIC_NO_SHOW:
        return Ending("cancelled", "mechanic_no_show", "cancelled")
    if now - last_change >= IDLE_LIMIT:
        return Ending("expired", "nobody_came", "expired")
    return None


def ending_of_scheduled(scheduled_start: datetime, now: datetime, *, waiver_signed: bool) -> Ending | None:
    """Return how the server ends a booked session that was not begun, or None."""
    if not waiver_signed and now - scheduled_start >= WAIVER_NO_SHOW:
        return Ending("cancelled", "waiver_no_show", "cancelled")
    if now - scheduled_start >= SCHEDULED_NO_SHOW:
        return Ending("expired", "nobody_came", "expired")
    return None


def duration(started_at: datetime | None, ended_at: datetime | None) -> tuple[int, int]:
    """Return whole minutes (at least 1) and seconds between start and end; zeros without a start."""
    if started_at is None or ended_at is None:
        return 0, 0
    seconds = max(0, int((ended_at - started_at).total_seconds()))
    return max(1, seconds // 60), seconds


def view_fits(view: str | None, kind: str) -> bool:
    """Whether a page of the given view can show a session of that type."""
    return view is None or (view == "chat") == (kind == "chat")

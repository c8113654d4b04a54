"""What a session's row says: its state, its time, the line below it, and the word and wish of its one button."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from desktop.core.board import BoardGroup, group_of
from desktop.core.clock import format_seconds
from desktop.core.people import SessionId
from desktop.core.session import SessionKind, SessionRow, SessionStatus
from desktop.core.text import first_word

_MINUTE_S = 60
_HOUR_MIN = 60
_DAY_MIN = 24 * 60
_ENDED_WORDS = {
    SessionStatus.CANCELLED: "Cancelled",
    SessionStatus.EXPIRED: "Expired",
    SessionStatus.REFUNDED: "Closed",
    SessionStatus.ARCHIVED: "Archived",
}


class RowAction(StrEnum):
    """What the button of a row wishes."""

    JOIN = "join"
    ACCEPT = "accept"
    VIEW = "view"
    SUMMARY = "summary"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BoardMoment:
    """When and how a list is shown: `now` by the server's clock, `as_of` when it went stale (joins are then off)."""

    now: datetime
    as_of: datetime | None = None
    joining: SessionId | None = None


@dataclass(frozen=True, slots=True)
class RowWords:
    """All words of one row. `chip` is (word, icon, level); `note_role` the colour role of the line below the time."""

    time: str
    note: str
    note_role: str
    chip: tuple[str, str, str] | None
    button: str
    button_icon: str
    button_kind: str
    action: RowAction
    enabled: bool
    spoken: str


def clock_time(moment: datetime, now: datetime) -> str:
    """Return a moment as local hours and minutes; on another day with its date in front."""
    local = moment.astimezone()
    figures = f"{local:%H:%M}"
    return figures if local.date() == now.astimezone().date() else f"{local.day} {local:%b} {figures}"


def age(since: datetime, now: datetime) -> str:
    """Return how long ago something was: minutes, hours or days, whole and rounded down."""
    minutes = max(0, int((now - since).total_seconds()) // _MINUTE_S)
    if minutes < _HOUR_MIN:
        return f"{minutes} min"
    if minutes < _DAY_MIN:
        return f"{minutes // _HOUR_MIN} h {minutes % _HOUR_MIN} min"
    days = minutes // _DAY_MIN
    return "1 day" if days == 1 else f"{days} days"


def _until(start: datetime, now: datetime) -> str:
    if start <= now:
        return "Due now"
    return f"In {age(now, start + timedelta(seconds=_MINUTE_S - 1))}"


def _join_words(row: SessionRow) -> tuple[str, str]:
    icon = "video" if row.kind.has_video else "message-square"
    if row.status is SessionStatus.LIVE:
        return "Rejoin", icon
    return ("Join chat" if row.kind is SessionKind.CHAT else "Join"), icon


def _presence(row: SessionRow) -> str:
    return f"{first_word(row.customer_name)} is here" if row.customer_present else ""


def _ended_button(row: SessionRow) -> tuple[str, str, str, RowAction, bool]:
    if row.wants_summary:
        return "Write summary", "", "outline", RowAction.SUMMARY, True
    return "View", "", "outline", RowAction.VIEW, True


def _button(row: SessionRow, moment: BoardMoment) -> tuple[str, str, str, RowAction, bool]:
    """Return word, icon, kind, action and whether it may be pressed."""
    online = moment.as_of is None
    group = group_of(row)
    if group is BoardGroup.ENDED:
        return _ended_button(row)
    if group is BoardGroup.REQUESTS:
        return "Accept", "check", "plain", RowAction.ACCEPT, online and moment.joining is None
    word, icon = _join_words(row)
    if moment.joining == row.id:
        return "Joining", icon, "accent", RowAction.NONE, False
    if row.joinable:
        return word, icon, "accent", RowAction.JOIN, online
    opens = row.join_opens_at
    if opens is not None and opens > moment.now:
        return f"Opens {clock_time(opens, moment.now)}", "", "plain", RowAction.NONE, False
    return word, icon, "plain", RowAction.NONE, False


def _time_and_note(row: SessionRow, moment: BoardMoment) -> tuple[str, str, str]:
    """Return the big time, the line below it and that line's colour role."""
    group = group_of(row)
    now = moment.as_of or moment.now
    stale = f"As of {clock_time(moment.as_of, moment.now)}" if moment.as_of else ""
    urgent = ("Urgent", "danger-fg") if row.urgent else None
    if group is BoardGroup.LIVE:
        running = format_seconds(int((now - (row.started_at or row.created_at)).total_seconds()))
        note = stale or _presence(row)
        return (running, note, "text-muted") if note or not urgent else (running, *urgent)
    if group in {BoardGroup.WAITING, BoardGroup.REQUESTS}:
        if stale:
            return age(row.created_at, now), stale, "text-muted"
        return age(row.created_at, now), *_waiting_note(row)
    if group is BoardGroup.UPCOMING:
        start = row.scheduled_start
        if start is None:
            return age(row.created_at, now), *(urgent or ("", "text-muted"))
        return clock_time(start, moment.now), *(_waiver_note(row) or (_until(start, moment.now), "text-muted"))
    ended = row.ended_at or row.started_at or row.created_at
    return clock_time(ended, moment.now), *_ended_note(row)


def _ended_note(row: SessionRow) -> tuple[str, str]:
    if row.wants_summary:
        return "Summary missing", "warning-fg"
    note = "Summary sent" if row.status is SessionStatus.COMPLETED else _ENDED_WORDS.get(row.status, "Closed")
    return note, "text-muted"


def _waiting_note(row: SessionRow) -> tuple[str, str]:
    """Return what matters most of somebody who waits: urgency and presence, then a missing signature."""
    said = "  ·  ".join(part for part in ("Urgent" if row.urgent else "", _presence(row)) if part)
    if row.urgent:
        return said, "danger-fg"
    return _waiver_note(row) or (said, "text-muted")


def _waiver_note(row: SessionRow) -> tuple[str, str] | None:
    return None if row.waiver_signed else ("Waiver not signed", "warning-fg")


def _chip(row: SessionRow, moment: BoardMoment) -> tuple[str, str, str] | None:
    if moment.as_of is not None:
        return None
    if row.status is SessionStatus.LIVE:
        return "Live", "radio", "success"
    if row.status is SessionStatus.WAITING:
        return "Waiting", "hourglass", "warning"
    return None


def words_of(row: SessionRow, moment: BoardMoment) -> RowWords:
    """Return everything a row says at a moment."""
    time, note, note_role = _time_and_note(row, moment)
    button, icon, kind, action, enabled = _button(row, moment)
    vehicle = row.vehicle.title if row.vehicle else ""
    state = group_of(row).heading if row.status is SessionStatus.UNKNOWN else row.status.value
    facts = [row.customer_name, state, row.kind_label, vehicle, row.concern]
    return RowWords(
        time=time,
        note=note,
        note_role=note_role,
        chip=_chip(row, moment),
        button=button,
        button_icon=icon,
        button_kind=kind,
        action=action,
        enabled=enabled,
        spoken=f"{', '.join(fact for fact in facts if fact)}. {button}.",
    )


def plan_of(row: SessionRow) -> str:
    """Return type and plan, the type only where the plan's name does not say it: "Diagnostic, Fleet Monthly"."""
    plan = row.plan_name or "Session"
    return plan if row.kind_label.casefold() in plan.casefold() else f"{row.kind_label}, {plan}"


def headline_of(row: SessionRow) -> str:
    """Return type and plan with what was planned: "Standard Video, 45 min planned"."""
    return f"{plan_of(row)}, {row.planned_minutes} min planned" if row.planned_minutes else plan_of(row)


_LAST = datetime.max.replace(tzinfo=UTC)


def order_key(row: SessionRow) -> tuple[int, float]:
    """Return the place of a row within its group: urgent and oldest first, upcoming by start, ended newest first."""
    group = group_of(row)
    if group is BoardGroup.UPCOMING:
        return 0, (row.scheduled_start or _LAST).timestamp()
    if group is BoardGroup.ENDED:
        return 0, -(row.ended_at or row.started_at or row.created_at).timestamp()
    return (0 if row.urgent else 1), row.created_at.timestamp()

"""The name and minutes of a plan (contract section 5): the active row, else the static price list, else the type."""

from dataclasses import dataclass

from desktop.core.text import clean_line

PLAN_NAME_CAP = 60
CHAT = "chat"
VIDEO = "video"
DIAGNOSTIC = "diagnostic"
_MINUTES_BY_TYPE = {CHAT: 30, VIDEO: 45, DIAGNOSTIC: 60}


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """An entry of the static price list."""

    name: str
    minutes: int


_QUICK = ListedPlan("Quick Chat", 30)
_STANDARD = ListedPlan("Standard Video", 45)
_DIAGNOSTIC = ListedPlan("Diagnostic Session", 60)
_FREE = ListedPlan("Free Session", 5)
PRICING = {
    "chat10": _QUICK, "quick": _QUICK,
    "video15": _STANDARD, "standard": _STANDARD,
    "diagnostic": _DIAGNOSTIC, "inspection": _DIAGNOSTIC,
    "free": _FREE, "trial": _FREE, "trial-free": _FREE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What the database says of a slug."""

    name: str
    minutes: int
    is_active: bool


def session_type(stored: str | None, plan: str | None) -> str:
    """Return a session's type; without a stored one it is read from the plan's slug."""
    if stored:
        return stored
    slug = (plan or "").lower()
    if any(word in slug for word in ("chat", "quick", "free", "trial")):
        return CHAT
    if any(word in slug for word in ("diagnostic", "inspection")):
        return DIAGNOSTIC
    return VIDEO


def plan_key(plan: str | None, kind: str) -> str:
    """Return the slug to look up: a session without one has `free` or `standard`."""
    return plan or ("free" if kind == CHAT else "standard")


def plan_name(key: str, kind: str, row: PlanRow | None) -> str:
    """Return the name of the plan `key`; `row` is the database row with exactly that slug, if any."""
    if row is not None and row.is_active and (name := clean_line(row.name, PLAN_NAME_CAP)):
        return name
    if key in PRICING:
        return PRICING[key].name
    return "Quick Chat" if kind == CHAT else "Video Consultation"


def planned_minutes(frozen: int | None, key: str, kind: str, row: PlanRow | None) -> int:
    """Return a session's minutes: those frozen at accept, else the plan's, else the type's."""
    if frozen is not None and frozen > 0:
        return frozen
    if row is not None and row.is_active and row.minutes > 0:
        return row.minutes
    if key in PRICING:
        return PRICING[key].minutes
    return _MINUTES_BY_TYPE.get(kind, _MINUTES_BY_TYPE[VIDEO])

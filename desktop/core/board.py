"""The list of sessions as its page draws it: groups, freshness, and what a refused join had to say."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.bands import Band
from desktop.core.clock import ServerTime
from desktop.core.people import SessionId
from desktop.core.session import Mechanic, SessionRow, SessionStatus

NEW_SESSION = "new_session"
"""The key of the notice about a session that was assigned just now; its button shows the session in the list."""


class BoardGroup(StrEnum):
    """The groups of the list, in the order shown."""

    LIVE = "live"
    WAITING = "waiting"
    REQUESTS = "requests"
    UPCOMING = "upcoming"
    ENDED = "ended"

    @property
    def heading(self) -> str:
        """The heading above the group."""
        return _TITLES[self]


_TITLES = {
    BoardGroup.LIVE: "Live now",
    BoardGroup.WAITING: "Waiting for you",
    BoardGroup.REQUESTS: "Open requests",
    BoardGroup.UPCOMING: "Upcoming",
    BoardGroup.ENDED: "Ended today",
}


def group_of(row: SessionRow) -> BoardGroup:
    """Return the group a session belongs to; unknown kinds of status are shown among the upcoming, not joinable."""
    if row.status is SessionStatus.LIVE:
        return BoardGroup.LIVE
    if row.status is SessionStatus.WAITING:
        return BoardGroup.WAITING
    if row.status is SessionStatus.PENDING:
        return BoardGroup.REQUESTS
    return BoardGroup.ENDED if row.status.is_terminal else BoardGroup.UPCOMING


class Freshness(StrEnum):
    """How far the list can be trusted."""

    LOADING = "loading"
    FRESH = "fresh"
    STALE = "stale"
    NEVER_LOADED = "never_loaded"


@dataclass(frozen=True, slots=True)
class BoardListing:
    """One good answer to "which sessions are there": the rows in the server's order, and where server time stands.

    `has_requests` False means that this platform knows no open requests at all.
    """

    rows: tuple[SessionRow, ...] = ()
    server_time: ServerTime | None = None
    has_requests: bool = True


class HintKind(StrEnum):
    """What a hint of the server's event stream is about; OPENED says that the stream stands."""

    OPENED = "opened"
    SESSION = "session"
    ASSIGNMENT = "assignment"
    ME = "me"
    RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class ServerHint:
    """A hint that something changed: it carries no facts, the list is read again."""

    kind: HintKind
    session_id: SessionId | None = None


@dataclass(frozen=True, slots=True)
class BoardState:
    """Everything the sessions page needs.

    `loaded_at_s` is the monotonic time of the last good answer. `joining` is the session whose join is under way.
    With `freshness` STALE or NEVER_LOADED the server did not answer: joins are off and the page says so; an empty
    `rows` with FRESH is a truly empty list. `band_session` is the session that the band's button leads to.
    """

    mechanic: Mechanic | None = None
    rows: tuple[SessionRow, ...] = ()
    freshness: Freshness = Freshness.LOADING
    loaded_at_s: float | None = None
    server_time: ServerTime | None = None
    joining: SessionId | None = None
    band: Band | None = None
    band_session: SessionId | None = None
    shop_name: str = ""
    bay_name: str = ""

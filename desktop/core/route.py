"""Which page is on screen: a pure rule over who is signed in and how the call stands."""

from enum import StrEnum

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase, CallState
from desktop.core.people import SessionId
from desktop.core.restart import RestartState


class Page(StrEnum):
    """The full screens of the app."""

    SIGN_IN = "sign_in"
    SESSIONS = "sessions"
    CALL = "call"
    CHAT = "chat"
    COMPLETION = "completion"
    SUMMARY = "summary"
    REJOINING = "rejoining"
    CHECK = "check"
    IDLE = "idle"


def page_for(
    account: AccountState,
    call: CallState | None,
    *,
    writing: SessionId | None = None,
    restart: RestartState | None = None,
    checking: bool = False,
    idle: bool = False,
) -> Page:
    """Return the page for a moment: a lost sign-in covers everything, then an open call, then the list.

    A call that has ended shows its completion where the backend told how it ended; otherwise the list is next.
    The summary takes the completion's place for the session that it is being written of. After a restart out of a
    session the way back is shown until the mechanic is in the room. While devices are checked that page lies over
    the list, over a call that goes on, or over the way back into one. The question whether an idle mechanic is there
    covers all but the sign-in.
    """
    if account.phase is not AccountPhase.SIGNED_IN:
        return Page.SIGN_IN
    if idle:
        return Page.IDLE
    is_on_way_back = restart is not None and restart.is_on and not has_arrived(call)
    if checking or is_on_way_back:
        return Page.CHECK if checking else Page.REJOINING
    if call is None or call.phase is CallPhase.JOINING:
        return Page.SESSIONS
    if call.phase is CallPhase.ENDED:
        return _page_after(call, writing)
    return Page.CALL if call.kind.has_video else Page.CHAT


def _page_after(call: CallState, writing: SessionId | None) -> Page:
    if call.completion is None:
        return Page.SESSIONS
    return Page.SUMMARY if writing == call.session_id else Page.COMPLETION


def has_arrived(call: CallState | None) -> bool:
    """Whether a way back has led into the room, or the session has ended under it."""
    return call is not None and (call.mechanic.in_room or call.phase is CallPhase.ENDED)

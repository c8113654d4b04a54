"""Links to sessions, `baylink://video/<id>` and `baylink://chat/<id>`: read strictly, since anybody can make one."""

import re
from dataclasses import dataclass

from desktop.core.join_wish import View
from desktop.core.people import SessionId

SCHEME = "baylink"
LONGEST_LINK = 64

_SHAPE = re.compile(r"baylink://(chat|video)/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SessionLink:
    """Where a link leads. `view` is asked of the platform, which refuses one that does not fit the session."""

    view: View
    session_id: SessionId


def session_link(text: str) -> SessionLink | None:
    """Return where `text` leads; None for anything but exactly one link."""
    if len(text) > LONGEST_LINK or (match := _SHAPE.fullmatch(text)) is None:
        return None
    view: View = "chat" if match[1] == "chat" else "video"
    return SessionLink(view, SessionId(match[2].lower()))

"""How a session is to be entered: what the mechanic chose on the page "Check and join"."""

from dataclasses import dataclass
from typing import Literal

type View = Literal["chat", "video"]


@dataclass(frozen=True, slots=True)
class JoinWish:
    """The way in. `chat_only` leaves camera, microphone, speaker and pictures out, whatever the session's type.

    `view` is the page that the session is asked for; the platform refuses one that does not fit. `draft` is a line that
    was half written before a new start.
    """

    muted: bool = False
    camera_on: bool = True
    chat_only: bool = False
    view: View | None = None
    draft: str = ""

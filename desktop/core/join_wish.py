"""How a session is to be entered: what the mechanic chose on the page "Check and join"."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JoinWish:
    """The way in. `chat_only` leaves camera, microphone, speaker and pictures out, whatever the session's type."""

    muted: bool = False
    camera_on: bool = True
    chat_only: bool = False

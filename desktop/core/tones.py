"""Notes: what a cue or a test tone is made of, as plain numbers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One sine note: `hertz` for `seconds`; 0 Hz is a rest. With `to_hertz` it glides there while it sounds."""

    hertz: float
    seconds: float
    to_hertz: float | None = None

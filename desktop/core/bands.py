"""Bands: the one-line notices below the header, each with its level, icon, sentence and, where it helps, one action."""

from dataclasses import dataclass
from enum import StrEnum


class BandLevel(StrEnum):
    """The colour role of a band; icon and words always say the same, colour is never alone."""

    INFO = "info"
    ACCENT = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


_PRIORITY = {
    BandLevel.DANGER: 4,
    BandLevel.WARNING: 3,
    BandLevel.ACCENT: 2,
    BandLevel.SUCCESS: 1,
    BandLevel.INFO: 0,
}


@dataclass(frozen=True, slots=True)
class Band:
    """One notice. `key` names the condition (stable, for tests and replacement); `title` is bold, `text` follows it.

    `action` is the word on its button, or None. `passing` bands go by themselves after the toast time; others stay
    until their condition ends. `since_s`, a reading of `time.monotonic()`, asks for a running m:ss at the end.
    """

    key: str
    level: BandLevel
    icon: str
    title: str
    text: str = ""
    action: str | None = None
    passing: bool = False
    since_s: float | None = None


def most_urgent(bands: tuple[Band, ...]) -> Band | None:
    """Return the band to show now: the highest level, the newest among equals."""
    return max(enumerate(bands), key=lambda pair: (_PRIORITY[pair[1].level], pair[0]), default=(0, None))[1]

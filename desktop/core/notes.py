"""The mechanic's notes of one session: what stands in the editor, and where it is safe."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

NOTES_CAP = 20_000


class NotesHome(StrEnum):
    """Where the newest text is safe: nowhere yet, on this PC only, or with the platform."""

    TYPED = "typed"
    THIS_PC = "this_pc"
    PLATFORM = "platform"


class NotesChoice(StrEnum):
    """What to do with two versions: the own one, the other screen's, or both one after the other."""

    MINE = "mine"
    OTHER = "other"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class NotesState:
    """The notes as their panel draws them.

    `loads` rises whenever `text` did not come from the editor: only then the editor takes it. `other` is the version
    of another screen that waits for a choice. `saved_at` is the time of the last save, wherever it went.
    """

    text: str = field(default="", repr=False)
    loads: int = 0
    home: NotesHome = NotesHome.PLATFORM
    saved_at: datetime | None = None
    other: str | None = field(default=None, repr=False)
    is_read_only: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class StoredNotes:
    """Notes as the platform keeps them; `version` rises with each change of them."""

    text: str = field(repr=False)
    version: int


def both(mine: str, other: str) -> str:
    """Return both versions in one text, the own one first, cut to what notes may hold."""
    return f"{mine.rstrip()}\n\n{other.lstrip()}"[:NOTES_CAP]

"""The written record of one session in one frozen object: its notes, its files, its summary."""

from dataclasses import dataclass, field

from desktop.core.files import FilesState
from desktop.core.notes import NotesState
from desktop.core.people import SessionId
from desktop.core.summary import SummaryState


@dataclass(frozen=True, slots=True)
class RecordState:
    """What the panels and the summary page need besides the call itself. `session_id` is a key, never shown."""

    session_id: SessionId
    notes: NotesState = field(default_factory=NotesState)
    files: FilesState = field(default_factory=FilesState)
    summary: SummaryState | None = None

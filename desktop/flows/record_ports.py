"""What the written record of a session needs of the outside: the platform, a place for drafts, a place for files."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from desktop.core.notes import StoredNotes
from desktop.core.people import MechanicId, SessionId
from desktop.core.session import FileEntry, JoinGrant, SessionStatus
from desktop.core.summary import SentSummary, SummaryDraft
from desktop.store.drafts import KeptDraft

DraftKind = Literal["notes", "summary"]


class RecordBackend(Protocol):
    """The platform as the record uses it. Every method raises BaylinkError and its children; file methods OSError."""

    async def notes(self, session_id: SessionId) -> StoredNotes:
        """Return the notes as they are stored."""
        ...

    async def save_notes(self, session_id: SessionId, text: str, base_version: int | None) -> int:
        """Store notes made from a version; return the new one. Raises `notes_conflict`."""
        ...

    async def files(self, session_id: SessionId) -> tuple[FileEntry, ...]:
        """Return the files of a session."""
        ...

    async def upload(
        self,
        session_id: SessionId,
        path: Path,
        name: str,
        media_type: str,
        temp_id: str,
        progress: Callable[[int], None],
    ) -> FileEntry:
        """Send a file from disk; the same `temp_id` is stored once."""
        ...

    async def download(self, session_id: SessionId, file_id: str, target: Path) -> None:
        """Write a file's bytes to `target`."""
        ...

    async def summary(self, session_id: SessionId) -> SentSummary | None:
        """Return the summary that was sent."""
        ...

    async def send_summary(
        self, session_id: SessionId, draft: SummaryDraft, photos: tuple[tuple[FileEntry, Path], ...]
    ) -> None:
        """Send a summary with its pictures, once for one `temp_id`."""
        ...


class DraftKeeper(Protocol):
    """Where drafts stay until the platform has them; every method may raise OSError."""

    async def put(self, owner: MechanicId, session_id: SessionId, kind: DraftKind, body: str) -> None:
        """Keep a draft."""
        ...

    async def remove(self, owner: MechanicId, session_id: SessionId, kind: DraftKind) -> None:
        """Forget a draft."""
        ...

    async def of(self, owner: MechanicId) -> tuple[KeptDraft, ...]:
        """Return what is kept for a mechanic."""
        ...


class FileShelf(Protocol):
    """Where fetched files lie while a mechanic is signed in."""

    def place(self, session_id: SessionId, entry: FileEntry) -> Path:
        """Return where a file lies, or would lie."""
        ...

    async def wipe(self) -> None:
        """Delete everything."""
        ...


class CallRecord(Protocol):
    """The record as a call sees it: it is told what happened and asked nothing."""

    def opened(self, grant: JoinGrant) -> None:
        """Take notes and files of a join answer."""
        ...

    def reviewed(self, session_id: SessionId, status: SessionStatus) -> None:
        """Read the record of an ended session."""
        ...

    def files_changed(self, session_id: SessionId) -> None:
        """Read the files again: somebody added one."""
        ...


class Drawer:
    """One mechanic's drafts; a disk that refuses is told by False, never raised."""

    def __init__(self, keeper: DraftKeeper, owner: MechanicId) -> None:
        """Open the drawer of `owner`."""
        self._keeper = keeper
        self.owner = owner

    async def put(self, session_id: SessionId, kind: DraftKind, body: str) -> bool:
        """Keep a draft; say whether the disk took it."""
        try:
            await self._keeper.put(self.owner, session_id, kind, body)
        except OSError:
            return False
        return True

    async def remove(self, session_id: SessionId, kind: DraftKind) -> None:
        """Forget a draft; one that stays is only sent again."""
        try:
            await self._keeper.remove(self.owner, session_id, kind)
        except OSError:
            return

    async def contents(self) -> tuple[KeptDraft, ...]:
        """Return what is kept; nothing where the disk cannot be read."""
        try:
            return await self._keeper.of(self.owner)
        except OSError:
            return ()

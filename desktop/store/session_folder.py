"""SessionFolder: where files of sessions lie while a mechanic is signed in, under names of this PC's own making."""

import asyncio
import hashlib
import shutil
from pathlib import Path

from desktop.core.files import suffix_of
from desktop.core.people import SessionId
from desktop.core.session import FileEntry

_NAME_LENGTH = 20


class SessionFolder:
    """Knows the place of each fetched file. Nothing of a sent name becomes part of a path (SR-36)."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which belongs to this class alone."""
        self._folder = folder

    def place(self, session_id: SessionId, entry: FileEntry) -> Path:
        """Return where a file lies, or would lie."""
        return self._folder / _name(session_id) / f"{_name(entry.id)}{suffix_of(entry.media_type)}"

    async def wipe(self) -> None:
        """Delete everything; what is in use goes at the next wipe."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_NAME_LENGTH]

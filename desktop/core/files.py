"""Files of a session: which may be sent, and how far each upload and download has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath
from types import MappingProxyType

from desktop.core.session import FileEntry

FILE_CAP_BYTES = 26_214_400
FILE_NAME_CAP = 120
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "webp": "image/webp",
        "pdf": "application/pdf",
        "txt": "text/plain",
        "csv": "text/csv",
        "mp4": "video/mp4",
    }
)
"""The kinds that may be sent, by extension (contract section 4.4)."""
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})


def media_type_of(name: str) -> str | None:
    """Return the media type of a file name, or None for a kind that cannot be sent."""
    return MEDIA_TYPES.get(PurePath(name).suffix[1:].lower())


def refusal_of(name: str, size_bytes: int) -> str | None:
    """Return the code of the sentence that says why a file cannot be sent, known without sending it; None if none."""
    if media_type_of(name) is None:
        return "file_type_not_allowed"
    if size_bytes == 0:
        return "file_empty"
    return "file_too_large" if size_bytes > FILE_CAP_BYTES else None


def is_picture(entry: FileEntry) -> bool:
    """Whether a file may be drawn, by its declared type; what it really holds decides when it is decoded."""
    return entry.media_type in PICTURE_TYPES


def suffix_of(media_type: str) -> str:
    """Return the extension under which a file is kept here, by its type: `.bin` for one that is not known."""
    return next((f".{suffix}" for suffix, kind in MEDIA_TYPES.items() if kind == media_type), ".bin")


class UploadPhase(StrEnum):
    """Where an upload stands. FAILED may be tried again, REFUSED not."""

    WAITING = "waiting"
    SENDING = "sending"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way. `temp_id` stays over every try, so that it is stored once; `name` is clean."""

    temp_id: str
    name: str
    size_bytes: int
    path: Path = field(repr=False)
    media_type: str = ""
    sent_bytes: int = 0
    phase: UploadPhase = UploadPhase.WAITING
    sentence: str = ""

    @property
    def share(self) -> float:
        """How much has left this PC, 0 to 1."""
        return min(1.0, self.sent_bytes / self.size_bytes) if self.size_bytes else 0.0


@dataclass(frozen=True, slots=True)
class FilesState:
    """The files of a session as their panel draws them; `fetching` holds the ids of files on their way here."""

    entries: tuple[FileEntry, ...] = ()
    uploads: tuple[Upload, ...] = ()
    fetching: frozenset[str] = frozenset()
    can_send: bool = True
    sentence: str = ""

    @property
    def pictures(self) -> tuple[FileEntry, ...]:
        """The files that may be drawn."""
        return tuple(entry for entry in self.entries if is_picture(entry))

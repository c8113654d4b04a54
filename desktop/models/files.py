"""What a file's row says: its size, who added it and when, and what stands beside an upload."""

from desktop.core.files import Upload, UploadPhase
from desktop.core.session import FileEntry
from desktop.core.text import clean_line

_KILO = 1024


def size_words(size_bytes: int) -> str:
    """Return a file size as people read it."""
    if size_bytes < _KILO:
        return f"{size_bytes} bytes"
    if size_bytes < _KILO * _KILO:
        return f"{round(size_bytes / _KILO)} kB"
    return f"{size_bytes / _KILO / _KILO:.1f} MB"


def entry_words(entry: FileEntry) -> str:
    """Return who added a file, how large it is, and when it came, by this PC's time zone."""
    time = f"{entry.created_at.astimezone():%H:%M}"
    return f"{clean_line(entry.uploader_name)}  ·  {size_words(entry.size_bytes)}  ·  {time}"


def upload_words(upload: Upload) -> str:
    """Return how far an upload is, or why it did not go."""
    if upload.sentence:
        return upload.sentence
    if upload.phase is UploadPhase.WAITING:
        return "Waiting to be sent"
    return f"{round(upload.share * 100)} % of {size_words(upload.size_bytes)}"

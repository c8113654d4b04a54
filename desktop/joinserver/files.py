"""Files of a session as the list shows them: rows with signed, short-lived links."""

from typing import Final

from sqlalchemy import bindparam, select

from desktop.backend.wire import FileEntry, FilesAnswer, FilesSummary
from desktop.core.text import clean_line
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.links import LinkSigner
from desktop.joinserver.tables import FileRow, SessionRow
from desktop.joinserver.unit import Unit

FILE_NAME_CAP = 120
JOIN_FILES = 50
INTAKE_TAG = "intake"
"""Marks what came with the booking."""
_NEWEST_FIRST: Final = (
    select(FileRow)
    .where(FileRow.session_id == bindparam("session"))
    .order_by(FileRow.created_at.desc(), FileRow.id)
    .limit(bindparam("limit"))
)
_ALL: Final = 1_000_000


def entries(
    unit: Unit, views: MessageViews, row: SessionRow, links: LinkSigner, newest: int | None = None
) -> tuple[FileEntry, ...]:
    """Return the files of a session, oldest first; at most the `newest` so many."""
    found = unit.session.scalars(_NEWEST_FIRST, {"session": row.id, "limit": newest or _ALL}).all()
    return tuple(entry(unit, views, file, links) for file in reversed(found))


def entry(unit: Unit, views: MessageViews, file: FileRow, links: LinkSigner) -> FileEntry:
    """Return a file as it goes out, with a fresh link."""
    role = views.role(file.uploaded_by)
    url, until = links.link(file.id, unit.now)
    return FileEntry(
        id=file.id,
        session_id=file.session_id,
        uploaded_by=file.uploaded_by,
        file_name=clean_line(file.file_name, FILE_NAME_CAP),
        file_size=file.file_size,
        file_type=file.file_type,
        file_category=file.file_category,
        tags=tuple(file.tags),
        description=file.description,
        created_at=file.created_at,
        uploader_role=role.value,
        uploader_name=views.name(role),
        url=url,
        url_expires_at=until,
    )


def of_intake(unit: Unit, row: SessionRow, links: LinkSigner) -> tuple[dict[str, object], ...]:
    """Return what the customer sent with the booking, as the intake tells of it."""
    found = unit.session.scalars(select(FileRow).where(FileRow.session_id == row.id).order_by(FileRow.created_at))
    return tuple(
        {
            "id": file.id, "name": clean_line(file.file_name, FILE_NAME_CAP), "type": file.file_type,
            "size": file.file_size, "url": links.link(file.id, unit.now)[0],
        }
        for file in found
        if INTAKE_TAG in file.tags
    )  # fmt: skip


def answer(found: tuple[FileEntry, ...]) -> FilesAnswer:
    """Return the list with its counts."""

    def count(category: str) -> int:
        return sum(each.file_category == category for each in found)

    summary = FilesSummary(
        total_files=len(found),
        screenshots=count("screenshot"),
        voice_transcripts=count("voice_transcript"),
        uploads=count("upload"),
        tags_used=tuple(sorted({tag for each in found for tag in each.tags})),
        total_size_bytes=sum(each.file_size for each in found),
    )
    return FilesAnswer(files=found, summary=summary)

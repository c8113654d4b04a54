"""Files that members send: checked, kept once by `tempId` under a name of the server's own making, and told."""

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from desktop.backend.wire import TEMP_ID_PATTERN, FilePush
from desktop.core.text import clean_line
from desktop.joinserver import contents, files, rules
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.errors import ApiError
from desktop.joinserver.house import House
from desktop.joinserver.links import LinkSigner
from desktop.joinserver.members import Member
from desktop.joinserver.multipart import Form, SentFile
from desktop.joinserver.tables import FileRow
from desktop.joinserver.unit import Unit, new_id

_log = logging.getLogger(__name__)
SESSION_FILES: Final = 50
SESSION_BYTES: Final = 250 * 1024 * 1024
CATEGORIES: Final = ("upload", "screenshot")
_TAGS, _TAG_LENGTH, _DESCRIPTION_LENGTH = 10, 40, 500
_FORGOTTEN_AFTER_S: Final = 3_600.0
_INCOMING: Final = "incoming"
_TEMP_ID: Final = re.compile(TEMP_ID_PATTERN)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that passed every check, still in the folder of what comes in; `id` is what it will be kept under."""

    id: str
    path: Path
    name: str
    media_type: str
    size: int
    sha256: str
    temp_id: str | None
    category: str = "upload"
    tags: tuple[str, ...] = ()
    description: str | None = None


def kept_in(data_dir: Path) -> Path:
    """Return the folder of stored files; it lies outside anything that is served by name."""
    return data_dir / "files"


def incoming_in(data_dir: Path) -> Path:
    """Return the folder of files that are still coming in, made if it is not there. Touches the disk."""
    folder = kept_in(data_dir) / _INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_upload(form: Form) -> Upload:
    """Return the one file of a form. Raises ApiError. Reads the disk."""
    temp_id, category = form.fields.get("tempId", ""), form.fields.get("file_category", "upload")
    description = form.fields.get("description", "")
    tags = _tags(form.fields.get("tags", ""))
    wrong = [
        name
        for name, is_right in (
            ("description", len(description) <= _DESCRIPTION_LENGTH),
            ("file", len(form.files) == 1),
            ("file_category", category in CATEGORIES),
            ("tags", tags is not None),
            ("tempId", is_temp_id(temp_id)),
        )
        if not is_right
    ]
    if wrong or tags is None:
        raise ApiError("invalid_request", fields=wrong)
    (sent,) = form.files
    return checked(
        sent, temp_id=temp_id, category=category, tags=tags, description=clean_line(description, _DESCRIPTION_LENGTH)
    )


def is_temp_id(text: str) -> bool:
    """Whether a text is shaped like an idempotency key."""
    return _TEMP_ID.match(text) is not None and not text.endswith("\n")


def checked(
    sent: SentFile, *, temp_id: str | None, category: str = "upload", tags: tuple[str, ...] = (),
    description: str = "", pictures_only: bool = False,
) -> Upload:  # fmt: skip
    """Return a sent file as an upload, if its content is what it claims to be. Raises ApiError. Reads the disk."""
    if sent.too_large:
        raise ApiError("file_too_large")
    media_type = contents.check(sent.path, sent.name, sent.media_type, pictures_only=pictures_only)
    name = clean_line(sent.name, files.FILE_NAME_CAP) or f"file.{contents.safe_extension(media_type)}"
    return Upload(
        new_id(), sent.path, name, media_type, sent.size, sent.sha256, temp_id, category, tags, description or None
    )


def _tags(text: str) -> tuple[str, ...] | None:
    """Return the tags of a form, a JSON list or words between commas; None where they are too many or too long."""
    parts: object = text.split(",")
    if text.lstrip().startswith("["):
        try:
            parts = json.loads(text)
        except (ValueError, RecursionError):
            return None
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return None
    cleaned = [clean_line(part, _TAG_LENGTH + 1) for part in parts]
    # Only what came with the booking is called so.
    kept = tuple(dict.fromkeys(tag for tag in cleaned if tag and tag != files.INTAKE_TAG))
    return kept if len(kept) <= _TAGS and all(len(tag) <= _TAG_LENGTH for tag in kept) else None


def find_sent(unit: Unit, member: Member, temp_id: str) -> FileRow | None:
    """Return the file that a sender stored under a `tempId` before."""
    return unit.session.scalar(
        select(FileRow).where(
            FileRow.session_id == member.row.id,
            FileRow.uploaded_by == member.caller.user_id,
            FileRow.temp_id == temp_id,
        )
    )


def store(unit: Unit, member: Member, links: LinkSigner, uploads: Sequence[Upload], folder: Path) -> list[FileRow]:
    """Keep files and tell the room. Raises ApiError. Touches the disk, as the last thing before the commit."""
    _check_space(unit, member, uploads)
    made = [_row(unit, member, upload) for upload in uploads]
    unit.session.add_all(made)
    unit.touch(member.row)
    views = MessageViews(unit, member.row, links)
    for row in made:
        told = files.entry(unit, views, row, links).model_copy(update={"url": None, "url_expires_at": None})
        unit.push(member.row, "file.added", FilePush(file=told))
    _move_in([(upload.path, folder / row.storage_path) for upload, row in zip(uploads, made, strict=True)])
    return made


def _row(unit: Unit, member: Member, upload: Upload) -> FileRow:
    return FileRow(
        id=upload.id, session_id=member.row.id, uploaded_by=member.caller.user_id, file_name=upload.name,
        file_size=upload.size, file_type=upload.media_type,
        storage_path=f"{upload.id}.{contents.safe_extension(upload.media_type)}", file_category=upload.category,
        tags=list(upload.tags), description=upload.description, created_at=unit.now, updated_at=unit.now,
        temp_id=upload.temp_id, sha256=upload.sha256,
    )  # fmt: skip


def _move_in(moves: Sequence[tuple[Path, Path]]) -> None:
    """Give files their kept names, all or none; the names outlive a power cut.

    A unit of work may be run again after a lost race: what it moved then is in its place already.
    """
    try:
        for incoming, kept in moves:
            if not kept.exists():
                incoming.replace(kept)
        for folder in {kept.parent for _, kept in moves}:
            _sync(folder)
    except OSError:
        for _, kept in moves:
            kept.unlink(missing_ok=True)
        raise


def _check_space(unit: Unit, member: Member, uploads: Sequence[Upload]) -> None:
    count, size = unit.session.execute(
        select(func.count(), func.coalesce(func.sum(FileRow.file_size), 0)).where(FileRow.session_id == member.row.id)
    ).one()
    asked = sum(upload.size for upload in uploads)
    if count + len(uploads) > SESSION_FILES or size + asked > SESSION_BYTES:
        raise ApiError("session_storage_full")


def refuse_after_end(member: Member) -> None:
    """Refuse new files of a session that has ended. Raises ApiError."""
    if member.row.status in rules.TERMINAL:
        raise ApiError("session_ended", status=member.row.status)


def _sync(folder: Path) -> None:
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows does not open folders, and needs no such care
        return
    try:
        os.fsync(number)
    finally:
        os.close(number)


async def tidy(house: House) -> None:
    """Remove what no row knows, now and once an hour, until cancelled."""
    folder = kept_in(house.config.data_dir)
    while True:
        known = await house.db.read(lambda unit: unit.session.scalars(select(FileRow.storage_path)).all())
        removed = await asyncio.to_thread(remove_forgotten, folder, known)
        if removed:
            _log.warning("removed %d files that no row knows", removed)
        await asyncio.sleep(_FORGOTTEN_AFTER_S)


def remove_forgotten(folder: Path, known: Iterable[str]) -> int:
    """Remove files that no row knows, as a crash may leave them; return how many. Touches the disk.

    Files of the last hour stay: they may be on their way in at another worker.
    """
    stored, removed = frozenset(known), 0
    before = time.time() - _FORGOTTEN_AFTER_S
    for path in (*folder.glob("*"), *(folder / _INCOMING).glob("*")):
        if path.is_file() and path.name not in stored and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed

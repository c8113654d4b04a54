"""The mechanic's words after a session: sent once, with pictures, and read by both sides."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select

from desktop.backend.wire import ManualSummary
from desktop.joinserver import files, rules, uploads
from desktop.joinserver.chat import MessageViews
from desktop.joinserver.errors import ApiError
from desktop.joinserver.links import LinkSigner
from desktop.joinserver.members import Member
from desktop.joinserver.multipart import Form
from desktop.joinserver.tables import FileRow, SessionRow
from desktop.joinserver.unit import Unit
from desktop.joinserver.uploads import Upload

TEXTS: Final = ("findings", "steps_taken", "parts_needed", "next_steps")
NEEDED: Final = ("findings", "steps_taken", "next_steps")
TEXT_LENGTH: Final = 4_000
PHOTO_FIELDS: Final = tuple(f"photo_{number}" for number in range(10))
SUMMARY_TAG: Final = "summary"


def read(form: Form) -> tuple[dict[str, str], list[Upload]]:
    """Return the texts and the checked photos of a form. Raises ApiError. Reads the disk."""
    texts = {name: form.fields.get(name, "") for name in TEXTS}
    wrong = [name for name in TEXTS if len(texts[name]) > TEXT_LENGTH]
    wrong += [name for name in NEEDED if not texts[name].strip()]
    temp_id = form.fields.get("tempId")
    if temp_id is not None and not uploads.is_temp_id(temp_id):
        wrong.append("tempId")
    names = [sent.field for sent in form.files]
    wrong += sorted({name for name in names if names.count(name) > 1})
    if wrong:
        raise ApiError("invalid_request", fields=sorted(wrong))
    in_order = sorted(form.files, key=lambda sent: PHOTO_FIELDS.index(sent.field))
    photos = [uploads.checked(sent, temp_id=None, tags=(SUMMARY_TAG,), pictures_only=True) for sent in in_order]
    return texts | ({"temp_id": temp_id} if temp_id else {}), photos


def submit(
    unit: Unit, member: Member, links: LinkSigner, texts: dict[str, str], photos: Sequence[Upload], folder: Path
) -> bool:
    """Keep a summary; False where this very one was kept before. Raises ApiError. Touches the disk."""
    row = member.row
    if row.status in rules.OPEN:
        raise ApiError("session_not_ended")
    if row.status != "completed":
        raise ApiError("read_only")
    if row.summary_data is not None:
        if texts.get("temp_id") and texts["temp_id"] == row.summary_data.get("temp_id"):
            return False
        raise ApiError("summary_exists")
    kept = uploads.store(unit, member, links, photos, folder) if photos else []
    row.summary_data = {**texts, "photos": [file.id for file in kept]}
    row.summary_submitted_at = unit.now
    unit.touch(row)
    return True


def written(unit: Unit, row: SessionRow, links: LinkSigner) -> ManualSummary | None:
    """Return what the mechanic wrote, with fresh links to the photos."""
    data = row.summary_data
    if data is None:
        return None
    ids = [str(file_id) for file_id in data.get("photos", ())]
    rows = {file.id: file for file in unit.session.scalars(select(FileRow).where(FileRow.id.in_(ids)))} if ids else {}
    views = MessageViews(unit, row, links)
    photos = tuple(files.entry(unit, views, rows[file_id], links) for file_id in ids if file_id in rows)
    return ManualSummary(
        findings=data.get("findings", ""),
        steps_taken=data.get("steps_taken", ""),
        parts_needed=data.get("parts_needed", ""),
        next_steps=data.get("next_steps", ""),
        submitted_at=row.summary_submitted_at,
        media_files=photos,
    )

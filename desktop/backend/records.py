"""RecordCalls: notes, files and the summary of a session, as core data and core errors."""

import logging
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from desktop.backend import mapping, wire
from desktop.backend.calls import REPEATS, SignedInCalls, parsed
from desktop.backend.forms import FilePart, Form, Progress
from desktop.backend.refusals import Endpoint
from desktop.backend.transport import Exchange
from desktop.core.clock import ServerTime
from desktop.core.errors import RefusedError
from desktop.core.files import FILE_CAP_BYTES, suffix_of
from desktop.core.notes import StoredNotes
from desktop.core.people import SessionId
from desktop.core.session import FileEntry
from desktop.core.summary import SentSummary, SummaryDraft

_log = logging.getLogger(__name__)

_UPLOAD_TIMEOUT_S = 60.0
"""Silence of the connection, not the whole upload: a slow network may take its time."""
_LINK_MARGIN = timedelta(seconds=5)


class RecordCalls:
    """Speaks to the platform about the written record of sessions.

    Lives in one asyncio loop; errors as of BackendClient. Links to files stay in here: they are private, short-lived,
    and a new one is fetched quietly when an old one is refused.
    """

    def __init__(self, calls: SignedInCalls) -> None:
        """Make it for one client."""
        self._calls = calls
        self._links: dict[str, tuple[str, datetime]] = {}

    def forget(self) -> None:
        """Drop every link of a login."""
        self._links.clear()

    # ---- notes ------------------------------------------------------------------------------------------------------

    async def notes(self, session_id: SessionId) -> StoredNotes:
        """Return the notes as they are stored."""
        exchange = Exchange(Endpoint.NOTES, "GET", f"/api/mechanic/sessions/{_in_path(session_id)}/notes", attempts=2)
        return mapping.notes_of(await self._calls.read(wire.NotesAnswer, exchange))

    async def save_notes(self, session_id: SessionId, text: str, base_version: int | None) -> int:
        """Store notes made from `base_version`; return their new version.

        Raises `notes_conflict` (details `notes`, `version`) where they changed elsewhere meanwhile.
        """
        body = wire.PutNotesRequest(notes=text, base_version=base_version)
        path = f"/api/mechanic/sessions/{_in_path(session_id)}/notes"
        answer = await self._calls.make(Exchange(Endpoint.NOTES, "PUT", path, body))
        return parsed(wire.PutNotesAnswer, answer).version or (base_version or 0) + 1

    # ---- files ------------------------------------------------------------------------------------------------------

    async def files(self, session_id: SessionId) -> tuple[FileEntry, ...]:
        """Return the files of a session, oldest first."""
        exchange = Exchange(Endpoint.FILES, "GET", f"/api/sessions/{_in_path(session_id)}/files", attempts=2)
        answer = await self._calls.read(wire.FilesAnswer, exchange)
        return tuple(self._entry(file) for file in answer.files)

    async def upload(
        self, session_id: SessionId, path: Path, name: str, media_type: str, temp_id: str, progress: Progress
    ) -> FileEntry:
        """Send a file from disk; the same `temp_id` is stored once. Raises OSError for a file that cannot be read."""
        form = Form(
            {"tempId": temp_id, "file_category": "upload"}, (FilePart("file", name, media_type, path),), progress
        )
        exchange = Exchange(
            Endpoint.UPLOAD,
            "POST",
            f"/api/sessions/{_in_path(session_id)}/files",
            form=form,
            attempts=REPEATS,
            timeout_s=_UPLOAD_TIMEOUT_S,
        )
        return self._entry(parsed(wire.UploadAnswer, await self._calls.make(exchange)).file)

    async def download(self, session_id: SessionId, file_id: str, target: Path) -> None:
        """Write a file's bytes to `target`; raises OSError where that cannot be written.

        An old or refused link is replaced by a new one, once, without a word (AC-53).
        """
        if not self._is_fresh(file_id):
            await self._renew_link(session_id, file_id)
        try:
            await self._calls.fetch(self._link(file_id), target, FILE_CAP_BYTES)
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            _log.info("a file's link was refused; asking for a new one")
            self._links.pop(file_id, None)
            await self._renew_link(session_id, file_id)
            await self._calls.fetch(self._link(file_id), target, FILE_CAP_BYTES)

    async def _renew_link(self, session_id: SessionId, file_id: str) -> None:
        await self.files(session_id)
        if not self._is_fresh(file_id):
            await self.summary(session_id)

    def _link(self, file_id: str) -> str:
        try:
            return self._links[file_id][0]
        except KeyError:
            raise RefusedError("file_gone", HTTPStatus.NOT_FOUND) from None

    def _is_fresh(self, file_id: str) -> bool:
        known = self._links.get(file_id)
        return known is not None and self._server_now() + _LINK_MARGIN < known[1]

    def _server_now(self) -> datetime:
        time: ServerTime | None = self._calls.server_time
        return time.datetime_at(self._calls.monotonic()) if time is not None else datetime.now(UTC)

    def _entry(self, file: wire.FileEntry) -> FileEntry:
        if file.url is not None:
            until = file.url_expires_at or self._server_now() + timedelta(minutes=5)
            self._links[file.id] = (file.url, until)
        return mapping.file_of(file)

    # ---- the summary ------------------------------------------------------------------------------------------------

    async def summary(self, session_id: SessionId) -> SentSummary | None:
        """Return the summary that was sent; None while there is none."""
        exchange = Exchange(Endpoint.SUMMARY, "GET", f"/api/sessions/{_in_path(session_id)}/summary", attempts=2)
        answer = await self._calls.read(wire.SummaryAnswer, exchange)
        if answer.manual_summary is None:
            return None
        for file in answer.manual_summary.media_files:
            self._entry(file)
        return mapping.summary_of(answer.manual_summary)

    async def send_summary(
        self, session_id: SessionId, draft: SummaryDraft, photos: tuple[tuple[FileEntry, Path], ...]
    ) -> None:
        """Send a summary with its pictures; the same `temp_id` is taken once, `summary_exists` for another one.

        Raises OSError for a picture that cannot be read.
        """
        fields = {
            "findings": draft.findings_text,
            "steps_taken": draft.steps_taken.strip(),
            "parts_needed": draft.parts_text,
            "next_steps": draft.next_steps.strip(),
            "tempId": draft.temp_id,
        }
        parts = tuple(
            FilePart(f"photo_{at}", f"photo-{at + 1}{suffix_of(entry.media_type)}", entry.media_type, path)
            for at, (entry, path) in enumerate(photos)
        )
        exchange = Exchange(
            Endpoint.SEND_SUMMARY,
            "POST",
            f"/api/sessions/{_in_path(session_id)}/summary",
            form=Form(fields, parts),
            attempts=REPEATS,
            timeout_s=_UPLOAD_TIMEOUT_S,
        )
        await self._calls.make(exchange)


def _in_path(name: str) -> str:
    return quote(name, safe="")

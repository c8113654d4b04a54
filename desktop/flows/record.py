"""RecordFlow: the written record of sessions: the one on screen, and what of others is still on its way."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desktop.core.account import AccountPhase, AccountState
from desktop.core.errors import BaylinkError
from desktop.core.notes import NotesChoice, StoredNotes
from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.core.session import JoinGrant, SessionStatus
from desktop.core.summary import SummaryDraft
from desktop.flows.call_files import CallFiles
from desktop.flows.call_notes import CallNotes
from desktop.flows.record_ports import DraftKeeper, Drawer, FileShelf, RecordBackend
from desktop.flows.summary import SummaryWriting, is_wanted

_log = logging.getLogger(__name__)


_CLOSED = frozenset({SessionStatus.REFUNDED, SessionStatus.ARCHIVED})
"""In these the contract lets nobody change notes."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Papers:
    """Everything written of one session."""

    notes: CallNotes
    files: CallFiles
    summary: SummaryWriting

    async def aclose(self) -> None:
        await self.notes.aclose()
        await self.summary.aclose()
        await self.files.aclose()


class RecordFlow:
    """Lives in one asyncio loop. `publish` gets a whole RecordState of the session on screen at every change.

    `summary_taken` is called when the platform has taken a summary. Nothing is lost by leaving, signing out or a
    crash: what the platform does not have stays in the drawer of its writer, and goes on when they are back.
    """

    def __init__(
        self,
        backend: RecordBackend,
        keeper: DraftKeeper,
        shelf: FileShelf,
        publish: Callable[[RecordState], None],
        *,
        summary_taken: Callable[[], None],
        now: Callable[[], datetime] = _now,
    ) -> None:
        """Make the flow; nothing happens before somebody is signed in."""
        self._backend = backend
        self._keeper = keeper
        self._shelf = shelf
        self._publish = publish
        self._summary_taken = summary_taken
        self._now = now
        self._drawer: Drawer | None = None
        self._kept: dict[SessionId, str] = {}
        self._drafts_are_known = False
        self._papers: dict[SessionId, _Papers] = {}
        self._current: SessionId | None = None
        self._is_writing = False
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- news -------------------------------------------------------------------------------------------------------

    def account_changed(self, account: AccountState) -> None:
        """Take up a mechanic's drafts at sign-in; put everything away when they are gone."""
        mechanic = account.mechanic
        if account.phase is AccountPhase.SIGNED_IN and mechanic is not None:
            if self._drawer is None or self._drawer.owner != mechanic.id:
                former = self._put_away()
                self._drawer = Drawer(self._keeper, mechanic.id)
                self._spawn(self._take_up(self._drawer, former))
        elif account.phase is AccountPhase.SIGNED_OUT and not account.interrupted and self._drawer is not None:
            self._put_away()

    def opened(self, grant: JoinGrant) -> None:
        """Take notes and files of a join answer: its session is on screen."""
        papers = self._show(grant.session_id)
        if papers is None:
            return
        if grant.is_lean:
            self._spawn(self._read(grant.session_id, papers))
        else:
            papers.notes.opened(StoredNotes(grant.notes, grant.notes_version))
            papers.files.opened(grant.files)
        self._tell(grant.session_id)

    def reviewed(self, session_id: SessionId, status: SessionStatus) -> None:
        """Read the record of an ended session: it is on screen."""
        papers = self._show(session_id)
        if papers is not None:
            if status in _CLOSED:
                papers.notes.lock()
            self._spawn(self._read(session_id, papers))
            self.write_summary()

    def files_changed(self, session_id: SessionId) -> None:
        """Read the files again: somebody added one."""
        papers = self._papers.get(session_id)
        if papers is not None:
            papers.files.refresh()

    # ---- wishes -----------------------------------------------------------------------------------------------------

    def edit_notes(self, text: str) -> None:
        """Take what stands in the notes."""
        if (papers := self._on_screen()) is not None:
            papers.notes.edit(text)

    def choose_notes(self, choice: NotesChoice) -> None:
        """Settle two versions of the notes."""
        if (papers := self._on_screen()) is not None:
            papers.notes.choose(choice)

    def upload(self, path: Path) -> None:
        """Send a file."""
        if (papers := self._on_screen()) is not None:
            papers.files.upload(path)

    def retry_upload(self, temp_id: str) -> None:
        """Send a file again."""
        if (papers := self._on_screen()) is not None:
            papers.files.retry(temp_id)

    def cancel_upload(self, temp_id: str) -> None:
        """Stop sending a file."""
        if (papers := self._on_screen()) is not None:
            papers.files.cancel(temp_id)

    async def fetch(self, file_id: str) -> Path | None:
        """Return where a file of the session on screen lies on this PC; None where it could not be fetched."""
        papers = self._on_screen()
        return await papers.files.fetch(file_id) if papers is not None else None

    def write_summary(self) -> None:
        """Open the summary of the session on screen, to be written or read."""
        papers = self._on_screen()
        if papers is None or self._current is None:
            return
        self._is_writing = True
        if self._drafts_are_known:
            papers.summary.open(self._kept.pop(self._current, None))
        papers.files.refresh()
        self._tell(self._current)

    def edit_summary(self, draft: SummaryDraft) -> None:
        """Take what the summary's form holds."""
        if (papers := self._on_screen()) is not None:
            papers.summary.edit(draft)

    def send_summary(self) -> None:
        """Send the summary."""
        if (papers := self._on_screen()) is not None:
            papers.summary.send()

    async def aclose(self) -> None:
        """Keep what is not kept yet, and stop; drafts stay for the next start, fetched files do not."""
        self._put_away()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- the story --------------------------------------------------------------------------------------------------

    async def _take_up(self, drawer: Drawer, former: asyncio.Task[None]) -> None:
        """Bring on its way what is not with the platform yet, once everything of before is put away."""
        await asyncio.wait({former})
        drafts = await drawer.contents()
        if self._drawer is not drawer:
            return
        self._drafts_are_known = True
        for draft in drafts:
            papers = self._of(draft.session_id, drawer)
            if draft.kind == "notes":
                papers.notes.restore(draft.body)
            elif is_wanted(draft.body):
                papers.summary.open(draft.body)
            else:
                self._kept[draft.session_id] = draft.body
        if self._is_writing:
            self.write_summary()

    async def _read(self, session_id: SessionId, papers: _Papers) -> None:
        papers.files.refresh()
        try:
            papers.notes.opened(await self._backend.notes(session_id))
        except BaylinkError as error:
            _log.info("the notes could not be read: %s, request %s", error.code, error.reference)
            papers.notes.opened(StoredNotes("", 0))

    def _show(self, session_id: SessionId) -> _Papers | None:
        if self._drawer is None:
            return None
        self._current, self._is_writing = session_id, False
        return self._of(session_id, self._drawer)

    def _on_screen(self) -> _Papers | None:
        return self._papers.get(self._current) if self._current is not None else None

    def _of(self, session_id: SessionId, drawer: Drawer) -> _Papers:
        known = self._papers.get(session_id)
        if known is not None:
            return known

        def changed() -> None:
            self._tell(session_id)

        files = CallFiles(session_id, self._backend, self._shelf, changed)
        notes = CallNotes(session_id, self._backend, drawer, changed, self._now)
        summary = SummaryWriting(session_id, self._backend, drawer, files, changed, self._summary_taken, self._now)
        made = self._papers[session_id] = _Papers(notes, files, summary)
        return made

    def _tell(self, session_id: SessionId) -> None:
        papers = self._papers.get(session_id)
        if papers is None or session_id != self._current:
            return
        summary = papers.summary.state if self._is_writing else None
        self._publish(RecordState(session_id, papers.notes.state, papers.files.state, summary))

    def _put_away(self) -> asyncio.Task[None]:
        """Close everything of the mechanic who was here; what is written stays in their drawer only."""
        papers = tuple(self._papers.values())
        self._papers, self._kept = {}, {}
        self._current, self._drawer, self._is_writing, self._drafts_are_known = None, None, False, False
        return self._spawn(self._close(papers))

    async def _close(self, papers: tuple[_Papers, ...]) -> None:
        for one in papers:
            await one.aclose()
        await self._shelf.wipe()

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="record")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a part of the record failed", exc_info=error)

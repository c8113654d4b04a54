"""SummaryWriting: the summary of one ended session: drafted on this PC, sent once, shown when it is there."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.people import SessionId
from desktop.core.session import FileEntry
from desktop.core.summary import (
    PICTURES_CAP,
    TEXT_CAP,
    SummaryDraft,
    SummaryPhase,
    SummaryState,
    draft_of_json,
)
from desktop.flows.call_files import CallFiles
from desktop.flows.call_waiting import pause_s, wait_for
from desktop.flows.record_ports import Drawer, RecordBackend

_log = logging.getLogger(__name__)

_PAUSE_IN_TYPING_S = 0.5
_MISSING = "Write what you did and the next steps first."
_TOO_LONG = f"A summary's texts can have up to {TEXT_CAP} characters each."
_KEPT = "Kept on this PC. It is sent when the connection is back."
_KEPT_HERE = "The summary is kept on this machine."
_EXISTS = "A summary was already sent for this session."
_FIXED = frozenset({SummaryPhase.SENT, SummaryPhase.TAKEN})


class SummaryWriting:
    """Lives in one loop; `changed` is called at every change, `taken` once the platform has the summary."""

    def __init__(
        self,
        session_id: SessionId,
        backend: RecordBackend,
        drawer: Drawer,
        files: CallFiles,
        changed: Callable[[], None],
        taken: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """Make it; `open` begins."""
        self._session_id = session_id
        self._backend = backend
        self._drawer = drawer
        self._files = files
        self._changed = changed
        self._taken = taken
        self._now = now
        self._kept: SummaryDraft | None = None
        self._edited = asyncio.Event()
        self._again = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._state = SummaryState()

    @property
    def state(self) -> SummaryState:
        """How the summary stands."""
        return self._state

    def open(self, body: str | None) -> None:
        """Begin, with the draft that was kept if there is one; one that was wanted goes on its way again."""
        if self._state.loads == 0:
            draft = _draft(body)
            self._kept = draft
            self._to(
                phase=SummaryPhase.WRITING,
                draft=draft or self._state.draft,
                loads=1,
                saved_at=self._now() if draft is not None else None,
            )
            if draft is not None and draft.is_wanted:
                self.send()
        if self._state.phase is SummaryPhase.TAKEN:
            self._to(phase=SummaryPhase.LOADING)
        if self._state.sent is None:
            self._run("look", self._look())

    def edit(self, draft: SummaryDraft) -> None:
        """Take what the form holds now."""
        if self._state.phase is not SummaryPhase.WRITING:
            return
        draft = replace(draft, temp_id=self._state.draft.temp_id, is_wanted=False)
        if draft != self._state.draft:
            self._to(draft=draft, sentence="")
            self._edited.set()
            self._run("keep", self._keep_on())

    def send(self) -> None:
        """Send it, now or when the connection is back; says in a sentence what is missing."""
        draft = self._state.draft
        if self._state.phase is SummaryPhase.KEPT:
            self._again.set()
        if self._state.phase is not SummaryPhase.WRITING:
            return
        if not draft.is_complete or draft.is_too_long:
            self._to(sentence=_TOO_LONG if draft.is_complete else _MISSING)
            return
        self._to(phase=SummaryPhase.SENDING, draft=replace(draft, is_wanted=True), sentence="")
        self._run("send", self._send_on())

    async def aclose(self) -> None:
        """Stop, with the newest draft kept."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._state.loads and self._state.phase not in _FIXED and self._kept != self._state.draft:
            await self._keep()

    # ---- this PC ----------------------------------------------------------------------------------------------------

    async def _keep_on(self) -> None:
        while self._kept != self._state.draft and self._state.phase is SummaryPhase.WRITING:
            self._edited.clear()
            await wait_for(self._edited, _PAUSE_IN_TYPING_S)
            if not self._edited.is_set():
                await self._keep()

    async def _keep(self) -> None:
        draft = self._state.draft
        if self._kept is None and draft == replace(SummaryState().draft, temp_id=draft.temp_id):
            return  # nothing was written
        took = await self._drawer.put(self._session_id, "summary", draft.to_json())
        self._kept = draft
        self._to(is_unsaved=not took, saved_at=self._now() if took else self._state.saved_at)

    # ---- the platform -----------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Look whether a summary was sent already, perhaps from another screen."""
        try:
            sent = await self._backend.summary(self._session_id)
        except BaylinkError as error:
            _log.info("the summary could not be read: %s, request %s", error.code, error.reference)
            return
        if sent is not None and self._state.phase is not SummaryPhase.TAKEN:
            self._to(phase=SummaryPhase.SENT, sent=sent)
            await self._drawer.remove(self._session_id, "summary")

    async def _send_on(self) -> None:
        await self._keep()
        tries = 0
        while self._state.phase in {SummaryPhase.SENDING, SummaryPhase.KEPT}:
            try:
                await self._backend.send_summary(self._session_id, self._state.draft, await self._photos())
            except (OfflineError, ServerTroubleError, SignedOutError) as error:
                self._wait_for_connection(error)
            except RefusedError as error:
                if error.code != "rate_limited":
                    await self._refused(error)
                    return
                self._wait_for_connection(error)
            except OSError:
                await self._give_back(BaylinkError("disk_full").sentence)
                return
            else:
                self._taken()
                self._to(phase=SummaryPhase.TAKEN, sentence="")
                await self._drawer.remove(self._session_id, "summary")
                return
            self._again.clear()
            await wait_for(self._again, pause_s(tries))
            tries += 1

    async def _photos(self) -> tuple[tuple[FileEntry, Path], ...]:
        """Return the chosen pictures with their bytes on this PC; one that is no longer there is left out."""
        photos: list[tuple[FileEntry, Path]] = []
        for file_id in self._state.draft.pictures[:PICTURES_CAP]:
            try:
                photos.append((await self._files.entry(file_id), await self._files.obtain(file_id)))
            except SignedOutError:
                raise
            except RefusedError as error:
                _log.warning("a picture is left out of the summary: %s, request %s", error.code, error.reference)
        return tuple(photos)

    def _wait_for_connection(self, error: BaylinkError) -> None:
        _log.info("the summary is not sent yet: %s, request %s", error.code, error.reference)
        self._to(phase=SummaryPhase.KEPT, sentence=_KEPT)

    async def _refused(self, error: RefusedError) -> None:
        _log.warning("the summary was refused: %s, request %s", error.code, error.reference)
        if error.code == "summary_exists":
            self._to(sentence=_EXISTS)
            await self._look()
            self._to(phase=SummaryPhase.SENT)
            await self._drawer.remove(self._session_id, "summary")
            self._taken()
            return
        await self._give_back(_KEPT_HERE if error.code == "feature_missing" else error.sentence)

    async def _give_back(self, sentence: str) -> None:
        """Give the draft back to its writer, with the reason."""
        draft = replace(self._state.draft, is_wanted=False)
        self._to(phase=SummaryPhase.WRITING, draft=draft, sentence=sentence)
        await self._keep()

    # ---- inner workings ---------------------------------------------------------------------------------------------

    def _run(self, key: str, work: Coroutine[object, object, None]) -> None:
        running = self._tasks.get(key)
        if running is not None and not running.done():
            work.close()
            return
        self._tasks[key] = asyncio.create_task(work, name=f"summary-{key}")

    def _to(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type] # fields of SummaryState only
        if state != self._state:
            self._state = state
            self._changed()


def is_wanted(body: str) -> bool:
    """Whether a kept draft is one to be sent."""
    draft = _draft(body)
    return draft is not None and draft.is_wanted


def _draft(body: str | None) -> SummaryDraft | None:
    if body is None:
        return None
    try:
        return draft_of_json(body)
    except ValueError:
        _log.warning("a summary's draft could not be read")
        return None

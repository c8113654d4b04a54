"""CallNotes: the notes of one session, written down here first, then stored; two versions wait for a choice."""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.notes import NOTES_CAP, NotesChoice, NotesHome, NotesState, StoredNotes, both
from desktop.core.people import SessionId
from desktop.flows.call_waiting import pause_s, wait_for
from desktop.flows.record_ports import Drawer, RecordBackend

_log = logging.getLogger(__name__)

_PAUSE_IN_TYPING_S = 0.5
_LONGEST_TYPING_S = 3.0
_DISK_FULL = "Not saved on this PC. The disk is full."
_KEPT_HERE = "Notes are kept on this machine until the server takes them."


class CallNotes:
    """What stands in the notes and on its way to the platform. Lives in one loop; `changed` is called at every change.

    A text goes to the drawer when the typing pauses, then to the platform with the version it was made from. While
    nobody answers it is tried again for ever; the drawer forgets it when the platform has it.
    """

    def __init__(
        self,
        session_id: SessionId,
        backend: RecordBackend,
        drawer: Drawer,
        changed: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """Make empty notes; `opened` or `restore` fills them."""
        self._session_id = session_id
        self._backend = backend
        self._drawer = drawer
        self._changed = changed
        self._now = now
        self._stored = StoredNotes("", 0)
        self._kept = ""
        self._in_drawer = False
        self._is_stopped = False
        self._is_missing = False
        self._other: StoredNotes | None = None
        self._typed = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._state = NotesState()

    @property
    def state(self) -> NotesState:
        """How the notes stand."""
        return self._state

    @property
    def is_dirty(self) -> bool:
        """Whether there is a text that the platform does not have."""
        return self._state.text != self._stored.text

    def opened(self, stored: StoredNotes) -> None:
        """Take the platform's notes; an own text that it does not have stays, beside the other if that changed."""
        if stored.version < self._stored.version:
            return  # read before the newest text was stored
        if not self.is_dirty:
            self._take(stored)
        elif stored.text != self._state.text and stored.version > self._stored.version:
            self._clash(stored)

    def restore(self, body: str) -> None:
        """Take up a text from the drawer, unless something newer stands here already."""
        with contextlib.suppress(ValueError, KeyError, TypeError):
            kept = json.loads(body)
            text, base = str(kept["text"])[:NOTES_CAP], int(kept["base"])
            if self.is_dirty:
                return
            known, self._stored = self._stored, StoredNotes("" if kept["was"] is None else str(kept["was"]), base)
            self._kept, self._in_drawer = text, True
            self._to(text=text, loads=self._state.loads + 1, home=NotesHome.THIS_PC)
            if known.version > base:
                self.opened(known)
            self._go_on()

    def lock(self) -> None:
        """Allow reading only: the session's record is closed."""
        self._to(is_read_only=True)

    def edit(self, text: str) -> None:
        """Take what stands in the editor now."""
        if self._state.is_read_only or text == self._state.text:
            return
        self._is_stopped = self._is_missing
        self._to(text=text[:NOTES_CAP], home=NotesHome.TYPED)
        self._typed.set()
        self._go_on()

    def choose(self, choice: NotesChoice) -> None:
        """Settle two versions."""
        other = self._other
        if other is None:
            return
        self._other = None
        mine = self._state.text
        text = {NotesChoice.MINE: mine, NotesChoice.OTHER: other.text, NotesChoice.BOTH: both(mine, other.text)}[choice]
        self._stored = other
        self._to(text=text, loads=self._state.loads + 1, other=None, sentence="")
        self._go_on()

    async def aclose(self) -> None:
        """Stop, with the newest text in the drawer."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})
        if self.is_dirty and self._state.text != self._kept:
            await self._keep()

    # ---- on its way -------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._deliver(), name="notes")

    async def _deliver(self) -> None:
        tries = 0
        while True:
            if self.is_dirty and self._state.text != self._kept:
                await self._pause_in_typing()
                await self._keep()
                continue
            if not self.is_dirty:
                break
            if self._other is not None or self._state.is_read_only or self._is_stopped:
                return
            if await self._send():
                tries = 0
                continue
            self._typed.clear()
            await wait_for(self._typed, pause_s(tries))
            tries += 1
        if self._in_drawer:
            self._in_drawer, self._kept = False, ""
            await self._drawer.remove(self._session_id, "notes")
            if self._state.text != self._stored.text:
                await self._deliver()

    async def _pause_in_typing(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_TYPING_S):
                while True:
                    self._typed.clear()
                    await wait_for(self._typed, _PAUSE_IN_TYPING_S)
                    if not self._typed.is_set():
                        return

    async def _keep(self) -> None:
        text = self._state.text
        body = json.dumps({"text": text, "base": self._stored.version, "was": self._stored.text})
        took = await self._drawer.put(self._session_id, "notes", body)
        self._kept, self._in_drawer = text, True
        if self._state.text == text:
            home = NotesHome.THIS_PC if took else NotesHome.TYPED
            said = _KEPT_HERE if self._is_missing else ""
            self._to(home=home, saved_at=self._now() if took else None, sentence=said if took else _DISK_FULL)

    async def _send(self) -> bool:
        """Bring the text to the platform once; say whether to go on at once."""
        text = self._state.text
        try:
            version = await self._backend.save_notes(self._session_id, text, self._stored.version)
        except (OfflineError, ServerTroubleError, SignedOutError) as error:
            _log.info("notes are not stored yet: %s, request %s", error.code, error.reference)
            return False
        except RefusedError as error:
            return self._refused(error)
        except BaylinkError as error:
            _log.warning("notes could not be sent: %s, request %s", error.code, error.reference)
            return False
        self._stored = StoredNotes(text, version)
        if self._state.text == text:
            self._to(home=NotesHome.PLATFORM, saved_at=self._now(), sentence="")
        return True

    def _refused(self, error: RefusedError) -> bool:
        _log.info("notes were refused: %s, request %s", error.code, error.reference)
        notes, version = error.details.get("notes"), error.details.get("version")
        if error.code == "notes_conflict" and isinstance(notes, str) and isinstance(version, int):
            other = StoredNotes(notes, version)
            if other.text.strip() == self._state.text.strip():
                # The answer to an earlier try was lost; or somebody wrote the same.
                self._stored = StoredNotes(self._state.text, version)
                self._to(home=NotesHome.PLATFORM, saved_at=self._now(), sentence="")
            elif other.text.strip() == self._stored.text.strip():
                self._stored = StoredNotes(self._stored.text, version)
            else:
                self._clash(other)
            return True
        if error.code == "rate_limited":
            return False
        self._is_stopped = True
        if error.code == "read_only":
            self._to(is_read_only=True, sentence=error.sentence)
        else:
            # A platform without notes is asked once a login, and its sentence stays.
            self._is_missing = error.code == "feature_missing"
            self._to(sentence=_KEPT_HERE if self._is_missing else error.sentence)
        return True

    # ---- the state --------------------------------------------------------------------------------------------------

    def _clash(self, other: StoredNotes) -> None:
        self._other = other
        self._to(other=other.text, sentence=BaylinkError("notes_conflict").sentence)

    def _take(self, stored: StoredNotes) -> None:
        is_new = stored.text != self._state.text or self._state.loads == 0
        self._stored = stored
        self._to(text=stored.text, loads=self._state.loads + is_new, home=NotesHome.PLATFORM)

    def _to(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type] # fields of NotesState only
        if state != self._state:
            self._state = state
            self._changed()

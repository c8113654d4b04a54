"""The chat of one call: own lines on screen at once, live and stored under one id, everything shown exactly once."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from desktop.core.chat import ChatChange, ChatMessage, Delivery, Transcript
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.people import Role, SessionId, role_of_identity
from desktop.flows.call_journal import SessionJournal
from desktop.flows.call_lean_lines import LeanLines
from desktop.flows.call_ports import CallBackend
from desktop.flows.call_waiting import pause_s, wait_for
from desktop.flows.pace import Pace
from desktop.rtc.events import ChatEdited, ChatReceived
from desktop.store.outbox import KeptLine

_log = logging.getLogger(__name__)

_FAILED_AFTER_S = 20.0
_READ_PAUSE_S = 0.2
_PAGES_AT_ONCE = 50
_WRITTEN_KEPT = 100
_TOLD_AT_ONCE, _TOLD_PER_S = 20, 2.0
"""How often lines of others reach the screen: each time a long transcript is laid out anew."""
_UNSTORED_KEPT = 1_000
"""How many lines of others may stand there that the platform does not have: more would make every layout slow."""


@dataclass(slots=True)
class _Unsent:
    message: ChatMessage
    since_s: float
    wake: asyncio.Event
    is_kept: asyncio.Event
    is_stored: bool = False


class CallChat:
    """The transcript of one call and its way to the platform.

    Lines are stored one after the other in the order they were written, each kept on this PC before. While nobody
    answers they are tried again under the same id for ever; after a while they show as failed, and `retry` tries at
    once.
    """

    def __init__(
        self,
        session_id: SessionId,
        backend: CallBackend,
        *,
        identity: str,
        after: str | None,
        before: str | None = None,
        tell: Callable[[tuple[ChatChange, ...]], None],
        server_now: Callable[[], datetime],
        read_every_s: Callable[[], float | None],
        is_lean: bool = False,
        journal: SessionJournal | None = None,
        kept: Callable[[ChatMessage], None] = lambda _message: None,
    ) -> None:
        """Make the chat of a call; `journal` keeps own lines until they are stored, and `kept` hears of each that is.

        `read_every_s` says how often stored messages are read without a hint; None never. A lean platform knows no
        ids of ours: there a stored line is recognised by its own id, or by its text while its answer is missing.
        """
        self._session_id = session_id
        self._backend = backend
        self._identity = identity
        self._after = after
        self._before = before
        self._is_reading_older = False
        self._tell = tell
        self._untold: list[ChatChange] = []
        self._unstored: set[tuple[str, str]] = set()
        self._telling = Pace(self._tell_all, burst=_TOLD_AT_ONCE, per_s=_TOLD_PER_S)
        self._server_now = server_now
        self._read_every_s = read_every_s
        self._transcript = Transcript()
        self._lean = LeanLines(self._transcript) if is_lean else None
        self._journal = journal
        self._kept = kept
        self._unkept: asyncio.Queue[_Unsent] = asyncio.Queue()
        self._unsent: deque[_Unsent] = deque()
        self._has_unsent = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._read_wanted = asyncio.Event()
        self._is_read_missing = False
        self.read_seq = 0
        """Up to which order number nothing that is stored is missing here."""
        self._written: deque[tuple[float, ChatMessage]] = deque(maxlen=_WRITTEN_KEPT)
        self.is_return_awaited = False
        """Whether the page says that the connection is being repaired: then nothing shows as failed."""

    @property
    def messages(self) -> tuple[ChatMessage, ...]:
        """The transcript as it stands, in order."""
        return tuple(self._transcript)

    def open(
        self, messages: tuple[ChatMessage, ...], kept: tuple[KeptLine, ...] = (), *, may_send: bool = True
    ) -> tuple[ChatMessage, ...]:
        """Take the messages of the join answer and the lines kept on this PC; return the transcript to open with.

        Kept lines are sent again under their ids, so that each is stored once; with `may_send` False they only show.
        """
        if self._lean is not None:
            for message in messages:
                self._lean.note_stored(message)
        self._transcript.merge_all(messages)
        self._note_read(messages)
        for line in kept:
            self._restore(line, may_send=may_send)
        return self.messages

    def merge(self, messages: tuple[ChatMessage, ...]) -> None:
        """Take stored messages from anywhere."""
        self._unstored.difference_update(message.key for message in messages)
        self._changed(self._transcript.merge_all(message for message in messages if not self._is_repeat(message)))

    def say(self, text: str) -> ChatMessage:
        """Show an own line as being sent and queue it for keeping and storing."""
        message = self._own(str(uuid4()), text, self._server_now())
        self._changed(self._transcript.merge(message))
        self.tell_now()
        self._queue(message)
        self._written.append((asyncio.get_running_loop().time(), message))
        return message

    def written_since(self, at_s: float) -> tuple[ChatMessage, ...]:
        """Return what was written here since a reading of the loop's clock, in order."""
        return tuple(message for written_s, message in self._written if written_s >= at_s)

    def try_now(self) -> None:
        """Store what waits without waiting any longer: the platform is back."""
        if self._unsent:
            self._unsent[0].wake.set()

    def retry(self, message_id: str) -> ChatMessage | None:
        """Try a failed line again at once, under its old id; return it if there is one."""
        message = self._transcript.get((Role.MECHANIC.value, message_id))
        if message is None or message.delivery is not Delivery.FAILED:
            return None
        self._changed(self._transcript.mark(message.key, Delivery.SENDING))
        waiting = next((unsent for unsent in self._unsent if unsent.message.id == message_id), None)
        if waiting is None:
            self._queue(message)
        else:
            waiting.since_s = asyncio.get_running_loop().time()
            waiting.wake.set()
        return message

    def received(self, line: ChatReceived) -> None:
        """Take a line from the room; a repeat with another text is an edit, unless the stored form is there."""
        role = role_of_identity(line.identity) if line.identity else Role.CUSTOMER
        message = ChatMessage(
            sender=line.identity or role.value,
            id=line.id,
            role=role,
            text=line.text,
            sent_at=self._server_now(),
            delivery=Delivery.RECEIVED if line.is_stored else Delivery.NOT_SAVED,
        )
        known = self._transcript.get(message.key)
        if known is None:
            is_news = self._lean is None or not self._lean.is_stored_already(role, line.text, message.sent_at)
            if is_news and self._has_room_for(message.key):
                self._changed(self._transcript.merge(message))
        elif known.sender == message.sender:
            self._changed(self._transcript.edit(message.key, line.text))

    def edited(self, edit: ChatEdited) -> None:
        """Take an edit; only of the same sender's own line, and never of a stored one."""
        known = self._transcript.get((role_of_identity(edit.identity).value, edit.id))
        if known is not None and known.sender == edit.identity:
            self._changed(self._transcript.edit(known.key, edit.text))

    def _has_room_for(self, key: tuple[str, str]) -> bool:
        """Say whether one more line may stand there that is not stored; one that is comes from the platform later."""
        if len(self._unstored) >= _UNSTORED_KEPT:
            return False
        self._unstored.add(key)
        return True

    def read_soon(self) -> None:
        """Read stored messages after the last known one: something may have been missed."""
        self._read_wanted.set()

    def tell_now(self) -> None:
        """Let nothing wait any longer that is to be seen: another session may be opened next."""
        self._telling.at_once()

    async def last_lines(self, seconds: float) -> None:
        """Return when every line is stored or refused, or after `seconds`: before a session is left or ended."""
        await wait_for(self._all_sent, seconds)

    async def read_older(self) -> None:
        """Read one page of what was said before the oldest message here; nothing where there is none (AC-36)."""
        if self._before is None or self._is_reading_older:
            return
        self._is_reading_older = True
        try:
            page = await self._backend.messages(self._session_id, before=self._before)
        except BaylinkError as error:
            _log.info("earlier messages could not be read: %s, request %s", error.code, error.reference)
        else:
            self._before = page.before if page.has_more else None
            self.merge(page.messages)
        finally:
            self._is_reading_older = False

    async def keep_lines(self) -> None:
        """Keep own lines on this PC for ever, as they are written; to be run as a task."""
        while True:
            unsent = await self._unkept.get()
            if self._journal is not None:
                await self._journal.keep(unsent.message)
            unsent.is_kept.set()
            self._kept(unsent.message)

    async def store_lines(self) -> None:
        """Store queued lines for ever, one at a time, oldest first; to be run as a task."""
        while True:
            await self._has_unsent.wait()
            unsent = self._unsent[0]
            await unsent.is_kept.wait()
            is_done = await self._store(unsent)
            if is_done and self._journal is not None:
                await self._journal.forget(unsent.message.id)
            self._unsent.popleft()
            if not self._unsent:
                self._has_unsent.clear()
                self._all_sent.set()

    async def read_lines(self) -> None:
        """Read stored messages for ever, when wanted and as often as the platform needs; to be run as a task."""
        while True:
            await wait_for(self._read_wanted, self._read_every_s())
            self._read_wanted.clear()
            if self._is_read_missing:
                continue
            try:
                await self._read()
            except BaylinkError as error:
                self._is_read_missing = error.code == "feature_missing"
                _log.info("messages could not be read: %s, request %s", error.code, error.reference)
            await asyncio.sleep(_READ_PAUSE_S)

    def _is_repeat(self, message: ChatMessage) -> bool:
        """Say whether a stored line is on screen already under the id it was written with; never with ids of ours."""
        if self._lean is None or not self._lean.is_known(message):
            return False
        same = (unsent for unsent in self._unsent if not unsent.is_stored and unsent.message.text == message.text)
        unsent = next(same, None) if message.role is Role.MECHANIC else None
        if unsent is not None:
            unsent.is_stored = True
            unsent.wake.set()
        return True

    async def _read(self) -> None:
        for _ in range(_PAGES_AT_ONCE):
            page = await self._backend.messages(self._session_id, after=self._after)
            self.merge(page.messages)
            self._note_read(page.messages)
            self._after = page.after or self._after
            if not page.has_more:
                return

    def _note_read(self, messages: tuple[ChatMessage, ...]) -> None:
        """Note what came in order, without holes."""
        self.read_seq = max(self.read_seq, *(message.seq or 0 for message in messages), 0)

    def _note_stored(self, seq: int | None) -> None:
        """Note an own line's place; if it does not follow what was read, somebody's line before it was missed."""
        if seq is None or seq <= self.read_seq:
            return
        if seq == self.read_seq + 1:
            self.read_seq = seq
        else:
            self.read_soon()

    def _own(self, message_id: str, text: str, sent_at: datetime) -> ChatMessage:
        sender = self._identity or Role.MECHANIC.value
        return ChatMessage(sender, message_id, Role.MECHANIC, text, sent_at, Delivery.SENDING)

    def _restore(self, line: KeptLine, *, may_send: bool) -> None:
        """Take up a line of before a restart: nobody knows whether the platform has it."""
        message = self._own(line.id, line.text, line.written_at)
        known = self._transcript.get(message.key)
        is_stored = known is not None
        if self._lean is not None:
            is_stored = self._lean.is_stored_already(Role.MECHANIC, line.text, line.written_at)
            may_send = False
        if not is_stored:
            # A platform without our ids could store it twice: there it goes out by a tap only.
            self._transcript.merge(message if may_send else replace(message, delivery=Delivery.FAILED))
        if is_stored or may_send:
            self._queue(message, is_kept=True, is_stored=is_stored)

    def _queue(self, message: ChatMessage, *, is_kept: bool = False, is_stored: bool = False) -> None:
        loop = asyncio.get_running_loop()
        unsent = _Unsent(message, loop.time(), asyncio.Event(), asyncio.Event(), is_stored)
        if is_kept:
            unsent.is_kept.set()
        else:
            self._unkept.put_nowait(unsent)
        self._unsent.append(unsent)
        self._has_unsent.set()
        self._all_sent.clear()

    async def _store(self, unsent: _Unsent) -> bool:
        """Bring one line to the platform; return when it has it (or keeps none), or False when it was refused."""
        tries = 0
        message = unsent.message
        while not unsent.is_stored:
            try:
                stored = await self._backend.send_message(self._session_id, message.text, message.id)
            except (OfflineError, ServerTroubleError, SignedOutError) as error:
                _log.info("a line is not stored yet: %s, request %s", error.code, error.reference)
            except RefusedError as error:
                if error.code != "rate_limited":
                    _log.warning("a line was refused: %s, request %s", error.code, error.reference)
                    missing = error.code == "feature_missing"
                    self._mark(message, Delivery.NOT_SAVED if missing else Delivery.FAILED)
                    return missing
            except BaylinkError as error:
                _log.warning("a line could not be stored: %s, request %s", error.code, error.reference)
            else:
                if self._lean is not None:
                    self._lean.note_stored(stored)
                self._changed(self._transcript.merge(replace(stored, id=message.id, delivery=Delivery.SENT)))
                self._note_stored(stored.seq)
                return True
            if self._lean is not None and not await self._may_send_again():
                self._mark(message, Delivery.FAILED)
                return False
            loop = asyncio.get_running_loop()
            if loop.time() - unsent.since_s >= _FAILED_AFTER_S and not self.is_return_awaited:
                self._mark(message, Delivery.FAILED)
            unsent.wake.clear()
            await wait_for(unsent.wake, pause_s(tries))
            tries += 1
        self._mark(message, Delivery.SENT)
        return True

    async def _may_send_again(self) -> bool:
        """Read what a platform without our ids has stored, before a line of unknown fate goes out twice."""
        try:
            await self._read()
        except BaylinkError:
            return False
        return True

    def _mark(self, message: ChatMessage, delivery: Delivery) -> None:
        self._changed(self._transcript.mark(message.key, delivery))

    def _changed(self, changes: list[ChatChange]) -> None:
        if changes:
            self._untold += changes
            self._telling.wish()

    def _tell_all(self) -> None:
        changes, self._untold = self._untold, []
        if changes:
            self._tell(tuple(changes))

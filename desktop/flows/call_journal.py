"""CallJournal: what of a call must outlive this process: that its session is open, and lines not stored yet."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from desktop.core.account import AccountPhase, AccountState
from desktop.core.chat import ChatMessage
from desktop.core.join_wish import JoinWish
from desktop.core.people import MechanicId, SessionId
from desktop.store.open_call import OpenCall
from desktop.store.outbox import KeptLine

_log = logging.getLogger(__name__)


class OutboxKeeper(Protocol):
    """Where lines stay until the platform has them; every method may raise OSError."""

    async def put(self, owner: MechanicId, session_id: SessionId, line: KeptLine) -> None:
        """Keep a line after all others."""
        ...

    async def remove(self, owner: MechanicId, session_id: SessionId, line_id: str) -> None:
        """Forget a line."""
        ...

    async def of(self, owner: MechanicId, session_id: SessionId) -> tuple[KeptLine, ...]:
        """Return the lines of a session in order."""
        ...


class OpenCallKeeper(Protocol):
    """Where it is kept which session is open; every method may raise OSError."""

    async def put(self, call: OpenCall) -> None:
        """Note an open session."""
        ...

    async def remove(self, owner: MechanicId, session_id: SessionId) -> None:
        """Note that it was left or has ended."""
        ...

    async def since(self, moment: datetime) -> tuple[OpenCall, ...]:
        """Return the sessions joined after a moment and never left."""
        ...

    async def note_restart(self, now: datetime, *, within: timedelta) -> int:
        """Note a restart; return how many there were within that time."""
        ...


class SessionJournal:
    """The journal of one session for one mechanic. A disk that refuses is logged and never in the way of a call."""

    def __init__(
        self,
        owner: MechanicId,
        session_id: SessionId,
        outbox: OutboxKeeper,
        calls: OpenCallKeeper,
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        """Make it; `spawn` runs what nobody waits for, in order."""
        self._owner = owner
        self._session_id = session_id
        self._outbox = outbox
        self._calls = calls
        self._spawn = spawn
        self._call = OpenCall(owner, session_id, datetime.now(UTC))
        self._is_left = False

    def opened(self, wish: JoinWish) -> None:
        """Note that the session is open on this PC, and how microphone and camera stand."""
        self._note(replace(wish, view=None, draft=""))

    def muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Note that the microphone was muted or opened."""
        self._note(replace(self._call.wish, muted=muted))

    def camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Note that the camera was turned on or off."""
        self._note(replace(self._call.wish, camera_on=on))

    def half_written(self, text: str) -> None:
        """Note a line that is not finished."""
        self._note(replace(self._call.wish, draft=text))

    def _note(self, wish: JoinWish) -> None:
        if not self._is_left:
            self._call = replace(self._call, wish=wish)
            self._spawn(self._calls.put(self._call))

    def left(self) -> None:
        """Note that it was left, or has ended."""
        self._is_left = True
        self._spawn(self._calls.remove(self._owner, self._session_id))

    async def lines(self) -> tuple[KeptLine, ...]:
        """Return the lines that the platform may not have; none where the disk cannot be read."""
        try:
            return await self._outbox.of(self._owner, self._session_id)
        except OSError as error:
            _log.warning("kept lines could not be read: %s", type(error).__name__)
            return ()

    async def keep(self, message: ChatMessage) -> None:
        """Return when the disk has a line, or has refused it."""
        try:
            await self._outbox.put(self._owner, self._session_id, KeptLine(message.id, message.text, message.sent_at))
        except OSError as error:
            _log.warning("a line could not be kept on this PC: %s", type(error).__name__)

    async def forget(self, message_id: str) -> None:
        """Forget a line that the platform has; one that stays is sent again under the same id."""
        try:
            await self._outbox.remove(self._owner, self._session_id, message_id)
        except OSError as error:
            _log.warning("a stored line stays on this PC: %s", type(error).__name__)


class CallJournal:
    """Gives each call its journal; lives in one asyncio loop. Nothing is kept while nobody is signed in."""

    def __init__(self, outbox: OutboxKeeper, calls: OpenCallKeeper) -> None:
        """Make it for the stores of this PC."""
        self._outbox = outbox
        self._calls = calls
        self._owner: MechanicId | None = None
        self._last: asyncio.Task[None] | None = None

    def account_changed(self, account: AccountState) -> None:
        """Take note of who writes from now on; a sign-in that was only interrupted changes nothing."""
        if account.phase is AccountPhase.SIGNED_IN and account.mechanic is not None:
            self._owner = account.mechanic.id
        elif not account.interrupted:
            self._owner = None

    def of(self, session_id: SessionId) -> SessionJournal | None:
        """Return the journal of a session for whoever is signed in."""
        if self._owner is None:
            return None
        return SessionJournal(self._owner, session_id, self._outbox, self._calls, self._spawn)

    async def aclose(self) -> None:
        """Return when everything is written."""
        if self._last is not None:
            await asyncio.wait({self._last})

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        self._last = asyncio.create_task(self._after(self._last, work), name="call-journal")

    @staticmethod
    async def _after(before: "asyncio.Task[None] | None", work: Coroutine[object, object, None]) -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await work
        except OSError as error:
            _log.warning("the open session could not be noted: %s", type(error).__name__)

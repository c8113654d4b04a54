"""RestartFlow: the way back into a session that was open when the program went away, for its own mechanic only."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from desktop.core.account import AccountPhase, AccountState
from desktop.core.clock import TimerMode
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.join_wish import JoinWish
from desktop.core.people import MechanicId, Role, SessionId
from desktop.core.restart import RestartPhase, RestartState
from desktop.core.session import Mechanic, SessionRow, SessionState, SessionStatus
from desktop.flows.call_journal import OpenCallKeeper, OutboxKeeper
from desktop.flows.call_waiting import pause_s
from desktop.store.open_call import OpenCall

_log = logging.getLogger(__name__)

_LONGEST_SESSION = timedelta(hours=3)
"""The platform closes every session by then: what was open before is not asked for."""
_RESTARTS_WITHIN = timedelta(minutes=10)
_TOO_MANY_RESTARTS = 3
_JOINS = 3
_ROOM_WITHIN_S = 5.0
"""How long the page of the restart waits for the room; chat and everything else work without it."""


class RestartBackend(Protocol):
    """The platform as a restart uses it. Every method raises BaylinkError and its children only."""

    async def state(self, session_id: SessionId) -> SessionState:
        """Return where a session stands."""
        ...

    def listed(self, session_id: SessionId) -> SessionRow | None:
        """Return the session's row in the list that was read last, if it has one."""
        ...


class RestartCall(Protocol):
    """The call as a restart uses it."""

    @property
    def is_in_call(self) -> bool:
        """Whether a session is open or being opened."""
        ...

    async def join(self, session_id: SessionId, wish: JoinWish | None = None) -> None:
        """Open a session as it is wished; a refusal is told elsewhere."""
        ...

    async def leave(self) -> None:
        """Leave without ending."""
        ...


class RestartFlow:
    """Lives in one asyncio loop. `publish` gets a whole RestartState at every change, OFF at the end.

    `refuse` hears why a session cannot be entered any more. Only what was open before this start counts: `look` is
    called once, before anybody can sign in.
    """

    def __init__(
        self,
        calls: OpenCallKeeper,
        outbox: OutboxKeeper,
        backend: RestartBackend,
        call: RestartCall,
        publish: Callable[[RestartState], None],
        refuse: Callable[[BaylinkError], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Make the flow; nothing happens before `look`."""
        self._calls = calls
        self._outbox = outbox
        self._backend = backend
        self._call = call
        self._publish = publish
        self._refuse = refuse
        self._now = now
        self._left_open: dict[MechanicId, OpenCall] = {}
        self._restarts = 0
        self._state = RestartState()
        self._arrived = asyncio.Event()
        self._story: asyncio.Task[None] | None = None

    # ---- from the outside -------------------------------------------------------------------------------------------

    async def look(self) -> None:
        """Find out whether the last run of the program was in a session when it went away."""
        now = self._now()
        try:
            open_calls = await self._calls.since(now - _LONGEST_SESSION)
            if not open_calls:
                return
            restarts = await self._calls.note_restart(now, within=_RESTARTS_WITHIN)
        except OSError as error:
            _log.warning("the open session could not be read: %s", type(error).__name__)
            return
        _log.warning("the program was restarted out of a session, %d times in ten minutes", restarts)
        self._restarts = restarts
        self._left_open = {call.owner: call for call in open_calls}

    def account_changed(self, account: AccountState) -> None:
        """Begin when the mechanic of an open session is signed in; stop when they are not any more."""
        mechanic = account.mechanic
        if account.phase is not AccountPhase.SIGNED_IN or mechanic is None:
            self._stop()
        elif self._story is None and (left_open := self._left_open.get(mechanic.id)) is not None:
            phase = RestartPhase.GIVEN_UP if self._has_given_up else RestartPhase.ASKING
            since_s = asyncio.get_running_loop().time()
            state = RestartState(phase, left_open.session_id, mechanic.name, since_s=since_s, wish=left_open.wish)
            self._to(state)
            self._story = asyncio.create_task(self._go_back(mechanic, left_open), name="restart")

    def arrived(self) -> None:
        """Take note that the session's page has everything."""
        self._arrived.set()

    async def back(self) -> None:
        """Give up the way back: the session stays open on the platform."""
        session_id = self._state.session_id
        if session_id is None:
            return
        if self._story is not None:
            self._story.cancel()
            await asyncio.wait({self._story})
        owners = [call.owner for call in self._left_open.values() if call.session_id == session_id]
        await self._call.leave()
        for owner in owners:
            await self._forget(owner, session_id)
        self._to(RestartState())

    async def aclose(self) -> None:
        """Stop; what was open stays noted for the next start."""
        story = self._story
        self._stop()
        if story is not None:
            await asyncio.wait({story})

    # ---- the story --------------------------------------------------------------------------------------------------

    async def _go_back(self, mechanic: Mechanic, left_open: OpenCall) -> None:
        session_id = left_open.session_id
        try:
            kept = await self._outbox.of(mechanic.id, session_id)
        except OSError:
            kept = ()
        self._to(replace(self._state, unsent=len(kept)))
        if self._has_given_up:
            return
        try:
            for tries in range(_JOINS):
                state = await self._until_told(session_id)
                if state.status.is_terminal:
                    await self._forget(mechanic.id, session_id)
                    wants_summary = state.status is SessionStatus.COMPLETED
                    self._to(replace(self._state, phase=RestartPhase.ENDED, wants_summary=wants_summary))
                    return
                if await self._enter(left_open):
                    self._left_open.pop(mechanic.id, None)
                    break
                await asyncio.sleep(pause_s(tries))
            else:
                await self._forget(mechanic.id, session_id)
        except SignedOutError as error:
            # The same mechanic signs in again, and comes back here.
            _log.info("signed out on the way back: %s", error.code)
            self._story = None
        except BaylinkError as error:
            _log.info("the way back is closed: %s, request %s", error.code, error.reference)
            await self._forget(mechanic.id, session_id)
            self._refuse(error)
        self._to(RestartState())

    async def _until_told(self, session_id: SessionId) -> SessionState:
        """Return where the session stands, however long the platform takes to say it."""
        tries = 0
        while True:
            try:
                state = await self._backend.state(session_id)
            except (OfflineError, ServerTroubleError) as error:
                self._to(replace(self._state, trouble=error.sentence))
            except RefusedError as error:
                if error.code != "rate_limited":
                    raise
            else:
                self._to(self._told(state, session_id))
                return state
            await asyncio.sleep(pause_s(tries))
            tries += 1

    def _told(self, state: SessionState, session_id: SessionId) -> RestartState:
        row = self._backend.listed(session_id)
        reading = state.timer.read(asyncio.get_running_loop().time())
        return replace(
            self._state,
            customer=state.directory.by_role(Role.CUSTOMER),
            vehicle=row.vehicle if row is not None else None,
            minutes_left=max(0, reading.seconds) // 60 if reading.mode is TimerMode.LEFT else None,
            trouble="",
        )

    async def _enter(self, left_open: OpenCall) -> bool:
        """Join; say whether that opened the session. Returns when its room is there, or is taking too long."""
        self._arrived.clear()
        self._to(replace(self._state, phase=RestartPhase.ENTERING))
        await self._call.join(left_open.session_id, left_open.wish)
        if not self._call.is_in_call:
            return False
        try:
            async with asyncio.timeout(_ROOM_WITHIN_S):
                await self._arrived.wait()
        except TimeoutError:
            _log.info("the room takes its time; the session's page is shown without it")
        return True

    async def _forget(self, owner: MechanicId, session_id: SessionId) -> None:
        self._left_open.pop(owner, None)
        try:
            await self._calls.remove(owner, session_id)
        except OSError as error:
            _log.warning("the open session stays noted: %s", type(error).__name__)

    @property
    def _has_given_up(self) -> bool:
        return self._restarts >= _TOO_MANY_RESTARTS

    def _stop(self) -> None:
        if self._story is not None:
            self._story.cancel()
            self._story = None
            self._to(RestartState())

    def _to(self, state: RestartState) -> None:
        if state != self._state:
            self._state = state
            self._publish(state)

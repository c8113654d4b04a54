"""BoardFlow: the list of sessions, kept true by hints where the server sends them and by asking where it does not."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desktop.core.account import AccountPhase, AccountState
from desktop.core.bands import Band, BandLevel
from desktop.core.board import NEW_SESSION, BoardListing, BoardState, Freshness, HintKind, ServerHint
from desktop.core.errors import BaylinkError, RefusedError, SignedOutError
from desktop.core.people import MechanicId, SessionId
from desktop.core.session import SessionRow
from desktop.flows.ports import BoardBackend, Clock, RealClock

_log = logging.getLogger(__name__)

WITH_HINTS_S = 60.0
ON_LIST_S = 10.0
IN_CALL_S = 30.0
LONGEST_S = 60.0
_GAP_S = 1.0
"""The least time between two readings, so that a burst of hints costs one or two of them."""
_FIRST_LISTEN_AGAIN_S = 3.0
_JITTER = 0.2
_SHIFT = timedelta(hours=6)
_BAND_KEY = "join_refused"
_NO_REQUESTS = "Requests are not available here."


class BoardFlow:
    """The story of the list while somebody is signed in.

    Lives in one asyncio loop. `publish` gets a whole BoardState at every change and after every good answer.
    """

    def __init__(
        self,
        backend: BoardBackend,
        publish: Callable[[BoardState], None],
        *,
        me_changed: Callable[[], Awaitable[None]] | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Make the flow; a signed-in AccountState begins it. `me_changed` is awaited when the server hints at it."""
        self._backend = backend
        self._publish = publish
        self._me_changed = me_changed
        self._clock = clock or RealClock()
        self._chance = chance
        self._state = BoardState()
        self._owner: MechanicId | None = None
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._wanted = asyncio.Event()
        self._hints_flow = False
        self._in_call = False
        self._failures = 0
        self._told_missing = False
        self._known: frozenset[SessionId] | None = None

    @property
    def state(self) -> BoardState:
        """The state published last."""
        return self._state

    # ---- wishes and news --------------------------------------------------------------------------------------------

    def account_changed(self, account: AccountState) -> None:
        """Begin with a signed-in mechanic, rest without one; the next mechanic sees nothing of the former one."""
        mechanic = account.mechanic
        if account.phase is AccountPhase.SIGNED_IN and mechanic is not None:
            if mechanic.id != self._owner:
                self._owner = mechanic.id
                self._state = BoardState()
                self._told_missing = False
                self._known = None
            self._to(mechanic=mechanic, shop_name=account.shop_name, bay_name=account.bay_name)
            if not self._tasks:
                self._begin()
            return
        self._rest()
        if account.phase is AccountPhase.SIGNED_OUT and not account.interrupted and self._owner is not None:
            self._owner = None
            self._to_new(BoardState(shop_name=account.shop_name, bay_name=account.bay_name))

    def call_changed(self, *, in_call: bool) -> None:
        """Ask less often while a session is on screen, and at once when the list is back."""
        was, self._in_call = self._in_call, in_call
        if was and not in_call:
            self.refresh_now()

    def refresh_now(self) -> None:
        """Read the list again as soon as may be."""
        self._wanted.set()

    def join_started(self, session_id: SessionId) -> None:
        """Show on the row that its join is under way."""
        self._to(joining=session_id, band=None, band_session=None)

    def join_finished(self) -> None:
        """Take the progress off the row: the join went through or was given up."""
        self._to(joining=None)

    def join_refused(self, error: BaylinkError) -> None:
        """Say in one sentence why a session did not open, and read the list again."""
        active = error.details.get("active_session_id")
        leads_to = SessionId(active) if isinstance(active, str) else None
        band = Band(
            _BAND_KEY,
            BandLevel.WARNING,
            "triangle-alert",
            error.sentence,
            action="Go there" if leads_to is not None else None,
            # An ended session opens for reading, with the same sentence over it.
            passing=error.code == "session_ended",
        )
        self._to(joining=None, band=band, band_session=leads_to)
        self.refresh_now()

    def show_band(self, band: Band) -> None:
        """Show a sentence that another story left behind, such as why a call is over."""
        self._to(band=band, band_session=None)

    def close_band(self) -> None:
        """Take the notice away: it was read."""
        self._to(band=None, band_session=None)

    async def accept(self, session_id: SessionId) -> None:
        """Accept an open request; a refusal becomes a sentence. The list is read again either way."""
        row = next((row for row in self._state.rows if row.id == session_id), None)
        if row is None or row.assignment_id is None:
            return
        self._to(joining=session_id, band=None, band_session=None)
        try:
            await self._backend.accept(row.assignment_id)
        except SignedOutError:
            self._to(joining=None)
        except BaylinkError as error:
            self.join_refused(error)
        else:
            self._to(joining=None)
            self.refresh_now()

    async def aclose(self) -> None:
        """Stop reading and listening, and wait until it has stopped."""
        tasks = self._tasks
        self._rest()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- the story --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._failures = 0
        self._hints_flow = False
        self._wanted.clear()
        loop = asyncio.get_running_loop()
        self._tasks = (
            loop.create_task(self._read_on(), name="read the list"),
            loop.create_task(self._listen_on(), name="listen to the server"),
        )

    def _rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = ()

    async def _read_on(self) -> None:
        """Read the list now and again, until cancelled."""
        while True:
            self._wanted.clear()
            retry_after_s = await self._read()
            await self._clock.sleep(_GAP_S)
            await self._pause(max(0.0, self._pause_s() - _GAP_S, retry_after_s - _GAP_S))

    async def _read(self) -> float:
        """Read the list once; return how long the server wants to be left alone."""
        try:
            listing = await self._backend.board()
        except SignedOutError:
            return 0.0
        except BaylinkError as error:
            self._failures += 1
            never = self._state.loaded_at_s is None
            self._to(freshness=Freshness.NEVER_LOADED if never else Freshness.STALE)
            _log.info("the list could not be read: %s, request %s", error.code, error.reference)
            wait = error.details.get("retry_after_s")
            return wait if isinstance(wait, float) else 0.0
        self._failures = 0
        self._take(listing)
        return 0.0

    def _take(self, listing: BoardListing) -> None:
        now_s = self._clock.monotonic()
        now = listing.server_time.datetime_at(now_s) if listing.server_time is not None else datetime.now(UTC)
        rows = tuple(row for row in listing.rows if not row.status.is_terminal or _is_recent(row, now))
        self._to(rows=rows, freshness=Freshness.FRESH, loaded_at_s=now_s, server_time=listing.server_time)
        self._tell_missing(listing)
        self._tell_new(rows)

    def _tell_new(self, rows: tuple[SessionRow, ...]) -> None:
        """Say that a session was assigned since the last reading; in a call nobody is disturbed by it."""
        before, self._known = self._known, frozenset(row.id for row in rows)
        fresh = (row for row in rows if before is not None and row.id not in before and not row.status.is_terminal)
        band = self._state.band
        if band is not None and band.key == NEW_SESSION and self._state.band_session not in self._known:
            self.close_band()
        if (new := next(fresh, None)) is not None and not self._in_call:
            self._to(band=_new_session(new), band_session=new.id)

    def _tell_missing(self, listing: BoardListing) -> None:
        """Say once a login that there are no requests here; the next reading takes the sentence away."""
        band = self._state.band
        if not listing.has_requests and not self._told_missing:
            self._told_missing = True
            if band is None:
                self._to(band=Band("no_requests", BandLevel.INFO, "info", _NO_REQUESTS, passing=True))
        elif band is not None and band.key == "no_requests":
            self._to(band=None)

    def _pause_s(self) -> float:
        """Return how long to wait before the next reading."""
        if self._failures:
            base_s = min(LONGEST_S, ON_LIST_S * (1 << min(self._failures - 1, 8)))
        elif self._in_call:
            base_s = IN_CALL_S
        else:
            base_s = WITH_HINTS_S if self._hints_flow else ON_LIST_S
        opening_s = self._next_opening_s()
        spread_s = base_s * (1 - _JITTER + 2 * _JITTER * self._chance())
        return spread_s if opening_s is None else min(spread_s, opening_s)

    def _next_opening_s(self) -> float | None:
        """Return how soon a row can be joined that cannot be joined yet: its button must not come late."""
        time = self._state.server_time
        if time is None:
            return None
        now = time.datetime_at(self._clock.monotonic())
        openings = (row.join_opens_at for row in self._state.rows if not row.joinable)
        ahead = [(opening - now).total_seconds() for opening in openings if opening is not None and opening > now]
        return min(ahead) + _GAP_S if ahead else None

    async def _pause(self, seconds: float) -> None:
        """Wait `seconds`, or until somebody wants the list sooner."""
        if self._wanted.is_set() or seconds <= 0:
            return
        waits = {
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._wanted.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _listen_on(self) -> None:
        """Listen to the server's hints, until cancelled or until it is known that there are none."""
        pause_s = _FIRST_LISTEN_AGAIN_S
        while True:
            try:
                async with contextlib.aclosing(self._backend.events()) as hints:
                    async for hint in hints:
                        if hint.kind is HintKind.OPENED:
                            pause_s = _FIRST_LISTEN_AGAIN_S
                            self._hints_flow = True
                        await self._heed(hint)
            except SignedOutError:
                return
            except RefusedError as error:
                _log.info("no hints from the server: %s", error.code)
                if error.code == "feature_missing":
                    return
            except BaylinkError as error:
                _log.info("the server's hints broke off: %s", error.code)
            finally:
                broke_off, self._hints_flow = self._hints_flow, False
            if broke_off:
                self.refresh_now()
            await self._clock.sleep(pause_s * (1 - _JITTER + 2 * _JITTER * self._chance()))
            pause_s = min(LONGEST_S, pause_s * 2)

    async def _heed(self, hint: ServerHint) -> None:
        if hint.kind is HintKind.ME and self._me_changed is not None:
            await self._me_changed()
        self.refresh_now()

    # ---- the state --------------------------------------------------------------------------------------------------

    def _to(self, **changes: object) -> None:
        self._to_new(replace(self._state, **changes))  # type: ignore[arg-type] # fields of BoardState only

    def _to_new(self, state: BoardState) -> None:
        if state != self._state:
            self._state = state
            self._publish(state)


def _new_session(row: SessionRow) -> Band:
    """Return the notice of a session that was not in the list before."""
    about = (row.vehicle.title if row.vehicle is not None else "", row.concern)
    text = " ".join(_sentence(part) for part in about if part)
    title = f"New session: {row.customer_name}."
    return Band(NEW_SESSION, BandLevel.ACCENT, "bell", title, text, action="Show")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _is_recent(row: SessionRow, now: datetime) -> bool:
    """Whether an ended session is still of this day or, past midnight, of this shift."""
    midnight = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return (row.ended_at or row.created_at) >= min(midnight, now - _SHIFT)

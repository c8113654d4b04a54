"""AccountFlow: sign in, stay signed in over restarts and network gaps, sign out."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace

from desktop.core.account import AccountPhase, AccountState
from desktop.core.bands import Band, BandLevel
from desktop.core.clock import waiting_words
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.session import Mechanic
from desktop.flows.ports import AccountBackend, Clock, CredentialKeeper, RealClock

_log = logging.getLogger(__name__)

LOGIN_ENDS_SOON = Band("login_ends_soon", BandLevel.WARNING, "clock", BaylinkError("ends_soon").sentence)
"""The warning of a platform that renews no sign-ins (contract section 7)."""

_FIRST_RETRY_S = 2.0
_LONGEST_RETRY_S = 30.0
_JITTER = 0.2
_TICK_S = 1.0
_UNTOLD_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """What the sign-in page shows of this machine: the workshop, the bay, and an e-mail address to begin with."""

    shop_name: str = ""
    bay_name: str = ""
    prefill_email: str = ""


class AccountFlow:
    """The story of one login after the other.

    Lives in one asyncio loop and is the listener of its backend. `publish` gets a whole AccountState at every change.
    A sign-in that finds no server goes on by itself until it is through, refused or cancelled.
    """

    def __init__(
        self,
        backend: AccountBackend,
        credentials: CredentialKeeper,
        publish: Callable[[AccountState], None],
        *,
        place: SignInPlace | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        ends_soon: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the flow; nothing happens before `start`. `ends_soon` hears of a login that cannot be renewed."""
        self._backend = backend
        self._credentials = credentials
        self._publish = publish
        self._place = place or SignInPlace()
        self._clock = clock or RealClock()
        self._chance = chance
        self._ends_soon = ends_soon
        self._in_call = False
        self._by_password = False
        self._attempt: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._state = AccountState(
            email=self._place.prefill_email, shop_name=self._place.shop_name, bay_name=self._place.bay_name
        )

    @property
    def state(self) -> AccountState:
        """The state published last."""
        return self._state

    # ---- wishes -----------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Sign in with the kept token where there is one; returns when that is decided."""
        self._publish(self._state)
        await self._run(self._restore())

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in; returns when it is decided. A second wish takes the place of the first."""
        await self._run(self._sign_in(email.strip(), password))

    async def cancel(self) -> None:
        """Give up the sign-in under way; the fields keep what was typed."""
        if self._state.phase in {AccountPhase.SIGNING_IN, AccountPhase.STARTING}:
            await self._stop_attempt()
            self._backend.forget()
            if self._by_password:
                # It may have come as far as a token; who gave up does not want to be signed in at the next start.
                await self._credentials.wipe()
            self._signed_out(None)

    async def sign_out(self) -> None:
        """Sign out here at once, wipe what was kept, and tell the server."""
        await self._stop_attempt()
        self._to(
            phase=AccountPhase.SIGNED_OUT,
            mechanic=None,
            email=self._place.prefill_email,
            error=None,
            offline=False,
            retry_at_s=None,
            interrupted=False,
        )
        await self._credentials.wipe()
        await self._backend.sign_out()

    async def refresh_me(self) -> None:
        """Read again who is signed in; a server that does not answer changes nothing."""
        if self._state.phase is not AccountPhase.SIGNED_IN:
            return
        try:
            mechanic = await self._backend.me()
        except BaylinkError as error:
            _log.info("who is signed in could not be read: %s", error.code)
            return
        if self._state.phase is AccountPhase.SIGNED_IN:
            self._to(mechanic=mechanic)

    def call_changed(self, *, in_call: bool) -> None:
        """Take note of whether a session is on screen: it goes on while the mechanic signs in again."""
        self._in_call = in_call
        if not in_call and self._state.interrupted:
            self._to(interrupted=False)

    async def aclose(self) -> None:
        """Cancel what is under way and wait for it; the kept token stays."""
        await self._stop_attempt()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- news of the backend ----------------------------------------------------------------------------------------

    def refresh_token_changed(self, token: str) -> None:
        """Keep the newest refresh token at once: the former one is used up."""
        self._spawn(self._keep(token))

    def login_ends_soon(self) -> None:
        """Warn that the sign-in ends with its token, while there is still time."""
        self._ends_soon()

    def login_ended(self, error: SignedOutError) -> None:
        """Ask for a sign-in, with the server's reason as a sentence."""
        self._spawn(self._credentials.wipe())
        if self._state.phase is not AccountPhase.SIGNED_IN:
            return
        mechanic = self._state.mechanic
        interrupted = self._in_call
        email = mechanic.email if interrupted and mechanic is not None else self._place.prefill_email
        self._to(interrupted=interrupted, email=email)
        self._signed_out(error)

    # ---- the story --------------------------------------------------------------------------------------------------

    async def _restore(self) -> None:
        self._by_password = False
        if await self._credentials.load() is None:
            self._signed_out(None)
            return

        async def attempt() -> Mechanic:
            # Read again each time: an attempt that got half way has already used up the token before.
            token = await self._credentials.load()
            if token is None:
                raise SignedOutError("refresh_invalid", 401)
            return await self._backend.restore(token)

        await self._until_decided(attempt)

    async def _sign_in(self, email: str, password: str) -> None:
        self._by_password = True
        self._to(phase=AccountPhase.SIGNING_IN, email=email, error=None, offline=False, retry_at_s=None)
        if not email or not password:
            self._signed_out(RefusedError("bad_credentials", 401))
            return
        await self._until_decided(lambda: self._backend.sign_in(email, password))

    async def _until_decided(self, attempt: Callable[[], Coroutine[object, object, Mechanic]]) -> None:
        """Try until the server has answered; what it cannot answer now is tried again with growing pauses."""
        pause_s = _FIRST_RETRY_S
        while True:
            try:
                mechanic = await attempt()
            except (OfflineError, ServerTroubleError) as error:
                if error.code == "tls":
                    self._signed_out(error)
                    return
                self._to(phase=AccountPhase.SIGNING_IN, error=error.sentence, offline=isinstance(error, OfflineError))
            except RefusedError as error:
                if error.code != "rate_limited" or self._by_password:
                    await self._refused(error)
                    return
                # Nobody typed anything: the kept sign-in waits in silence and tries again.
                pause_s = max(pause_s, _retry_after_s(error) / (1 - _JITTER))
            except BaylinkError as error:
                self._signed_out(error)
                return
            else:
                self._signed_in(mechanic)
                return
            await self._clock.sleep(pause_s * (1 - _JITTER + 2 * _JITTER * self._chance()))
            pause_s = min(_LONGEST_RETRY_S, pause_s * 2)

    async def _refused(self, error: RefusedError) -> None:
        if error.code == "rate_limited":
            await self._locked_out(error, _retry_after_s(error))
            return
        await self._credentials.wipe()
        self._backend.forget()
        self._signed_out(error)

    async def _locked_out(self, error: RefusedError, seconds: float) -> None:
        """Count down until a sign-in may be tried again; another wish ends the counting."""
        until_s = self._clock.monotonic() + seconds
        shown = ""
        while (left_s := until_s - self._clock.monotonic()) > 0:
            words = waiting_words(left_s)
            if words != shown:
                shown = words
                again = RefusedError(error.code, error.status, details={"wait": words})
                self._signed_out(again, retry_at_s=until_s)
            await self._clock.sleep(min(_TICK_S, left_s))
        self._signed_out(None)

    def _signed_in(self, mechanic: Mechanic) -> None:
        self._to(
            phase=AccountPhase.SIGNED_IN,
            mechanic=mechanic,
            error=None,
            offline=False,
            retry_at_s=None,
            interrupted=False,
        )

    def _signed_out(self, error: BaylinkError | None, *, retry_at_s: float | None = None) -> None:
        """Show the sign-in, with a sentence where something was refused; an interrupted mechanic stays named."""
        self._to(
            phase=AccountPhase.SIGNED_OUT,
            mechanic=self._state.mechanic if self._state.interrupted else None,
            error=error.sentence if error is not None else None,
            offline=False,
            retry_at_s=retry_at_s,
        )

    # ---- inner workings ---------------------------------------------------------------------------------------------

    def _to(self, **changes: object) -> None:
        state = replace(self._state, credential_home=self._credentials.home, **changes)  # type: ignore[arg-type] # fields of AccountState only
        if state != self._state:
            self._state = state
            self._publish(state)

    async def _keep(self, token: str) -> None:
        await self._credentials.save(token)
        self._to()

    async def _run(self, story: Coroutine[object, object, None]) -> None:
        """Make `story` the one attempt under way, and wait until it is over or another took its place."""
        await self._stop_attempt()
        attempt = asyncio.get_running_loop().create_task(story, name="sign-in")
        self._attempt = attempt
        try:
            await asyncio.wait([attempt])
        except asyncio.CancelledError:
            attempt.cancel()
            raise
        if not attempt.cancelled():
            attempt.result()

    async def _stop_attempt(self) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is not None and not attempt.done():
            attempt.cancel()
            await asyncio.wait([attempt])

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="keep sign-in")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _retry_after_s(error: RefusedError) -> float:
    """Return how long a refusal asks to wait; a minute where it does not say."""
    seconds = error.details.get("retry_after_s")
    return seconds if isinstance(seconds, float) else _UNTOLD_WAIT_S

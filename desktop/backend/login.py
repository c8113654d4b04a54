"""The login of one mechanic: its token pair in memory, and one refresh at a time for however many callers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from desktop.backend import wire
from desktop.core.errors import BaylinkError, RefusedError, SignedOutError

_log = logging.getLogger(__name__)

EARLY_S = 60.0
"""How long before its end an access token is renewed; its age is told by `expires_in` alone (contract section 1)."""
LEAN_EARLY_S = 300.0
"""The same where renewing may turn out to be impossible: early enough to warn (contract section 7)."""


class LoginListener(Protocol):
    """Who wants to know what becomes of the login; called in the loop, must not block."""

    def refresh_token_changed(self, token: str) -> None:
        """Keep this refresh token from now on; the former one is used up."""

    def login_ends_soon(self) -> None:
        """Take note that this login cannot be renewed and ends with its token."""

    def login_ended(self, error: SignedOutError) -> None:
        """Take note that the server ended the login; the tokens are already gone."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """An access token until `expires_at_s` (monotonic), and the refresh token that renews it once.

    `login` counts the logins of this run: a late caller of a former login never gets the tokens of the next one.
    `renew_at_s` is when to ask for the next pair.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at_s: float
    login: int
    renew_at_s: float = 0.0


class Login:
    """Holds the token pair. All callers that find it expired wait for the same renewal (AC-46)."""

    def __init__(
        self,
        renew: Callable[[str], Awaitable[wire.TokenAnswer]],
        confirm: Callable[[TokenPair], Awaitable[None]],
        ended: Callable[[SignedOutError], None],
        monotonic: Callable[[], float],
        *,
        early_s: Callable[[], float] = lambda: EARLY_S,
    ) -> None:
        """Make an empty login.

        `renew` speaks the refresh grant, `confirm` turns a new pair into the cookie, `ended` hears once of a login
        that the server ended. `early_s` says how long before its end a pair is renewed.
        """
        self._renew = renew
        self._confirm = confirm
        self._ended = ended
        self._monotonic = monotonic
        self._early_s = early_s
        self._ends_with: TokenPair | None = None
        self._pair: TokenPair | None = None
        self._logins = 0
        self._renewal: asyncio.Task[None] | None = None
        self.listener: LoginListener | None = None

    @property
    def is_open(self) -> bool:
        """Whether there are tokens."""
        return self._pair is not None

    @property
    def pair(self) -> TokenPair:
        """The pair to use now; raises SignedOutError when there is none."""
        if self._pair is None:
            raise SignedOutError("not_signed_in", 401)
        return self._pair

    def open(self, answer: wire.LoginAnswer | wire.TokenAnswer) -> TokenPair:
        """Begin a login with its first pair."""
        self.forget()
        self._logins += 1
        return self._adopt(answer)

    def _adopt(self, answer: wire.LoginAnswer | wire.TokenAnswer) -> TokenPair:
        lifetime_s = float(max(0, answer.expires_in))
        expires_at_s = self._monotonic() + lifetime_s
        renew_at_s = expires_at_s - min(self._early_s(), lifetime_s / 2)
        self._pair = TokenPair(answer.access_token, answer.refresh_token, expires_at_s, self._logins, renew_at_s)
        if self.listener is not None:
            self.listener.refresh_token_changed(answer.refresh_token)
        return self._pair

    def forget(self) -> TokenPair | None:
        """Drop the pair and any renewal under way; return what was dropped."""
        dropped, self._pair = self._pair, None
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None
        return dropped

    async def fresh_pair(self) -> TokenPair:
        """Return the pair, renewed first when it is about to expire."""
        pair = self.pair
        is_last = pair is self._ends_with
        if self._monotonic() < (pair.expires_at_s if is_last else pair.renew_at_s):
            return pair
        try:
            return await self.pair_after(pair)
        except SignedOutError:
            raise
        except BaylinkError:
            # The old token may still do; if it does not, the call itself says so.
            if self._monotonic() < pair.expires_at_s:
                return pair
            raise

    async def pair_after(self, used: TokenPair) -> TokenPair:
        """Return a pair newer than `used`; whoever comes second waits for the first one's renewal.

        Raises SignedOutError where the server refuses, OfflineError or ServerTroubleError where it does not answer.
        """
        if self._pair is used:
            if self._renewal is None:
                self._renewal = asyncio.get_running_loop().create_task(self._renew_once(used), name="renew login")
                self._renewal.add_done_callback(self._renewal_done)
            renewal = self._renewal
            await asyncio.wait([renewal])
            if not renewal.cancelled():
                renewal.result()
        if self.pair.login != used.login:
            raise SignedOutError("not_signed_in", 401)
        return self.pair

    def _renewal_done(self, renewal: asyncio.Task[None]) -> None:
        if self._renewal is renewal:
            self._renewal = None
        if not renewal.cancelled():
            # Looked at here, so that a renewal whose callers all went away is not reported as never awaited.
            renewal.exception()

    async def _renew_once(self, used: TokenPair) -> None:
        try:
            answer = await self._renew(used.refresh)
        except RefusedError as error:
            if error.code == "rate_limited":
                raise
            if error.code == "feature_missing":
                self._cannot_renew(used, error)
                raise
            ended = signed_out(error)
            self.end_if(used, ended)
            raise ended from error
        if self._pair is not used:
            return
        pair = self._adopt(answer)
        _log.info("the login was renewed")
        await self._confirm(pair)

    def _cannot_renew(self, used: TokenPair, error: RefusedError) -> None:
        """Use the pair to its end where the platform renews none, and say once that it comes."""
        if self._monotonic() >= used.expires_at_s:
            ended = SignedOutError("token_expired", error.status, reference=error.reference)
            self.end_if(used, ended)
            raise ended from error
        if self._ends_with is not used:
            self._ends_with = used
            if self.listener is not None:
                self.listener.login_ends_soon()

    def end_if(self, used: TokenPair, error: SignedOutError) -> None:
        """End the login if `used` is still its pair: a late answer to a former login ends nothing."""
        if self._pair is used:
            # Not cancelled: it may be the renewal itself that calls this.
            self._pair = self._renewal = None
            self._ended(error)

    async def aclose(self) -> None:
        """Cancel a renewal under way and wait for it; the pair is dropped."""
        renewal = self._renewal
        self.forget()
        if renewal is not None:
            await asyncio.wait([renewal])


def signed_out(error: RefusedError) -> SignedOutError:
    """Return the refusal as the end of the login it is."""
    return SignedOutError(error.code, error.status, reference=error.reference, details=error.details)

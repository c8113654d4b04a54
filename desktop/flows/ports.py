"""What the sign-in and the list need from outside, as small Protocols; the app plugs in the real parts."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Protocol

from desktop.core.account import CredentialHome
from desktop.core.board import BoardListing, ServerHint
from desktop.core.people import SessionId
from desktop.core.session import Mechanic


class Clock(Protocol):
    """Time as flows see it: monotonic seconds, and sleeping in them."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""


class RealClock:
    """The machine's own monotonic clock."""

    def monotonic(self) -> float:
        """Return `time.monotonic()`."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep in the running loop."""
        await asyncio.sleep(seconds)


class AccountBackend(Protocol):
    """What signing in needs of the platform."""

    async def sign_in(self, email: str, password: str) -> Mechanic:
        """Sign in with a password."""

    async def restore(self, refresh_token: str) -> Mechanic:
        """Sign in with a kept refresh token, which is used up."""

    async def sign_out(self) -> None:
        """Forget everything of the login and tell the server; never raises for a server that is away."""

    def forget(self) -> None:
        """Forget everything of the login without a word to the server."""

    async def me(self) -> Mechanic:
        """Return who is signed in."""


class CredentialKeeper(Protocol):
    """Where the refresh token stays between starts; no method raises."""

    @property
    def home(self) -> CredentialHome:
        """Where it is kept."""

    async def load(self) -> str | None:
        """Return the kept token."""

    async def save(self, token: str) -> None:
        """Keep a token."""

    async def wipe(self) -> None:
        """Forget the token."""


class BoardBackend(Protocol):
    """What the list needs of the platform."""

    async def board(self) -> BoardListing:
        """Return the list."""

    def events(self) -> AsyncGenerator[ServerHint]:
        """Yield hints until the stream breaks, which raises."""

    async def accept(self, assignment_id: str) -> SessionId:
        """Accept an open request."""

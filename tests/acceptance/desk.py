"""An app without its pages: the real flows and the real client before the real join server, on virtual time."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.core.account import AccountPhase, AccountState
from desktop.core.board import BoardState
from desktop.flows.account import AccountFlow
from desktop.flows.board import BoardFlow
from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.backend.platform import Line, Platform, platform
from tests.fixtures.joinserver import MARISOL
from tests.flows.fakes import FakeKeeper
from tests.virtual_time import VirtualClock

_PATIENCE = 4_000


class Desk:
    """One app: sign-in and list wired as the program wires them."""

    def __init__(self, running: Platform, address: PlatformAddress | None = None) -> None:
        """Put it together before a running platform."""
        self.platform = running
        self.line: Line = running.line()
        self.client: BackendClient = running.client(self.line, address=address)
        self.keeper = FakeKeeper()
        self.clock = VirtualClock()
        self.account_states: list[AccountState] = [AccountState()]
        self.board_states: list[BoardState] = [BoardState()]
        self.board = BoardFlow(self.client, self.board_states.append, clock=self.clock, chance=lambda: 0.5)
        self.account = AccountFlow(self.client, self.keeper, self._account_changed, clock=self.clock)
        self.client.listener = self.account

    def _account_changed(self, state: AccountState) -> None:
        self.account_states.append(state)
        self.board.account_changed(state)

    def who(self) -> AccountState:
        """Return the sign-in as it is shown."""
        return self.account_states[-1]

    def list(self) -> BoardState:
        """Return the list as it is shown."""
        return self.board_states[-1]

    async def sign_in(self, email: str = MARISOL, password: str = DEMO_PASSWORD) -> None:
        """Sign in and wait for the first list."""
        await self.account.sign_in(email, password)
        if self.who().phase is AccountPhase.SIGNED_IN:
            await self.pass_time(0)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass in small steps, so that the server's answers come in between."""
        done = 0.0
        while True:
            await self._quiet()
            if done >= seconds:
                return
            step = min(1.0, seconds - done)
            await self.clock.advance(step)
            done += step

    async def _quiet(self) -> None:
        """Wait until the server has nothing more to answer."""
        still = 0
        for _ in range(_PATIENCE):
            before = (len(self.line.seen), len(self.line.statuses))
            await self.clock.advance(0)
            is_idle = self.line.under_way == 0 and before == (len(self.line.seen), len(self.line.statuses))
            still = still + 1 if is_idle else 0
            if still > 1:
                return
            if self.line.under_way:
                await self.line.answered()
        raise AssertionError("the server was never done")

    async def aclose(self) -> None:
        """End the app."""
        await self.board.aclose()
        await self.account.aclose()


@contextlib.asynccontextmanager
async def desk(folder: Path, *, lean: bool = False, address: PlatformAddress | None = None) -> AsyncIterator[Desk]:
    """Run a join server and one app before it."""
    async with platform(folder, lean=lean) as running:
        app = Desk(running, address)
        try:
            yield app
        finally:
            await app.aclose()

"""One mechanic's written record without its pages: the real flow, client and store before the real join server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from desktop.core.account import AccountPhase, AccountState
from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.core.session import SessionStatus
from desktop.flows import call_notes, summary
from desktop.flows.record import RecordFlow
from desktop.joinserver.demo_data import DEMO_PASSWORD
from desktop.store.drafts import DraftStore
from desktop.store.session_folder import SessionFolder
from tests.backend.platform import Line, Platform
from tests.fixtures.joinserver import DEVICE, MARISOL

_PATIENCE_S = 15.0


def cut(request: httpx.Request) -> httpx.Response | None:
    """Break the line."""
    raise httpx.ConnectError("unplugged", request=request)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pauses in typing and between tries short: these stories run on real time."""
    monkeypatch.setattr(call_notes, "_PAUSE_IN_TYPING_S", 0.01)
    monkeypatch.setattr(summary, "_PAUSE_IN_TYPING_S", 0.01)
    for module in (call_notes, summary):
        monkeypatch.setattr(module, "pause_s", lambda _tries: 0.02)


class WritingDesk:
    """One screen. `folder` is what its PC keeps; two desks with one folder are one PC after a restart."""

    def __init__(self, running: Platform, folder: Path) -> None:
        self.line: Line = running.line()
        self.client = running.client(self.line)
        self.states: list[RecordState] = []
        self.taken = 0
        self._news = asyncio.Event()
        self.files = SessionFolder(folder / "files")
        self.flow = RecordFlow(
            self.client.records,
            DraftStore(folder / "drafts.sqlite3"),
            self.files,
            self._publish,
            summary_taken=self._take,
        )

    @property
    def state(self) -> RecordState:
        """What is on screen."""
        return self.states[-1]

    async def sign_in(self, email: str = MARISOL) -> None:
        mechanic = await self.client.sign_in(email, DEMO_PASSWORD)
        self.flow.account_changed(AccountState(phase=AccountPhase.SIGNED_IN, mechanic=mechanic))

    def sign_out(self) -> None:
        self.flow.account_changed(AccountState(phase=AccountPhase.SIGNED_OUT))

    async def open(self, session_id: SessionId) -> None:
        """Join a session and show what is written of it."""
        self.flow.opened(await self.client.join(session_id, DEVICE))

    def review(self, session_id: SessionId) -> None:
        """Show what is written of an ended session."""
        self.flow.reviewed(session_id, SessionStatus.COMPLETED)

    async def until(self, condition: Callable[[], object]) -> None:
        """Return when something is true on screen."""
        async with asyncio.timeout(_PATIENCE_S):
            while not self.states or not condition():
                self._news.clear()
                await self._news.wait()

    def _publish(self, state: RecordState) -> None:
        self.states.append(state)
        self._news.set()

    def _take(self) -> None:
        self.taken += 1
        self._news.set()


@contextlib.asynccontextmanager
async def writing_desk(running: Platform, folder: Path, email: str = MARISOL) -> AsyncIterator[WritingDesk]:
    """Sign somebody in at a desk, and close it afterwards."""
    desk = WritingDesk(running, folder)
    await desk.sign_in(email)
    try:
        yield desk
    finally:
        await desk.flow.aclose()

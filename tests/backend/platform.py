"""The real join server in one process with the real client in front of it, and a line between them that can be cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import stamina

from desktop.backend.client import BackendClient
from desktop.backend.login import LoginListener
from desktop.backend.transport import PlatformAddress
from desktop.core.errors import SignedOutError
from desktop.joinserver.clock import WallClock
from tests.fixtures.joinserver import BASE_URL, LIVEKIT_URL, FakeRooms, running_join_server

Answering = Callable[[httpx.Request], httpx.Response | None]


class Line(httpx.AsyncBaseTransport):
    """Carries requests to the app in memory; notes them, and breaks or answers in its place when told to.

    `answering` may give an answer or raise; None lets the request through. `losing` does the same after the server
    has answered: the answer is lost on its way.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, has_streams: bool) -> None:
        self._inner = inner
        self._has_streams = has_streams
        self.seen: list[httpx.Request] = []
        self.statuses: list[int] = []
        self.answering: Answering | None = None
        self.losing: Answering | None = None
        self.under_way = 0
        self._answered = asyncio.Event()

    async def answered(self) -> None:
        """Return when the next answer has come."""
        self._answered.clear()
        await self._answered.wait()

    def count(self, path: str) -> int:
        """Return how many requests went to a path that ends like this."""
        return sum(request.url.path.endswith(path) for request in self.seen)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        self.under_way += 1
        try:
            answer = await self._answer(request)
        finally:
            self.under_way -= 1
            self._answered.set()
        self.statuses.append(answer.status_code)
        return answer

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self.answering(request) if self.answering is not None else None
        if answer is None and self._has_streams and request.url.path.endswith("/events"):
            # In one process an answer only comes whole, and a stream never does.
            raise httpx.ConnectError("no streams in one process", request=request)
        if answer is None:
            answer = await self._inner.handle_async_request(request)
        return (self.losing(request) if self.losing is not None else None) or answer

    async def aclose(self) -> None:
        await self._inner.aclose()


class Listener:
    """Notes what the client tells of its login."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.ended: list[SignedOutError] = []
        self.warnings = 0

    def refresh_token_changed(self, token: str) -> None:
        self.tokens.append(token)

    def login_ends_soon(self) -> None:
        self.warnings += 1

    def login_ended(self, error: SignedOutError) -> None:
        self.ended.append(error)


class Watch:
    """A monotonic clock that a test can put forward."""

    def __init__(self) -> None:
        self.now_s = 5_000.0

    def __call__(self) -> float:
        """Return the seconds shown."""
        return self.now_s


class Platform:
    """One running join server; `client()` gives as many apps as a test wants."""

    def __init__(self, app: httpx.ASGITransport, clock: WallClock, rooms: FakeRooms, *, lean: bool) -> None:
        self._app = app
        self._lean = lean
        self.clock = clock
        self.rooms = rooms
        self.watch = Watch()
        self._clients: list[BackendClient] = []

    def line(self) -> Line:
        """Return a line of one's own to the server."""
        return Line(self._app, has_streams=not self._lean)

    def client(
        self, line: Line | None = None, *, address: PlatformAddress | None = None, listener: LoginListener | None = None
    ) -> BackendClient:
        """Return an app's client; it is closed with the platform."""
        client = BackendClient(
            address or PlatformAddress(BASE_URL, livekit_url=LIVEKIT_URL, plain_loopback=True),
            client_version="0.1.0",
            transport=line or self.line(),
            monotonic=self.watch,
        )
        client.listener = listener
        self._clients.append(client)
        return client

    async def direct(self) -> httpx.AsyncClient:
        """Return plain HTTP to the server, for what development or a customer does; the caller closes it."""
        return httpx.AsyncClient(transport=self.line(), base_url=BASE_URL)

    async def aclose(self) -> None:
        """Close every client."""
        for client in self._clients:
            await client.aclose()


@contextlib.asynccontextmanager
async def platform(folder: Path, *, lean: bool = False) -> AsyncIterator[Platform]:
    """Run a join server with the demo data of the contract."""
    async with running_join_server(folder / "joinserver", lean=lean, livekit_url=LIVEKIT_URL) as server:
        running = Platform(httpx.ASGITransport(server.app), server.clock, server.rooms, lean=lean)
        try:
            # Repeats do not wait in tests.
            with stamina.set_testing(True, attempts=3, cap=True):
                yield running
        finally:
            await running.aclose()

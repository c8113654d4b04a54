"""A practice day: livekit-server, join server and customers, stopped in reverse order whatever happens."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.core.people import SessionId
from desktop.practice.children import free_port
from desktop.practice.customer_process import CustomerProcess, Event
from desktop.practice.demo_people import CUSTOMER_EMAILS, DEMO_PASSWORD, MECHANIC_EMAIL, demo_session_id
from desktop.practice.join_server import WEBHOOK_PATH, JoinServer
from desktop.practice.livekit_server import LiveKitKeys, LiveKitServer
from desktop.practice.virtual_display import VirtualDisplay, has_display
from desktop.practice.virtual_sound import VirtualSound


@dataclass(frozen=True, slots=True)
class PracticeSession:
    """A session of the demo data and its customer, by their keys (contract section 10)."""

    key: str
    customer: str

    @property
    def id(self) -> SessionId:
        """The session's id."""
        return demo_session_id(self.key)

    @property
    def email(self) -> str:
        """The customer's login. Raises KeyError for a customer who plays no part in practice."""
        return CUSTOMER_EMAILS[self.customer]


BRAKES = PracticeSession("S01", "C1")
"""The video session that waits when a practice day begins."""
MISFIRE = PracticeSession("S02", "C2")
"""The diagnostic session that is open once the first one is over."""
OIL_LIGHT = PracticeSession("S04", "C4")
"""The chat that is offered to the practising mechanic."""


@dataclass(frozen=True, slots=True)
class PracticeLogin:
    """The mechanic who practises."""

    email: str = MECHANIC_EMAIL
    password: str = field(default=DEMO_PASSWORD, repr=False)


class PracticeDay:
    """Everything a practice needs, as an async context.

    `async with PracticeDay(print) as day:` starts the servers; `add_customer` lets one enter. `say` gets progress lines
    for people. Files lie in `folder`, or in a temporary one that goes with the day. Leaving the context, also by
    cancellation or error, stops what was started, newest first.
    """

    def __init__(
        self, say: Callable[[str], None] | None = None, *, folder: Path | None = None, lean: bool = False
    ) -> None:
        """Prepare; nothing is started before the context is entered."""
        self._say = say or _silent
        self._given_folder = folder
        self._lean = lean
        self._stack = contextlib.AsyncExitStack()
        self._livekit: LiveKitServer | None = None
        self._join_server: JoinServer | None = None
        self._folder: Path | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.login = PracticeLogin()
        self.customers: list[CustomerProcess] = []

    async def __aenter__(self) -> Self:
        """Start livekit-server, then the join server."""
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, newest first."""
        await self._stop()

    @property
    def livekit(self) -> LiveKitServer:
        """The running livekit-server."""
        if self._livekit is None:
            raise RuntimeError("the practice day has not begun")
        return self._livekit

    @property
    def join_server(self) -> JoinServer:
        """The running join server."""
        if self._join_server is None:
            raise RuntimeError("the practice day has not begun")
        return self._join_server

    @property
    def folder(self) -> Path:
        """Where the logs, the database and the configuration of this day lie."""
        if self._folder is None:
            raise RuntimeError("the practice day has not begun")
        return self._folder

    async def add_customer(
        self, session: PracticeSession, *arguments: str, on_event: Callable[[Event], None] | None = None
    ) -> CustomerProcess:
        """Let the customer of a session enter; returns at once, `wait_for("joined")` tells when they are in."""
        customer = await CustomerProcess.start(
            self.folder,
            server=self.join_server.url,
            session_id=session.id,
            email=session.email,
            arguments=(*arguments, "--livekit-url", self.livekit.url) if self._lean else arguments,
            on_event=on_event,
            name=f"customer-{session.key}",
        )
        self._stack.push_async_callback(customer.stop)
        self.customers.append(customer)
        return customer

    def keep(self, story: Coroutine[object, object, None]) -> None:
        """Run a coroutine until it ends or the day does; in the day's loop."""
        task: asyncio.Task[None] = asyncio.ensure_future(story)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def add_display(self) -> Mapping[str, str]:
        """Start a virtual display if this machine has none; return the variables for a program to use it."""
        if has_display():
            return {}
        if not VirtualDisplay.is_available():
            self._say("There is no display and no Xvfb: the window is drawn in memory only.")
            return {"QT_QPA_PLATFORM": "offscreen"}
        display = await VirtualDisplay.start(self.folder)
        self._stack.push_async_callback(display.stop)
        return display.environment

    async def add_sound(self) -> Mapping[str, str]:
        """Start a silent sound server where PulseAudio is installed; return the variables for a program to use it."""
        if not VirtualSound.is_available():
            self._say("PulseAudio is not installed: the call goes without sound.")
            return {}
        sound = await VirtualSound.start(self.folder)
        self._stack.push_async_callback(sound.stop)
        return sound.environment

    async def _start(self) -> None:
        folder = self._given_folder
        if folder is None:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="baylink-practice-")))
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        keys, join_port = LiveKitKeys.fresh(), free_port()
        self._say("Starting livekit-server ...")
        webhook = f"http://127.0.0.1:{join_port}{WEBHOOK_PATH}"
        self._livekit = await LiveKitServer.start(folder, keys=keys, webhook_url=webhook)
        self._stack.push_async_callback(self._livekit.stop)
        self._say("Starting the join server with its demo data ...")
        self._join_server = await JoinServer.start(
            folder, port=join_port, livekit_url=self._livekit.url, keys=keys, lean=self._lean
        )
        self._stack.push_async_callback(self._join_server.stop)
        self._say(f"Serving sessions at {self._join_server.url}")

    async def _stop(self) -> None:
        """Close the stack even when cancelled again meanwhile: what was started must not outlive the day."""
        for task in self._tasks:
            task.cancel()
        closing = asyncio.ensure_future(self._stack.aclose())
        interrupted = False
        while not closing.done():
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError:
                interrupted = True
        closing.result()
        if interrupted:
            raise asyncio.CancelledError


def _silent(_line: str) -> None:
    """Say nothing."""

"""The simulated customer as seen by who started it: commands in, events out, and a wait for what must happen."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from desktop.practice.children import Child, start_child
from desktop.practice.demo_people import DEMO_PASSWORD, PASSWORD_VARIABLE

type Event = Mapping[str, object]
"""One line the customer told: `event`, `at_ms` (CLOCK_MONOTONIC) and fields of its own."""

_STOP_WAIT_S = 4.0


class CustomerGoneError(RuntimeError):
    """The customer ended, or was silent for too long, before what was waited for happened."""


class CustomerProcess:
    """A running `desktop.practice.customer`. Make it with `start`, end it with `stop`; used from one event loop."""

    def __init__(self, child: Child, on_event: Callable[[Event], None] | None) -> None:
        """Follow a process that was just started."""
        self.child = child
        self.events: list[Event] = []
        self._on_event = on_event
        self._changed = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        server: str,
        session_id: str,
        email: str,
        password: str = DEMO_PASSWORD,
        arguments: tuple[str, ...] = (),
        on_event: Callable[[Event], None] | None = None,
        name: str = "customer",
    ) -> "CustomerProcess":
        """Start a customer; it signs in and joins by itself. `arguments` are further options of its command line."""
        command = [sys.executable, "-m", "desktop.practice.customer", "--server", server, "--session", session_id]
        child = await start_child(
            name,
            [*command, "--email", email, *arguments],
            log=folder / f"{name}.log",
            environment={PASSWORD_VARIABLE: password},
            talks=True,
        )
        return cls(child, on_event)

    async def command(self, do: str, **fields: object) -> None:
        """Give a command; see `desktop.practice.owner.Owner.obey` for their names."""
        pipe = self.child.process.stdin
        if pipe is None or not self.child.is_running:
            raise CustomerGoneError(f"the customer is gone\n{self.child.log_end()}")
        pipe.write(json.dumps({"do": do, **fields}).encode() + b"\n")
        await pipe.drain()

    async def wait_for(
        self, event: str, *, where: Callable[[Event], bool] | None = None, after: int = 0, timeout_s: float = 30.0
    ) -> Event:
        """Return the first event of that name (and `where`) from index `after` on, waiting for it if need be."""

        def matches(told: Event) -> bool:
            return told["event"] == event and (where is None or where(told))

        def found() -> Event | None:
            return next((told for told in self.events[after:] if matches(told)), None)

        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: found() is not None or self._ended), timeout_s)
            except TimeoutError:
                names = [str(told["event"]) for told in self.events[-12:]]
                raise CustomerGoneError(
                    f"the customer did not tell {event} within {timeout_s:g} s, but {names}"
                ) from None
            told = found()
        if told is None:
            raise CustomerGoneError(f"the customer ended before it told {event}\n{self.child.log_end()}")
        return told

    async def stop(self) -> int:
        """Ask the customer to leave, end it if it does not, and return its exit code."""
        if self.child.is_running and self.child.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.child.process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.child.process.wait(), _STOP_WAIT_S)
        code = await self.child.stop()
        await self._reader
        return code

    async def _read(self) -> None:
        output = self.child.process.stdout
        assert output is not None  # noqa: S101 - started with `talks`
        try:
            while line := await output.readline():
                event = _event(line)
                if event is None:
                    continue
                async with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()
                if self._on_event is not None:
                    self._on_event(event)
        finally:
            async with self._changed:
                self._ended = True
                self._changed.notify_all()


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None

"""Several workers behind one socket: started together, replaced when one dies, stopped together."""

import contextlib
import logging
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

import uvicorn

from desktop.joinserver import log
from desktop.joinserver.app import create_app
from desktop.joinserver.config import ServerConfig
from desktop.joinserver.heads import HeadInTime
from desktop.joinserver.pauses import pass_over_what_is_loaded, take_short_turns

_log = logging.getLogger(__name__)
_LOOKS_EVERY_S: Final = 0.5
_GRACE_S: Final = 3
_KILL_AFTER_S: Final = 10.0
_READY_WITHIN_S: Final = 60.0
_EARLY_S: Final = 5.0
_EARLY_DEATHS: Final = 5


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where TLS's certificate and key lie."""

    chain: Path
    key: Path


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    lifeline: Connection
    began_s: float


def serve(
    config: ServerConfig, listening: socket.socket, count: int, lines: Sequence[str], tls: Certificate | None = None
) -> int:
    """Run `count` workers until SIGTERM or SIGINT; print `lines` once all of them serve. Returns the exit code.

    The database must be migrated, and more than one worker needs PostgreSQL. A worker that dies is replaced; several
    early deaths in a row end the server.
    """
    crew = _Crew(config, listening, tls)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        if not crew.start(count, stopping):
            return 0 if stopping.is_set() else 1
        print(*lines, sep="\n", flush=True)  # noqa: T201 - says where it serves
        while not stopping.is_set():
            if not crew.look_after():
                return 1
        return 0
    finally:
        crew.stop()


class _Crew:
    def __init__(self, config: ServerConfig, listening: socket.socket, tls: Certificate | None) -> None:
        self._spawn = multiprocessing.get_context("spawn")
        self._arguments = (config, listening, tls)
        self._workers: list[_Worker] = []
        self._early_deaths = 0

    def start(self, count: int, stopping: threading.Event) -> bool:
        """Start all; True once all of them serve."""
        self._workers = [self._begin() for _ in range(count)]
        deadline = time.monotonic() + _READY_WITHIN_S
        for worker in self._workers:
            while not worker.lifeline.poll(_LOOKS_EVERY_S):
                if stopping.is_set() or not worker.process.is_alive() or time.monotonic() > deadline:
                    return False
            with contextlib.suppress(EOFError):
                worker.lifeline.recv_bytes()
        return all(worker.process.is_alive() for worker in self._workers)

    def look_after(self) -> bool:
        """Wait a moment and replace who died; False if that makes no sense any more."""
        wait([worker.process.sentinel for worker in self._workers], timeout=_LOOKS_EVERY_S)
        for place, worker in enumerate(self._workers):
            if worker.process.is_alive():
                continue
            early = time.monotonic() - worker.began_s < _EARLY_S
            self._early_deaths = self._early_deaths + 1 if early else 0
            _log.error("worker ended with %s", worker.process.exitcode)
            if self._early_deaths >= _EARLY_DEATHS:
                return False
            worker.lifeline.close()
            self._workers[place] = self._begin()
        return True

    def stop(self) -> None:
        """End all, gently first."""
        for worker in self._workers:
            worker.process.terminate()
        deadline = time.monotonic() + _KILL_AFTER_S
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.lifeline.close()

    def _begin(self) -> _Worker:
        ours, theirs = self._spawn.Pipe()
        process = self._spawn.Process(target=_work, args=(*self._arguments, theirs), name="joinserver-worker")
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic())


class _WorkerServer(uvicorn.Server):
    """Tells its parent when it serves, and stops with it."""

    def __init__(self, config: uvicorn.Config, lifeline: Connection) -> None:
        super().__init__(config)
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            pass_over_what_is_loaded()
            self._lifeline.send_bytes(b"serving")
            threading.Thread(target=self._stop_with_parent, name="joinserver-lifeline", daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the event streams, then stop."""
        house = getattr(self.config.loaded_app.state, "house", None) if self.config.loaded else None
        if house is not None:
            house.broker.close_all()
        await super().shutdown(sockets)

    def _stop_with_parent(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            self._lifeline.recv_bytes()
        self.should_exit = True


def _work(config: ServerConfig, listening: socket.socket, tls: Certificate | None, lifeline: Connection) -> None:
    log.install()
    take_short_turns()
    server = _WorkerServer(
        uvicorn.Config(
            create_app(config), lifespan="on", http=HeadInTime, log_config=None, access_log=False, server_header=False,
            ssl_certfile=str(tls.chain) if tls else None, ssl_keyfile=str(tls.key) if tls else None,
            timeout_graceful_shutdown=_GRACE_S, timeout_keep_alive=75, proxy_headers=config.trusted_proxy,
        ),
        lifeline,
    )  # fmt: skip

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    # The stock handlers raise the signal again once the server has stopped; a clean stop ends with code 0 here.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # does nothing, as meant
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run(sockets=[listening])
    sys.exit(0 if server.started else 1)

"""Serving until told to stop: one process, one line that says where, and a clean end."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from desktop.joinserver import demo_data, log, workers
from desktop.joinserver.app import ConfigRefused, create_app
from desktop.joinserver.config import ServerConfig
from desktop.joinserver.engines import full_url
from desktop.joinserver.heads import HeadInTime
from desktop.joinserver.pauses import pass_over_what_is_loaded, take_short_turns


class _AnnouncingServer(uvicorn.Server):
    """Says where it serves once it does, and lets event streams go before it waits for connections to end."""

    def __init__(self, config: uvicorn.Config, lines: Sequence[str]) -> None:
        super().__init__(config)
        self._lines = lines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print."""
        await super().startup(sockets)
        if self.started:
            pass_over_what_is_loaded()
            print(*self._lines, sep="\n", flush=True)  # noqa: T201 - the one line that says where it serves

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the event streams, then stop."""
        house = getattr(self.config.loaded_app.state, "house", None) if self.config.loaded else None
        if house is not None:
            house.broker.close_all()
        await super().shutdown(sockets)


def serve(config: ServerConfig, port: int, certificate: Path | None, key: Path | None, count: int = 1) -> int:
    """Serve with `count` workers until a signal comes; return the process's exit code."""
    try:
        app = create_app(config)
        if count > 1 and full_url(config.database_url).get_backend_name() != "postgresql":
            raise ConfigRefused("several workers need PostgreSQL: see --database")  # noqa: TRY301 - told like the others
    except ConfigRefused as refused:
        print(f"The join server does not start: {refused}.", file=sys.stderr)  # noqa: T201 - for the person who started it
        return 2
    log.install()
    listening = listen(config.host, port)
    host, taken = listening.getsockname()[:2]
    scheme = "https" if config.tls else "http"
    shown = f"[{host}]" if ":" in host else host
    lines = [f"Baylink join server: {scheme}://{shown}:{taken}"]
    if config.demo_data:
        lines += demo_data.how_to_sign_in()
    if count > 1:
        asyncio.run(_prepare(create_app(replace(config, sweep_every_s=None))))
        tls = workers.Certificate(certificate, key) if certificate and key else None
        with listening:
            return workers.serve(replace(config, demo_data=False), listening, count, lines, tls)
    take_short_turns()
    server = _AnnouncingServer(
        uvicorn.Config(
            app, lifespan="on", http=HeadInTime, log_config=None, access_log=False, server_header=False,
            ssl_certfile=certificate, ssl_keyfile=str(key) if key else None, timeout_graceful_shutdown=3,
            timeout_keep_alive=75, proxy_headers=config.trusted_proxy,
        ),
        lines,
    )  # fmt: skip
    return _run(server, listening)


async def _prepare(app: FastAPI) -> None:
    """Migrate, make the signing secret and load demo data once, before several workers start."""
    async with app.router.lifespan_context(app):
        pass


def _run(server: uvicorn.Server, listening: socket.socket) -> int:
    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    # The stock handlers raise the signal again once the server has stopped; a clean stop ends with code 0 here.
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # does nothing, as meant
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
    return 0 if server.started else 1


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises OSError."""
    made = socket.create_server((host, port), family=_family(host))
    # Made anew from its number, it knows that it is TCP: asyncio switches Nagle's delay off on such sockets only, and
    # an answer whose head and body are sent apart would wait 40 ms for the client's acknowledgement.
    return socket.socket(fileno=made.detach())


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET

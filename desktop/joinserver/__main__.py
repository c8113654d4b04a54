"""`python -m desktop.joinserver`: serves sessions from this machine until it is told to stop."""

import argparse
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import platformdirs
import uvicorn

from desktop.backend.wire import parse_timestamp
from desktop.joinserver import demo_data, log
from desktop.joinserver.app import ConfigRefused, create_app
from desktop.joinserver.config import Limits, ServerConfig

KEY_VARIABLE = "BAYLINK_LIVEKIT_API_KEY"
SECRET_VARIABLE = "BAYLINK_LIVEKIT_API_SECRET"  # noqa: S105 - the name of the variable, not the secret
_DEV_PUBLIC_BY_ADDRESS = 1_200


class _AnnouncingServer(uvicorn.Server):
    """Says where it serves once it does, and lets event streams go before it waits for connections to end."""

    def __init__(self, config: uvicorn.Config, lines: Sequence[str]) -> None:
        super().__init__(config)
        self._lines = lines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print."""
        await super().startup(sockets)
        if self.started:
            print(*self._lines, sep="\n", flush=True)  # noqa: T201 - the one line that says where it serves

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the event streams, then stop."""
        house = getattr(self.config.loaded_app.state, "house", None) if self.config.loaded else None
        if house is not None:
            house.broker.close_all()
        await super().shutdown(sockets)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; return the process's exit code."""
    options = _parser().parse_args(arguments)
    config = _config(options)
    try:
        app = create_app(config)
    except ConfigRefused as refused:
        print(f"The join server does not start: {refused}.", file=sys.stderr)  # noqa: T201 - for the person who started it
        return 2
    log.install()
    listening = socket.create_server((options.host, options.port), family=_family(options.host))
    host, port = listening.getsockname()[:2]
    scheme = "https" if config.tls else "http"
    shown = f"[{host}]" if ":" in host else host
    lines = [f"Baylink join server: {scheme}://{shown}:{port}"]
    if config.demo_data:
        lines += demo_data.how_to_sign_in()
    server = _AnnouncingServer(
        uvicorn.Config(
            app, lifespan="on", log_config=None, access_log=False, server_header=False, date_header=True,
            ssl_certfile=options.tls_cert, ssl_keyfile=options.tls_key, timeout_graceful_shutdown=3,
            timeout_keep_alive=75,
            proxy_headers=config.trusted_proxy,
        ),
        lines,
    )  # fmt: skip
    return _serve(server, listening)


def _serve(server: uvicorn.Server, listening: socket.socket) -> int:
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


def _config(options: argparse.Namespace) -> ServerConfig:
    config = ServerConfig(
        data_dir=options.data_dir,
        host=options.host,
        database=options.database,
        dev=options.dev,
        demo_data=options.demo_data,
        demo_at=options.at,
        lean=options.lean,
        livekit_url=options.livekit_url,
        livekit_key=os.environ.get(KEY_VARIABLE, ""),
        livekit_secret=os.environ.get(SECRET_VARIABLE, ""),
        trusted_proxy=options.trusted_proxy,
        tls=bool(options.tls_cert and options.tls_key),
        allowed_origins=tuple(options.allow_origin),
    )
    if config.serves_dev_paths:
        # A practice day's programs all come from one address.
        return replace(config, limits=Limits(public_by_address=_DEV_PUBLIC_BY_ADDRESS))
    return config


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m desktop.joinserver",
        description="Baylink's join server. The LiveKit key pair comes from the environment: "
        f"{KEY_VARIABLE} and {SECRET_VARIABLE}.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8787, help="port to serve on; 0 takes a free one")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_data_dir("baylink-joinserver")),
                        help="where the database, the signing secret and files are kept")  # fmt: skip
    parser.add_argument("--database", metavar="URL", help="SQLAlchemy URL instead of SQLite in the data folder")
    parser.add_argument("--dev", action="store_true", help="serve the development paths (on loopback only)")
    parser.add_argument("--demo-data", action="store_true", help="load the practice people and sessions; needs --dev")
    parser.add_argument("--at", type=parse_timestamp, metavar="TIME", help="the time that demo data is relative to")
    parser.add_argument("--lean", action="store_true", help="answer as the platform's smallest form does; needs --dev")
    parser.add_argument(
        "--livekit-url", metavar="URL", help="LiveKit as clients and this server reach it (ws:// or wss://)"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="ORIGIN", help="web origin that may write"
    )
    parser.add_argument("--tls-cert", metavar="FILE")
    parser.add_argument("--tls-key", metavar="FILE")
    parser.add_argument("--trusted-proxy", action="store_true", help="a proxy in front of the server speaks TLS")
    return parser


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


if __name__ == "__main__":
    sys.exit(main())

"""What can be said on the command line: every subcommand of `baylink-joinserver` with its help."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Final

import platformdirs

from desktop.backend.wire import parse_timestamp

KEY_VARIABLE: Final = "BAYLINK_LIVEKIT_API_KEY"
SECRET_VARIABLE: Final = "BAYLINK_LIVEKIT_API_SECRET"  # noqa: S105 - the name of the variable, not the secret
DATABASE_VARIABLE: Final = "BAYLINK_DATABASE_URL"
_DEFAULT: Final = "serve"
_EPILOG: Final = (
    f"Environment: {KEY_VARIABLE} and {SECRET_VARIABLE} (LiveKit's key pair), {DATABASE_VARIABLE} (a database URL with "
    "a password belongs here, not on the command line). Without a subcommand the server serves."
)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what was asked for; `command` names it. Ends the process with a message where it makes no sense."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in {"-h", "--help"}):
        arguments = [_DEFAULT, *arguments]
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "serve" and options.faults and options.workers > 1:
        parser.error("faults are switched in one process: leave out --faults, or --workers")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="baylink-joinserver", epilog=_EPILOG, description="Baylink's join server and the tools of its office."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    where = _where()
    _add_serve(commands.add_parser("serve", parents=[where], epilog=_EPILOG, help="serve sessions from this machine"))
    seed = commands.add_parser("seed", parents=[where], help="load the practice people and sessions, replacing them")
    seed.add_argument("--dev", action="store_true", required=True, help="yes, their passwords are known to everybody")
    seed.add_argument("--at", type=_time, metavar="TIME", help="the time that they are relative to (default: now)")

    mechanic = commands.add_parser("add-mechanic", parents=[where, _login()], help="add an approved mechanic")
    mechanic.add_argument("--workshop", metavar="NAME", help="the workshop that employs them")
    commands.add_parser("add-customer", parents=[where, _login()], help="add a customer's login")
    commands.add_parser("add-admin", parents=[where, _login()], help="add somebody who may read the status page")

    session = commands.add_parser("add-session", parents=[where], help="add a session that a mechanic can accept")
    session.add_argument("customer", metavar="EMAIL", help="a customer's address; an unknown one is a guest's")
    session.add_argument("--type", choices=("chat", "video", "diagnostic"), default="video", dest="kind")
    session.add_argument("--plan", metavar="SLUG")
    session.add_argument("--offer-to", metavar="EMAIL", dest="mechanic", help="one mechanic (default: all)")
    session.add_argument("--concern", metavar="TEXT")
    session.add_argument("--urgent", action="store_true")
    session.add_argument("--at", type=_time, metavar="TIME", dest="starts_at", help="booked for this time")
    session.add_argument("--waiver-signed", action="store_true", help="of a booked session")
    session.add_argument("--year", type=int)
    session.add_argument("--make")
    session.add_argument("--model")

    rename = commands.add_parser("rename", parents=[where], help="give somebody another name, in live rooms too")
    rename.add_argument("email", metavar="EMAIL")
    rename.add_argument("name", metavar="NAME")

    end = commands.add_parser("end", parents=[where], help="end an open session and close its room")
    end.add_argument("session", metavar="SESSION-ID")

    show = commands.add_parser("show", parents=[where], help="show sessions, mechanics or one session's story")
    show.add_argument("what", nargs="?", default="sessions", metavar="sessions|mechanics|SESSION-ID")
    show.add_argument("--all", action="store_true", dest="everything", help="ended sessions too")

    _add_faults(commands.add_parser("faults", help="switch the faults of a server that runs with --faults"))
    return parser


def _where() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_data_dir("baylink-joinserver")),
                        help="where the database, the signing secret and files are kept")  # fmt: skip
    parser.add_argument("--database", metavar="URL", help="SQLAlchemy URL instead of SQLite in the data folder")
    parser.add_argument(
        "--livekit-url", metavar="URL", help="LiveKit as clients and this server reach it (ws:// or wss://)"
    )
    return parser


def _login() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from a line (default: one is made and shown)"
    )
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8787, help="port to serve on; 0 takes a free one")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that serve; needs PostgreSQL")
    parser.add_argument("--dev", action="store_true", help="serve the development paths (on loopback only)")
    parser.add_argument("--demo-data", action="store_true", help="load the practice people and sessions; needs --dev")
    parser.add_argument("--at", type=_time, metavar="TIME", help="the time that demo data is relative to")
    parser.add_argument("--lean", action="store_true", help="answer as the platform's smallest form does; needs --dev")
    parser.add_argument("--faults", action="store_true", help="let faults be asked for, at /faults (on loopback only)")
    parser.add_argument("--faults-seed", type=int, default=0, metavar="N", help="repeats the same faults")
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="ORIGIN", help="web origin that may write"
    )
    parser.add_argument("--tls-cert", metavar="FILE", type=Path)
    parser.add_argument("--tls-key", metavar="FILE", type=Path)
    parser.add_argument("--trusted-proxy", action="store_true", help="a proxy in front of the server speaks TLS")


def _add_faults(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default="http://127.0.0.1:8787", help="the server (default: %(default)s)")
    parser.add_argument("--clear", action="store_true", help="take every fault back first")
    parser.add_argument("--expire-tokens", action="store_true", help="let every access token expire now")
    parser.add_argument(
        "settings", nargs="*", metavar="NAME=VALUE",
        help="route, latency_ms, latency_spread_ms, error_rate, error_status, lose_rate, livekit_away",
    )  # fmt: skip


def _time(text: str) -> datetime:
    try:
        return parse_timestamp(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no time such as 2026-11-23T13:00:00Z") from error

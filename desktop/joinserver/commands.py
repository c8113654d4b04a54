"""The subcommands that do one thing at the database, or at a running server, and end."""

import argparse
import asyncio
import json
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Final

from desktop.joinserver import demo_data, office
from desktop.joinserver.config import ServerConfig
from desktop.joinserver.house import House, Parts, open_house
from desktop.joinserver.office import Booking, Unwelcome
from desktop.joinserver.rooms import UnreachableRooms
from desktop.joinserver.unit import Unit

_SHORTEST_PASSWORD: Final = 10
_WIDEST: Final = 40
_FAULTS_WITHIN_S: Final = 10.0


def run(options: argparse.Namespace, config: ServerConfig) -> int:
    """Do what was asked for at the database; return the process's exit code."""
    return _told(lambda: asyncio.run(_at_the_database(options, config)))


def switch_faults(options: argparse.Namespace) -> int:
    """Switch the faults of a running server; return the process's exit code."""
    return _told(lambda: _faults(options))


def _told(work: Callable[[], list[str]]) -> int:
    try:
        lines = work()
    except (Unwelcome, demo_data.NotADemoDatabase) as refused:
        print(f"Not done: {refused}.", file=sys.stderr)  # noqa: T201 - for the person who asked
        return 1
    for line in lines:
        print(line)  # noqa: T201 - the answer
    return 0


async def _at_the_database(options: argparse.Namespace, config: ServerConfig) -> list[str]:
    # Without LiveKit's address here, the server that runs closes rooms: they stay marked as still to be closed.
    parts = Parts() if config.livekit_url else Parts(rooms=UnreachableRooms())
    async with open_house(config, parts) as house:
        if options.command == "seed":
            await demo_data.load(house, options.at)
            return demo_data.how_to_sign_in()
        if options.command in {"add-mechanic", "add-customer", "add-admin"}:
            return await _add_login(house, options)
        return await house.db.write(_work(options))


async def _add_login(house: House, options: argparse.Namespace) -> list[str]:
    made = None if options.password_stdin else secrets.token_urlsafe(12)
    password = made or sys.stdin.readline().rstrip("\r\n")
    if len(password) < _SHORTEST_PASSWORD:
        raise Unwelcome(f"a password has at least {_SHORTEST_PASSWORD} characters")
    hashed = await asyncio.to_thread(house.passwords.hash, password)

    def work(unit: Unit) -> str:
        if options.command == "add-mechanic":
            return office.add_mechanic(unit, options.email, options.name, hashed, options.workshop)
        role = "admin" if options.command == "add-admin" else "customer"
        return office.add_login(unit, options.email, options.name, hashed, role)

    added = await house.db.write(work)
    return [f"Added {added}", *([f"Password: {made}"] if made else [])]


def _work(options: argparse.Namespace) -> Callable[[Unit], list[str]]:
    return {"add-session": _add_session, "rename": _rename, "end": _end, "show": _show}[options.command](options)


def _add_session(options: argparse.Namespace) -> Callable[[Unit], list[str]]:
    asked = Booking(
        kind=options.kind, customer=options.customer, mechanic=options.mechanic, plan=options.plan,
        concern=options.concern, urgent=options.urgent, starts_at=options.starts_at,
        waiver_signed=options.waiver_signed, year=options.year, make=options.make, model=options.model,
    )  # fmt: skip

    def work(unit: Unit) -> list[str]:
        session_id, assignment_id = office.add_session(unit, asked)
        return [f"Session {session_id}", f"Request {assignment_id}"]

    return work


def _rename(options: argparse.Namespace) -> Callable[[Unit], list[str]]:
    def work(unit: Unit) -> list[str]:
        office.rename(unit, options.email, options.name)
        return ["Renamed"]

    return work


def _end(options: argparse.Namespace) -> Callable[[Unit], list[str]]:
    def work(unit: Unit) -> list[str]:
        status, had_ended = office.end(unit, options.session)
        return [f"The session had ended before: {status}" if had_ended else f"The session is {status}"]

    return work


def _show(options: argparse.Namespace) -> Callable[[Unit], list[str]]:
    def work(unit: Unit) -> list[str]:
        if options.what == "sessions":
            names = ("Session", "Status", "Type", "Plan", "Mechanic", "Customer", "Since")
            return columns([names, *office.sessions(unit, everything=options.everything)])
        if options.what == "mechanics":
            return columns([("E-mail", "Name", "Account", "Shift", "Workshop"), *office.mechanics(unit)])
        return columns(office.story(unit, options.what))

    return work


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines whose columns stand under each other."""
    widths = [min(_WIDEST, max(map(len, cells))) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(cell[:_WIDEST].ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _faults(options: argparse.Namespace) -> list[str]:
    """Switch the faults of a running server and return how they stand."""
    url = options.url.rstrip("/")
    if not url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise Unwelcome("faults are switched on the machine that serves")
    if options.clear:
        _call("DELETE", f"{url}/api/faults")
    if options.expire_tokens:
        _call("POST", f"{url}/api/faults/expire-tokens")
    if options.settings:
        return [_call("PATCH", f"{url}/api/faults", dict(_setting(text) for text in options.settings))]
    return [_call("GET", f"{url}/api/faults")]


def _setting(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Unwelcome(f"{text} is not of the form NAME=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _call(method: str, url: str, body: dict[str, object] | None = None) -> str:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(  # noqa: S310 - a loopback address, checked above
        url, data, {"Content-Type": "application/json"}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=_FAULTS_WITHIN_S) as answer:  # noqa: S310 - as above
            text: str = answer.read().decode()
            return text
    except urllib.error.HTTPError as error:
        raise Unwelcome(f"the server answered {error.code}: is it started with --faults?") from error
    except OSError as error:
        raise Unwelcome(f"no server answers at {url}") from error

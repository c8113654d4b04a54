"""`python -m benchmarks.joinserver_load`: joins a second, their times and cost, and the server's memory.

The join server is a real process in front of a real livekit-server, on SQLite and on PostgreSQL with one and with two
workers, everything on loopback. The clients share the machine's cores with it, so they are one cheap process of their
own (`join_clients`), and what every side spends on a join is in the rows. They are added to `build/bench.json` under
names that begin with `joinserver_`.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil

from benchmarks.figures import percentile
from benchmarks.report import Aim, Measure, Row, table, to_json
from desktop.core.people import SessionId, UserId
from desktop.joinserver import logins
from desktop.joinserver.clock import WallClock
from desktop.joinserver.storage import Database
from desktop.joinserver.tables import AuthUser, Profile, SessionRow
from desktop.joinserver.unit import Unit, new_id
from desktop.practice.livekit_server import LiveKitKeys, LiveKitServer
from tests.fixtures.joinserver import Kind
from tests.fixtures.postgres import PostgresMissingError, cluster
from tests.fixtures.real_server import real_server

_CROWDS: Final = (1, 16, 64)
_STEADY_RATE: Final = 100
_MEMORY_LINES: Final = 16
_AIM_P99_MS: Final = 50.0
_AIM_GROWTH_MB: Final = 30.0


@dataclass(frozen=True, slots=True)
class SetUp:
    """One way to run the join server."""

    name: str
    database: Kind
    workers: int = 1


_SET_UPS: Final = (
    SetUp("sqlite", "sqlite"),
    SetUp("postgres", "postgres"),
    SetUp("postgres_2_workers", "postgres", workers=2),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything is measured."""

    crowd_s: float = 10.0
    steady_s: float = 20.0
    joins: int = 100_000


@dataclass(slots=True)
class Figures:
    """What was measured of one set-up."""

    rows: list[Row] = field(default_factory=list)

    def add(self, name: str, unit: str, value: float, limit: float | None = None) -> None:
        """Keep one figure."""
        self.rows.append(Row(Measure(f"joinserver_{name}", unit, Aim(limit=limit)), value, None, 1))


class Clients:
    """The process of the clients."""

    def __init__(self, base: str, requests: Sequence[str]) -> None:
        """Start it and open one connection a request."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.join_clients"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask({"port": urlsplit(base).port, "requests": list(requests)})

    def crowd(self, lines: int, seconds: float) -> list[float]:
        """Let so many clients join again and again; return the times of all joins in seconds."""
        return self._ask({"do": "crowd", "lines": lines, "seconds": seconds})

    def steady(self, lines: int, rate: float, seconds: float) -> list[float]:
        """Join at a fixed rate, whatever the answers take; return the times in seconds."""
        return self._ask({"do": "steady", "lines": lines, "rate": rate, "seconds": seconds})

    def many(self, lines: int, count: int) -> None:
        """Join so many times."""
        self._ask({"do": "many", "lines": lines, "count": count})

    def close(self) -> None:
        """End it."""
        self.process.communicate()

    def _ask(self, order: dict[str, object]) -> list[float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(order), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the clients gave up: see what they say above")
        times: list[float] = json.loads(answer).get("times", [])
        return times


def main() -> int:
    """Measure; return the exit code: 0 when everything was measured and no join failed."""
    names = [each.name for each in _SET_UPS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joinserver_load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--joins", type=int, help="joins before memory is looked at again (default: 100 000)")
    parser.add_argument("--only", choices=names, action="append", help="this set-up only; may be given again")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    plan = (
        Plan(crowd_s=3, steady_s=5, joins=options.joins or 1_000)
        if options.quick
        else Plan(joins=options.joins or Plan().joins)
    )
    rows: list[Row] = []
    for set_up in (each for each in _SET_UPS if each.name in (options.only or names)):
        try:
            rows += asyncio.run(_measure(set_up, plan))
        except PostgresMissingError as error:
            print(f"{set_up.name}: {error}", file=sys.stderr)
    _keep(rows, options.output)
    print(f"\n{table(rows)}\n")
    return 0


async def _measure(set_up: SetUp, plan: Plan) -> list[Row]:
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="baylink-load-") as name:
        folder = Path(name)
        async with _livekit(folder) as livekit:
            keys = (livekit.keys.api_key, livekit.keys.api_secret)
            with _database(folder, set_up.database) as url:
                requests = await asyncio.to_thread(_fill, folder, url, max(_CROWDS))
                with real_server(
                    folder, url, count=set_up.workers, livekit_url=livekit.url, keys=keys, dev=False
                ) as server:
                    clients = await asyncio.to_thread(Clients, server.base, requests)
                    try:
                        await asyncio.to_thread(_load, figures, set_up, plan, server.process.pid, clients)
                    finally:
                        clients.close()
    return figures.rows


def _load(figures: Figures, set_up: SetUp, plan: Plan, process: int, clients: Clients) -> None:
    everyone = max(_CROWDS)
    clients.crowd(everyone, 1.0)  # warm up
    for size in _CROWDS:
        times = clients.crowd(size, plan.crowd_s)
        figures.add(f"{set_up.name}_{size}_clients_per_s", "1/s", len(times) / plan.crowd_s)
        figures.add(f"{set_up.name}_{size}_clients_p99_ms", "ms", percentile(times, 99) * 1_000)
    before = _spent_s(process, clients)
    times = clients.steady(everyone, _STEADY_RATE, plan.steady_s)
    after = _spent_s(process, clients)
    figures.add(f"{set_up.name}_at_{_STEADY_RATE}_per_s_p50_ms", "ms", percentile(times, 50) * 1_000)
    figures.add(f"{set_up.name}_at_{_STEADY_RATE}_per_s_p99_ms", "ms", percentile(times, 99) * 1_000, _AIM_P99_MS)
    for who, spent in after.items():
        figures.add(f"{set_up.name}_{who}_cpu_per_join_ms", "ms", (spent - before[who]) / len(times) * 1_000)
    held = _memory_mb(process)
    print(f"{set_up.name}: {held:.0f} MB before {plan.joins} joins", flush=True)
    clients.many(_MEMORY_LINES, plan.joins)
    figures.add(f"{set_up.name}_memory_mb", "MB", _memory_mb(process))
    figures.add(f"{set_up.name}_memory_growth_mb", "MB", _memory_mb(process) - held, _AIM_GROWTH_MB)
    print(f"{set_up.name}: done", flush=True)


def _spent_s(process: int, clients: Clients) -> dict[str, float]:
    """Return the seconds of processor time that every side has used so far, by side."""
    ours = psutil.Process().children(recursive=True)
    sides = {
        "server": [each for each in ours if _is_of(each, process)],
        "database": [each for each in ours if each.name() == "postgres"],
        "livekit": [each for each in ours if each.name().startswith("livekit")],
        "clients": [each for each in ours if each.pid == clients.process.pid],
    }
    return {
        who: sum(each.cpu_times().user + each.cpu_times().system for each in them)
        for who, them in sides.items()
        if them
    }


def _is_of(process: psutil.Process, parent: int) -> bool:
    return process.pid == parent or any(each.pid == parent for each in process.parents())


def _memory_mb(process: int) -> float:
    """Return what the server and its workers hold."""
    parent = psutil.Process(process)
    return float(sum(one.memory_info().rss for one in [parent, *parent.children(recursive=True)]) / 1e6)


@contextlib.asynccontextmanager
async def _livekit(folder: Path) -> AsyncIterator[LiveKitServer]:
    server = await LiveKitServer.start(folder, keys=LiveKitKeys.fresh())
    try:
        yield server
    finally:
        await server.stop()


@contextlib.contextmanager
def _database(folder: Path, kind: Kind) -> Iterator[str | None]:
    if kind == "sqlite":
        yield None
        return
    (folder / "postgres").mkdir()
    name = cluster().make()
    try:
        yield cluster().url(name)
    finally:
        cluster().drop(name)


def _fill(folder: Path, url: str | None, count: int) -> list[str]:
    """Make customers who wait for a mechanic, and sign them in; return the request that joins, for each."""
    db = Database(url or f"sqlite:///{folder / 'joinserver.sqlite3'}", WallClock(), lambda _: None)
    try:
        return [asyncio.run(db.write(_customer)) for _ in range(count)]
    finally:
        db.close()


def _customer(unit: Unit) -> str:
    user, session = UserId(new_id()), SessionId(new_id())
    unit.session.add(
        AuthUser(
            id=user, email=f"{user}@post.example", user_metadata={"demo": True},
            password_hash="-",  # noqa: S106 - nobody signs in with it
            email_confirmed_at=unit.now, created_at=unit.now,
        )
    )  # fmt: skip
    unit.session.flush()
    unit.session.add(Profile(id=user, full_name="Dana Whitlock", email=None, role="customer"))
    unit.session.add(
        SessionRow(
            id=session, type="video", status="pending", plan="standard", stripe_session_id=f"cs_{session}",
            customer_user_id=user, created_at=unit.now, updated_at=unit.now, last_state_change_at=unit.now,
            expires_at=unit.now + timedelta(days=1), meta={"demo": True},
        )
    )  # fmt: skip
    unit.session.flush()
    token = logins.open_login(unit, user).access
    body = json.dumps({"device_fingerprint": "bay3-6f0c9a52"})
    head = (
        f"POST /api/customer/sessions/{session}/join HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head + body


def _keep(rows: Sequence[Row], output: Path) -> None:
    """Put the rows into the file, in place of those of an earlier run; everything else in it stays."""
    known = json.loads(output.read_text(encoding="utf-8")) if output.exists() else []
    others = [row for row in known if not row["name"].startswith("joinserver_")]
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(others + json.loads(to_json(rows)), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

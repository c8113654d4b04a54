"""`python -m benchmarks.joinserver_load`: joins a second, their times and the server's memory, on both databases.

The join server is a real process in front of a real livekit-server, everything on loopback; so are the clients, which
share the machine's cores with it. The rows are added to `build/bench.json` under names that begin with `joinserver_`.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import sys
import tempfile
import time
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
_AIM_P99_MS: Final = 50.0
_AIM_GROWTH_MB: Final = 30.0
_DATABASES: Final[tuple[Kind, ...]] = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everything is measured."""

    crowd_s: float = 10.0
    steady_s: float = 20.0
    joins: int = 100_000


@dataclass(frozen=True, slots=True)
class Seat:
    """A customer with a session of their own, ready to join: the bytes of the request."""

    request: bytes


@dataclass(slots=True)
class Line:
    """One kept connection to the server, asking one thing at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def join(self, seat: Seat) -> float:
        """Join; return how many seconds it took. Raises RuntimeError for anything but 200 with a ready room."""
        began = time.perf_counter()
        self.writer.write(seat.request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(part.split(b":")[1]) for part in head.lower().split(b"\r\n") if part.startswith(b"content-length")
        )
        body = await self.reader.readexactly(length)
        spent = time.perf_counter() - began
        if not head.startswith(b"HTTP/1.1 200") or b'"roomReady":true' not in body:
            raise RuntimeError(f"a join failed: {head[:40]!r} {body[:200]!r}")
        return spent


@dataclass(slots=True)
class Figures:
    """What was measured on one database."""

    rows: list[Row] = field(default_factory=list)

    def add(self, name: str, unit: str, value: float, limit: float | None = None) -> None:
        """Keep one figure."""
        self.rows.append(Row(Measure(f"joinserver_{name}", unit, Aim(limit=limit)), value, None, 1))


def main() -> int:
    """Measure; return the exit code: 0 when everything was measured and no join failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.joinserver_load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--joins", type=int, help="joins before memory is looked at again (default: 100 000)")
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    plan = (
        Plan(crowd_s=3, steady_s=5, joins=options.joins or 1_000)
        if options.quick
        else Plan(joins=options.joins or Plan().joins)
    )
    rows: list[Row] = []
    for kind in _DATABASES:
        try:
            rows += asyncio.run(_measure(kind, plan))
        except PostgresMissingError as error:
            print(f"{kind}: {error}", file=sys.stderr)
    _keep(rows, options.output)
    print(f"\n{table(rows)}\n")
    return 0


async def _measure(kind: Kind, plan: Plan) -> list[Row]:
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="baylink-load-") as name:
        folder = Path(name)
        async with _livekit(folder) as livekit:
            keys = (livekit.keys.api_key, livekit.keys.api_secret)
            with _database(folder, kind) as url:
                seats = await asyncio.to_thread(_fill, folder, url, max(_CROWDS))
                with real_server(folder, url, livekit_url=livekit.url, keys=keys, dev=False) as server:
                    await _load(figures, kind, plan, server.base, server.process.pid, seats)
    return figures.rows


async def _load(figures: Figures, kind: str, plan: Plan, base: str, process: int, seats: Sequence[Seat]) -> None:
    async with _lines(base, max(_CROWDS)) as lines:
        await _crowd(lines, seats, 1.0)  # warm up
        for size in _CROWDS:
            times = await _crowd(lines[:size], seats, plan.crowd_s)
            figures.add(f"{kind}_{size}_clients_per_s", "1/s", len(times) / plan.crowd_s)
            figures.add(f"{kind}_{size}_clients_p99_ms", "ms", percentile(times, 99) * 1_000)
        times = await _steady(lines, seats, plan.steady_s)
        figures.add(f"{kind}_at_{_STEADY_RATE}_per_s_p99_ms", "ms", percentile(times, 99) * 1_000, _AIM_P99_MS)
        before = _memory_mb(process)
        await _many(lines[:16], seats, plan.joins)
        figures.add(f"{kind}_memory_mb", "MB", _memory_mb(process))
        figures.add(f"{kind}_memory_growth_mb", "MB", _memory_mb(process) - before, _AIM_GROWTH_MB)
    print(f"{kind}: done", flush=True)


async def _crowd(lines: Sequence[Line], seats: Sequence[Seat], seconds: float) -> list[float]:
    """Let every line join again and again; return the times of all joins."""
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def go_on(line: Line, seat: Seat) -> None:
        while time.perf_counter() < until:
            times.append(await line.join(seat))

    await asyncio.gather(*(go_on(line, seats[place]) for place, line in enumerate(lines)))
    return times


async def _steady(lines: Sequence[Line], seats: Sequence[Seat], seconds: float) -> list[float]:
    """Join at a fixed rate, whatever the answers take; a join that had to wait for a free line counts its wait."""
    free: asyncio.Queue[tuple[Line, Seat]] = asyncio.Queue()
    for pair in zip(lines, seats, strict=True):
        free.put_nowait(pair)
    times: list[float] = []

    async def one(due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        line, seat = await free.get()
        await line.join(seat)
        times.append(time.perf_counter() - due)
        free.put_nowait((line, seat))

    began = time.perf_counter()
    await asyncio.gather(*(one(began + number / _STEADY_RATE) for number in range(int(seconds * _STEADY_RATE))))
    return times


async def _many(lines: Sequence[Line], seats: Sequence[Seat], count: int) -> None:
    left = itertools.count()

    async def go_on(line: Line, seat: Seat) -> None:
        while next(left) < count:
            await line.join(seat)

    await asyncio.gather(*(go_on(line, seats[place]) for place, line in enumerate(lines)))


def _memory_mb(process: int) -> float:
    """Return what the server and its workers hold."""
    parent = psutil.Process(process)
    return float(sum(one.memory_info().rss for one in [parent, *parent.children(recursive=True)]) / 1e6)


@contextlib.asynccontextmanager
async def _lines(base: str, count: int) -> AsyncIterator[list[Line]]:
    port = urlsplit(base).port
    lines = [Line(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(count)]
    try:
        yield lines
    finally:
        for line in lines:
            line.writer.close()
            await line.writer.wait_closed()


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


def _fill(folder: Path, url: str | None, count: int) -> list[Seat]:
    """Make customers who wait for a mechanic, and sign them in."""
    db = Database(url or f"sqlite:///{folder / 'joinserver.sqlite3'}", WallClock(), lambda _: None)
    try:
        return [asyncio.run(db.write(_customer)) for _ in range(count)]
    finally:
        db.close()


def _customer(unit: Unit) -> Seat:
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
    return Seat((head + body).encode())


def _keep(rows: Sequence[Row], output: Path) -> None:
    """Put the rows into the file, in place of those of an earlier run; everything else in it stays."""
    known = json.loads(output.read_text(encoding="utf-8")) if output.exists() else []
    others = [row for row in known if not row["name"].startswith("joinserver_")]
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(others + json.loads(to_json(rows)), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

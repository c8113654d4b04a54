"""Several workers on one PostgreSQL act as one server: hints, limits, sign-outs, the sweep, and a worker's death."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select

from desktop.core.people import MechanicId
from desktop.joinserver.app import create_app
from desktop.joinserver.broker import Stream
from desktop.joinserver.config import Limits, ServerConfig
from desktop.joinserver.demo_data import DEMO_PASSWORD, demo_id
from desktop.joinserver.effects import EndStreams, Hint
from desktop.joinserver.errors import ApiError
from desktop.joinserver.house import House, Parts
from desktop.joinserver.limits import Call
from desktop.joinserver.tables import Profile, SessionRow
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import FAST_PASSWORDS, IKE, KEY, SECRET, FakeRooms, demo_database
from tests.fixtures.postgres import cluster

pytestmark = pytest.mark.server
_KEYS = {"BAYLINK_LIVEKIT_API_KEY": KEY, "BAYLINK_LIVEKIT_API_SECRET": SECRET}
_WITHIN_S = 20


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> None:
    """Start PostgreSQL before any test looks at what runs."""
    cluster()


async def _line(stream: Stream) -> str | None:
    async with asyncio.timeout(_WITHIN_S):
        return await stream.lines.get()


def _with_two_workers(folder: Path, story: Callable[[House, House], Awaitable[None]]) -> None:
    """Run two workers on one database, both in this process."""

    async def run(url: str | None) -> None:
        config = ServerConfig(
            folder / "js", database=url, dev=True, livekit_key=KEY, livekit_secret=SECRET,
            limits=Limits(public_by_address=1_000), password_cost=FAST_PASSWORDS, sweep_every_s=None,
        )  # fmt: skip
        apps = [create_app(config, Parts(rooms=FakeRooms(), close_after_s=0)) for _ in range(2)]
        async with apps[0].router.lifespan_context(apps[0]), apps[1].router.lifespan_context(apps[1]):
            await story(apps[0].state.house, apps[1].state.house)

    with demo_database(folder / "js", "postgres") as url:
        asyncio.run(run(url))


def test_a_hint_of_one_worker_reaches_the_streams_of_the_other(tmp_path: Path) -> None:
    ike = MechanicId(demo_id("mechanic", "M2"))

    async def story(first: House, second: House) -> None:
        stream = second.broker.open(ike, "a-login", None)
        await first.db.write(lambda unit: unit.effects.append(Hint(ike, "session", {"version": 7})))
        assert '"version":7' in str(await _line(stream))

        def fail(unit: Unit) -> None:
            unit.effects.append(Hint(ike, "session", {"version": 8}))
            raise ApiError("internal")

        with pytest.raises(ApiError):
            await first.db.write(fail)
        await first.db.write(lambda unit: unit.effects.append(EndStreams(login_id="a-login")))
        assert await _line(stream) is None, "a rolled back unit tells nothing, an ended login ends its streams"

    _with_two_workers(tmp_path, story)


def test_streams_read_everything_anew_after_the_database_was_away(tmp_path: Path) -> None:
    async def story(first: House, _second: House) -> None:
        stream = first.broker.open(MechanicId(demo_id("mechanic", "M2")), "a-login", None)
        cluster().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        )
        assert "resync" in str(await _line(stream))

    _with_two_workers(tmp_path, story)


def test_nobody_notices_that_the_database_broke_every_connection(tmp_path: Path) -> None:
    async def story(first: House, _second: House) -> None:
        def count(unit: Unit) -> int:
            return unit.session.scalars(select(func.count()).select_from(SessionRow)).one()

        def rename(unit: Unit) -> None:
            unit.session.scalars(
                select(Profile).where(Profile.full_name == "Dana Whitlock")
            ).one().full_name = "Dana W."

        sessions = await first.db.read(count)
        for ask in (
            lambda: first.db.read(count),
            lambda: first.db.write(rename),
            lambda: first.limiter.take(Call("join", "me", 4)),
        ):
            cluster().execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND query NOT LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
            )
            await ask()
        assert await first.db.read(count) == sessions

    _with_two_workers(tmp_path, story)


def test_a_limit_counts_the_calls_of_every_worker(tmp_path: Path) -> None:
    async def story(first: House, second: House) -> None:
        for house in (first, second, first, second):
            await house.limiter.take(Call("join", "me", 4))
        with pytest.raises(ApiError) as refused:
            await second.limiter.take(Call("join", "me", 4))
        assert refused.value.retry_after_s is not None
        assert 1 <= refused.value.retry_after_s <= 15
        await first.limiter.take(Call("join", "you", 4))

    _with_two_workers(tmp_path, story)


def test_a_call_that_is_refused_counts_as_much_as_one_that_is_not(tmp_path: Path) -> None:
    def refuse(_unit: Unit) -> None:
        raise ApiError("not_found")

    async def story(first: House, second: House) -> None:
        join = Call("join", "me", 4)
        for house in (first, second):
            with pytest.raises(ApiError, match="not_found"):
                await house.limiter.write(join, house.db, refuse)
            assert await house.limiter.write(join, house.db, lambda _unit: "in") == "in"
        for work in (refuse, lambda _unit: None):
            with pytest.raises(ApiError, match="rate_limited") as refused:
                await second.limiter.write(join, second.db, work)
            assert refused.value.retry_after_s is not None

    _with_two_workers(tmp_path, story)


def test_one_worker_sweeps_and_another_takes_over(tmp_path: Path) -> None:
    async def story(first: House, second: House) -> None:
        assert await first.db.may_sweep()
        assert not await second.db.may_sweep()
        assert await first.db.may_sweep()
        cluster().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        assert await second.db.may_sweep()
        assert not await first.db.may_sweep()

    _with_two_workers(tmp_path, story)


def test_a_worker_that_dies_is_replaced_and_nobody_notices_much(tmp_path: Path) -> None:
    with demo_database(tmp_path / "js", "postgres") as url:
        command = [
            sys.executable, "-m", "desktop.joinserver", "--port", "0", "--dev", "--workers", "2", "--data-dir",
            str(tmp_path / "js"),
        ]  # fmt: skip
        with subprocess.Popen(
            command, env={**os.environ, **_KEYS, "BAYLINK_DATABASE_URL": str(url)}, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            base = process.stdout.readline().split()[-1]
            try:
                worker = next(
                    child for child in psutil.Process(process.pid).children() if "spawn_main" in str(child.cmdline())
                )
                worker.kill()
                worker.wait(_WITHIN_S)
                body = {"email": IKE, "password": DEMO_PASSWORD}
                with httpx.Client(base_url=base, timeout=60, transport=httpx.HTTPTransport(retries=3)) as client:
                    token = client.post("/api/mechanic/login", json=body).json()["access_token"]
                    for _ in range(20):
                        headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
                        assert client.get("/api/mechanic/active-sessions", headers=headers).status_code == 200
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=30)
            assert process.returncode == 0

"""Servers and other children of a practice day start ready, stop for certain, and keep their secrets."""

import asyncio
import os
import signal
import socket
import stat
import sys
from pathlib import Path

import psutil
import pytest
from livekit import api

from desktop.practice.children import ChildFailedError, free_port, start_child, wait_for_port
from desktop.practice.livekit_server import (
    LiveKitKeys,
    LiveKitServer,
    LiveKitServerMissingError,
    find_livekit_server,
)

pytestmark = pytest.mark.server

STUBBORN = (
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)\n"
)


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def file_modes(folder: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.json")]


def test_a_child_that_ignores_the_polite_signal_is_ended_with_all_it_started(tmp_path: Path) -> None:
    async def story() -> tuple[int, int]:
        child = await start_child("stubborn", [sys.executable, "-c", STUBBORN], log=tmp_path / "log", talks=True)
        assert child.process.stdout is not None
        grandchild = int(await child.process.stdout.readline())
        return await child.stop(wait_s=0.2), grandchild

    code, grandchild = asyncio.run(story())
    assert code == -signal.SIGKILL
    psutil.wait_procs([psutil.Process(grandchild)] if psutil.pid_exists(grandchild) else [], timeout=5)
    assert not is_alive(grandchild)


def test_no_outgoing_connection_takes_the_port_of_a_server_that_is_about_to_start() -> None:
    ports = [free_port(kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM) * 50]
    with socket.socket() as outgoing:
        outgoing.bind(("127.0.0.1", 0))
        assert max(ports) < outgoing.getsockname()[1]
    assert len(set(ports)) == len(ports)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_die_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = (
        "import asyncio, pathlib, sys\n"
        "from desktop.practice.children import start_child\n"
        "async def story():\n"
        f"    child = await start_child('c', [sys.executable, '-c', 'import time; time.sleep(600)'],"
        f" log=pathlib.Path({str(tmp_path / 'log')!r}))\n"
        "    print(child.process.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(story())\n"
    )

    async def story() -> int:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        pid = int(await process.stdout.readline())
        process.kill()
        await process.wait()
        return pid

    pid = asyncio.run(story())
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=5)
    assert not is_alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the scheduler's classes are Linux's")
def test_a_practice_child_cannot_take_the_processor_from_the_app_by_real_time_priority(tmp_path: Path) -> None:
    take_it = "import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))"

    async def story() -> str:
        child = await start_child("greedy", [sys.executable, "-c", take_it], log=tmp_path / "log")
        await child.process.wait()
        return child.log_end()

    assert "PermissionError" in asyncio.run(story())


def test_a_child_that_ends_early_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        child = await start_child(
            "broken", [sys.executable, "-c", "raise SystemExit('no such plan')"], log=tmp_path / "log"
        )
        await wait_for_port(child, 1, timeout_s=10)

    with pytest.raises(ChildFailedError, match=r"(?s)broken ended with code 1.*no such plan"):
        asyncio.run(story())


def test_livekit_server_serves_on_loopback_and_stops(tmp_path: Path) -> None:
    async def story() -> tuple[LiveKitServer, list[str], int, list[str]]:
        server = await LiveKitServer.start(tmp_path)
        try:
            keys = server.keys
            async with api.LiveKitAPI(server.url.replace("ws", "http", 1), keys.api_key, keys.api_secret) as livekit:
                await livekit.room.create_room(api.CreateRoomRequest(name="bay"))
                rooms = [room.name for room in (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms]
            modes = file_modes(tmp_path)
            command = psutil.Process(server.child.process.pid).cmdline()
        finally:
            await server.stop()
        return server, rooms, modes[0], command

    server, rooms, mode, command = asyncio.run(story())
    assert rooms == ["bay"]
    assert mode == 0o600
    assert not any(server.keys.api_secret in part for part in command)
    assert server.keys.api_secret not in repr(server.keys)
    assert not is_alive(server.child.process.pid)
    assert not list(tmp_path.glob("*.json")), "the file with the secret goes with the server"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_each_run_has_keys_of_its_own() -> None:
    assert LiveKitKeys.fresh() != LiveKitKeys.fresh()
    assert len(LiveKitKeys.fresh().api_secret) >= 32


def test_a_taken_port_is_an_error_not_a_silent_restart(tmp_path: Path) -> None:
    async def story(port: int) -> None:
        server = await LiveKitServer.start(tmp_path, port=port)
        await server.stop()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ChildFailedError, match="livekit-server"):
            asyncio.run(story(taken.getsockname()[1]))


def test_a_named_server_that_is_not_there_is_said_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BAYLINK_LIVEKIT_SERVER", str(tmp_path / "nothing"))
    with pytest.raises(LiveKitServerMissingError, match="make demo"):
        find_livekit_server()
    assert os.environ["BAYLINK_LIVEKIT_SERVER"]

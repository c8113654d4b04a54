"""`python -m desktop.joinserver` as a process: what it prints, refuses, and how it stops."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from desktop.joinserver.__main__ import main
from desktop.joinserver.serving import listen

_PROGRAM = [sys.executable, "-m", "desktop.joinserver"]
_KEYS = {"BAYLINK_LIVEKIT_API_KEY": "devkey", "BAYLINK_LIVEKIT_API_SECRET": "a-secret-of-more-than-32-characters"}


@pytest.mark.server
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_where_it_serves_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    command = [*_PROGRAM, "--port", "0", "--dev", "--demo-data", "--data-dir", str(tmp_path / "js")]
    with subprocess.Popen(
        command, env={**os.environ, **_KEYS}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        found = re.fullmatch(r"Baylink join server: (http://127\.0\.0\.1:\d+)\n", first)
        assert found, first
        assert "marisol@shop.example" in second
        health = httpx.get(f"{found[1]}/api/health").json()
        assert (health["status"], health["checks"]["livekit"]["status"]) == ("degraded", "down")
        process.send_signal(number)
        rest, log = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in log
    assert '"text": "GET /api/health 200' in log


@pytest.mark.parametrize(
    "options",
    [["--demo-data"], ["--host", "0.0.0.0"], ["--lean"]],  # noqa: S104 - refused, which is the point
)
def test_it_says_why_it_does_not_start(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert main(["--port", "0", "--data-dir", str(tmp_path / "js"), *options]) == 2
    assert capsys.readouterr().err.startswith("The join server does not start: ")


def test_answers_are_sent_without_waiting_for_acknowledgements() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP, "asyncio sets TCP_NODELAY on what it accepts from such a socket"


@pytest.mark.server
def test_faults_of_a_running_server_are_switched_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*_PROGRAM, "serve", "--port", "0", "--faults", "--faults-seed", "7", "--data-dir", str(tmp_path / "js")]
    with subprocess.Popen(
        command, env={**os.environ, **_KEYS}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        base = process.stdout.readline().removeprefix("Baylink join server: ").strip()
        assert main(["faults", "--url", base, "route=GET /api/plans", "error_rate=1", "error_status=502"]) == 0
        assert '"seed":7' in capsys.readouterr().out
        assert httpx.get(f"{base}/api/plans", headers={"X-Request-Id": "process-test-1"}).status_code == 502
        assert main(["faults", "--url", base, "--clear"]) == 0
        assert httpx.get(f"{base}/api/plans").status_code == 200
        assert main(["faults", "--url", base, "error_rate=2"]) == 1
        assert httpx.post(f"{base}/api/dev/reset").status_code == 404, "faults bring no development paths"
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert any(line["request"] == "process-test-1" and "GET /api/plans 502" in line["text"] for line in lines)

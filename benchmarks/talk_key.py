"""`python -m benchmarks.talk_key`: from the press of the talk key until the customer's side hears the mechanic.

The real app, then a browser's page, on a virtual screen, muted in a call, with a microphone into which somebody speaks
all the time. A customer who only listens notes the first loud sample after every press of the same key. The row is
added to `build/bench.json`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
from livekit import rtc

from benchmarks.app_side import AppOpener, AppSide
from benchmarks.browser_peer import (
    DEVICES_ALLOWED,
    BrowserMissingError,
    BrowserOpener,
    BrowserPeer,
    find_chromium,
    prepare,
)
from benchmarks.figures import median
from benchmarks.keyboard import Key
from benchmarks.pointer import Pointer
from benchmarks.report import Measure, Row, add_rows, table
from benchmarks.screen import Screen, virtual_screen
from benchmarks.side import SignIn
from desktop.core.tones import Note
from desktop.media.sine import sine_samples
from desktop.practice.children import ChildFailedError
from desktop.practice.day import BRAKES, PracticeDay
from desktop.practice.livekit_server import LiveKitServerMissingError
from desktop.practice.owner_client import OwnerClient

_MEASURE = Measure("talk_key_ms", "ms")
_BUILD = Path("build")
_KEY = "t"
_SIZE = (1280, 720)
_SCREEN = (2560, 1440)
_RATE = 48_000
_LOUD = 0.02
_HELD_S = 3.0
_PAUSE_S = 2.0
_JOIN_S = 6.0
_SYLLABLES = 800
_SYLLABLE = (Note(180, 0.22, to_hertz=320), Note(420, 0.18, to_hertz=240), Note(0, 0.04))
"""A sound that moves as a voice does: a steady tone is noise to the noise suppression, and gone at once."""
_PCM = ("--raw", "--format=s16le", f"--rate={_RATE}", "--channels=1")


class Listener:
    """Somebody in the room who knows since when the mechanic is heard."""

    def __init__(self) -> None:
        """Make the room without joining it; on the running loop."""
        self.room = rtc.Room()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waits_since: float | None = None
        self._heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.room.on("track_subscribed", self._subscribed)

    def listen_for(self, since: float) -> "asyncio.Future[float]":
        """Return the moment of the first loud sample after `since`, both in monotonic seconds."""
        self._heard = asyncio.get_running_loop().create_future()
        self._waits_since = since
        return self._heard

    async def leave(self) -> None:
        """Leave the room."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    def _subscribed(self, track: rtc.Track, _publication: object, participant: rtc.RemoteParticipant) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO and participant.identity.startswith("mechanic-"):
            self._tasks.add(asyncio.create_task(self._hear(track)))

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=_RATE, num_channels=1)
        try:
            async for event in stream:
                now = time.monotonic()
                level = np.abs(np.frombuffer(event.frame.data, dtype=np.int16)).max() / 32_767
                if level > _LOUD and self._waits_since is not None and not self._heard.done():
                    self._heard.set_result(now)
        finally:
            await stream.aclose()


def main() -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.talk_key", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="presses on each side")
    parser.add_argument("--output", type=Path, default=_BUILD / "bench.json")
    options = parser.parse_args()
    try:
        ours, peer = asyncio.run(_measure(options.rounds))
    except (BrowserMissingError, LiveKitServerMissingError, ChildFailedError, RuntimeError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    if not ours or not peer:
        print("The mechanic was never heard.", file=sys.stderr)
        return 1
    row = Row(_MEASURE, median(ours), median(peer), min(len(ours), len(peer)))
    add_rows(options.output, [row])
    print(f"\n{table([row])}")
    for name, samples in (("app", ours), ("browser", peer)):
        print(f"{name}: from {min(samples):.0f} to {max(samples):.0f} ms")
    return 0


async def _measure(rounds: int) -> tuple[list[float], list[float]]:
    find_chromium()
    script = prepare(_BUILD)
    async with PracticeDay(_say) as day, virtual_screen(*_SCREEN, day.folder) as screen:
        sound = await day.add_sound()
        sign_in = SignIn(day.login.email, day.login.password, BRAKES.id)
        with _talking(dict(sound)), Pointer(screen.display) as pointer:
            apps = AppOpener(screen, day.folder, sound)
            browsers = BrowserOpener(screen, pointer, script, day.folder, flags=(DEVICES_ALLOWED,), environment=sound)
            async with apps.open(_SIZE, day.join_server.url, sign_in) as app:
                ours = await _side(app, day, screen, pointer, rounds)
            async with browsers.open(_SIZE, day.join_server.url, sign_in) as browser:
                peer = await _side(browser, day, screen, pointer, rounds)
    return ours, peer


async def _side(
    side: AppSide | BrowserPeer, day: PracticeDay, screen: Screen, pointer: Pointer, rounds: int
) -> list[float]:
    """Let one side join, muted, and press its key; return the milliseconds until it was heard."""
    async with _listener(day) as listener:
        await asyncio.to_thread(pointer.move, *side.join_button)
        await asyncio.to_thread(pointer.tap)
        await asyncio.sleep(_JOIN_S)
        if isinstance(side, AppSide):
            await side.ask({"do": "mute"}, "muted")
        else:
            await side.page.evaluate(f"talkWith({json.dumps(_KEY)})")
        await asyncio.sleep(_PAUSE_S)
        return await _hold(rounds, Key(screen.display, _KEY), listener)


async def _hold(rounds: int, key: Key, listener: Listener) -> list[float]:
    samples: list[float] = []
    for number in range(rounds):
        heard = listener.listen_for(time.monotonic())
        pressed = key.press()
        with contextlib.suppress(TimeoutError):
            samples.append((await asyncio.wait_for(heard, _HELD_S) - pressed) * 1000)
            _say(f"Press {number + 1}: heard after {samples[-1]:.0f} ms")
        key.release()
        await asyncio.sleep(_PAUSE_S)
    key.close()
    return samples


@contextlib.contextmanager
def _talking(environment: dict[str, str]) -> Iterator[None]:
    """Let somebody make a sound before the microphone all the time."""
    with tempfile.NamedTemporaryFile() as wave:
        wave.write(sine_samples(_SYLLABLE * _SYLLABLES, rate=_RATE, loudness=0.5))
        wave.flush()
        command = ["pacat", "--playback", "--device=voice", *_PCM, wave.name]
        with subprocess.Popen(command, env=os.environ | environment) as playing:
            try:
                yield
            finally:
                playing.kill()


@contextlib.asynccontextmanager
async def _listener(day: PracticeDay) -> AsyncIterator[Listener]:
    """Enter the session as its customer."""
    owner = OwnerClient(day.join_server.url)
    await owner.sign_in(BRAKES.email, day.login.password)
    answer = await owner.join(BRAKES.id, "benchmark")
    listener = Listener()
    await listener.room.connect(day.livekit.url, answer.token)
    try:
        yield listener
    finally:
        await listener.leave()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""A sound server whose microphones and speakers are plugged in and out, with a voice in and an ear at each of them."""

import asyncio
import contextlib
import math
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np

from desktop.practice.children import Child, start_child

RATE = 48000
CHUNK = RATE // 100
LOUD = 0.003
HELD_S = 0.5
"""A voice has pauses: it has fallen silent only after this time."""


class Sense:
    """Whether something is heard or seen now; every change goes to `told` with the time it began (monotonic)."""

    def __init__(self, name: str, told: Callable[[str, bool, float], None]) -> None:
        self.name, self._told = name, told
        self.is_on = False
        self._newest_s = -math.inf

    def felt(self, now: float) -> None:
        """Note a sign of life."""
        self._newest_s = now
        if not self.is_on:
            self.is_on = True
            self._told(self.name, True, now)

    def look(self, now: float) -> None:
        """Notice that there was none for a while."""
        if self.is_on and now - self._newest_s > HELD_S:
            self.is_on = False
            self._told(self.name, False, self._newest_s)


def rms(data: bytes) -> float:
    """Return the loudness of 16 bit samples, 0 to 1."""
    samples = np.frombuffer(data, dtype=np.int16).astype(np.float64)
    return float(np.sqrt(np.mean(samples**2))) / 32768 if len(samples) else 0.0


def voice(first_sample: int, count: int, *, pitch_hz: float = 140, pace_hz: float = 3, breath: float = 0) -> bytes:
    """Return some of an endless voice: a deep humming in syllables, which no noise filter takes for noise.

    `breath` is what is left of it between the syllables. Two people need two voices: of the same one, that which goes
    in is taken for the echo of what comes out.
    """
    at = np.arange(first_sample, first_sample + count) / RATE
    syllables = np.clip(np.sin(2 * np.pi * pace_hz * at), breath, 1)
    pitch = 2 * np.pi * (pitch_hz * at + 5 * np.sin(2 * np.pi * 0.7 * at))
    sound = sum(np.sin(pitch * harmonic) / harmonic for harmonic in range(1, 12))
    packed: bytes = (syllables * sound * 6000).astype(np.int16).tobytes()
    return packed


def noise(first_sample: int, count: int) -> bytes:
    """Return some of an endless even noise, as of a compressor."""
    samples = np.random.default_rng(first_sample).standard_normal(count)
    packed: bytes = (samples * 1500).astype(np.int16).tobytes()
    return packed


class HotplugBay:
    """The sound server; made with `start`. Names are what a system would call the devices."""

    def __init__(self, child: Child, folder: Path, socket: Path) -> None:
        self._child, self._folder = child, folder
        self.environment = {"PULSE_SERVER": f"unix:{socket}"}
        self.microphones: dict[str, str] = {}
        self.speakers: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._count = 0

    @classmethod
    async def start(cls, folder: Path) -> "HotplugBay":
        home = folder / "sound"
        home.mkdir(mode=0o700)
        return cls(await _serve(home), home, home / "native")

    async def restart(self) -> None:
        """Let the server crash, and start another one in its place; it has no devices."""
        for name in (*self.microphones, *self.speakers):
            await self._end(name)
        self.microphones.clear()
        self.speakers.clear()
        await self._child.stop(first=signal.SIGKILL)
        shutil.rmtree(self._folder)
        self._folder.mkdir(mode=0o700)
        self._child = await _serve(self._folder)

    async def plug_microphone(self, name: str, sound: Callable[[int, int], bytes] = voice) -> None:
        """Plug a microphone in; somebody talks into it all the time, or it hears another sound."""
        pipe = self._pipe()
        self.microphones[name] = await self._pactl(
            "load-module",
            "module-pipe-source",
            f"file={pipe}",
            f"source_name={name}",
            "format=s16le",
            f"rate={RATE}",
            "channels=1",
            f"source_properties=device.description={name}",
        )
        self._tasks[name] = asyncio.create_task(self._talk(pipe, sound), name=f"talk-{name}")

    async def plug_speaker(self, name: str, sense: Sense) -> None:
        """Plug a speaker in; `sense` hears what it plays."""
        pipe = self._pipe()
        self.speakers[name] = await self._pactl(
            "load-module",
            "module-pipe-sink",
            f"file={pipe}",
            f"sink_name={name}",
            "format=s16le",
            f"rate={RATE}",
            "channels=1",
            "use_system_clock_for_timing=yes",
            f"sink_properties=device.description={name}",
        )
        self._tasks[name] = asyncio.create_task(self._hear(pipe, sense), name=f"hear-{name}")

    async def unplug(self, name: str) -> None:
        """Pull a device out."""
        module = self.microphones.pop(name, None) or self.speakers.pop(name)
        await self._pactl("unload-module", module)
        await self._end(name)

    async def stop(self) -> None:
        for name in tuple(self._tasks):
            await self._end(name)
        await self._child.stop()

    def _pipe(self) -> Path:
        self._count += 1
        return self._folder / f"pipe-{self._count}"

    async def _end(self, name: str) -> None:
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _talk(self, pipe: Path, sound: Callable[[int, int], bytes]) -> None:
        loop = asyncio.get_running_loop()
        out = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        begun, sample = loop.time(), 0
        try:
            while True:
                with contextlib.suppress(BlockingIOError):
                    os.write(out, sound(sample, CHUNK))
                sample += CHUNK
                await asyncio.sleep(max(0.0, begun + sample / RATE - loop.time()))
        finally:
            os.close(out)

    async def _hear(self, pipe: Path, sense: Sense) -> None:
        loop = asyncio.get_running_loop()
        ear = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            while True:
                data = b""
                with contextlib.suppress(BlockingIOError):
                    data = os.read(ear, 1 << 16)
                if rms(data[: len(data) // 2 * 2]) > LOUD:
                    sense.felt(loop.time())
                sense.look(loop.time())
                await asyncio.sleep(0.02)
        finally:
            os.close(ear)

    async def _pactl(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "pactl", *arguments, stdout=asyncio.subprocess.PIPE, env={**os.environ, **self.environment}
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, f"pactl {arguments[0]} ended with {process.returncode}"
        return out.decode().strip()


async def _serve(home: Path) -> Child:
    """Start a sound server without devices, whose socket lies in `home`."""
    socket = home / "native"
    load = ("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1")
    child = await start_child(
        "pulseaudio",
        [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--log-level=error",
            *load,
        ],
        log=home.parent / "sound.log",
        environment={"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PULSE_RUNTIME_PATH": str(home)},
    )
    async with asyncio.timeout(20):
        while not socket.exists():  # noqa: ASYNC110 - a file that another process makes gives no event
            await asyncio.sleep(0.02)
    return child

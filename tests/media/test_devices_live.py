"""Which devices this PC has, told at once when something is plugged in or out, against a real sound server."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from desktop.practice.children import Child, start_child
from tests.rtc.hotplug_bay import HotplugBay, Sense

pytestmark = pytest.mark.server

WITHIN_S = 20.0


class Watched:
    """A process that tells what Qt finds."""

    def __init__(self, child: Child) -> None:
        self._child = child

    async def until(self, microphones: list[str], speakers: list[str], restarts: int = 0) -> None:
        """Return when exactly these are found, and so many restarts were noticed."""
        assert self._child.process.stdout is not None
        found: object = None
        try:
            async with asyncio.timeout(WITHIN_S):
                while line := await self._child.process.stdout.readline():
                    told = json.loads(line)
                    found = (told["microphones"]["names"], told["speakers"]["names"], told["sound_restarts"])
                    if told["server"] and found == (microphones, speakers, restarts):
                        return
        except TimeoutError:
            pass
        raise AssertionError(f"found {found}, not {(microphones, speakers, restarts)}; {self._child.log_end()}")


def play(folder: Path, story: Callable[[HotplugBay, Watched], Coroutine[object, object, None]]) -> None:
    if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
        pytest.skip("PulseAudio is not installed here")

    async def run() -> None:
        bay = await HotplugBay.start(folder)
        try:
            child = await start_child(
                "devices",
                [sys.executable, "-m", "tests.media.devices_story"],
                log=folder / "devices.log",
                environment={**bay.environment, "QT_QPA_PLATFORM": "offscreen"},
                talks=True,
            )
            try:
                await story(bay, Watched(child))
            finally:
                await child.stop()
        finally:
            await bay.stop()

    asyncio.run(run())


def _deaf() -> Sense:
    return Sense("nobody", lambda _name, _is_on, _at: None)


def test_a_sound_server_without_any_device_is_seen_as_what_it_is_and_so_is_everything_that_comes(
    tmp_path: Path,
) -> None:
    async def story(bay: HotplugBay, watched: Watched) -> None:
        await watched.until([], [])
        await bay.plug_speaker("BaySpeaker", _deaf())
        # The monitor of the speaker is a source, and no microphone.
        await watched.until([], ["BaySpeaker"])
        await bay.plug_microphone("HeadsetMicrophone")
        await watched.until(["HeadsetMicrophone"], ["BaySpeaker"])
        await bay.unplug("BaySpeaker")
        await watched.until(["HeadsetMicrophone"], [])
        await bay.unplug("HeadsetMicrophone")
        await watched.until([], [])

    play(tmp_path, story)


def test_a_sound_server_that_was_restarted_is_noticed_although_it_has_the_same_devices(tmp_path: Path) -> None:
    async def story(bay: HotplugBay, watched: Watched) -> None:
        await bay.plug_speaker("BaySpeaker", _deaf())
        await watched.until([], ["BaySpeaker"])
        await bay.restart()
        await bay.plug_speaker("BaySpeaker", _deaf())
        await watched.until([], ["BaySpeaker"], restarts=1)

    play(tmp_path, story)

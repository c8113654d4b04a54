"""Devices pulled out and plugged in again in a real call, many times: what was heard and seen, and how soon.

`python -m tests.rtc.hotplug_story CYCLES FOLDER` prints one JSON object. It is a process of its own because the SDK
finds one sound server in its life.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.core.call import OwnDevice
from desktop.core.devices import DeviceKind, Found, FoundDevices
from desktop.core.preferences import Preferences
from desktop.flows.choices import Choices
from desktop.flows.devices import DevicesFlow, DevicesListeners
from desktop.practice.children import Child, start_child
from desktop.practice.livekit_server import LiveKitServer
from tests.rtc.hotplug_bay import HELD_S, HotplugBay, Sense, noise
from tests.rtc.live import Client, House, PlainCamera

WITHIN_S = 20.0
QUIET_DB, NOISY_DB = -30.0, -26.0
BUILT_IN_MIC, HEADSET_MIC = "BayMicrophone", "HeadsetMicrophone"
BUILT_IN_SPEAKER, HEADSET_SPEAKER = "BaySpeaker", "HeadsetSpeaker"


class _Place:
    def load(self) -> Preferences:
        return Preferences(microphone=HEADSET_MIC)

    def save(self, preferences: Preferences) -> bool:
        return True


class Story:
    """One call between the app's client here and the far side in its own process."""

    def __init__(self, bay: HotplugBay, house: House) -> None:
        self.bay, self.house = bay, house
        self.news = asyncio.Event()
        self.on: dict[str, bool] = {}
        self.at: dict[str, float] = {}
        self.gaps: dict[str, list[float]] = {}
        self.levels: list[float | None] = []
        self.plugged: PlainCamera | None = PlainCamera()
        listeners = DevicesListeners(lambda _state: None, lambda _changes: self.client.room.devices_changed())
        self.flow = DevicesFlow(self, Choices(_Place()), listeners)
        self.ears = {name: Sense(name, self.felt) for name in (BUILT_IN_SPEAKER, HEADSET_SPEAKER)}

    def sit_down(self) -> None:
        """Make the client of the app, with what is plugged in now."""
        self.client = Client(media=True, camera=lambda: self.plugged, sound=self.flow.sound)
        self.flow.look()

    # ---- the PC's devices -------------------------------------------------------------------------------------------

    def found(self) -> FoundDevices:
        microphones, speakers = tuple(self.bay.microphones), tuple(self.bay.speakers)
        return FoundDevices(
            Found(microphones, microphones[0] if microphones else ""),
            Found(speakers, speakers[0] if speakers else ""),
        )

    def use_camera(self, name: str) -> None:
        return

    # ---- what is heard and seen -------------------------------------------------------------------------------------

    def felt(self, name: str, is_on: bool, at: float) -> None:
        self.on[name], self.at[name] = is_on, at
        self.news.set()

    async def follow(self, far: Child) -> None:
        assert far.process.stdout is not None
        while line := await far.process.stdout.readline():
            told = json.loads(line)
            self.felt(told["sense"], told["on"], told["at"])

    async def until(self, name: str, is_on: bool) -> float:
        """Return when something began (or ended)."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while self.on.get(name, False) is not is_on:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"{name} did not become {is_on}: {self.on}, {self.client.room.own_devices}") from None
        return self.at.get(name, 0.0)

    async def device(self, kind: str, state: OwnDevice) -> None:
        await self.client.until(lambda: getattr(self.client.room.own_devices, kind) is state, WITHIN_S)

    # ---- the cycles -------------------------------------------------------------------------------------------------

    async def microphone_cycle(self) -> None:
        """Pull the only microphone and plug it in again; the other side hears nothing meanwhile, not even itself."""
        await self.until("sound", is_on=True)
        await self.bay.unplug(HEADSET_MIC)
        self.flow.look()
        assert self.client.room.own_devices.microphone is OwnDevice.MISSING
        await self.until("sound", is_on=False)
        await self._replug(HEADSET_MIC, "microphone")

    async def muted_cycle(self) -> None:
        """Do so with a muted microphone: it is still muted; then it is heard."""
        self.client.room.set_muted(True)
        await self.until("sound", is_on=False)
        await self.bay.unplug(HEADSET_MIC)
        self.flow.look()
        await self.bay.plug_microphone(HEADSET_MIC)
        self.flow.look()
        await self.device("microphone", OwnDevice.OFF)
        # What was said before may come late on a busy machine; a microphone that is open would go on and on.
        await self.until("sound", is_on=False)
        await asyncio.sleep(HELD_S)
        assert not self.on["sound"]
        begun = asyncio.get_running_loop().time()
        self.client.room.set_muted(False)
        self._note("unmuted", await self.until("sound", is_on=True) - begun)

    async def fallback_cycle(self) -> None:
        """Pull the headset while the bay's own microphone is there: the talk goes on, and goes back with it."""
        await self.bay.plug_microphone(BUILT_IN_MIC)
        self.flow.look()
        await self.bay.unplug(HEADSET_MIC)
        self.flow.look()
        assert self.flow.state.microphone.used == BUILT_IN_MIC
        await self.device("microphone", OwnDevice.ON)
        await self.until("sound", is_on=True)
        await self.bay.plug_microphone(HEADSET_MIC)
        self.flow.look()
        await asyncio.sleep(0.5)
        await self.bay.unplug(BUILT_IN_MIC)
        self.flow.look()
        await asyncio.sleep(0.6)
        await self.until("sound", is_on=True)

    async def speaker_cycle(self) -> None:
        """Pull the last output, and all sound with it; both directions are back when it returns."""
        await self.until(BUILT_IN_SPEAKER, is_on=True)
        await self.bay.unplug(BUILT_IN_SPEAKER)
        self.felt(BUILT_IN_SPEAKER, False, asyncio.get_running_loop().time())
        self.ears[BUILT_IN_SPEAKER] = Sense(BUILT_IN_SPEAKER, self.felt)
        self.flow.look()
        await self.device("speaker", OwnDevice.MISSING)
        await self.until("sound", is_on=False)
        begun = asyncio.get_running_loop().time()
        await self.bay.plug_speaker(BUILT_IN_SPEAKER, self.ears[BUILT_IN_SPEAKER])
        self.flow.look()
        self._note("speaker", await self.until(BUILT_IN_SPEAKER, is_on=True) - begun)
        self._note("microphone_after_speaker", await self.until("sound", is_on=True) - begun)

    async def switch_cycle(self) -> None:
        """Choose a second speaker and leave it again: the voice moves with it, and the microphone is left alone."""
        await self.until(BUILT_IN_SPEAKER, is_on=True)
        await self.until("sound", is_on=True)
        muted_before = self.at.get("muted")
        await self.bay.plug_speaker(HEADSET_SPEAKER, self.ears[HEADSET_SPEAKER])
        self.flow.look()
        self.flow.choose(DeviceKind.SPEAKER, HEADSET_SPEAKER)
        begun = await self.until(HEADSET_SPEAKER, is_on=True)
        self._note("speaker_silence", begun - await self.until(BUILT_IN_SPEAKER, is_on=False))
        self.flow.choose(DeviceKind.SPEAKER, "")
        begun = await self.until(BUILT_IN_SPEAKER, is_on=True)
        self._note("speaker_silence", begun - await self.until(HEADSET_SPEAKER, is_on=False))
        await self.bay.unplug(HEADSET_SPEAKER)
        self.flow.look()
        await asyncio.sleep(1.0)
        assert self.at.get("muted") == muted_before

    async def camera_cycle(self) -> None:
        """Pull the camera out and plug another one in."""
        await self.until("picture", is_on=True)
        assert self.plugged is not None
        self.plugged.is_pulled = True
        self.plugged = None
        self.client.room.devices_changed()
        await self.until("picture", is_on=False)
        await self.device("camera", OwnDevice.MISSING)
        begun = asyncio.get_running_loop().time()
        self.plugged = PlainCamera()
        self.client.room.devices_changed()
        self._note("camera", await self.until("picture", is_on=True) - begun)

    async def treatment_cycle(self) -> None:
        """Switch the treatment of noise off and on while a compressor runs: the own meter shows it."""
        await self.until("sound", is_on=True)
        await self.bay.unplug(HEADSET_MIC)
        await self.bay.plug_microphone(HEADSET_MIC, noise)
        self.flow.look()
        await self._level_of(lambda decibels: decibels < QUIET_DB)
        self.flow.set_switches(echo=False, noise=False, gain=True)
        await self._level_of(lambda decibels: decibels > NOISY_DB)
        self.client.room.set_muted(True)
        self.client.room.set_muted(False)
        await self._level_of(lambda decibels: decibels > NOISY_DB)
        self.flow.set_switches(echo=True, noise=True, gain=True)
        await self._level_of(lambda decibels: decibels < QUIET_DB)
        await self.bay.unplug(HEADSET_MIC)
        await self.bay.plug_microphone(HEADSET_MIC)
        self.flow.look()

    async def _level_of(self, is_wished: Callable[[float], bool]) -> None:
        """Return when the own meter has shown what is wished for half a second."""
        seen = 0
        async with asyncio.timeout(WITHIN_S):
            while seen < 5:
                level = await self.client.room.own_level()
                self.levels.append(level)
                seen = seen + 1 if level is not None and is_wished(level) else 0
                await asyncio.sleep(0.1)

    async def _replug(self, name: str, what: str) -> None:
        begun = asyncio.get_running_loop().time()
        await self.bay.plug_microphone(name)
        self.flow.look()
        self._note(what, await self.until("sound", is_on=True) - begun)

    def _note(self, what: str, seconds: float) -> None:
        self.gaps.setdefault(what, []).append(round(seconds, 3))


async def play(cycles: int, folder: Path) -> dict[str, list[float]]:
    """Play the story and return how long everything took to be back, in seconds."""
    bay = await HotplugBay.start(folder)
    os.environ.update(bay.environment)
    livekit = await LiveKitServer.start(folder)
    async with House(livekit) as house:
        story = Story(bay, house)
        await bay.plug_speaker(BUILT_IN_SPEAKER, story.ears[BUILT_IN_SPEAKER])
        await bay.plug_microphone(HEADSET_MIC)
        story.sit_down()
        environment = {"FAR_SIDE_TOKEN": house.token(house.customer), "PULSE_SERVER": f"unix:{folder}/none"}
        arguments = [sys.executable, "-m", "tests.rtc.far_side", livekit.url]
        far = await start_child("far side", arguments, log=folder / "far.log", environment=environment, talks=True)
        following = asyncio.create_task(story.follow(far))
        try:
            await story.client.room.connect(livekit.url, house.token(house.mechanic))
            # The noise filter learns anew for two seconds once it was switched: no microphone is pulled right then.
            kinds = (
                story.microphone_cycle,
                story.speaker_cycle,
                story.muted_cycle,
                story.fallback_cycle,
                story.treatment_cycle,
                story.switch_cycle,
                story.camera_cycle,
            )
            for cycle in range(cycles):
                sys.stderr.write(f"{cycle} {kinds[cycle % len(kinds)].__name__}\n")
                await kinds[cycle % len(kinds)]()
        finally:
            await story.client.room.leave()
            await far.stop()
            await asyncio.gather(following, return_exceptions=True)
    await livekit.stop()
    await bay.stop()
    return story.gaps


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(play(int(sys.argv[1]), Path(sys.argv[2])))) + "\n")
    sys.stdout.flush()
    os._exit(0)

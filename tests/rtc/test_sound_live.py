"""Sound of a call against a real livekit-server and a real sound server with a silent speaker and microphone."""

import asyncio
from collections.abc import Iterator

import pytest
from livekit import rtc

from desktop.core.call import OwnDevice, TrackState
from desktop.practice.virtual_sound import VirtualSound
from desktop.rtc.events import OwnDevices, TrackChanged, TrackSource
from desktop.rtc.sound_devices import SoundDevices
from tests.rtc.live import House, Server

pytestmark = pytest.mark.server

SPEAKER, MICROPHONE = ("Practice-speaker",), ("Practice-microphone",)


@pytest.fixture(scope="module")
def sound_server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One sound server for the file: the SDK never finds a second one in the life of its process."""
    if not VirtualSound.is_available():
        pytest.skip("PulseAudio is not installed here")
    sound = server.runner.run(VirtualSound.start(tmp_path_factory.mktemp("sound")))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in sound.environment.items():
            patch.setenv(name, value)
        yield
    server.runner.run(sound.stop())


def _microphone(house: House, state: TrackState) -> TrackChanged:
    return TrackChanged(house.mechanic, TrackSource.MICROPHONE, state)


@pytest.mark.usefixtures("sound_server")
def test_the_microphone_is_heard_muted_and_heard_again(server: Server) -> None:
    async def story(house: House) -> None:
        listener = house.client()
        await listener.room.connect(house.livekit.url, house.token(house.customer))
        client = house.client(sound=lambda: SoundDevices(SPEAKER, MICROPHONE))
        assert client.room.own_devices == OwnDevices(OwnDevice.STARTING, OwnDevice.MISSING, OwnDevice.STARTING)
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await client.until(lambda: client.room.own_devices.microphone is OwnDevice.ON)
        assert client.room.own_devices.speaker is OwnDevice.ON
        await listener.until_told(_microphone(house, TrackState.FLOWING))
        client.room.set_muted(True)
        assert client.room.own_devices.microphone is OwnDevice.OFF
        await listener.until_told(_microphone(house, TrackState.MUTED))
        client.room.set_muted(False)
        await listener.until(lambda: listener.events.count(_microphone(house, TrackState.FLOWING)) == 2)

    server.play(story)


@pytest.mark.usefixtures("sound_server")
def test_a_call_that_begins_muted_is_muted_from_its_first_moment(server: Server) -> None:
    async def story(house: House) -> None:
        listener = house.client()
        await listener.room.connect(house.livekit.url, house.token(house.customer))
        client = house.client(sound=lambda: SoundDevices(SPEAKER, MICROPHONE))
        client.room.set_muted(True)
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await client.until(lambda: client.room.own_devices.microphone is OwnDevice.OFF)
        await listener.until_told(_microphone(house, TrackState.MUTED))

    server.play(story)


@pytest.mark.usefixtures("sound_server")
def test_a_speaker_without_a_microphone_plays_and_sends_nothing(server: Server) -> None:
    async def story(house: House) -> None:
        client = house.client(sound=lambda: SoundDevices(SPEAKER, ()))
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await client.until(lambda: client.room.own_devices.speaker is OwnDevice.ON)
        await asyncio.sleep(2.5)
        assert client.room.own_devices.microphone is OwnDevice.MISSING
        assert not client.room._room.local_participant.track_publications

    server.play(story)


@pytest.mark.usefixtures("sound_server")
def test_a_microphone_plugged_in_during_the_call_is_used(server: Server) -> None:
    async def story(house: House) -> None:
        found = [SoundDevices(SPEAKER, ())]
        client = house.client(sound=lambda: found[-1])
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await asyncio.sleep(2.5)
        assert client.room.own_devices.microphone is OwnDevice.MISSING
        found.append(SoundDevices(SPEAKER, MICROPHONE))
        client.room.devices_changed()
        await client.until(lambda: client.room.own_devices.microphone is OwnDevice.ON)
        found.append(SoundDevices())
        client.room.devices_changed()
        await client.until(lambda: client.room.own_devices == OwnDevices())

    server.play(story)


def test_without_any_output_the_sdk_is_not_even_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> None:
        raise AssertionError("with a sound server that has no output this ends the process")

    monkeypatch.setattr(rtc, "PlatformAudio", forbidden)

    async def story(house: House) -> None:
        client = house.client(sound=lambda: SoundDevices((), MICROPHONE))
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        client.room.devices_changed()
        await asyncio.sleep(2.5)
        assert client.room.own_devices == OwnDevices()

    server.play(story)


def test_a_sound_server_that_went_away_costs_the_sound_and_not_the_call(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise rtc.PlatformAudioError("Failed to initialize PlatformAudio")

    monkeypatch.setattr(rtc, "PlatformAudio", refuse)

    async def story(house: House) -> None:
        client = house.client(sound=lambda: SoundDevices(SPEAKER, MICROPHONE))
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        peer = await house.peer()
        await peer.publish()
        await client.picture_of(house.customer)
        await client.until(lambda: client.room.own_devices == OwnDevices())

    server.play(story)

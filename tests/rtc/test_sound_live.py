"""Sound of a call against a real livekit-server and a real sound server with a silent speaker and microphone."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from livekit import rtc

from desktop.core.call import OwnDevice, TrackState
from desktop.core.hearing import SILENCE_DB
from desktop.practice.virtual_sound import VirtualSound
from desktop.rtc.events import OwnDevices, TrackChanged, TrackSource
from desktop.rtc.sound_devices import SoundDevices, SoundProcessing
from tests.media.sound import speech
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


_AS_IT_IS = SoundProcessing(echo_cancellation=False, noise_suppression=False, auto_gain=False)
_HEARD_DB = -45.0


def _treated(processing: SoundProcessing) -> SoundDevices:
    return SoundDevices(SPEAKER, MICROPHONE, processing=processing)


@pytest.mark.usefixtures("sound_server")
def test_the_level_moves_with_speech_and_is_silence_while_muted(server: Server) -> None:
    async def story(house: House) -> None:
        client = house.client(sound=lambda: _treated(_AS_IT_IS))
        assert await client.room.own_level() is None, "nothing is published yet"
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await client.until(lambda: client.room.own_devices.microphone is OwnDevice.ON)

        async def until_heard() -> None:
            async with asyncio.timeout(15):
                while (await client.room.own_level() or SILENCE_DB) < _HEARD_DB:  # noqa: ASYNC110 - the SDK tells nothing by itself
                    await asyncio.sleep(0.05)

        with speech(loudness=0.5):
            await until_heard()
            client.room.set_muted(True)
            assert await client.room.own_level() == SILENCE_DB
            client.room.set_muted(False)
            await until_heard()
        await client.room.leave()
        assert await client.room.own_level() is None

    server.play(story)


@pytest.mark.usefixtures("sound_server")
def test_what_reducing_noise_and_evening_out_loudness_do_is_seen_at_the_meter(server: Server) -> None:
    """A steady hum counts as noise: it falls by far with the one switch, and is lifted by the other."""
    treated = [_AS_IT_IS]

    async def story(house: House) -> None:
        client = house.client(sound=lambda: _treated(treated[-1]))
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await client.until(lambda: client.room.own_devices.microphone is OwnDevice.ON)

        async def until_level(low_db: float, high_db: float) -> None:
            async with asyncio.timeout(15):
                while not low_db < (await client.room.own_level() or SILENCE_DB) < high_db:  # noqa: ASYNC110 - the SDK tells nothing by itself
                    await asyncio.sleep(0.05)

        with speech(loudness=0.1, seconds=60):
            await until_level(-33, -26)
            for processing, low_db, high_db in (
                (replace(_AS_IT_IS, noise_suppression=True), -80, -40),
                (_AS_IT_IS, -33, -26),
                (replace(_AS_IT_IS, auto_gain=True), -25, -10),
            ):
                treated.append(processing)
                client.room.devices_changed()
                await until_level(low_db, high_db)

    server.play(story)

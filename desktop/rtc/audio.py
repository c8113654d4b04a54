"""Sound of a call: everybody's voice to the speaker and the microphone into the room, where this PC has them."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from livekit import rtc
from livekit.rtc.participant import PublishTrackError
from livekit.rtc.platform_audio import PlatformAudioSource

from desktop.core.call import OwnDevice
from desktop.rtc.own_level import level_of
from desktop.rtc.sound_devices import SoundDevices, SoundProcessing
from desktop.rtc.sound_routes import Route, is_dead, microphone_route, speaker_route, system_route
from desktop.rtc.sound_treatment import SoundTreatment

_log = logging.getLogger(__name__)

_LAST_SOUND_S = 0.3
_FREE_EVERY_S = 0.05
_FREE_TRIES = 40
_REST_S = 0.5
_NO_ROUTE = Route("gone", "")
"""The SDK still counts on a device that is not there: it has to be given another one before it plays anew."""


@dataclass(slots=True)
class _SharedDevice:
    """What the SDK's one audio device is set to: it is shared by all rooms of the process while any of them has it."""

    users: int = 0
    input: Route | None = None
    output: Route | None = None

    def opened(self) -> None:
        """Count a user; the first one finds the device set to what the system prefers."""
        self.users += 1
        if self.users == 1:
            self.input, self.output = None, None

    def lose(self, inputs: AbstractSet[str], outputs: AbstractSet[str]) -> None:
        """Forget devices that are gone: the sound server has moved to others what they did.

        One that is back a moment later has to be chosen again.
        """
        if inputs:
            self.input = None
        if self.output is not None and self.output.name in outputs:
            self.output = _NO_ROUTE

    def closed(self) -> None:
        """Forget a user."""
        self.users -= 1


_device = _SharedDevice()


class Sound:
    """The SDK's platform audio for one call.

    It is opened only where an output exists: asking the SDK with a sound server that has none ends the process; so it
    is asked as seldom as can be, and never while something is being pulled out. While it is open all voices are played.
    `tell` is called after every change of `microphone` or `speaker`; `voices` gives everybody's published sound, which
    has to be let go of for a moment while the speaker changes.
    """

    def __init__(
        self,
        look: Callable[[], SoundDevices],
        tell: Callable[[], None],
        voices: Callable[[], Iterable[rtc.RemoteTrackPublication]] = tuple,
    ) -> None:
        """Make it without opening anything; `look` says without risk which devices there are."""
        self._look = look
        self._tell = tell
        self._voices = voices
        self._audio: rtc.PlatformAudio | None = None
        self._source: PlatformAudioSource | None = None
        self._track: rtc.LocalAudioTrack | None = None
        self._participant: rtc.LocalParticipant | None = None
        self._treatment = SoundTreatment()
        self._adjusting = asyncio.Lock()
        self._may_publish = True
        self.is_muted = False
        self._seen = devices = look()
        self._has_lost_input = False
        self.has_lost_server = False
        self.speaker = OwnDevice.STARTING if devices.outputs else OwnDevice.MISSING
        self.microphone = OwnDevice.STARTING if devices.outputs and devices.inputs else OwnDevice.MISSING

    async def open(self) -> None:
        """Begin to play voices, if there is an output."""
        async with self._adjusting:
            await self._open(self._look())

    async def publish(self, participant: rtc.LocalParticipant) -> None:
        """Send the microphone's sound into the room, if there is a microphone and the right to."""
        async with self._adjusting:
            self._participant = participant
            await self._use_microphone(self._look())

    def microphones_lost(self) -> None:
        """Close the microphone at once if none is left: the sound server goes on with the monitor of an output."""
        if not self._look().inputs:
            self._silence()

    async def devices_lost(self) -> bool:
        """Say whether something is gone; with the last output let go of the SDK's audio, which would not play again.

        The SDK is not asked what there is.
        """
        async with self._adjusting:
            devices = self._look()
            if not devices.outputs:
                self._lose_audio()
            inputs = {*self._seen.inputs} - {*devices.inputs}
            outputs = {*self._seen.outputs} - {*devices.outputs}
            _device.lose(inputs, outputs)
            self._has_lost_input = self._has_lost_input or bool(inputs)
            return bool(inputs or outputs)

    async def devices_changed(self) -> None:
        """Use the devices that are plugged in and chosen now."""
        async with self._adjusting:
            devices = self._look()
            await self._open(devices)
            await self._use_microphone(devices)
            self._seen, self._has_lost_input = devices, False

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute; muting closes the microphone, so the system's recording sign goes off too."""
        self.is_muted = muted
        if self._track is None or self.microphone not in {OwnDevice.ON, OwnDevice.OFF}:
            return
        if muted:
            self._track.mute()
        else:
            self._open_microphone(self._track)
        self._set(microphone=self._wished())

    def permission_changed(self, may_publish: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Take the right to publish away or give it back."""
        was_allowed, self._may_publish = self._may_publish, may_publish
        if was_allowed and not may_publish and self.microphone is not OwnDevice.MISSING:
            self._drop_track()
            self._set(microphone=OwnDevice.REFUSED)

    async def level(self) -> float | None:
        """Return how loud the microphone is in decibels; None while nothing is published."""
        return await level_of(self._track)

    async def close(self) -> None:
        """Release everything; to be called after the room was disconnected."""
        async with self._adjusting:
            self._drop_track()
            if self._audio is not None:
                await asyncio.sleep(_LAST_SOUND_S)
                self._close_audio()

    # ---- the speaker ------------------------------------------------------------------------------------------------

    async def _open(self, devices: SoundDevices) -> None:
        """Open the SDK's audio and its speaker, or close it with the last output: it would not play again."""
        if self.has_lost_server or not devices.outputs:
            self._lose_audio()
            return
        is_new = self._audio is None
        if self._audio is None:
            try:
                self._audio = rtc.PlatformAudio()
            except rtc.PlatformAudioError as error:
                _log.warning("no sound: %s", error)
                self._set(speaker=OwnDevice.MISSING, microphone=OwnDevice.MISSING)
                return
            _device.opened()
        if not is_new and not self._must_ask(devices):
            return
        try:
            known = self._audio.playout_devices()
        except rtc.PlatformAudioError as error:
            _log.warning("the speakers could not be listed: %s", error)
            return
        if is_dead(known):
            _log.warning("the sound server went away; the SDK finds the new one only in a new process")
            self.has_lost_server = True
            self._lose_audio()
            self._tell()
            return
        route = speaker_route(known, devices)
        if route is not None and route != (_device.output or system_route(known)):
            await self._use_speaker(self._audio, route)
        self._set(speaker=OwnDevice.ON)

    def _must_ask(self, devices: SoundDevices) -> bool:
        """Say whether the SDK has to be asked for its speakers. The system's own choice moves by itself."""
        if devices.restarts != self._seen.restarts:
            return True
        used = _device.output.name if _device.output is not None else ""
        return devices.output != used or (bool(used) and devices.outputs != self._seen.outputs)

    async def _use_speaker(self, audio: rtc.PlatformAudio, route: Route) -> None:
        """Send the voices to another speaker: the SDK takes one only while nothing is played."""
        held: dict[str, rtc.RemoteTrackPublication] = {}
        try:
            for _ in range(_FREE_TRIES):
                if not self._look().outputs:
                    return
                try:
                    audio.set_playout_device(route.id)
                except rtc.PlatformAudioError:
                    for voice in self._voices():
                        if voice.sid not in held:
                            held[voice.sid] = voice
                            voice.set_subscribed(False)
                    await asyncio.sleep(_FREE_EVERY_S)
                else:
                    _device.output = route
                    return
            _log.warning("the speaker could not be changed: it did not fall silent")
        finally:
            for voice in held.values():
                voice.set_subscribed(True)

    def _lose_audio(self) -> None:
        """Let go of the SDK's audio. What was published stays published and silent until it is opened again."""
        self._silence()
        self._close_audio()
        self._set(speaker=OwnDevice.MISSING, microphone=OwnDevice.MISSING)

    def _close_audio(self) -> None:
        if self._audio is not None:
            self._audio.close()
            self._audio = None
            _device.closed()

    # ---- the microphone ---------------------------------------------------------------------------------------------

    async def _use_microphone(self, devices: SoundDevices) -> None:
        if not self._may_publish:
            self._set(microphone=OwnDevice.REFUSED)
            return
        seen = self._seen
        is_as_before = not self._has_lost_input and (devices.inputs, devices.input) == (seen.inputs, seen.input)
        if is_as_before and self._track is not None and self.microphone in {OwnDevice.ON, OwnDevice.OFF}:
            await self._treat(devices.processing)
            return
        route = self._microphone_route(devices)
        if self._audio is None or route is None:
            self._silence()
            self._set(microphone=OwnDevice.MISSING)
        elif self._track is not None:
            self._use_input(self._audio, self._track, route)
            await self._treat(devices.processing)
        elif self._participant is None:
            self._set(microphone=OwnDevice.STARTING)
        else:
            if route != _device.input:
                self._set_recording(self._audio, route)
            await self._publish(self._audio, self._participant)
            await self._treat(devices.processing)

    async def _treat(self, wished: SoundProcessing) -> None:
        """Switch echo, noise and gain as wished, in the middle of the call."""
        if self._track is None or self._participant is None or wished == self._treatment.applied:
            return
        await self._treatment.apply(self._participant, wished)
        if self.microphone is OwnDevice.ON:
            self._treatment.renew()
            await asyncio.sleep(_REST_S)
        if self.microphone is OwnDevice.ON:
            self._treatment.renew()
        else:
            self._treatment.rest()
        await self._treatment.settle(self._participant)

    def _open_microphone(self, track: rtc.LocalAudioTrack) -> None:
        track.unmute()
        self._treatment.renew()

    def _microphone_route(self, devices: SoundDevices) -> Route | None:
        if self._audio is None or not devices.inputs:
            return None
        try:
            return microphone_route(self._audio.recording_devices(), devices)
        except rtc.PlatformAudioError as error:
            _log.warning("the microphones could not be listed: %s", error)
            return None

    def _use_input(self, audio: rtc.PlatformAudio, track: rtc.LocalAudioTrack, route: Route) -> None:
        """Record from another microphone: the SDK takes one only while it records nothing."""
        if route != _device.input or self.microphone is OwnDevice.MISSING:
            track.mute()
            self._set_recording(audio, route)
            if not self.is_muted:
                self._open_microphone(track)
        self._set(microphone=self._wished())

    def _set_recording(self, audio: rtc.PlatformAudio, route: Route) -> None:
        try:
            audio.set_recording_device(route.id)
            _device.input = route
        except rtc.PlatformAudioError as error:
            _log.warning("the microphone could not be chosen: %s", error)

    async def _publish(self, audio: rtc.PlatformAudio, participant: rtc.LocalParticipant) -> None:
        self._source = audio.create_audio_source()
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        try:
            await participant.publish_track(track, options)
        except PublishTrackError as error:
            _log.warning("the microphone was not published: %s", error)
            self._drop_track()
            self._set(microphone=OwnDevice.REFUSED)
            return
        self._track = track
        if self.is_muted:
            track.mute()
        self._set(microphone=self._wished())

    def _silence(self) -> None:
        """Stop recording, whatever is wished: there is no microphone that could be heard."""
        if self._track is not None and self.microphone is not OwnDevice.MISSING:
            self._track.mute()
            self._set(microphone=OwnDevice.MISSING)

    def _drop_track(self) -> None:
        self._track = None
        self._treatment.close()
        if self._source is not None:
            self._source.close()
            self._source = None

    def _wished(self) -> OwnDevice:
        return OwnDevice.OFF if self.is_muted else OwnDevice.ON

    def _set(self, *, speaker: OwnDevice | None = None, microphone: OwnDevice | None = None) -> None:
        before = (self.speaker, self.microphone)
        self.speaker = speaker or self.speaker
        self.microphone = microphone or self.microphone
        if before != (self.speaker, self.microphone):
            self._tell()

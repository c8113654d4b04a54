"""Sound of a call: everybody's voice to the speaker and the microphone into the room, where this PC has them."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from livekit import rtc
from livekit.rtc.participant import PublishTrackError
from livekit.rtc.platform_audio import PlatformAudioSource

from desktop.core.call import OwnDevice
from desktop.rtc.sound_devices import SoundDevices

_log = logging.getLogger(__name__)

_LAST_SOUND_S = 0.3
_MONITOR = ".monitor"


class Sound:
    """The SDK's platform audio for one call.

    It is opened only where an output exists: asking the SDK with a sound server that has none ends the process. While
    it is open all voices are played. `tell` is called after every change of `microphone` or `speaker`.
    """

    def __init__(self, look: Callable[[], SoundDevices], tell: Callable[[], None]) -> None:
        """Make it without opening anything; `look` says without risk which devices there are."""
        self._look = look
        self._tell = tell
        self._audio: rtc.PlatformAudio | None = None
        self._source: PlatformAudioSource | None = None
        self._track: rtc.LocalAudioTrack | None = None
        self._participant: rtc.LocalParticipant | None = None
        self._publishing = asyncio.Lock()
        self._may_publish = True
        self.is_muted = False
        devices = look()
        self.speaker = OwnDevice.STARTING if devices.outputs else OwnDevice.MISSING
        self.microphone = OwnDevice.STARTING if devices.outputs and devices.inputs else OwnDevice.MISSING

    def open(self) -> None:
        """Begin to play voices, if there is an output."""
        if self._audio is not None or not self._look().outputs:
            self._set(speaker=OwnDevice.MISSING if self._audio is None else OwnDevice.ON)
            return
        try:
            self._audio = rtc.PlatformAudio()
        except rtc.PlatformAudioError as error:
            _log.warning("no sound: %s", error)
            self._set(speaker=OwnDevice.MISSING, microphone=OwnDevice.MISSING)
            return
        self._set(speaker=OwnDevice.ON)

    async def publish(self, participant: rtc.LocalParticipant) -> None:
        """Send the microphone's sound into the room, if there is a microphone and the right to."""
        async with self._publishing:
            self._participant = participant
            if self._track is not None:
                return
            if not self._may_publish:
                self._set(microphone=OwnDevice.REFUSED)
                return
            if self._audio is None or not self._choose_microphone(self._audio):
                self._set(microphone=OwnDevice.MISSING)
                return
            await self._publish(self._audio, participant)

    async def devices_changed(self) -> None:
        """Look again after something was plugged in or out."""
        devices = self._look()
        if not devices.outputs:
            self._set(speaker=OwnDevice.MISSING, microphone=OwnDevice.MISSING)
            return
        self.open()
        if not devices.inputs:
            self._set(microphone=OwnDevice.MISSING)
        elif self._track is None and self._participant is not None:
            await self.publish(self._participant)
        elif self._track is not None:
            self._set(microphone=OwnDevice.OFF if self.is_muted else OwnDevice.ON)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute; muting closes the microphone, so the system's recording sign goes off too."""
        self.is_muted = muted
        if self._track is None:
            return
        if muted:
            self._track.mute()
        else:
            self._track.unmute()
        if self.microphone in {OwnDevice.ON, OwnDevice.OFF}:
            self._set(microphone=OwnDevice.OFF if muted else OwnDevice.ON)

    def permission_changed(self, may_publish: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Take the right to publish away or give it back."""
        was_allowed, self._may_publish = self._may_publish, may_publish
        if was_allowed and not may_publish and self.microphone is not OwnDevice.MISSING:
            self._drop_track()
            self._set(microphone=OwnDevice.REFUSED)

    async def close(self) -> None:
        """Release everything; to be called after the room was disconnected."""
        async with self._publishing:
            self._drop_track()
            if self._audio is not None:
                await asyncio.sleep(_LAST_SOUND_S)
                self._audio.close()
                self._audio = None

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
        self._set(microphone=OwnDevice.OFF if self.is_muted else OwnDevice.ON)

    def _choose_microphone(self, audio: rtc.PlatformAudio) -> bool:
        """Make sure that the recording device is a microphone; the monitor of an output would echo the room."""
        devices = self._look()
        if not devices.outputs or not devices.inputs:
            return False
        microphones = [device for device in audio.recording_devices() if not device.name.endswith(_MONITOR)]
        if not microphones:
            return False
        with suppress(rtc.PlatformAudioError):
            audio.set_recording_device(microphones[0].id)
        return True

    def _drop_track(self) -> None:
        self._track = None
        if self._source is not None:
            self._source.close()
            self._source = None

    def _set(self, *, speaker: OwnDevice | None = None, microphone: OwnDevice | None = None) -> None:
        before = (self.speaker, self.microphone)
        self.speaker = speaker or self.speaker
        self.microphone = microphone or self.microphone
        if before != (self.speaker, self.microphone):
            self._tell()

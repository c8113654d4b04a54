"""How the SDK treats the microphone's sound: echo, noise and gain, switched off by a silent track beside it."""

import logging

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient, FfiHandle
from livekit.rtc._proto import audio_frame_pb2 as audio_proto
from livekit.rtc._proto import ffi_pb2 as proto
from livekit.rtc.participant import PublishTrackError
from livekit.rtc.platform_audio import PlatformAudioSource

from desktop.rtc.sound_devices import SoundProcessing

_log = logging.getLogger(__name__)

_RATE = 48000
_EVERYTHING = SoundProcessing()


class SoundTreatment:
    """Keeps echo, noise and gain of one call as they are wished.

    The SDK treats all sound of a process in one way, that of the track which began to send last; and it gives every
    microphone of the platform the full treatment, whatever options are asked for it. The options of a track that is
    fed by hand do count. So a track that never carries a sound begins to send right after the microphone, whenever
    less than everything is wished.
    """

    def __init__(self) -> None:
        """Begin with everything on, as the SDK does."""
        self.applied = _EVERYTHING
        self._source: PlatformAudioSource | None = None
        self._track: rtc.LocalAudioTrack | None = None

    async def apply(self, participant: rtc.LocalParticipant, wished: SoundProcessing) -> None:
        """Treat the sound of the published microphone as wished; `renew` it when the SDK has come to rest."""
        if wished == self.applied:
            return
        # A track that is gone leaves its options behind; only another one after it takes them back for sure.
        await self.drop(participant)
        await self._publish(participant, wished)

    def renew(self) -> None:
        """Do it again after the microphone was opened. Muting any track closes it for a moment, unmuting opens it."""
        if self._track is not None:
            self._track.mute()
            self._track.unmute()

    def rest(self) -> None:
        """Close the microphone that the silent track has opened: the mechanic is muted."""
        if self._track is not None:
            self._track.mute()

    async def settle(self, participant: rtc.LocalParticipant) -> None:
        """Take the silent track away where everything is wished: the microphone alone has that, and opens sooner."""
        if self._track is not None and self.applied == _EVERYTHING:
            await self.drop(participant)

    async def drop(self, participant: rtc.LocalParticipant) -> None:
        """Take the silent track away."""
        self.applied = _EVERYTHING
        track, self._track = self._track, None
        for publication in tuple(participant.track_publications.values()):
            if track is not None and publication.track is track:
                await participant.unpublish_track(publication.sid)
        self.close()

    def close(self) -> None:
        """Release everything; also after the room is gone."""
        self._track, self.applied = None, _EVERYTHING
        if self._source is not None:
            self._source.close()
            self._source = None

    async def _publish(self, participant: rtc.LocalParticipant, wished: SoundProcessing) -> None:
        self._source = _silent_source(wished)
        track = rtc.LocalAudioTrack.create_audio_track("sound-treatment", self._source)
        try:
            await participant.publish_track(track, rtc.TrackPublishOptions())
        except PublishTrackError as error:
            _log.warning("the sound goes on being treated as before: %s", error)
            self.close()
            return
        self._track, self.applied = track, wished


def _silent_source(processing: SoundProcessing) -> PlatformAudioSource:
    """Return a source that never sounds, with options. The SDK's Python side gives its own none."""
    request = proto.FfiRequest()
    source = request.new_audio_source
    source.type = audio_proto.AudioSourceType.AUDIO_SOURCE_NATIVE
    source.sample_rate, source.num_channels, source.queue_size_ms = _RATE, 1, 100
    source.options.echo_cancellation = processing.echo_cancellation
    source.options.noise_suppression = processing.noise_suppression
    source.options.auto_gain_control = processing.auto_gain
    info = FfiClient.instance.request(request).new_audio_source.source
    return PlatformAudioSource(FfiHandle(info.handle.id), info)

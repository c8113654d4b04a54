"""What the owner's phone publishes: the camera picture and the voice."""

import asyncio
import contextlib
from dataclasses import dataclass

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from desktop.practice.camera import SyntheticCamera
from desktop.practice.voice import CHANNELS, FRAME_SAMPLES, SAMPLE_RATE, voice_frames

_ROTATIONS = {0: rtc.VideoRotation.VIDEO_ROTATION_0, 90: rtc.VideoRotation.VIDEO_ROTATION_90}
_VOICE_QUEUE_MS = 300


@dataclass(frozen=True, slots=True)
class Publishing:
    """How the phone publishes: sizes in pixels, `fps` a second, `max_bitrate` in bit/s."""

    width: int = 1280
    height: int = 720
    fps: float = 30
    simulcast: bool = True
    max_bitrate: int = 1_700_000
    video: bool = True
    audio: bool = True
    still: bool = False


class OwnerMedia:
    """Camera and microphone of one connection. The camera object, and so the frame counter, lives on between rooms."""

    def __init__(self, publishing: Publishing, camera: SyntheticCamera | None) -> None:
        """Prepare; nothing is published before `publish`."""
        self._publishing, self._camera = publishing, camera
        self._video: tuple[rtc.VideoSource, rtc.LocalVideoTrack] | None = None
        self._audio: tuple[rtc.AudioSource, rtc.LocalAudioTrack] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._camera_on = self._microphone_on = True

    async def publish(self, me: rtc.LocalParticipant) -> tuple[str, ...]:
        """Publish what the options and the session's rights allow; return the names of what was published."""
        published = []
        with contextlib.suppress(PublishTrackError):
            if self._camera is not None:
                await self._publish_camera(me, self._camera)
                published.append("camera")
            if self._publishing.audio:
                await self._publish_voice(me)
                published.append("microphone")
        return tuple(published)

    def set_camera(self, *, on: bool) -> None:
        """Turn the camera on or off, as a browser does: by mute."""
        self._camera_on = on
        if self._video:
            _set_muted(self._video[1], muted=not on)

    def set_microphone(self, *, on: bool) -> None:
        """Turn the microphone on or off."""
        self._microphone_on = on
        if self._audio:
            _set_muted(self._audio[1], muted=not on)

    async def close(self) -> None:
        """Stop feeding and give the sources back; before the room is left."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._video:
            await self._video[0].aclose()
        if self._audio:
            await self._audio[0].aclose()
        self._video = self._audio = None

    async def _publish_camera(self, me: rtc.LocalParticipant, camera: SyntheticCamera) -> None:
        source = rtc.VideoSource(camera.width, camera.height)
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA,
            simulcast=self._publishing.simulcast,
            video_codec=rtc.VideoCodec.VP8,
            video_encoding=rtc.VideoEncoding(
                max_bitrate=self._publishing.max_bitrate, max_framerate=self._publishing.fps
            ),
        )
        self._tasks.append(asyncio.create_task(self._film(camera, source)))
        await me.publish_track(track, options)
        self._video = source, track
        self.set_camera(on=self._camera_on)

    async def _film(self, camera: SyntheticCamera, source: rtc.VideoSource) -> None:
        async for frame in camera.frames():
            if self._camera_on:
                picture = rtc.VideoFrame(frame.width, frame.height, rtc.VideoBufferType.I420, frame.data)
                source.capture_frame(picture, rotation=_ROTATIONS[frame.rotation])

    async def _publish_voice(self, me: rtc.LocalParticipant) -> None:
        source = rtc.AudioSource(SAMPLE_RATE, CHANNELS, queue_size_ms=_VOICE_QUEUE_MS)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        self._tasks.append(asyncio.create_task(_talk(source)))
        await me.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
        self._audio = source, track
        self.set_microphone(on=self._microphone_on)


def _set_muted(track: rtc.LocalVideoTrack | rtc.LocalAudioTrack, *, muted: bool) -> None:
    if track.muted != muted:
        if muted:
            track.mute()
        else:
            track.unmute()


async def _talk(source: rtc.AudioSource) -> None:
    """Feed the voice for ever; the source's queue gives the pace."""
    for samples in voice_frames():
        await source.capture_frame(rtc.AudioFrame(samples, SAMPLE_RATE, CHANNELS, FRAME_SAMPLES))

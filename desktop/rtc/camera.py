"""The own camera: its frames into the room, and a small mirrored picture of them for its owner."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable

import numpy as np
from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from desktop.core.call import OwnDevice, VideoKey
from desktop.core.frames import Frame
from desktop.rtc.camera_source import CameraFrame, CameraSource
from desktop.rtc.mailboxes import OWN_PICTURE

_log = logging.getLogger(__name__)

_SIMULCAST_FROM_HEIGHT = 720
_BITRATES = ((1080, 3_000_000), (720, 1_700_000), (480, 700_000), (0, 500_000))
_OWN_VIEW_EVERY_S = 1 / 15
_OWN_VIEW_WIDTH = 480
_BGRA_BYTES = 4
_ROTATIONS = {
    0: rtc.VideoRotation.VIDEO_ROTATION_0,
    90: rtc.VideoRotation.VIDEO_ROTATION_90,
    180: rtc.VideoRotation.VIDEO_ROTATION_180,
    270: rtc.VideoRotation.VIDEO_ROTATION_270,
}


def to_video_frame(frame: CameraFrame) -> rtc.VideoFrame | None:
    """Return a camera's frame as the SDK takes it; None where size and bytes disagree, which the SDK never checks."""
    pixels = frame.width * frame.height
    if len(frame.data) == pixels * _BGRA_BYTES:
        layout = rtc.VideoBufferType.BGRA
    elif len(frame.data) == pixels * 3 // 2 and frame.width % 2 == 0 and frame.height % 2 == 0:
        layout = rtc.VideoBufferType.I420
    else:
        return None
    return rtc.VideoFrame(frame.width, frame.height, layout, frame.data)


def own_view(frame: CameraFrame, video_frame: rtc.VideoFrame) -> Frame:
    """Return a small mirrored copy for the owner: people expect a mirror of themselves."""
    bgra = video_frame
    if video_frame.type != rtc.VideoBufferType.BGRA:
        bgra = video_frame.convert(rtc.VideoBufferType.BGRA)
    rows = np.frombuffer(bgra.data, dtype=np.uint32).reshape(frame.height, frame.width)
    step = max(1, frame.width // _OWN_VIEW_WIDTH)
    turned = frame.rotation in {90, 270}
    small = rows[::-step, ::step] if turned else rows[::step, ::-step]
    height, width = small.shape
    return Frame(small.tobytes(), width, height, frame.rotation)


class OwnCamera:
    """Runs the camera while it is wanted, publishes it once, and mutes it while it is off.

    `tell` is called after every change of `state`. The camera itself stops while it is off, so its light goes out.
    """

    def __init__(
        self,
        source: CameraSource | None,
        put: Callable[[VideoKey, Frame], None],
        tell: Callable[[], None],
    ) -> None:
        """Make it without starting the camera."""
        self._source = source
        self._put = put
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._capture: asyncio.Task[None] | None = None
        self._captures: set[asyncio.Task[None]] = set()
        self._size: asyncio.Future[tuple[int, int]] = self._loop.create_future()
        self._video: rtc.VideoSource | None = None
        self._track: rtc.LocalVideoTrack | None = None
        self._may_publish = True
        self._publishing = asyncio.Lock()
        self._own_view_s = 0.0
        self.is_on = True
        self.state = OwnDevice.MISSING if source is None else OwnDevice.STARTING

    def start(self) -> None:
        """Start the camera for the owner's own view; nothing is published yet."""
        if self._source is not None and self.is_on and (self._capture is None or self._capture.done()):
            self._capture = asyncio.create_task(self._run(self._source), name="own-camera")
            self._captures.add(self._capture)
            self._capture.add_done_callback(self._ended)

    async def publish(self, participant: rtc.LocalParticipant) -> None:
        """Send the picture into the room, if there is a camera and the right to."""
        async with self._publishing:
            if self._source is None or self._track is not None or self.state is OwnDevice.MISSING:
                return
            if not self._may_publish:
                self._set(OwnDevice.REFUSED)
                return
            await self._publish(participant, *await asyncio.shield(self._size))

    def set_on(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the camera on or off; off is a mute for the others."""
        self.is_on = on
        if self._source is None or self.state is OwnDevice.REFUSED:
            return
        if on:
            self.start()
            if self._track is not None:
                self._track.unmute()
        else:
            if self._track is not None:
                self._track.mute()
            self._stop_capture()
        self._set(self._wished())

    def permission_changed(self, may_publish: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Take the right to publish away or give it back."""
        was_allowed, self._may_publish = self._may_publish, may_publish
        if was_allowed and not may_publish and self._source is not None:
            self._track = None
            self._stop_capture()
            self._set(OwnDevice.REFUSED)

    async def stop(self) -> None:
        """Stop the camera and wait until it has; before the room is disconnected."""
        self._stop_capture()
        await asyncio.gather(*self._captures, return_exceptions=True)
        self._size.cancel()

    async def close(self) -> None:
        """Release the video source; after `stop`."""
        async with self._publishing:
            self._track = None
            if self._video is not None:
                await self._video.aclose()
                self._video = None

    async def _publish(self, participant: rtc.LocalParticipant, width: int, height: int) -> None:
        if self._video is None:
            self._video = rtc.VideoSource(width, height)
        track = rtc.LocalVideoTrack.create_video_track("camera", self._video)
        short_side = min(width, height)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA,
            simulcast=short_side >= _SIMULCAST_FROM_HEIGHT,
            video_encoding=rtc.VideoEncoding(
                max_bitrate=next(rate for least, rate in _BITRATES if short_side >= least), max_framerate=30
            ),
        )
        try:
            await participant.publish_track(track, options)
        except PublishTrackError as error:
            _log.warning("the camera was not published: %s", error)
            self._set(OwnDevice.REFUSED)
            return
        self._track = track
        if not self.is_on:
            track.mute()
        self._set(self._wished())

    async def _run(self, source: CameraSource) -> None:
        frames = source.frames()
        try:
            async for frame in frames:
                self._take(frame)
        finally:
            if isinstance(frames, AsyncGenerator):
                await frames.aclose()

    def _stop_capture(self) -> None:
        if self._capture is not None:
            self._capture.cancel()
            self._capture = None

    def _ended(self, capture: asyncio.Task[None]) -> None:
        """Take note that the camera stopped by itself: unplugged, or never able to give a picture."""
        self._captures.discard(capture)
        if capture.cancelled():
            return
        if (error := capture.exception()) is not None:
            _log.error("the camera failed", exc_info=error)
        self._set(OwnDevice.MISSING)

    def _take(self, frame: CameraFrame) -> None:
        video_frame = to_video_frame(frame)
        if video_frame is None:
            return
        if not self._size.done():
            self._size.set_result((frame.width, frame.height))
        if self._track is not None and self._video is not None:
            self._video.capture_frame(video_frame, rotation=_ROTATIONS.get(frame.rotation, _ROTATIONS[0]))
        now = self._loop.time()
        if now - self._own_view_s >= _OWN_VIEW_EVERY_S:
            self._own_view_s = now
            self._put(OWN_PICTURE, own_view(frame, video_frame))

    def _wished(self) -> OwnDevice:
        if not self.is_on:
            return OwnDevice.OFF
        return OwnDevice.ON if self._track is not None else OwnDevice.STARTING

    def _set(self, state: OwnDevice) -> None:
        if state is not self.state:
            self.state = state
            self._tell()

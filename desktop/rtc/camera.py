"""The own camera: its frames into the room, and a small mirrored picture of them for its owner."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from desktop.core.call import OwnDevice, VideoKey
from desktop.core.frames import Frame
from desktop.rtc.camera_pictures import own_view, to_video_frame
from desktop.rtc.camera_source import CameraFrame, CameraSource
from desktop.rtc.mailboxes import OWN_PICTURE

_log = logging.getLogger(__name__)

_SIMULCAST_FROM_HEIGHT = 720
_BITRATES = ((1080, 3_000_000), (720, 1_700_000), (480, 700_000), (0, 500_000))
_OWN_VIEW_EVERY_S = 1 / 15
_SILENT_S = 5.0
_UNPLUGGED_WITHIN_S = 0.5
_TRY_AGAIN_S = 2.0
_LAST_PUBLICATION_S = 1.0
_ROTATIONS = {
    0: rtc.VideoRotation.VIDEO_ROTATION_0,
    90: rtc.VideoRotation.VIDEO_ROTATION_90,
    180: rtc.VideoRotation.VIDEO_ROTATION_180,
    270: rtc.VideoRotation.VIDEO_ROTATION_270,
}


class OwnCamera:
    """Runs the camera while it is wanted, publishes it once, and mutes it while it gives no picture.

    `look` gives the camera there is now, or None; one that is plugged in later is used at once, and one that another
    program has is tried again and again. `tell` is called after every change of `state`. The camera itself stops while
    it is off, so its light goes out.
    """

    def __init__(
        self,
        look: Callable[[], CameraSource | None],
        put: Callable[[VideoKey, Frame], None],
        tell: Callable[[], None],
    ) -> None:
        """Make it without starting the camera; on the running loop."""
        self._look = look
        self._put = put
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._filming: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._plugged = asyncio.Event()
        self._participant: rtc.LocalParticipant | None = None
        self._video: rtc.VideoSource | None = None
        self._track: rtc.LocalVideoTrack | None = None
        self._bitrate = 0
        self._may_publish = True
        self._is_publishing = False
        self._is_stopped = False
        self._own_view_s = 0.0
        self.is_on = True
        self.state = OwnDevice.STARTING if look() is not None else OwnDevice.MISSING

    def start(self) -> None:
        """Start the camera for the owner's own view; nothing is published yet."""
        is_wanted = self.is_on and self._may_publish and not self._is_stopped
        if is_wanted and self._filming is None:
            self._filming = self._keep(self._film_on(), "own-camera")

    def publish(self, participant: rtc.LocalParticipant) -> None:
        """Send the picture into the room from now on, as soon as there is one and the right to."""
        self._participant = participant
        if not self._may_publish:
            self._set(OwnDevice.REFUSED)

    def set_on(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the camera on or off; off is a mute for the others."""
        self.is_on = on
        if not self._may_publish:
            return
        if on:
            self.start()
        else:
            self._stop_filming()
        self._set_wished()

    def devices_changed(self) -> None:
        """Look again: a camera was plugged in or out, or another one was chosen."""
        self._plugged.set()
        if not self.is_on and self._may_publish:
            self._set_wished()

    def permission_changed(self, may_publish: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Take the right to publish away or give it back; what was published then is gone already."""
        was_allowed, self._may_publish = self._may_publish, may_publish
        if was_allowed and not may_publish:
            self._track = None
            self._stop_filming()
            self._set(OwnDevice.REFUSED)
        elif may_publish and not was_allowed:
            self._set_wished()
            if self._participant is not None:
                self.start()

    async def stop(self) -> None:
        """Stop the camera and wait until it has; before the room is disconnected.

        A publication under way is waited for a moment: the SDK would report the end of a cancelled one as an error.
        """
        self._is_stopped = True
        self._stop_filming()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=_LAST_PUBLICATION_S)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Release the video source; after `stop`."""
        self._track = None
        if self._video is not None:
            await self._video.aclose()
            self._video = None

    # ---- filming ----------------------------------------------------------------------------------------------------

    async def _film_on(self) -> None:
        """Film whenever there is a camera that can be had."""
        while True:
            self._plugged.clear()
            source = self._look()
            if source is None:
                self._set(OwnDevice.MISSING)
                await self._plugged.wait()
                continue
            if self.state is OwnDevice.MISSING:
                self._set(OwnDevice.STARTING)
            await self._film(source)
            if not await self._plugged_within(_UNPLUGGED_WITHIN_S):
                # It is still there: somebody else has it, or it does not work.
                self._set(OwnDevice.TAKEN)
                await self._plugged_within(_TRY_AGAIN_S)

    async def _film(self, source: CameraSource) -> None:
        """Film until the camera ends, fails or falls silent."""
        frames = source.frames()
        try:
            async with asyncio.timeout(_SILENT_S) as silence:
                async for frame in frames:
                    silence.reschedule(self._loop.time() + _SILENT_S)
                    self._take(frame)
        except TimeoutError:
            _log.warning("the camera gives no picture")
        except OSError as error:
            _log.warning("the camera failed: %s", error)
        finally:
            if isinstance(frames, AsyncGenerator):
                await frames.aclose()

    async def _plugged_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._plugged.wait()
        return self._plugged.is_set()

    def _stop_filming(self) -> None:
        if self._filming is not None:
            self._filming.cancel()
            self._filming = None

    def _take(self, frame: CameraFrame) -> None:
        video_frame = to_video_frame(frame)
        if video_frame is None:
            return
        bitrate = bitrate_for(frame)
        if self._track is not None and self._video is not None and bitrate == self._bitrate:
            self._set(OwnDevice.ON)
            self._video.capture_frame(video_frame, rotation=_ROTATIONS.get(frame.rotation, _ROTATIONS[0]))
        else:
            self._set(OwnDevice.STARTING)
            if self._participant is not None and not self._is_publishing:
                self._is_publishing = True
                self._keep(self._publish(self._participant, frame.width, frame.height, bitrate), "camera-publish")
        now = self._loop.time()
        if now - self._own_view_s >= _OWN_VIEW_EVERY_S:
            self._own_view_s = now
            self._put(OWN_PICTURE, own_view(frame, video_frame))

    # ---- publishing -------------------------------------------------------------------------------------------------

    async def _publish(self, participant: rtc.LocalParticipant, width: int, height: int, bitrate: int) -> None:
        """Publish pictures of this size; a camera of another class of size is published anew."""
        try:
            if self._track is not None:
                former, self._track = self._track, None
                for publication in tuple(participant.track_publications.values()):
                    if publication.track is former:
                        await participant.unpublish_track(publication.sid)
            if self._video is not None:
                await self._video.aclose()
            self._video = rtc.VideoSource(width, height)
            track = rtc.LocalVideoTrack.create_video_track("camera", self._video)
            options = rtc.TrackPublishOptions(
                source=rtc.TrackSource.SOURCE_CAMERA,
                simulcast=min(width, height) >= _SIMULCAST_FROM_HEIGHT,
                video_encoding=rtc.VideoEncoding(max_bitrate=bitrate, max_framerate=30),
            )
            await participant.publish_track(track, options)
        except PublishTrackError as error:
            _log.warning("the camera was not published: %s", error)
            self._may_publish = False
            self._stop_filming()
            self._set(OwnDevice.REFUSED)
        else:
            if self._may_publish:
                self._track, self._bitrate = track, bitrate
                self._follow_state()
        finally:
            self._is_publishing = False

    def _follow_state(self) -> None:
        """Mute the track while there is no picture: the others would look at the last one for ever."""
        if self._track is None:
            return
        gives_picture = self.state in {OwnDevice.ON, OwnDevice.STARTING}
        if gives_picture and self._track.muted:
            self._track.unmute()
        elif not gives_picture and not self._track.muted:
            self._track.mute()

    def _set_wished(self) -> None:
        """Say what is wished, until a picture or its absence says otherwise."""
        if self._look() is None:
            self._set(OwnDevice.MISSING)
        else:
            self._set(OwnDevice.STARTING if self.is_on else OwnDevice.OFF)

    def _set(self, state: OwnDevice) -> None:
        if state is not self.state and not (self.state is OwnDevice.REFUSED and not self._may_publish):
            self.state = state
            self._follow_state()
            self._tell()

    def _keep(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task is self._filming:
            self._filming = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("the camera failed", exc_info=error)
            self._set(OwnDevice.MISSING)


def bitrate_for(frame: CameraFrame) -> int:
    """Return the bits a second that pictures of this size are worth."""
    short_side = min(frame.width, frame.height)
    return next(rate for least, rate in _BITRATES if short_side >= least)

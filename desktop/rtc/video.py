"""Remote pictures: decoded frames to their mailboxes, and a watch over streams that stay or become empty."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

from livekit import rtc

from desktop.core.call import FROZEN_AFTER_S, PictureLayer, TrackState, VideoKey
from desktop.core.frames import Frame
from desktop.rtc.enabling import set_enabled
from desktop.rtc.photo import LONGEST_S, Photo, PhotoSize
from desktop.rtc.picture_stream import SMALL_FPS, PictureStream, is_reducible, open_stream, reduced

_log = logging.getLogger(__name__)

SMALLEST_PIXELS = 16
"""A sender that stops leaves an 8x8 black frame behind; nothing this small is a picture."""
_EMPTY_AFTER_S = 3.0
_DRIED_UP_AFTER_S = 4.0
_AGAIN_AFTER_S = 10.0
_RESUBSCRIBE_PAUSE_S = 0.5
_WATCH_S = 0.5
_LOWER_AFTER_S = 1.0
"""A smaller layer, or none, is asked for only when that was wanted for this long; a larger one at once."""
_REOPEN_PAUSE_S = 0.3
"""The server gathers wishes for a tenth of a second: less, and it would not notice that a picture was stopped."""
_SMALL_PAUSE_S = 0.8 / SMALL_FPS
"""Shorter than between two of them, so that none is missed that comes a little early."""
_QUALITIES = {
    PictureLayer.LOW: rtc.VideoQuality.VIDEO_QUALITY_LOW,
    PictureLayer.MEDIUM: rtc.VideoQuality.VIDEO_QUALITY_MEDIUM,
    PictureLayer.HIGH: rtc.VideoQuality.VIDEO_QUALITY_HIGH,
}
_ROTATIONS: dict[object, int] = {
    rtc.VideoRotation.VIDEO_ROTATION_0: 0,
    rtc.VideoRotation.VIDEO_ROTATION_90: 90,
    rtc.VideoRotation.VIDEO_ROTATION_180: 180,
    rtc.VideoRotation.VIDEO_ROTATION_270: 270,
}


class OpenStream(Protocol):
    """How the pictures of a track are opened: `desktop.rtc.picture_stream.open_stream`."""

    def __call__(self, track: rtc.Track, *, small: bool) -> PictureStream:
        """Return them; with `small` as I420 frames, to be reduced."""
        ...


def to_frame(event: rtc.VideoFrameEvent) -> Frame | None:
    """Return a decoded frame as core data, BGRA without a copy, I420 reduced; None for what is no picture."""
    frame = event.frame
    if frame.width <= SMALLEST_PIXELS or frame.height <= SMALLEST_PIXELS:
        return None
    if frame.type == rtc.VideoBufferType.I420:
        frame = reduced(frame)
    return Frame(frame.data, frame.width, frame.height, _ROTATIONS.get(event.rotation, 0))


class RemoteVideo:
    """One picture of one person: owns the reader of its track, knows its state, and heals an empty subscription.

    It starts subscribed with the largest layer, as the SDK does; `want` says how much of it is wanted.
    """

    def __init__(
        self,
        key: VideoKey,
        publication: rtc.RemoteTrackPublication,
        put: Callable[[VideoKey, Frame], None],
        tell: Callable[[VideoKey, TrackState], None],
        *,
        stream_of: OpenStream = open_stream,
        enable: Callable[[rtc.RemoteTrackPublication, bool], None] = set_enabled,
    ) -> None:
        """Watch a publication; `put` takes pictures, `tell` every change of state. On the running loop."""
        self._stream_of = stream_of
        self._enable = enable
        self.key = key
        self.publication = publication
        self._put = put
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._state: TrackState | None = None
        self._track: rtc.Track | None = None
        self._reader: asyncio.Task[None] | None = None
        self._heal: asyncio.Task[None] | None = None
        self._again: asyncio.Task[None] | None = None
        self._since_s = self._loop.time()
        self._healed_s: float | None = None
        self._frame_s: float | None = None
        self.is_held = False
        """Whether nothing is fetched anew: the network is away, and what is asked for now would delay its return."""
        self.is_small = False
        """Whether it is shown in a small tile, however much of it is wanted or may be fetched."""
        self._has_stalled = False
        self._wanted = self._layer = PictureLayer.HIGH
        self._photo: Photo | None = None
        self._photo_size = PhotoSize()
        self._unsure: PictureLayer | None = None
        self._lower_since_s: float | None = None
        self._update()

    @property
    def is_unsubscribed_here(self) -> bool:
        """Whether an unsubscription now is our own doing."""
        return self._is_healing

    @property
    def _is_healing(self) -> bool:
        return self._heal is not None and not self._heal.done()

    @property
    def _is_reopening(self) -> bool:
        return self._again is not None and not self._again.done()

    @property
    def has_picture(self) -> bool:
        """Whether a picture came since the track was subscribed."""
        return self._frame_s is not None

    def attach(self, track: rtc.Track) -> None:
        """Read a newly subscribed track; a former reader ends."""
        self.detach()
        self._track = track
        self._since_s = self._loop.time()
        if self._layer is PictureLayer.OFF:
            # A new subscription is always enabled.
            self._shut()
        elif self._layer is not PictureLayer.HIGH:
            self._choose(self._layer)
        self._reader = asyncio.create_task(self._read(track), name="video-reader")
        self._update()

    def detach(self) -> None:
        """Stop reading: the track is not subscribed any more."""
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
        self._frame_s = None

    def mute_changed(self) -> None:
        """Look at the publication again: the camera was turned off or on."""
        self._since_s = self._loop.time()
        self._frame_s = None
        self._has_stalled = False
        self._update()

    def want(self, layer: PictureLayer, *, at_once: bool = False) -> None:
        """Take how much of the picture is wanted; less of it only after a moment, unless `at_once`."""
        self._wanted = layer
        if layer > self._layer or (at_once and layer < self._layer):
            self._take_layer()
        elif layer == self._layer:
            self._lower_since_s = None
        elif self._lower_since_s is None:
            self._lower_since_s = self._loop.time()

    def ask_again(self) -> None:
        """Let the server think anew of how much it sends: one that sends nothing forgets that the line was narrow."""
        is_shown = self._reader is not None and not self.publication.muted and self._layer is not PictureLayer.OFF
        if is_shown and not self._is_healing and not self._is_reopening:
            self._again = asyncio.create_task(self._reopen(), name="video-again")

    async def photograph(self) -> tuple[float | None, PictureLayer]:
        """Take one sharp photo of a paused picture; return the seconds it took, None for none, and its layer.

        What came is shown even if it is smaller than was asked for; nothing moves on screen meanwhile.
        """
        photo = self._photo = Photo(self._photo_size.layer, self.publication.width, self.publication.height)
        began_s = self._loop.time()
        self._open(photo.layer)
        try:
            async with asyncio.timeout(LONGEST_S):
                await photo.taken.wait()
        except TimeoutError:
            _log.debug("a photo did not come whole in time")
        finally:
            self._photo = None
            if self._layer is PictureLayer.OFF:
                self._shut()
        took_s = self._loop.time() - began_s
        self._photo_size.took(took_s if photo.taken.is_set() else None)
        if photo.best is not None and self._layer is PictureLayer.OFF:
            self._put(self.key, photo.best)
        return (took_s if photo.best is not None else None), photo.layer

    @property
    def may_be_photographed(self) -> bool:
        """Whether a paused picture is there and no photo of it is being taken."""
        is_paused = self._layer is PictureLayer.OFF and not self.publication.muted
        return is_paused and self._photo is None and self._reader is not None

    def tick(self) -> None:
        """Notice that pictures stopped, or never came, and that less was wanted for long enough."""
        now = self._loop.time()
        if self._lower_since_s is not None and now - self._lower_since_s >= _LOWER_AFTER_S:
            self._take_layer()
        if self._unsure is not None:
            self._choose(self._unsure)
        if self._reader is None:
            return
        self._update()
        is_due = not self.is_held and (self._healed_s is None or now - self._healed_s >= _AGAIN_AFTER_S)
        if self._is_dry(now) and is_due and not self._is_healing:
            self._healed_s = now
            self._heal = asyncio.create_task(self._resubscribe(), name="video-heal")

    async def close(self) -> None:
        """End the reader and everything else, and wait for it."""
        tasks = [task for task in (self._reader, self._heal, self._again) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def _is_reduced(self) -> bool:
        """Whether less of the picture is shown than comes: its sender has no small layer for a small tile."""
        publication = self.publication
        is_whole = self._layer is PictureLayer.LOW and not publication.simulcasted
        return self.is_small and is_whole and is_reducible(publication.width, publication.height)

    async def _read(self, track: rtc.Track) -> None:
        while True:
            small = self._is_reduced
            stream = self._stream_of(track, small=small)
            try:
                async for event in stream:
                    if small is not self._is_reduced:
                        break
                    if small and self._is_soon():
                        continue
                    if (frame := to_frame(event)) is not None:
                        self._take(frame)
                else:
                    return
            finally:
                await stream.aclose()

    def _is_soon(self) -> bool:
        """Whether a small tile shows a picture so new that this one would be one too many."""
        return self._frame_s is not None and self._loop.time() - self._frame_s < _SMALL_PAUSE_S

    def _take(self, frame: Frame) -> None:
        if self._is_reopening:
            return  # black: nothing is enabled
        if self._layer is PictureLayer.OFF:
            # What comes late is dropped; what was asked for is a photo.
            if self._photo is not None:
                self._photo.take(frame)
            return
        self._frame_s = self._loop.time()
        self._put(self.key, frame)
        if self._state is not TrackState.FLOWING:
            self._update()

    def _is_dry(self, now: float) -> bool:
        """Whether pictures should come and do not: none ever came, or they stopped without a word."""
        if self.publication.muted or self._layer is PictureLayer.OFF:
            return False
        if self._frame_s is None:
            return now - self._since_s >= _EMPTY_AFTER_S
        return now - self._frame_s >= _DRIED_UP_AFTER_S

    async def _reopen(self) -> None:
        _log.info("more of a picture was asked for and does not come; asking anew")
        self._shut()
        await asyncio.sleep(_REOPEN_PAUSE_S)
        # It may have been paused meanwhile, or its track may be another, which is enabled from the start.
        if self._layer is not PictureLayer.OFF:
            self._open(self._layer)

    async def _resubscribe(self) -> None:
        _log.warning("a subscribed picture gives no frames; subscribing again")
        track = self._track
        self.publication.set_subscribed(False)
        try:
            await asyncio.sleep(_RESUBSCRIBE_PAUSE_S)
        finally:
            self.publication.set_subscribed(True)
        # With two peer connections nobody tells of it, and the track that was there before has the pictures again.
        if track is not None and self._reader is None:
            self.attach(track)

    def _take_layer(self) -> None:
        before, self._layer, self._lower_since_s = self._layer, self._wanted, None
        if self._layer is PictureLayer.OFF:
            self._has_stalled = False
            self._frame_s = None
            self._shut()
        elif before is PictureLayer.OFF:
            self._since_s = self._loop.time()
            self._frame_s = None
            self._open(self._layer)
        else:
            self._choose(self._layer)
        self._update()

    def _open(self, layer: PictureLayer) -> None:
        """Let the server send again, its first byte in this layer.

        Enabling begins with the largest one: most of a second of it, which a narrow line does not carry. So the layer
        is chosen before, and again because enabling forgets it. The SDK may send these in another order: once more
        at the next tick.
        """
        has_chosen = layer is not PictureLayer.HIGH and self._choose(layer)
        self._enable(self.publication, True)
        if has_chosen:
            self._choose(layer)
            self._unsure = layer

    def _shut(self) -> None:
        """Let the server send nothing more of it."""
        self._unsure = None
        self._enable(self.publication, False)

    def _choose(self, layer: PictureLayer) -> bool:
        """Choose a layer; say whether the picture has any."""
        self._unsure = None
        try:
            self.publication.set_video_quality(_QUALITIES[layer])
        except ValueError:
            _log.debug("a picture without layers comes whole")
            return False
        return True

    def _update(self) -> None:
        state = self._look()
        if state is not self._state:
            self._state = state
            self._tell(self.key, state)

    def _look(self) -> TrackState:
        if self.publication.muted:
            return TrackState.MUTED
        if self._layer is PictureLayer.OFF:
            return TrackState.PAUSED
        if self._frame_s is None:
            # A picture that froze stays frozen on screen while it is fetched anew.
            return TrackState.STALLED if self._has_stalled else TrackState.STARTING
        self._has_stalled = self._loop.time() - self._frame_s > FROZEN_AFTER_S
        return TrackState.STALLED if self._has_stalled else TrackState.FLOWING


class VideoWatch:
    """Ticks all pictures of a room, twice a second, from one task."""

    def __init__(self, videos: Callable[[], tuple[RemoteVideo, ...]]) -> None:
        """Start on the running loop."""
        self._videos = videos
        self._task = asyncio.create_task(self._run(), name="video-watch")

    async def close(self) -> None:
        """Stop ticking."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            for video in self._videos():
                video.tick()

"""What the owner's phone receives: the mechanic's pictures, read for their code, and the mechanic's voice."""

import asyncio
import contextlib
from collections.abc import Callable

import numpy as np
from livekit import rtc

from desktop.practice import picture_code

type Report = Callable[..., None]
"""`report(event, **fields)`: tells something that happened."""

_DEGREES: dict[object, int] = {
    rtc.VideoRotation.VIDEO_ROTATION_0: 0,
    rtc.VideoRotation.VIDEO_ROTATION_90: 90,
    rtc.VideoRotation.VIDEO_ROTATION_180: 180,
    rtc.VideoRotation.VIDEO_ROTATION_270: 270,
}
_TELL_EVERY_S = 1.0
_SMALLEST_PICTURE = 16
_AUDIBLE = 200
_EMPTY_AFTER_S = 3.0
_EMPTY_AGAIN_S = 10.0
_AGAIN_PAUSE_S = 0.5


class OwnerEyes:
    """Readers of one connection's remote tracks; tells `first_frame`, `frames` once a second, `first_audio`.

    A subscribed video that stays empty is subscribed to again, as the SDK needs now and then.
    """

    def __init__(self, report: Report) -> None:
        """Start without a track."""
        self._report = report
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._cures: dict[str, asyncio.Task[None]] = {}
        self.seen = asyncio.Event()

    def start(self, track: rtc.Track, publication: rtc.RemoteTrackPublication) -> None:
        """Read a track that was subscribed to."""
        self.stop(track.sid)
        if isinstance(track, rtc.RemoteVideoTrack):
            self._readers[track.sid] = asyncio.create_task(self._watch(track))
            if track.sid not in self._cures:
                self._cures[track.sid] = asyncio.create_task(self._subscribe_again_while_empty(track, publication))
        elif isinstance(track, rtc.RemoteAudioTrack):
            self._readers[track.sid] = asyncio.create_task(self._listen(track))

    def stop(self, sid: str) -> None:
        """End the reader of a track, if there is one."""
        reader = self._readers.pop(sid, None)
        if reader:
            reader.cancel()

    def forget(self, sid: str) -> None:
        """End everything about a track that is not published any more."""
        self.stop(sid)
        cure = self._cures.pop(sid, None)
        if cure:
            cure.cancel()

    async def close(self) -> None:
        """End all readers; before the room is left."""
        readers = [*self._readers.values(), *self._cures.values()]
        self._readers.clear()
        self._cures.clear()
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)

    async def _watch(self, track: rtc.RemoteVideoTrack) -> None:
        stream = rtc.VideoStream(track, capacity=1, format=rtc.VideoBufferType.I420)
        loop = asyncio.get_running_loop()
        count, told = 0, loop.time()
        try:
            async for event in stream:
                frame = event.frame
                if frame.width <= _SMALLEST_PICTURE:
                    continue
                count += 1
                if count == 1 and (cure := self._cures.pop(track.sid, None)):
                    cure.cancel()
                if count == 1 or loop.time() - told >= _TELL_EVERY_S:
                    told = loop.time()
                    self._tell("first_frame" if count == 1 else "frames", frame, _DEGREES.get(event.rotation, 0), count)
                self.seen.set()
        finally:
            await stream.aclose()

    def _tell(self, event: str, frame: rtc.VideoFrame, rotation: int, count: int) -> None:
        luma = np.frombuffer(frame.data, dtype=np.uint8, count=frame.width * frame.height)
        code = picture_code.read(luma.reshape(frame.height, frame.width), rotation=0)
        age = None if code is None else picture_code.monotonic_ms() - code.clock_ms
        self._report(
            event,
            width=frame.width,
            height=frame.height,
            rotation=rotation,
            received=count,
            counter=None if code is None else code.counter,
            age_ms=age,
        )

    async def _subscribe_again_while_empty(
        self, track: rtc.RemoteVideoTrack, publication: rtc.RemoteTrackPublication
    ) -> None:
        """Subscribe anew until a picture comes; it outlives the reader, which the unsubscription ends."""
        await asyncio.sleep(_EMPTY_AFTER_S)
        while True:
            if not publication.muted:
                self._report("empty_video")
                publication.set_subscribed(False)
                try:
                    await asyncio.sleep(_AGAIN_PAUSE_S)
                finally:
                    publication.set_subscribed(True)
                # With two peer connections nobody tells of it, and the track of before has the pictures again.
                if track.sid not in self._readers:
                    self._readers[track.sid] = asyncio.create_task(self._watch(track))
            await asyncio.sleep(_EMPTY_AGAIN_S)

    async def _listen(self, track: rtc.RemoteAudioTrack) -> None:
        stream = rtc.AudioStream(track, capacity=10)
        try:
            async for event in stream:
                peak = int(np.abs(np.frombuffer(event.frame.data, dtype=np.int16).astype(np.int32)).max(initial=0))
                if peak > _AUDIBLE:
                    self._report("first_audio", peak=peak)
                    return
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await stream.aclose()

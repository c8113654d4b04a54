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


class OwnerEyes:
    """Readers of one connection's remote tracks; tells `first_frame`, `frames` once a second, `first_audio`.

    A subscribed video that stays empty is subscribed to again, as the SDK needs now and then.
    """

    def __init__(self, report: Report) -> None:
        """Start without a track."""
        self._report = report
        self._readers: dict[str, asyncio.Task[None]] = {}
        self.seen = asyncio.Event()

    def start(self, track: rtc.Track, publication: rtc.RemoteTrackPublication) -> None:
        """Read a track that was subscribed to."""
        self.stop(track.sid)
        if isinstance(track, rtc.RemoteVideoTrack):
            self._readers[track.sid] = asyncio.create_task(self._watch(track, publication))
        elif isinstance(track, rtc.RemoteAudioTrack):
            self._readers[track.sid] = asyncio.create_task(self._listen(track))

    def stop(self, sid: str) -> None:
        """End the reader of a track, if there is one."""
        reader = self._readers.pop(sid, None)
        if reader:
            reader.cancel()

    async def close(self) -> None:
        """End all readers; before the room is left."""
        readers = list(self._readers.values())
        self._readers.clear()
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)

    async def _watch(self, track: rtc.RemoteVideoTrack, publication: rtc.RemoteTrackPublication) -> None:
        watchdog = asyncio.create_task(self._subscribe_again_while_empty(publication))
        stream = rtc.VideoStream(track, capacity=1, format=rtc.VideoBufferType.I420)
        loop = asyncio.get_running_loop()
        count, told = 0, loop.time()
        try:
            async for event in stream:
                frame = event.frame
                if frame.width <= _SMALLEST_PICTURE:
                    continue
                watchdog.cancel()
                count += 1
                if count == 1 or loop.time() - told >= _TELL_EVERY_S:
                    told = loop.time()
                    self._tell("first_frame" if count == 1 else "frames", frame, _DEGREES.get(event.rotation, 0), count)
                self.seen.set()
        finally:
            watchdog.cancel()
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

    async def _subscribe_again_while_empty(self, publication: rtc.RemoteTrackPublication) -> None:
        await asyncio.sleep(_EMPTY_AFTER_S)
        while True:
            if not publication.muted:
                self._report("empty_video")
                publication.set_subscribed(False)
                await asyncio.sleep(0.5)
                publication.set_subscribed(True)
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

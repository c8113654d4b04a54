"""Decoded pictures of one track, read where the SDK put them: not copied once more, and reduced where few are seen."""

import ctypes
from collections.abc import AsyncIterator
from typing import Any, Protocol

import numpy as np
from livekit import rtc
from livekit.rtc._ffi_client import FfiClient, FfiHandle
from numpy.typing import NDArray

SMALL_PX = 180
"""A small picture is reduced to no fewer rows, or columns, than this: a sender's small layer has as many."""
SMALL_FPS = 15
"""How many pictures a second are shown of it: as many as of a small layer."""


class PictureStream(Protocol):
    """Decoded pictures of one track, without an end of their own; `aclose` releases them."""

    def __aiter__(self) -> AsyncIterator[rtc.VideoFrameEvent]:
        """Begin to read."""
        ...

    async def aclose(self) -> None:
        """Stop the decoder's deliveries."""
        ...


def open_stream(track: rtc.Track, *, small: bool) -> PictureStream:
    """Return the pictures of a track; only the newest frame is kept for a reader that is late.

    They come as BGRA; with `small` as I420, which `reduced` makes small before anything is converted.
    """
    kind = rtc.VideoBufferType.I420 if small else rtc.VideoBufferType.BGRA
    return _UncopiedStream(track, capacity=1, format=kind)


def is_reducible(width: int, height: int) -> bool:
    """Whether a picture of this size loses pixels by being reduced."""
    return min(width, height) >= 2 * SMALL_PX


def reduced(frame: rtc.VideoFrame) -> rtc.VideoFrame:
    """Return an I420 frame as BGRA, both sides divided by the largest whole number that leaves `SMALL_PX`."""
    step = min(frame.width, frame.height) // SMALL_PX
    if step > 1:
        frame = _divided(frame, step)
    return frame.convert(rtc.VideoBufferType.BGRA)


class _UncopiedStream(rtc.VideoStream):
    """The SDK's stream, but its frames lie in the native side's memory, which lives as long as their data does.

    The SDK copies each of them into a `bytearray`, which cost the loop a quarter of its time with four pictures.
    """

    async def _run(self) -> None:
        while True:
            event = (await self._ffi_queue.wait_for(self._is_event)).video_stream_event
            if event.HasField("frame_received"):
                received = event.frame_received
                frame = _uncopied(received.buffer)
                self._queue.put(rtc.VideoFrameEvent(frame, received.timestamp_us, received.rotation))
            elif event.HasField("eos"):
                break
        FfiClient.instance.queue.unsubscribe(self._ffi_queue)


def _uncopied(owned: Any) -> rtc.VideoFrame:
    """Return a frame over the native memory of an OwnedVideoBuffer, which the frame's data gives back at its end."""
    info = owned.info
    memory: Any = (ctypes.c_uint8 * _length(info.type, info.width, info.height)).from_address(info.data_ptr)
    # A view of this array holds the array, and the array what releases the memory.
    memory.handle = FfiHandle(owned.handle.id)
    return rtc.VideoFrame(info.width, info.height, info.type, memoryview(memory).cast("B"))


def _length(kind: int, width: int, height: int) -> int:
    if kind == rtc.VideoBufferType.BGRA:
        return width * height * 4
    return width * height + 2 * _half(width) * _half(height)


def _half(pixels: int) -> int:
    return (pixels + 1) // 2


def _divided(frame: rtc.VideoFrame, step: int) -> rtc.VideoFrame:
    width, height = frame.width // step & ~1, frame.height // step & ~1
    pixels = np.frombuffer(frame.data, dtype=np.uint8)
    brightness = pixels[: frame.width * frame.height].reshape(frame.height, frame.width)
    colours = pixels[brightness.size :].reshape(2, _half(frame.height), _half(frame.width))
    data = bytearray(width * height * 3 // 2)
    small = np.frombuffer(data, dtype=np.uint8)
    small[: width * height].reshape(height, width)[:] = _thinned(brightness, step, width, height)
    small[width * height :].reshape(2, height // 2, width // 2)[:] = _thinned(colours, step, width // 2, height // 2)
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data)


def _thinned(plane: NDArray[np.uint8], step: int, width: int, height: int) -> NDArray[np.uint8]:
    """Return the middle pixel of every square of `step`: a mean of them costs more than all else of the picture."""
    middle = step // 2
    return plane[..., middle : height * step : step, middle : width * step : step]

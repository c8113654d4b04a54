"""What a camera is to a room: frames at its own pace; the Qt camera and the practice camera both fit."""

from collections.abc import AsyncIterator
from typing import Protocol


class CameraFrame(Protocol):
    """One picture of a camera: packed I420 planes (w * h * 3 / 2 bytes) or BGRA rows (w * h * 4 bytes).

    `rotation` is how many degrees clockwise a receiver must turn it: 0, 90, 180 or 270. Width and height are even.
    """

    @property
    def data(self) -> bytearray | bytes | memoryview:
        """The pixels; owned by the frame."""
        ...

    @property
    def width(self) -> int:
        """Pixels a row."""
        ...

    @property
    def height(self) -> int:
        """Rows."""
        ...

    @property
    def rotation(self) -> int:
        """Degrees clockwise."""
        ...


class CameraSource(Protocol):
    """A camera that runs while somebody iterates over its frames, on the worker loop."""

    def frames(self) -> AsyncIterator[CameraFrame]:
        """Yield pictures as they come; a late reader misses some. Closing the iterator stops the camera."""
        ...

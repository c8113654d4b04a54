"""Decoded pictures on their way to the screen: a frame, and the one-slot mailbox where the newest wins."""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture in memory order B, G, R, A (four bytes a pixel, rows packed), as the SDK decodes it.

    `rotation` is how many degrees clockwise the painter must turn it: 0, 90, 180 or 270. The frame owns `data`.
    """

    data: bytearray | bytes | memoryview = field(repr=False)
    width: int
    height: int
    rotation: int = 0

    def __post_init__(self) -> None:
        """Refuse a buffer that a painter would read beyond its end."""
        if self.width <= 0 or self.height <= 0 or len(self.data) < self.width * self.height * 4:
            raise ValueError(f"a {self.width}x{self.height} frame needs {self.width * self.height * 4} bytes")
        if self.rotation not in {0, 90, 180, 270}:
            raise ValueError("rotation is 0, 90, 180 or 270 degrees")

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height after rotation, in pixels."""
        if self.rotation in {90, 270}:
            return self.height, self.width
        return self.width, self.height


class LatestFrame:
    """A mailbox with one slot, for one writer thread and one reader thread; a newer frame replaces the older.

    A stalled reader therefore costs one frame of memory, never a queue of them.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> bool:
        """Store `frame`; return True if the slot was empty, and only then the reader has to be woken."""
        with self._lock:
            was_empty = self._frame is None
            self._frame = frame
            return was_empty

    def take(self) -> Frame | None:
        """Return the newest frame and empty the slot; None if nothing came since the last call."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame

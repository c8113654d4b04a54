"""Where decoded pictures change threads: one one-slot mailbox a picture, and a wake-up when one was empty."""

from collections.abc import Callable

from desktop.core.call import VideoKey
from desktop.core.frames import Frame, LatestFrame

OWN_PICTURE = VideoKey("")
"""The key of the own camera's picture as its owner sees it: mirrored."""


class Mailboxes:
    """The mailboxes of all pictures, found by key from any thread.

    A mailbox stays the same object for the life of the program, so that a tile that holds one never goes blind.
    """

    def __init__(self) -> None:
        """Start without pictures; wake-ups go nowhere until `on_wake` is set."""
        self._boxes: dict[VideoKey, LatestFrame] = {}
        self.on_wake: Callable[[VideoKey], None] | None = None

    def of(self, key: VideoKey) -> LatestFrame:
        """Return the mailbox of a picture, made on first use. Any thread."""
        return self._boxes.setdefault(key, LatestFrame())

    def put(self, key: VideoKey, frame: Frame) -> None:
        """Hand over a picture; wakes the reader if the mailbox was empty. Any thread."""
        if self.of(key).put(frame) and self.on_wake is not None:
            self.on_wake(key)

    def clear(self) -> None:
        """Throw away what nobody took, so that no picture of one call shows in the next."""
        for box in tuple(self._boxes.values()):
            box.take()

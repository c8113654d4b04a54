"""What a tile shows of one mailbox: the newest picture, kept while tiles, places and connections change."""

import time

from PySide6.QtGui import QImage

from desktop.core.frames import Frame, LatestFrame


class ShownPicture:
    """The newest picture of one source, ready to be painted. The GUI thread only.

    It outlives the tile that paints it, so that a picture may move to another place without a gap. When frames stop
    the last one stays; `clear` removes it.
    """

    def __init__(self, source: LatestFrame | None = None) -> None:
        """Show nothing yet; what waits in `source` is taken with the first `catch_up`."""
        self._source = source
        self._frame: Frame | None = None
        self._image = QImage()
        self._grey = QImage()
        self._is_waiting = False
        self.is_unpainted = False
        self.taken_at_s: float | None = None

    @property
    def source(self) -> LatestFrame | None:
        """The mailbox that is read."""
        return self._source

    @property
    def frame(self) -> Frame | None:
        """The frame that `image` reads; None without a picture."""
        return self._frame

    @property
    def image(self) -> QImage:
        """The picture as it lies in memory: not turned yet."""
        return self._image

    @property
    def grey_image(self) -> QImage:
        """The picture without colour."""
        if self._grey.isNull():
            self._grey = self._image.convertToFormat(QImage.Format.Format_Grayscale8)
        return self._grey

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture, or one waits in the mailbox."""
        return self._frame is not None or self._is_waiting

    @property
    def age_s(self) -> float:
        """How long ago the newest picture was taken from its mailbox, in seconds; 0 without one."""
        if self._frame is None or self.taken_at_s is None:
            return 0.0
        return time.monotonic() - self.taken_at_s

    def set_source(self, source: LatestFrame | None) -> None:
        """Read another mailbox from now on; the picture so far stays until a newer one comes."""
        self._source = source

    def wake(self) -> None:
        """Note that the mailbox holds a new frame; it is taken when it is painted."""
        self._is_waiting = True

    def catch_up(self) -> None:
        """Take at once what already waits in the mailbox, for which no wake-up will come any more."""
        self._is_waiting = True
        self.take_newest()

    def take_newest(self) -> None:
        """Take the newest frame, if there was a wake-up."""
        if not self._is_waiting:
            return
        self._is_waiting = False
        frame = self._source.take() if self._source is not None else None
        if frame is None:
            return
        # The image reads the frame's memory and is replaced before the old frame may go.
        self._image = QImage(frame.data, frame.width, frame.height, frame.width * 4, QImage.Format.Format_RGB32)
        self._grey = QImage()
        self._frame = frame
        self.is_unpainted = True
        self.taken_at_s = time.monotonic()

    def clear(self) -> None:
        """Forget the picture, and what waits in the mailbox."""
        self._image = QImage()
        self._grey = QImage()
        self._frame = None
        if self._source is not None:
            self._source.take()
        self._is_waiting = False
        self.is_unpainted = False

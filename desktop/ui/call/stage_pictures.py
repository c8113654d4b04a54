"""The pictures of the stage by key, and the tiles that show them by place."""

import time
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.core.call import TrackState, VideoKey
from desktop.core.frames import LatestFrame
from desktop.ui.call.layout import StagePlan
from desktop.ui.call.seats import OWN, Seat
from desktop.ui.call.small_tile import SmallTile
from desktop.ui.shown_picture import ShownPicture
from desktop.ui.video_tile import VideoTile

_PLACES = ("ownVideo", "secondVideo")
_OLD_AFTER_S = 2.0
_STARTS_WITHIN_S = 1.0


class StagePictures(QObject):
    """A picture belongs to a person and stays over every reconnect; a tile is a place, and pictures move between them.

    A picture that comes while it may not be seen (a camera that is off, a customer not in the room yet) stays in its
    mailbox, and is caught up with when the state allows it. `chosen` carries the key of a small picture that was
    tapped. GUI thread only.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._stage = parent
        self.main = VideoTile(parent)
        self.main.setObjectName("remoteVideo")
        self._small: list[SmallTile] = []
        self._keys: list[VideoKey | None] = []
        self._main_key: VideoKey | None = None
        self._seats: dict[VideoKey, Seat] = {}
        self._pictures: dict[VideoKey, ShownPicture] = {}
        self._starting_since_s: dict[VideoKey, float] = {}
        self._lookup: Callable[[VideoKey], LatestFrame] | None = None
        self._own: LatestFrame | None = None
        self.place(0)

    def place(self, number: int) -> SmallTile:
        """Return the small tile of a place, counted from the lower right corner; made on first use."""
        while len(self._small) <= number:
            at = len(self._small)
            tile = SmallTile(_PLACES[at] if at < len(_PLACES) else f"smallVideo{at + 1}", self._stage)
            tile.hide()
            tile.chosen.connect(self._note_chosen)
            # Under everything that lies on the stage, as the places that were there from the start.
            tile.stackUnder(self._small[-1]) if self._small else None
            self._small.append(tile)
            self._keys.append(None)
        return self._small[number]

    def tile_of(self, key: VideoKey) -> VideoTile | None:
        """Return the tile that shows a picture now."""
        if key == self._main_key:
            return self.main
        return next((tile for tile, shown in zip(self._small, self._keys, strict=True) if shown == key), None)

    def small_tiles(self) -> Iterator[tuple[Seat, SmallTile]]:
        """Iterate over the small pictures in sight."""
        for tile, key in zip(self._small, self._keys, strict=True):
            if key is not None and key in self._seats:
                yield self._seats[key], tile

    def picture(self, key: VideoKey) -> ShownPicture:
        """Return the picture of a key; an empty one where there is none."""
        return self._pictures.get(key) or ShownPicture()

    def is_frozen(self, seat: Seat) -> bool:
        """Whether an old picture stands there although new ones should come.

        A track that is built anew counts as stalled for a moment, while its picture is a fresh one; and one that
        starts again, after a reconnect or a pause, is given a second before its last picture is called an old one.
        """
        if self.picture(seat.key).age_s < _OLD_AFTER_S or seat.is_past:
            return False
        since_s = self._starting_since_s.get(seat.key)
        is_late = since_s is not None and time.monotonic() - since_s >= _STARTS_WITHIN_S
        return seat.track is TrackState.STALLED or is_late

    def set_videos(self, lookup: Callable[[VideoKey], LatestFrame], own: LatestFrame) -> None:
        """Say where pictures come from: by key, and one's own."""
        self._lookup, self._own = lookup, own
        self.follow(tuple(self._seats.values()))

    def frame_ready(self, key: VideoKey) -> bool:
        """Paint the new picture of `key`, if it may be seen; return whether it follows one of the past."""
        seat, picture = self._seats.get(key), self._pictures.get(key)
        if seat is None or picture is None or not seat.shows:
            return False
        picture.wake()
        tile = self.tile_of(key)
        if tile is None:
            return False
        if tile.is_grey:
            picture.take_newest()
        tile.repaint_soon()
        return tile.is_grey

    def follow(self, seats: Sequence[Seat]) -> None:
        """Bring the pictures in line with who has a seat; the last picture of whoever may not be seen is forgotten."""
        self._seats = {seat.key: seat for seat in seats}
        for key in self._pictures.keys() - self._seats.keys():
            self._pictures.pop(key).clear()
        for seat in seats:
            if seat.track is not TrackState.STARTING:
                self._starting_since_s.pop(seat.key, None)
            else:
                self._starting_since_s.setdefault(seat.key, time.monotonic())
            picture = self._pictures.setdefault(seat.key, ShownPicture())
            picture.set_source(self._source_of(seat.key))
            before = picture.frame
            if seat.shows:
                picture.catch_up()
            else:
                picture.clear()
            tile = self.tile_of(seat.key)
            if tile is not None and picture.frame is not before:
                tile.repaint_soon()

    def start_over(self) -> None:
        """Forget every picture: another session begins."""
        for picture in self._pictures.values():
            picture.clear()
        self._pictures.clear()
        self._starting_since_s.clear()

    def arrange(self, plan: StagePlan, unseen: frozenset[VideoKey]) -> None:
        """Show the pictures in their places, except those in `unseen`."""
        self._main_key = plan.main
        self.main.setGeometry(plan.main_rect)
        self._show(self.main, plan.main)
        for number, (key, rect) in enumerate(reversed(plan.small)):
            tile = self.place(number)
            tile.setGeometry(rect)
            self._keys[number] = None if key in unseen else key
        for number, tile in enumerate(self._small):
            if number >= len(plan.small):
                self._keys[number] = None
            self._show(tile, self._keys[number])
            tile.setVisible(self._keys[number] is not None)

    def _show(self, tile: VideoTile, key: VideoKey | None) -> None:
        picture = self._pictures.get(key) if key is not None else None
        if picture is not None:
            tile.show_picture(picture)
        elif tile.has_picture:
            tile.show_picture(ShownPicture())

    def _source_of(self, key: VideoKey) -> LatestFrame | None:
        if key == OWN:
            return self._own
        return self._lookup(key) if self._lookup is not None else None

    def _note_chosen(self) -> None:
        tile = self.sender()
        for key, small in zip(self._keys, self._small, strict=True):
            if small is tile and key is not None:
                self.chosen.emit(key)
                return

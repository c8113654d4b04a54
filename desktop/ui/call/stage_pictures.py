"""Which picture is in which tile of the stage: by key, by whether it may be seen now, and after a swap."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.core.call import CallState, OwnDevice, VideoKey, VideoSource
from desktop.core.frames import LatestFrame
from desktop.ui.call.small_tile import SmallTile
from desktop.ui.call.words import SHOWN_TRACKS, StageMode, stage_mode
from desktop.ui.video_tile import VideoTile

_OWN_CAMERA_SHOWS = frozenset({OwnDevice.STARTING, OwnDevice.ON})
_SHOWN_MODES = frozenset({StageMode.PICTURE, StageMode.STARTING, StageMode.RECONNECTING, StageMode.DROPPED})


class StagePictures:
    """The three tiles of a stage and their sources. GUI thread only.

    A picture that comes while it may not be seen (a camera that is off, a customer not in the room yet) stays in its
    mailbox, and is caught up with when the state allows it.
    """

    def __init__(self, parent: QWidget) -> None:
        self.main = VideoTile(parent)
        self.main.setObjectName("remoteVideo")
        self.own = SmallTile("ownVideo", parent)
        self.second = SmallTile("secondVideo", parent)
        self.second.hide()
        self.is_swapped = False
        self._state: CallState | None = None
        self._lookup: Callable[[VideoKey], LatestFrame] | None = None
        self._key: VideoKey | None = None

    @property
    def remote_tile(self) -> VideoTile:
        """The tile that shows the customer now: the large one, or the small one after a swap."""
        return self.own if self.is_swapped else self.main

    @property
    def own_tile(self) -> VideoTile:
        """The tile that shows the mechanic now."""
        return self.main if self.is_swapped else self.own

    @property
    def has_second(self) -> bool:
        """Whether the camera is shown beside a shared screen."""
        return self._second_key() is not None

    @property
    def shows_own(self) -> bool:
        """Whether the own camera gives pictures."""
        return self._state is not None and self._state.camera in _OWN_CAMERA_SHOWS

    @property
    def mode(self) -> StageMode:
        """What the stage is about, by the state and by whether a picture is there already."""
        if self._state is None:
            return StageMode.WAITING
        mode = stage_mode(self._state)
        if mode in {StageMode.PICTURE, StageMode.STARTING}:
            return StageMode.PICTURE if self.remote_tile.has_picture else StageMode.STARTING
        return mode

    def set_videos(self, lookup: Callable[[VideoKey], LatestFrame], own: LatestFrame) -> None:
        """Say where pictures come from: by key, and one's own."""
        self._lookup = lookup
        self.own_tile.set_source(own)
        if self._key is not None:
            self.remote_tile.set_source(lookup(self._key))
        self._follow_second()

    def frame_ready(self, key: object) -> None:
        """Paint the new picture of `key`, if it may be seen."""
        if key == self._key:
            if self.mode in _SHOWN_MODES:
                self.remote_tile.wake()
        elif key == self._second_key():
            self.second.wake()

    def own_frame_ready(self) -> None:
        """Paint the own camera's new picture, if the camera is on."""
        if self.shows_own:
            self.own_tile.wake()

    def follow(self, state: CallState) -> None:
        """Bring the tiles in line with a state."""
        before, self._state = self._state, state
        if before is not None and before.session_id != state.session_id:
            self._start_over()
        self._follow_main()
        self._follow_second()
        if self.shows_own:
            self.own_tile.catch_up()
        else:
            self.unswap()
            self.own_tile.clear()
        if stage_mode(state) in _SHOWN_MODES:
            self.remote_tile.catch_up()
        else:
            self.remote_tile.clear()

    def swap(self) -> None:
        """Exchange the large and the small picture."""
        self.is_swapped = not self.is_swapped
        self.main.exchange(self.own)

    def unswap(self) -> None:
        """Put the customer back into the large tile."""
        if self.is_swapped:
            self.swap()

    def set_past(self, past: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show the customer's picture as one of the past, or as the present one."""
        self.remote_tile.set_grey(past)
        self.own_tile.set_grey(False)

    def _start_over(self) -> None:
        self.unswap()
        for tile in (self.main, self.own, self.second):
            tile.clear()
        self._key = None

    def _wanted_key(self) -> VideoKey | None:
        if self._state is None:
            return None
        camera = self._state.customer.camera_key
        if camera is not None and self._state.customer.screen in SHOWN_TRACKS:
            return VideoKey(camera.identity, VideoSource.SCREEN_SHARE)
        return camera

    def _second_key(self) -> VideoKey | None:
        if self._key is None or self._key.source is VideoSource.CAMERA or self._state is None:
            return None
        return self._state.customer.camera_key if self._state.customer.camera in SHOWN_TRACKS else None

    def _follow_main(self) -> None:
        key = self._wanted_key()
        if key is None or key == self._key:
            return
        self._key = key
        self.remote_tile.clear()
        if self._lookup is not None:
            self.remote_tile.set_source(self._lookup(key))

    def _follow_second(self) -> None:
        key = self._second_key()
        if key is None:
            self.second.set_source(None)
            self.second.clear()
        elif self._lookup is not None:
            self.second.set_source(self._lookup(key))

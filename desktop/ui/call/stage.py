"""The stage of a call: one large picture, whole, the small ones, and everything that lies on them or stands in."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.core.call import CallState, TrackState, VideoKey
from desktop.core.corner import Corner
from desktop.core.frames import LatestFrame
from desktop.ui.call.corner_place import CornerPlace
from desktop.ui.call.layout import StagePlan, StageSizes, plan_stage
from desktop.ui.call.message_preview import MessagePreview
from desktop.ui.call.picture_wishes import PictureWishes
from desktop.ui.call.seats import OWN, Seat, large_seat, seats_of
from desktop.ui.call.stage_cover import PAST_MODES, StageCover
from desktop.ui.call.stage_overlay import StageOverlay
from desktop.ui.call.stage_pictures import StagePictures
from desktop.ui.call.tile_names import Speaking, name_large, name_own, name_small
from desktop.ui.call.words import StageMode, camera_mode, is_away, photo_words
from desktop.ui.theme import appearance, theme
from desktop.ui.video_tile import VideoTile


class Stage(QWidget):
    """Drawn from a `CallState`; pictures come by `set_videos` and the `frame_ready` slots.

    `normal_view_requested` is the way back from the full picture. `pictures_wanted` carries a mapping from VideoKey
    to PictureLayer: how much of each picture can be seen. Which picture is large and whether one's own is hidden are
    matters of this screen alone and are kept here, also over a reconnect. `corner_chosen` carries the Corner that the
    small picture was moved to.
    """

    normal_view_requested = Signal()
    pictures_wanted = Signal(object)
    corner_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self._state: CallState | None = None
        self._seats: tuple[Seat, ...] = ()
        self._large: Seat | None = None
        self._plan = StagePlan(None, QRect())
        self._pinned: VideoKey | None = None
        self._before_swap: VideoKey | None = None
        self._is_own_hidden = False
        self._speaking = Speaking()
        self._pictures = StagePictures(self)
        self._cover = StageCover(self)
        self._overlay = StageOverlay(self)
        self._wishes = PictureWishes(self)
        self._corner = CornerPlace(self._pictures.place(0), self)
        self._corner.chosen.connect(self._move_to_corner)
        self._overlay.swap.clicked.connect(self.swap_pictures)
        self._overlay.hide.clicked.connect(self.hide_own_picture)
        self._overlay.unhide.clicked.connect(self.show_own_picture)
        self._overlay.normal.clicked.connect(self.normal_view_requested)
        self._pictures.chosen.connect(self._choose)
        self._wishes.changed.connect(self.pictures_wanted)
        self._second_tick = QTimer(self, interval=500)
        self._second_tick.timeout.connect(self.tick)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def own_tile(self) -> VideoTile:
        """The tile that shows the mechanic now; the corner's while one's own picture is hidden."""
        return self._pictures.tile_of(OWN) or self._pictures.place(0)

    @property
    def main_tile(self) -> VideoTile:
        """The large tile, whoever is in it."""
        return self._pictures.main

    @property
    def preview(self) -> MessagePreview:
        """The first words of a new message."""
        return self._overlay.preview

    # What the page calls

    def set_videos(self, lookup: Callable[[VideoKey], LatestFrame], own: LatestFrame) -> None:
        """Say where pictures come from: by key, and one's own."""
        self._pictures.set_videos(lookup, own)

    def frame_ready(self, key: object) -> None:
        """Paint the new picture of `key`, a `VideoKey`; others are left alone."""
        if not isinstance(key, VideoKey):
            return
        was_past = self._pictures.frame_ready(key)
        if self._large is not None and key == self._large.key:
            if was_past or self._cover.has_notice:
                self._show_mode()
                self._show_names()
        elif was_past:
            self._show_small()

    def own_frame_ready(self) -> None:
        """Paint the own camera's new picture."""
        self._pictures.frame_ready(OWN)

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        before, self._state = self._state, state
        if before is not None and before.session_id != state.session_id:
            self._start_over()
        known = {seat.key for seat in self._seats if seat.is_screen}
        self._seats = seats_of(state)
        self._speaking.follow((state.customer, *state.others))
        self._follow_pin(known)
        self._pictures.follow(self._seats)
        self._arrange()

    def set_full(self, full: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show the way back to the normal view."""
        self._overlay.normal.setVisible(full)

    def set_corner(self, corner: Corner) -> None:
        """Let the small picture lie in this corner, where it lies on the large one."""
        if corner is not self._corner.corner:
            self._corner.corner = corner
            self._arrange()

    def show_large(self, key: object) -> None:
        """Give somebody's picture the large place until another one is chosen."""
        if not isinstance(key, VideoKey) or self._state is None:
            return
        usual = large_seat(self._state.customer.camera_key, self._seats, None)
        self._pinned = None if usual is not None and usual.key == key else key
        self._arrange()

    def _choose(self, key: object) -> None:
        """Answer a tap on a small picture: one's own moves on, any other becomes large."""
        if key == OWN:
            self._corner.step()
        else:
            self.show_large(key)

    def _move_to_corner(self, corner: object) -> None:
        self._arrange()
        self.corner_chosen.emit(corner)

    def swap_pictures(self) -> None:
        """Exchange the large picture and one's own."""
        if self._is_swapped:
            self._pinned = self._before_swap
        elif self._is_own_hidden or not self._shows_own:
            return
        else:
            self._before_swap, self._pinned = self._pinned, OWN
        self._arrange()

    def hide_own_picture(self) -> None:
        """Take one's own picture off this screen; the customer still sees it."""
        if self._is_swapped:
            self.swap_pictures()
        self._is_own_hidden = True
        self._arrange()
        self._overlay.unhide.setFocus()

    def show_own_picture(self) -> None:
        """Bring one's own picture back."""
        self._is_own_hidden = False
        self._arrange()
        self._overlay.hide.setFocus()

    def tick(self) -> None:
        """Tell the passing time where it is written, and notice that a picture has frozen."""
        if self._state is None or not self.isVisible():
            self._second_tick.stop()
            return
        self._show_mode()
        self._show_names()
        self._show_small()

    # Who is where

    @property
    def _is_swapped(self) -> bool:
        return self._pinned == OWN

    @property
    def _shows_own(self) -> bool:
        return any(seat.is_own and seat.shows for seat in self._seats)

    def _start_over(self) -> None:
        self._is_own_hidden = False
        self._pinned = self._before_swap = None
        self._seats = ()
        self._pictures.start_over()
        self._wishes.start_over()

    def _follow_pin(self, known_screens: set[VideoKey]) -> None:
        """Let a new screen take the stage, and let go of a picture that is not there any more."""
        new = [seat.key for seat in self._seats if seat.is_screen and seat.key not in known_screens]
        if new:
            self._pinned = new[-1]
        keys = {seat.key for seat in self._seats}
        if self._is_swapped and not self._shows_own:
            self._pinned = self._before_swap
        if self._pinned not in keys:
            self._pinned = None

    def _arrange(self) -> None:
        """Give every picture its place, then show what belongs to it."""
        state = self._state
        if state is None:
            return
        self._large = large_seat(state.customer.camera_key, self._seats, self._pinned)
        main = self._large.key if self._large is not None else None
        small = [seat.key for seat in self._seats if seat.key != main]
        sizes = _sizes()
        plan = plan_stage(main, small, self.size(), sizes, self._plan.strip, self._corner.corner)
        if plan.strip is not None and self._is_own_hidden:
            # One's own place is given to the others; lying on the picture it stays free for the way back.
            others = [key for key in small if key != OWN]
            plan = plan_stage(main, others, self.size(), sizes, plan.strip, self._corner.corner)
        self._plan = plan
        self._pictures.arrange(plan, frozenset({OWN}) if self._is_own_hidden else frozenset())
        self._wishes.want({key: layer for key, layer in plan.layers(self.devicePixelRatioF()).items() if key != OWN})
        self._show_mode()
        self._show_names()
        self._show_small()
        self._place_parts()

    # What is shown

    @property
    def _mode(self) -> StageMode:
        state, seat = self._state, self._large
        if state is None:
            return StageMode.WAITING
        if seat is None:
            return camera_mode(state, state.customer)
        if seat.is_own:
            return StageMode.RECONNECTING if is_away(state) else StageMode.PICTURE
        if seat.mode not in {StageMode.PICTURE, StageMode.STARTING}:
            return seat.mode
        if not self._pictures.picture(seat.key).has_picture:
            return StageMode.STARTING
        return StageMode.FROZEN if self._pictures.is_frozen(seat) else StageMode.PICTURE

    def _show_mode(self) -> None:
        state = self._state
        if state is None:
            return
        mode, seat = self._mode, self._large
        is_own = seat is not None and seat.is_own
        self.main_tile.set_grey(mode in PAST_MODES and not is_own)
        look = theme()
        has_ground = mode is StageMode.PICTURE or mode in PAST_MODES
        backdrop = look.color("video-letterbox" if has_ground else "surface-sunken")
        self.main_tile.set_colours(backdrop, look.color("surface"))
        lost = seat if seat is not None and not is_own else self._customer_seat()
        age_s = self._pictures.picture(lost.key).age_s if lost is not None else 0.0
        person = seat.view.person if seat is not None and not is_own else state.customer.person
        self._cover.show_mode(state, person, mode, age_s)

    def _customer_seat(self) -> Seat | None:
        key = self._state.customer.camera_key if self._state is not None else None
        return next((seat for seat in self._seats if seat.key == key), None)

    def _show_names(self) -> None:
        state, seat = self._state, self._large
        if state is not None:
            speaking = self._speaking.of(seat.view if seat is not None else state.customer)
            name_large(state, seat, self.main_tile, self._overlay.name, mode=self._mode, speaking=speaking)
            is_photo = self._mode is StageMode.PICTURE and seat is not None and seat.track is TrackState.PAUSED
            self._overlay.show_photo(photo_words(state) if is_photo else "")

    def _show_small(self) -> None:
        state = self._state
        if state is None:
            return
        for seat, tile in self._pictures.small_tiles():
            if seat.is_own:
                name_own(state, tile, can_move=self._plan.can_move)
            else:
                speaking = self._speaking.of(seat.view)
                name_small(state, seat, tile, frozen=self._pictures.is_frozen(seat), speaking=speaking)

    # Places

    def showEvent(self, event: QShowEvent) -> None:
        """Tell the passing time again."""
        super().showEvent(event)
        self._second_tick.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put everything into its place again."""
        super().resizeEvent(event)
        self._arrange()

    def _place_parts(self) -> None:
        people = {key.identity for key in self._plan.hidden}
        self._overlay.more.show_words(f"and {len(people)} more")
        self._overlay.more.setVisible(bool(people))
        self._overlay.show_buttons(shows_own=self._shows_own, is_own_hidden=self._is_own_hidden)
        self._cover.place(self._plan.main_rect)
        self._overlay.place(self._plan)
        self._corner.follow(self._plan)

    def place_preview(self) -> None:
        """Put the first words of a new message above the name plate."""
        self._overlay.place_preview()

    def _take_theme(self) -> None:
        self.main_tile.set_radius(theme().radius("stage"))
        self._arrange()


def _sizes() -> StageSizes:
    look = theme()
    small = QSize(*look.extent("pip"))
    return StageSizes(small, small * 0.6, look.pick(kiosk=16, desktop=10), look.size("gap"))

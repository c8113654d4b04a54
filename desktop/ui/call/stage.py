"""The stage of a call: the remote picture, whole, with everything that lies on it or stands in for it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.core.call import CallState, TrackState, VideoKey
from desktop.core.frames import LatestFrame
from desktop.ui.call.message_preview import MessagePreview
from desktop.ui.call.person_notice import PersonNotice
from desktop.ui.call.picture_plate import PicturePlate
from desktop.ui.call.plates import OverlayButton, Plate
from desktop.ui.call.stage_pictures import StagePictures
from desktop.ui.call.words import (
    ChipFact,
    StageMode,
    first_name,
    last_picture,
    name_with_role,
    own_camera_words,
    planned_minutes,
    waited,
    waiting_text,
)
from desktop.ui.theme import appearance, theme
from desktop.ui.video_tile import VideoTile

_PAST_MODES = frozenset({StageMode.RECONNECTING, StageMode.DROPPED})


class Stage(QWidget):
    """Drawn from a `CallState`; pictures come by `set_videos` and the `frame_ready` slots.

    `normal_view_requested` is the way back from the full picture. Swapping and hiding one's own picture are matters of
    this screen alone and are kept here, also over a reconnect.
    """

    normal_view_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self._state: CallState | None = None
        self._is_own_hidden = False
        self._pictures = StagePictures(self)
        self._notice = PersonNotice(self)
        self._past = PicturePlate(self)
        self._name = Plate("remotePlate", self)
        self.preview = MessagePreview(self)
        self._swap = OverlayButton("arrow-left-right", name="swapPictures", label="Swap pictures", parent=self)
        self._hide = OverlayButton("eye-off", name="hideOwnPicture", label="Hide my picture", parent=self)
        self._unhide = OverlayButton(
            "eye", name="showOwnPicture", label="Show my picture", text="Show my picture", parent=self
        )
        self._normal = OverlayButton(
            "minimize", name="normalView", label="Normal view", text="Normal view", parent=self
        )
        self._normal.hide()
        self._swap.clicked.connect(self.swap_pictures)
        self._hide.clicked.connect(self.hide_own_picture)
        self._unhide.clicked.connect(self.show_own_picture)
        self._normal.clicked.connect(self.normal_view_requested)
        self._second_tick = QTimer(self, interval=500)
        self._second_tick.timeout.connect(self.tick)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def remote_tile(self) -> VideoTile:
        """The tile that shows the customer now: the large one, or the small one after a swap."""
        return self._pictures.remote_tile

    @property
    def own_tile(self) -> VideoTile:
        """The tile that shows the mechanic now."""
        return self._pictures.own_tile

    @property
    def main_tile(self) -> VideoTile:
        """The large tile, whoever is in it."""
        return self._pictures.main

    def set_videos(self, lookup: Callable[[VideoKey], LatestFrame], own: LatestFrame) -> None:
        """Say where pictures come from: by key, and one's own."""
        self._pictures.set_videos(lookup, own)

    def frame_ready(self, key: object) -> None:
        """Paint the new picture of `key`, a `VideoKey`; others are left alone."""
        self._pictures.frame_ready(key)
        if not self._notice.isHidden() and self._pictures.mode is StageMode.PICTURE:
            self._show_mode()
            self._show_people()

    def own_frame_ready(self) -> None:
        """Paint the own camera's new picture."""
        self._pictures.own_frame_ready()

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        before, self._state = self._state, state
        if before is not None and before.session_id != state.session_id:
            self._is_own_hidden = False
        self._pictures.follow(state)
        self._show_mode()
        self._show_people()
        self._place()

    def set_full(self, full: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show the way back to the normal view."""
        self._normal.setVisible(full)
        self._place()

    def swap_pictures(self) -> None:
        """Exchange the large and the small picture."""
        pictures = self._pictures
        if not pictures.is_swapped and (self._is_own_hidden or not pictures.shows_own):
            return
        pictures.swap()
        self._show_mode()
        self._show_people()
        self._place()

    def hide_own_picture(self) -> None:
        """Take one's own picture off this screen; the customer still sees it."""
        if self._pictures.is_swapped:
            self.swap_pictures()
        self._is_own_hidden = True
        self._place()
        self._unhide.setFocus()

    def show_own_picture(self) -> None:
        """Bring one's own picture back."""
        self._is_own_hidden = False
        self._place()
        self._hide.setFocus()

    def tick(self) -> None:
        """Tell the passing time where it is written."""
        state = self._state
        if state is None or not self.isVisible():
            self._second_tick.stop()
            return
        mode = self._pictures.mode
        if mode is StageMode.WAITING:
            self._show_waiting(state)
        elif mode is StageMode.RECONNECTING and self._past.isVisible():
            self._show_past(state, mode)

    # Inside

    def _show_mode(self) -> None:
        state = self._state
        if state is None:
            return
        mode = self._pictures.mode
        is_past = mode in _PAST_MODES
        self._pictures.set_past(is_past)
        look = theme()
        backdrop = look.color("video-letterbox" if mode is StageMode.PICTURE or is_past else "surface-sunken")
        self.main_tile.set_colours(backdrop, look.color("surface"))
        if is_past:
            self._show_past(state, mode)
        else:
            self._past.hide()
            self._show_notice(state, mode)

    def _show_past(self, state: CallState, mode: StageMode) -> None:
        self._notice.hide()
        first = first_name(state.customer.person)
        if mode is StageMode.DROPPED:
            text = "The session stays open. Their phone is trying to come back."
            self._past.show_words(f"{first} lost the connection", text)
        else:
            last = self.remote_tile.last_painted
            seconds = (
                int(time.monotonic() - last.painted_at_s) if last is not None and self.remote_tile.has_picture else 0
            )
            self._past.show_words("Getting the picture back", last_picture(seconds))
        self._past.adjustSize()
        self._past.show()
        self._place_past()

    def _show_notice(self, state: CallState, mode: StageMode) -> None:
        person = state.customer.person
        if mode is StageMode.PICTURE or self._pictures.is_swapped:
            self._notice.hide()
            return
        if mode is StageMode.WAITING:
            self._show_waiting(state)
        elif mode is StageMode.NO_CAMERA:
            self._notice.show_notice(person, person.display_name, f"{first_name(person)}'s camera is off.")
        elif mode is StageMode.CONNECTING:
            self._notice.show_notice(person, person.display_name, "Picture and sound are being connected.")
        else:
            self._notice.show_notice(person, person.display_name, f"{first_name(person)}'s picture is starting.")
        self._notice.show()

    def _show_waiting(self, state: CallState) -> None:
        now_s = time.monotonic()
        long_s = now_s - state.waiting_since_s if state.waiting_since_s is not None else 0.0
        chips = []
        if words := waited(state, now_s):
            chips.append(ChipFact(words, "clock", "plain"))
        if (minutes := planned_minutes(state.timer)) is not None:
            chips.append(ChipFact(f"{minutes} min planned", "hourglass", "plain"))
        person = state.customer.person
        self._notice.show_notice(
            person, f"Waiting for {person.display_name}", waiting_text(state, long_s), tuple(chips), is_waiting=True
        )

    def _show_people(self) -> None:
        state = self._state
        if state is None:
            return
        customer = state.customer
        name = name_with_role(state, customer)
        is_heard = customer.microphone not in {TrackState.ABSENT, TrackState.MUTED}
        spoken = f"{name}, microphone {'on' if is_heard else 'off'}"
        is_picture = self._pictures.mode is StageMode.PICTURE
        self.remote_tile.set_person(name, camera_on=is_picture)
        self.own_tile.setAccessibleName("Your own picture")
        self._pictures.second.set_title(first_name(customer.person))
        self._pictures.own.set_words(
            own_camera_words(state) if not self._pictures.is_swapped else first_name(customer.person)
        )
        if self._pictures.is_swapped:
            self._name.show_words("You")
            self._pictures.own.set_title(first_name(customer.person))
        else:
            self._name.show_words(name, "mic" if is_heard else "mic-off", spoken)
            self._pictures.own.set_title("You")
        self._name.setVisible(customer.in_room or customer.was_in_room or self._pictures.is_swapped)
        is_speaking = customer.speaking and customer.in_room and not self._pictures.is_swapped
        self.main_tile.set_edge(theme().color("success") if is_speaking else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell the passing time again."""
        super().showEvent(event)
        self._second_tick.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put everything into its place again."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self.main_tile.setGeometry(self.rect())
        self._notice.setGeometry(self.rect())
        own_tile = self._pictures.own
        margin = theme().pick(kiosk=16, desktop=10)
        right, bottom = self.width() - margin, self.height() - margin
        own = QRect(QPoint(right - own_tile.width(), bottom - own_tile.height()), own_tile.size())
        own_tile.move(own.topLeft())
        gap = theme().size("gap")
        self._hide.move(own.right() + 1 - self._hide.width(), own.top() - gap - self._hide.height())
        self._swap.move(self._hide.x() - gap - self._swap.width(), self._hide.y())
        self._unhide.move(right - self._unhide.width(), bottom - self._unhide.height())
        self._normal.move(right - self._normal.width(), margin)
        self._pictures.second.move(own.left() - gap - self._pictures.second.width(), own.top())
        for part in (own_tile, self._hide):
            part.setVisible(not self._is_own_hidden)
        self._swap.setVisible(self._pictures.shows_own and not self._is_own_hidden)
        self._unhide.setVisible(self._is_own_hidden)
        self._pictures.second.setVisible(self._pictures.has_second)
        self._notice.fit(self.width(), 0)
        self._name.set_max_width(max(80, own.left() - 2 * margin))
        self._name.move(margin, bottom - self._name.height())
        self.preview.set_max_width(max(120, own.left() - 2 * margin))
        self.place_preview()
        self._place_past()

    def place_preview(self) -> None:
        """Put the first words of a new message above the name plate."""
        gap = theme().size("gap")
        self.preview.move(self._name.x(), self._name.y() - gap - self.preview.height())

    def _place_past(self) -> None:
        width = min(self._past.sizeHint().width(), self.width() - 32)
        self._past.resize(width, self._past.sizeHint().height())
        self._past.move((self.width() - width) // 2, (self.height() - self._past.height()) // 2)

    def _take_theme(self) -> None:
        self.main_tile.set_radius(theme().radius("stage"))
        self._show_mode()
        self._show_people()
        self._place()

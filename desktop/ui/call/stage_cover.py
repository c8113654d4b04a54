"""What lies over the large picture or stands in for it: who is waited for, whose camera is off, what was lost."""

import time

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from desktop.core.call import CallState
from desktop.core.people import Person
from desktop.ui.call.person_notice import PersonNotice
from desktop.ui.call.picture_plate import PicturePlate
from desktop.ui.call.words import (
    ChipFact,
    StageMode,
    first_name,
    last_picture,
    planned_minutes,
    starting_text,
    waited,
    waiting_text,
)

PAST_MODES = frozenset({StageMode.FROZEN, StageMode.RECONNECTING, StageMode.DROPPED})
"""What is seen is one of the past: it is grey, with a plate on it."""


class StageCover:
    """Two widgets of which at most one is to be seen: a notice without a picture, a plate over one of the past."""

    def __init__(self, stage: QWidget) -> None:
        self.notice = PersonNotice(stage)
        self._past = PicturePlate(stage)
        for part in (self.notice, self._past):
            # They only tell; a tap is meant for the small picture below.
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._area = QRect()

    @property
    def has_notice(self) -> bool:
        """Whether a notice stands in for the picture."""
        return not self.notice.isHidden()

    def show_mode(self, state: CallState, person: Person, mode: StageMode, age_s: float) -> None:
        """Show what the stage is about; `age_s` is how old the last picture is, 0 where there is none."""
        first = first_name(person)
        if mode is StageMode.DROPPED:
            text = "The session stays open. Their phone is trying to come back."
            self._past.show_words(f"{first} lost the connection", text)
        elif mode in PAST_MODES:
            self._past.show_words("Getting the picture back", last_picture(int(age_s)))
        elif mode is StageMode.WAITING:
            self._show_waiting(state)
        elif mode is StageMode.NO_CAMERA:
            self.notice.show_notice(person, person.display_name, f"{first}'s camera is off.")
        elif mode is StageMode.CONNECTING:
            self.notice.show_notice(person, person.display_name, "Picture and sound are being connected.")
        elif mode is StageMode.STARTING:
            text = starting_text(state) or f"{first}'s picture is starting."
            self.notice.show_notice(person, person.display_name, text)
        self._past.adjustSize()
        self._past.setVisible(mode in PAST_MODES)
        self.notice.setVisible(mode not in PAST_MODES and mode is not StageMode.PICTURE)
        self._place_past()

    def place(self, area: QRect) -> None:
        """Lie over the large picture."""
        self._area = area
        self.notice.setGeometry(area)
        self.notice.fit(area.width(), 0)
        self._place_past()

    def _show_waiting(self, state: CallState) -> None:
        now_s = time.monotonic()
        long_s = now_s - state.waiting_since_s if state.waiting_since_s is not None else 0.0
        chips = []
        if words := waited(state, now_s):
            chips.append(ChipFact(words, "clock", "plain"))
        if (minutes := planned_minutes(state.timer)) is not None:
            chips.append(ChipFact(f"{minutes} min planned", "hourglass", "plain"))
        person = state.customer.person
        self.notice.show_notice(
            person, f"Waiting for {person.display_name}", waiting_text(state, long_s), tuple(chips), is_waiting=True
        )

    def _place_past(self) -> None:
        width = min(self._past.sizeHint().width(), self._area.width() - 32)
        self._past.resize(width, self._past.sizeHint().height())
        place = self._past.rect()
        place.moveCenter(self._area.center())
        self._past.move(place.topLeft())

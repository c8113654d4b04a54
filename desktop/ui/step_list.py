"""A list of steps on a card: what is done, what is under way, and what is still to do."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.icons import paint_icon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme


class StepMark(StrEnum):
    """Where a step stands."""

    DONE = "done"
    NOW = "now"
    TO_DO = "to do"


_LOOKS = {
    StepMark.DONE: ("circle-check", "success-fg", "text"),
    StepMark.NOW: ("loader-circle", "accent", "text"),
    StepMark.TO_DO: ("circle", "text-muted", "text-muted"),
}
_NOW_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class Step:
    """One step; its words are clean."""

    words: str
    mark: StepMark


_NO_STEP = Step("", StepMark.TO_DO)


class _StepIcon(QWidget):
    """The sign of a step; a screen reader hears the mark in the words beside it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.mark = StepMark.TO_DO
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the icon's square."""
        px = theme().size("icon")
        return QSize(px, px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sign."""
        icon, role, _ = _LOOKS[self.mark]
        paint_icon(QPainter(self), QRectF(self.rect()), icon, theme().color(role))


class _StepRow(QWidget):
    """One step: sign and words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = _StepIcon(self)
        self._words = PlainLabel(parent=self)
        self._now_words = PlainLabel(weight=_NOW_WEIGHT, parent=self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part in (self._icon, self._words, self._now_words):
            self._row.addWidget(part, 0 if part is self._icon else 1)
        self.take_theme()

    def show_step(self, step: Step) -> None:
        """Show another step."""
        self._icon.mark = step.mark
        is_now = step.mark is StepMark.NOW
        for label, is_used in ((self._now_words, is_now), (self._words, not is_now)):
            label.set_text(step.words if is_used else "")
            label.set_role(_LOOKS[step.mark][2])
            label.setAccessibleDescription(step.mark.value)
            label.setVisible(is_used)
        self._icon.update()

    def take_theme(self) -> None:
        """Take the sizes of the theme."""
        self._row.setSpacing(theme().pick(kiosk=18, desktop=12))
        self.setFixedHeight(theme().pick(kiosk=64, desktop=44))


class StepList(QWidget):
    """Shows steps, top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_surface(self, "raised", "all")
        self._rows: list[_StepRow] = []
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show these steps instead of the former ones."""
        while len(self._rows) < len(steps):
            row = _StepRow(self)
            self._rows.append(row)
            self._column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(steps))
            row.show_step(steps[place] if place < len(steps) else _NO_STEP)

    def _take_theme(self) -> None:
        look = theme()
        pad = look.pick(kiosk=36, desktop=24)
        self._column.setContentsMargins(pad, look.pick(kiosk=28, desktop=16), pad, look.pick(kiosk=28, desktop=16))
        self.setFixedWidth(look.pick(kiosk=620, desktop=440))
        for row in self._rows:
            row.take_theme()

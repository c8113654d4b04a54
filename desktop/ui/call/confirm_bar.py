"""The question in the control bar before a session ends; keeping on talking is the easy answer."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QSpacerItem, QVBoxLayout, QWidget

from desktop.ui.buttons import Button
from desktop.ui.large_icon import LargeIcon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme

KEEPS_TALKING_AFTER_MS = 15_000
# With the wider "Keep talking" beyond it, "End now" is 200 px away from where "End session" stood.
_GAP_PX = {"kiosk": 156, "desktop": 190}


class ConfirmBar(QWidget):
    """Question, its meaning, and two answers. "Keep talking" stands where "End session" stood and has the focus.

    It answers "keep talking" by itself after 15 seconds. `end_chosen` comes once, `kept` for every other way out.
    """

    end_chosen = Signal()
    kept = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("endQuestion")
        set_surface(self, "danger-soft", "danger")
        self._title = PlainLabel(style="title", role="danger-soft-text", parent=self)
        self._title.setObjectName("endQuestionTitle")
        self._meaning = PlainLabel(style="caption", role="danger-soft-text", wrap=True, max_lines=2, parent=self)
        self._meaning.setObjectName("endQuestionText")
        self._end = Button("End now", "phone-off", name="endNow", kind="danger", primary=True, parent=self)
        self._keep = Button("Keep talking", "arrow-left", name="keepTalking", primary=True, parent=self)
        self._gap = QSpacerItem(0, 0)
        self._words = words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._meaning)
        words.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.addWidget(LargeIcon("phone-off", "danger-soft-text", self))
        self._row.addLayout(words, 1)
        self._row.addWidget(self._end)
        self._row.addSpacerItem(self._gap)
        self._row.addWidget(self._keep)
        self._answer = QTimer(self, singleShot=True, interval=KEEPS_TALKING_AFTER_MS)
        self._answer.timeout.connect(self.kept)
        self._end.clicked.connect(self._choose_end)
        self._keep.clicked.connect(self.kept)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def ask(self, title: str, meaning: str) -> None:
        """Ask; the time to answer runs from now."""
        self._title.set_text(title)
        self._meaning.set_text(meaning)
        self._end.setEnabled(True)
        self._answer.start()
        self._keep.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop waiting for an answer."""
        super().hideEvent(event)
        self._answer.stop()

    def _choose_end(self) -> None:
        self._end.setEnabled(False)
        self._answer.stop()
        self.end_chosen.emit()

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._row.setContentsMargins(side, 0, side, 0)
        self._row.setSpacing(0)
        self._gap.changeSize(_GAP_PX[look.profile], 1)
        self._words.setContentsMargins(side, 0, side, 0)
        self._keep.setMinimumWidth(look.pick(kiosk=250, desktop=150))

"""Ready sentences that one tap sends: what a mechanic says most, without typing in gloves."""

import time

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.ui.buttons import Button
from desktop.ui.theme import appearance, theme

CALL_REPLIES = ("Hold still, please", "Move closer", "Torch on, please", "One moment")
CHAT_REPLIES = ("Please send a photo", "What do you hear?", "Any warning lights?", "One moment")
_BOUNCE_S = 0.6


class OneTap:
    """Tells a tap from the bounce of the finger before it."""

    def __init__(self) -> None:
        self._last = ("", 0.0)

    def counts(self, sentence: str) -> bool:
        """Return whether this tap asks for the sentence, rather than once more for the one just asked for."""
        now_s = time.monotonic()
        before, at_s = self._last
        self._last = (sentence, now_s)
        return before != sentence or now_s - at_s > _BOUNCE_S


class _ReplyButton(Button):
    """A quick reply: shares the width with its neighbours."""

    def sizeHint(self) -> QSize:
        """Return the word with little padding, so that two fit beside each other."""
        return QSize(self.face().content_width() + 16, super().sizeHint().height())


class QuickReplies(QWidget):
    """A grid of ready sentences. `reply_requested` carries the sentence; a bouncing finger sends it once."""

    reply_requested = Signal(str)

    def __init__(self, sentences: tuple[str, ...], columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quickReplies")
        self._tap = OneTap()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for number, sentence in enumerate(sentences):
            button = _ReplyButton(sentence, name=f"quickReply{number + 1}")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._press)
            self._grid.addWidget(button, number // columns, number % columns)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _press(self) -> None:
        button = self.sender()
        if isinstance(button, Button) and self._tap.counts(button.text()):
            self.reply_requested.emit(button.text())

    def _take_theme(self) -> None:
        self._grid.setSpacing(theme().size("gap"))

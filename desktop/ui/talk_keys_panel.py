"""TalkKeysPanel: which keys are held to be heard or to be silent, learnt by pressing them once."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.buttons import Button
from desktop.ui.plain_label import PlainLabel
from desktop.ui.talk_keys import DEFAULT_TALK_KEY, key_text, program, spoken_key
from desktop.ui.theme import appearance, set_surface, theme

_ASK = "Press the key or the foot switch."
_REFUSED = "This key cannot be used. Press another one."
_LETTER = "While you write, this key writes."


@dataclass(frozen=True, slots=True)
class _Purpose:
    name: str
    title: str
    meaning: str
    without: str


_TALK = _Purpose(
    "talk",
    "Hold to talk",
    "While you are muted, hold this key to be heard.",
    f"No key learnt. {DEFAULT_TALK_KEY} works.",
)
_SILENCE = _Purpose("mute", "Hold to be silent", "Hold this key and nobody hears you.", "No key learnt.")


class _KeyRow(QWidget):
    """One purpose: its words, its key, and the buttons that change it."""

    learn_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, purpose: _Purpose, parent: QWidget) -> None:
        super().__init__(parent)
        self._purpose = purpose
        self._text = ""
        self.is_learning = False
        title = PlainLabel(style="strong", parent=self)
        title.set_text(purpose.title)
        self._meaning = PlainLabel(style="caption", role="text-muted", wrap=True, max_lines=2, parent=self)
        self._key = PlainLabel(style="strong", parent=self)
        self._key.setObjectName(f"{purpose.name}Key")
        self._learn = Button("Learn a key", "keyboard", name=f"{purpose.name}Learn", parent=self)
        self._remove = Button("Remove", "trash-2", name=f"{purpose.name}Remove", kind="outline", parent=self)
        words = QVBoxLayout()
        words.setSpacing(4)
        for line in (title, self._meaning, self._key):
            words.addWidget(line)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addLayout(words, 1)
        self._row.addWidget(self._learn)
        self._row.addWidget(self._remove)
        self._learn.clicked.connect(self._ask_learn)
        self._remove.clicked.connect(self._ask_remove)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def show_key(self, text: str) -> None:
        """Show the key in use, "" for none."""
        self._text = text
        self._draw(self._purpose.meaning, spoken_key(text) if text else self._purpose.without)

    def ask(self, sentence: str = _ASK) -> None:
        """Wait for a key."""
        self.is_learning = True
        self._draw(sentence, "...")

    def rest(self, hint: str = "") -> None:
        """Stop waiting; `hint` says what to know of the key."""
        self.is_learning = False
        self._draw(hint or self._purpose.meaning, spoken_key(self._text) if self._text else self._purpose.without)

    def focus_entry(self) -> None:
        """Put the focus on the button that learns."""
        self._learn.setFocus()

    def _draw(self, meaning: str, key: str) -> None:
        self._meaning.set_text(meaning)
        self._key.set_text(key)
        self._learn.set_face("Cancel" if self.is_learning else "Learn a key", "x" if self.is_learning else "keyboard")
        self._learn.setAccessibleName(f"{self._learn.text()}: {self._purpose.title}")
        self._remove.setAccessibleName(f"Remove: {self._purpose.title}")
        self._remove.setVisible(bool(self._text) and not self.is_learning)

    def _ask_learn(self) -> None:
        self.learn_requested.emit(self._purpose.name)

    def _ask_remove(self) -> None:
        self.remove_requested.emit(self._purpose.name)

    def _take_theme(self) -> None:
        self._row.setSpacing(theme().pick(kiosk=12, desktop=8))


class TalkKeysPanel(QFrame):
    """Lies over the middle of its parent; GUI thread. `keys_changed` carries the keys to talk and to be silent.

    While it learns it takes every key of the program; Escape ends the learning, then the panel.
    """

    keys_changed = Signal(str, str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("talkKeysPanel")
        set_surface(self, "raised", "all")
        self._talk_key = self._mute_key = ""
        title = PlainLabel(style="title", parent=self)
        title.set_text("Keys to talk")
        self._rows = {purpose.name: _KeyRow(purpose, self) for purpose in (_TALK, _SILENCE)}
        self._done = Button("Done", name="talkKeysDone", kind="accent", primary=True, parent=self)
        self._column = QVBoxLayout(self)
        self._column.addWidget(title)
        for row in self._rows.values():
            row.learn_requested.connect(self._learn)
            row.remove_requested.connect(self._remove)
            self._column.addWidget(row)
        self._column.addWidget(self._done, 0, Qt.AlignmentFlag.AlignRight)
        self._done.clicked.connect(self.close_panel)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        parent.installEventFilter(self)
        self.hide()

    def show_keys(self, talk: str, mute: str) -> None:
        """Show these keys as the ones in use."""
        self._talk_key, self._mute_key = talk, mute
        for row, text in zip(self._rows.values(), (talk, mute), strict=True):
            if not row.is_learning:
                row.show_key(text)

    def open_panel(self) -> None:
        """Show the panel over its parent, ready to learn."""
        self._place()
        self.show()
        self.raise_()
        self._rows["talk"].focus_entry()

    def close_panel(self) -> None:
        """Go away; what was learnt stays."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size, and take the key that is to be learnt before anybody else sees it."""
        if watched is self.parent() and event.type() is QEvent.Type.Resize:
            self._place()
        learning = next((row for row in self._rows.values() if row.is_learning), None)
        if learning is None or not isinstance(event, QKeyEvent):
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
            self._take(learning, event)
        return event.type() in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop learning with the panel."""
        super().hideEvent(event)
        self._stop_learning()

    def _learn(self, name: str) -> None:
        row = self._rows[name]
        was_learning = row.is_learning
        self._stop_learning()
        if not was_learning:
            row.ask()
            program().installEventFilter(self)

    def _take(self, row: _KeyRow, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._stop_learning()
            return
        text = key_text(event)
        if not text:
            row.ask(_REFUSED)
            return
        self._stop_learning()
        self._use("talk" if row is self._rows["talk"] else "mute", text)
        row.rest(_LETTER if event.text().isprintable() and event.text() else "")

    def _use(self, name: str, text: str) -> None:
        """Give a key its purpose; the other purpose gives it up."""
        talk, mute = (text, self._mute_key) if name == "talk" else (self._talk_key, text)
        if text and talk == mute:
            talk, mute = (text, "") if name == "talk" else ("", text)
        self.show_keys(talk, mute)
        self.keys_changed.emit(talk, mute)

    def _remove(self, name: str) -> None:
        self._use(name, "")

    def _stop_learning(self) -> None:
        for row in self._rows.values():
            if row.is_learning:
                row.rest()
                program().removeEventFilter(self)

    def _place(self) -> None:
        over = self.parentWidget()
        if over is None:
            return
        width = min(over.width() - 2 * theme().pick(kiosk=48, desktop=24), theme().pick(kiosk=1040, desktop=640))
        self.setFixedWidth(max(1, width))
        self.adjustSize()
        self.move((over.width() - self.width()) // 2, (over.height() - self.height()) // 2)

    def _take_theme(self) -> None:
        pad = theme().pick(kiosk=32, desktop=20)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(theme().pick(kiosk=28, desktop=18))

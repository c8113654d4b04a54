"""The notes tab: a plain editor, where its text is safe, and the two versions when another screen wrote too."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.core.notes import NOTES_CAP, NotesChoice, NotesHome, NotesState
from desktop.ui.buttons import Button
from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_area import TextArea
from desktop.ui.theme import appearance, theme

_PROMPT = "Only you see these notes."


def home_words(state: NotesState) -> str:
    """Return where the notes are safe, with the time; empty while nothing was saved now."""
    if state.home is NotesHome.TYPED:
        return "Not saved yet"
    if state.saved_at is None:
        return ""
    time = f"{state.saved_at.astimezone():%H:%M}"
    return f"Saved on this PC {time}" if state.home is NotesHome.THIS_PC else f"Saved {time}"


class _Clash(QWidget):
    """The other screen's version and the three ways to go on."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notesConflict")
        self._other = TextArea("notesOther", "Notes of the other screen", cap=NOTES_CAP, parent=self)
        self._other.setReadOnly(True)
        mine = Button("Keep mine", name="keepMine", parent=self)
        other = Button("Use the other", name="useOther", parent=self)
        together = Button("Keep both", name="keepBoth", parent=self)
        mine.clicked.connect(self._choose_mine)
        other.clicked.connect(self._choose_other)
        together.clicked.connect(self._choose_both)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(PlainLabel("On the other screen", "caption", "text-muted", parent=self))
        self._column.addWidget(self._other, 1)
        for button in (mine, other, together):
            self._column.addWidget(button)

    def show_other(self, text: str | None) -> None:
        """Show the other version, or nothing."""
        self._other.load(text or "")
        self.setVisible(text is not None)
        self._column.setSpacing(theme().size("gap"))

    def _choose_mine(self) -> None:
        self.chosen.emit(NotesChoice.MINE.value)

    def _choose_other(self) -> None:
        self.chosen.emit(NotesChoice.OTHER.value)

    def _choose_both(self) -> None:
        self.chosen.emit(NotesChoice.BOTH.value)


class NotesTab(QWidget):
    """Drawn from a `NotesState`. `notes_edited` carries the whole text, `choice_requested` a NotesChoice."""

    notes_edited = Signal(str)
    choice_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notesTab")
        self._loads = -1
        self._editor = TextArea("notesEditor", "Notes", cap=NOTES_CAP, prompt=_PROMPT, parent=self)
        self._editor.setEnabled(False)
        self._home = PlainLabel("", "caption", "text-muted", tabular=True, parent=self)
        self._home.setObjectName("notesHome")
        self._sentence = PlainLabel("", "caption", "warning-fg", wrap=True, parent=self)
        self._sentence.setObjectName("notesSentence")
        self._clash = _Clash(self)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._editor, 1)
        self._column.addWidget(self._sentence)
        self._column.addWidget(self._clash, 1)
        self._column.addWidget(self._home)
        self._editor.edited.connect(self.notes_edited)
        self._clash.chosen.connect(self.choice_requested)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self.render_state(NotesState())

    def start_over(self) -> None:
        """Forget the text of the former session."""
        self._loads = -1
        self._editor.load("")
        self.render_state(NotesState())

    def render_state(self, state: NotesState) -> None:
        """Show a state; the editor keeps what is typed unless the text came from elsewhere."""
        if state.loads != self._loads:
            self._loads = state.loads
            self._editor.load(state.text)
        self._editor.setEnabled(state.loads > 0)
        self._editor.setReadOnly(state.is_read_only or state.other is not None)
        self._home.set_text("Read only" if state.is_read_only else home_words(state))
        self._sentence.set_text(state.sentence)
        self._sentence.setVisible(bool(state.sentence))
        self._clash.show_other(state.other)

    def _take_theme(self) -> None:
        side = theme().pick(kiosk=24, desktop=16)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme().pick(kiosk=12, desktop=8))

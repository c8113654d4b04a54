"""The numbers behind the quality chip: verdict, what helps, the running figures, the wish for pictures, the report."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.call import CallState
from desktop.core.link import PictureWish
from desktop.ui.buttons import Button
from desktop.ui.call.fact_tabs import Divider
from desktop.ui.call.link_words import advice, numbers, quality_chip
from desktop.ui.call.reading_tab import ReadingTab
from desktop.ui.chip import Chip
from desktop.ui.plain_label import PlainLabel
from desktop.ui.switch import Switch
from desktop.ui.theme import appearance, set_surface, theme

_SAID_MS = 6_000


class NumbersPanel(QWidget):
    """Takes the side panel's place while it is open; drawn from a `CallState`.

    `picture_wished` carries a `PictureWish`'s value, `report_requested` asks for the report on the clipboard; say with
    `show_saying` what came of it. `closed` asks to be closed.
    """

    picture_wished = Signal(str)
    report_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("numbersPanel")
        self.setAccessibleName("Connection")
        set_surface(self, "raised", "left")
        self._page = ReadingTab("numbersPage", "Connection", self)
        self._chip = Chip(name="numbersVerdict", parent=self)
        self._advice = PlainLabel(wrap=True, parent=self)
        self._advice.setObjectName("numbersAdvice")
        self._values: dict[str, PlainLabel] = {}
        self._facts = QGridLayout()
        self._facts.setColumnStretch(1, 1)
        self._more = Switch("Always the full picture", name="morePicture", flush=True, parent=self)
        self._more.set_note("Also on a weak network. The sound may suffer.")
        self._more.toggled.connect(self._wish)
        self._copy = Button("Copy report", "file-text", name="copyReport", parent=self)
        self._copy.clicked.connect(self.report_requested)
        self.done = Button("Done", "check", name="numbersDone", parent=self)
        self.done.clicked.connect(self.closed)
        self._saying = PlainLabel("", "caption", "text-muted", wrap=True, parent=self)
        self._saying.setObjectName("reportSaying")
        self._silence = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._silence.timeout.connect(self._fall_silent)
        self._lay_out()
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        fact = quality_chip(state)
        self._chip.setVisible(fact is not None)
        if fact is not None:
            self._chip.set_fact(fact.text, fact.icon, fact.level)
        self._advice.set_text(advice(state))
        for name, words in numbers(state):
            self._value_of(name).set_text(words)
        self._more.set_on(state.link.wish is PictureWish.MORE_PICTURE)

    @Slot(str)
    def show_saying(self, sentence: str) -> None:
        """Say for a moment what came of the report."""
        self._saying.set_text(sentence)
        self._silence.start()

    def _lay_out(self) -> None:
        column = self._page.column
        head = QHBoxLayout()
        head.addWidget(PlainLabel("Connection", "title", parent=self), 1)
        head.addWidget(self._chip)
        column.addLayout(head)
        column.addSpacing(8)
        column.addWidget(self._advice)
        column.addWidget(Divider(self))
        column.addLayout(self._facts)
        column.addWidget(Divider(self))
        column.addWidget(self._more)
        column.addStretch(1)
        self._foot = QVBoxLayout()
        row = QHBoxLayout()
        row.addWidget(self._copy, 1)
        row.addWidget(self.done)
        self._foot.addWidget(self._saying)
        self._foot.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._page, 1)
        whole.addLayout(self._foot)

    def _value_of(self, name: str) -> PlainLabel:
        if name not in self._values:
            row = len(self._values)
            top = Qt.AlignmentFlag.AlignTop
            self._facts.addWidget(PlainLabel(name, role="text-muted", parent=self), row, 0, top)
            value = self._values[name] = PlainLabel(wrap=True, tabular=True, weight=500, parent=self)
            value.setObjectName(f"number {name}")
            self._facts.addWidget(value, row, 1)
        return self._values[name]

    @Slot(bool)
    def _wish(self, is_more: bool) -> None:  # noqa: FBT001 - a slot's one argument
        wish = PictureWish.MORE_PICTURE if is_more else PictureWish.AUTOMATIC
        self.picture_wished.emit(wish.value)

    @Slot()
    def _fall_silent(self) -> None:
        self._saying.set_text("")

    def _take_theme(self) -> None:
        look = theme()
        self.setFixedWidth(look.size("side-panel"))
        self._facts.setHorizontalSpacing(look.pick(kiosk=24, desktop=16))
        self._facts.setVerticalSpacing(look.pick(kiosk=10, desktop=6))
        side = look.pick(kiosk=24, desktop=16)
        self._foot.setContentsMargins(side, 8, side, side)
        self._foot.setSpacing(look.space("x2"))

"""The header of a session: who it is, car, plan and concern, the timer, one chip of state, and the full picture."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.core.call import CallState
from desktop.ui.avatar import Avatar
from desktop.ui.buttons import Button
from desktop.ui.call.link_words import quality_chip
from desktop.ui.call.quality_chip import QualityChip
from desktop.ui.call.timer_view import TimerView
from desktop.ui.call.words import name_with_role, presence_chip, subtitle
from desktop.ui.chip import Chip
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme
from desktop.ui.top_bar import TopBar


class CallHeader(TopBar):
    """Drawn from a `CallState`; a chat session tells presence where a call tells quality."""

    full_picture_requested = Signal()
    numbers_requested = Signal()

    def __init__(self, *, has_picture: bool, parent: QWidget | None = None) -> None:
        super().__init__("callHeader", parent)
        self._has_picture = has_picture
        self._avatar = Avatar(parent=self)
        self._name = PlainLabel(style="title", name=True, parent=self)
        self._name.setObjectName("callName")
        self._facts = PlainLabel(style="caption", role="text-muted", parent=self)
        self._facts.setObjectName("callFacts")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        for label in (self._name, self._facts):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            texts.addWidget(label)
        texts.addStretch(1)
        self.left.addWidget(self._avatar)
        self.left.addLayout(texts, 1)
        self.timer = TimerView(self)
        self.centre.addWidget(self.timer)
        self._presence = Chip(name="stateChip", parent=self)
        self._presence.setVisible(not has_picture)
        self.quality = QualityChip(self)
        self.quality.clicked.connect(self.numbers_requested)
        self.quality.setVisible(has_picture)
        self.right.addWidget(self._presence)
        self.right.addWidget(self.quality)
        self._full = Button("", "maximize", name="fullPictureButton", kind="quiet", label="Full picture", parent=self)
        self._full.clicked.connect(self.full_picture_requested)
        self._full.setVisible(has_picture)
        self.right.addWidget(self._full)
        appearance().changed.connect(self._show_word)
        self._show_word()

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        person = state.customer.person
        self._avatar.set_person(person.display_name, person.role)
        self._name.set_text(name_with_role(state, state.customer))
        self._facts.set_text(subtitle(state))
        self.timer.set_timer(state.timer)
        if not self._has_picture:
            fact = presence_chip(state)
            self._presence.set_fact(fact.text, fact.icon, fact.level)
            return
        quality = quality_chip(state)
        self.quality.setVisible(quality is not None)
        if quality is not None:
            self.quality.show_fact(quality)

    def _show_word(self) -> None:
        self._full.set_face("Full picture" if theme().is_kiosk else "", "maximize")
        self._full.setAccessibleName("Full picture")

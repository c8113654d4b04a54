"""The level bar below the own picture: say something, see that it is heard, hear it back."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.core.check import CheckState, EchoPhase
from desktop.ui.buttons import Button
from desktop.ui.check.check_row import RowIcon
from desktop.ui.check.level_meter import LevelMeter
from desktop.ui.check.words import hearing_words
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme


class LevelBar(QWidget):
    """Draws the listening part of a `CheckState`; readings go to `show_level`."""

    echo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("levelBar")
        set_surface(self, "raised", "all")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._icon = RowIcon("mic", self)
        self._lead = PlainLabel("", "strong", parent=self)
        self._lead.setObjectName("hearingLead")
        self.meter = LevelMeter(self)
        self._verdict = PlainLabel("", "strong", parent=self)
        self._verdict.setObjectName("hearingVerdict")
        self.echo = Button("Hear it back", "play", name="echoButton", parent=self)
        self.echo.clicked.connect(self.echo_requested)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._lead)
        self._row.addWidget(self.meter, 1)
        self._row.addWidget(self._verdict)
        self._row.addWidget(self.echo)
        self._is_open = True
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def render_state(self, state: CheckState) -> None:
        """Show what is heard."""
        words = hearing_words(state)
        self._icon.set_icon(words.icon)
        self._lead.set_text(words.lead)
        self._lead.set_role("text" if words.has_meter else "warning-fg")
        self._verdict.set_text(words.verdict)
        self._verdict.set_role(words.role)
        self._verdict.setVisible(bool(words.verdict))
        self.meter.setVisible(words.has_meter)
        self._is_open = words.has_meter and not state.is_muted
        if not self._is_open:
            self.meter.clear()
        can_hear = not state.devices.speaker.is_missing and words.has_meter
        self.echo.setVisible(can_hear and not state.in_call)
        self._lay()
        self.echo.setEnabled(state.echo is EchoPhase.IDLE and not state.is_muted)

    def show_level(self, loudness_db: float) -> None:
        """Show a reading of the microphone, in decibels."""
        if self._is_open:
            self.meter.show_level(loudness_db)

    def _take_theme(self) -> None:
        look = theme()
        self._row.setSpacing(look.space("x3"))
        # The bar keeps its height when its button goes.
        self.setFixedHeight(look.size("control") + 2 * look.pick(kiosk=5, desktop=3))
        self._lay()

    def _lay(self) -> None:
        """Keep words off the edge, where a button may come near."""
        look = theme()
        side = look.pick(kiosk=20, desktop=16)
        self._row.setContentsMargins(side, 0, side if self.echo.isHidden() else look.pick(kiosk=6, desktop=4), 0)

"""The vehicle tab of the side panel: the concern, the car, the plan."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from desktop.core.call import CallState
from desktop.core.text import clean_block
from desktop.ui.call.reading_tab import ReadingTab
from desktop.ui.call.words import first_name, planned_minutes
from desktop.ui.chip import Chip
from desktop.ui.plain_label import PlainLabel
from desktop.ui.session_detail import vehicle_facts
from desktop.ui.theme import appearance, theme

_NOT_GIVEN = "Not given"

_FIGURES = ("Plate", "VIN", "Mileage", "Planned")


class Divider(QWidget):
    """A one-pixel line with the panel's distance around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the line's height with its distance."""
        return QSize(40, theme().pick(kiosk=37, desktop=27))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        QPainter(self).fillRect(QRect(0, self.height() // 2, self.width(), 1), theme().color("border"))


class VehicleTab(ReadingTab):
    """What is wrong in the customer's words, the car, and the plan."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("vehicleTab", "Vehicle", parent)
        self._whose = PlainLabel(style="caption", role="text-muted", parent=self)
        self._urgent = Chip("Urgent", "triangle-alert", "danger", name="urgentChip", parent=self)
        top = QHBoxLayout()
        top.addWidget(self._whose, 1)
        top.addWidget(self._urgent)
        self._concern = PlainLabel(wrap=True, parent=self)
        self._concern.setObjectName("concernText")
        self._facts = QGridLayout()
        self._facts.setColumnStretch(1, 1)
        self._values: dict[str, PlainLabel] = {}
        for row, fact in enumerate(("Vehicle", "Colour", "Plate", "VIN", "Mileage", "Plan", "Planned")):
            self._facts.addWidget(PlainLabel(fact, role="text-muted", parent=self), row, 0, Qt.AlignmentFlag.AlignTop)
            value = PlainLabel(wrap=True, tabular=fact in _FIGURES, weight=500, parent=self)
            value.setObjectName(f"fact{fact}")
            self._values[fact] = value
            self._facts.addWidget(value, row, 1)
        self.column.addLayout(top)
        self.column.addSpacing(4)
        self.column.addWidget(self._concern)
        self.column.addWidget(Divider(self))
        self.column.addLayout(self._facts)
        self.column.addStretch(1)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        self._whose.set_text(f"What is wrong, in {first_name(state.customer.person)}'s words")
        self._urgent.setVisible(state.urgent)
        concern = clean_block(state.concern)
        self._concern.set_text(f"“{concern}”" if concern else _NOT_GIVEN)
        self._concern.set_role("text" if concern else "text-muted")
        minutes = planned_minutes(state.timer)
        facts = vehicle_facts(state.vehicle) | {
            "Plan": state.plan_name,
            "Planned": f"{minutes} min" if minutes is not None else "",
        }
        for fact, value in facts.items():
            self._values[fact].set_text(value or _NOT_GIVEN)
            self._values[fact].set_role("text" if value else "text-muted")

    def _take_theme(self) -> None:
        self._facts.setHorizontalSpacing(24)
        self._facts.setVerticalSpacing(theme().pick(kiosk=10, desktop=6))

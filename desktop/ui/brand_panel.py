"""The left side of the sign-in page: sign, time, date, bay, and whether the server is there."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.chip import Chip
from desktop.ui.clock_label import ClockLabel
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.top_bar import Logo


class BrandPanel(QWidget):
    """The left side: sign, time, date, bay, and whether the server is there."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bay = Chip(icon="car-front", name="bayChip", parent=self)
        self.online = Chip("Online", "wifi", "success", name="onlineChip", parent=self)
        chips = QHBoxLayout()
        chips.setSpacing(theme().space("x3"))
        chips.addWidget(self.bay)
        chips.addWidget(self.online)
        chips.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        self._column.addWidget(Logo(self))
        self._column.addSpacing(theme().pick(kiosk=28, desktop=18))
        self._column.addWidget(ClockLabel(now, "clock", parent=self))
        self._column.addSpacing(theme().space("x2"))
        self._column.addWidget(ClockLabel(now, "title", as_date=True, role="text-muted", weight=500, parent=self))
        self._column.addSpacing(theme().pick(kiosk=28, desktop=18))
        self._column.addLayout(chips)
        self._column.addStretch(1)
        self._column.setSpacing(0)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _take_theme(self) -> None:
        look = theme()
        set_surface(self, "surface" if look.is_kiosk else "raised", "" if look.is_kiosk else "right")
        side = look.pick(kiosk=0, desktop=64)
        self._column.setContentsMargins(side, 0, side, 0)
        if look.is_kiosk:
            self.setMinimumWidth(0)
        else:
            self.setFixedWidth(520)

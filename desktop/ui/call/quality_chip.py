"""The quality chip of the header: a chip that can be tapped for the numbers behind it."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.ui.call.words import ChipFact
from desktop.ui.chip import chip_size, paint_chip
from desktop.ui.theme import appearance, theme

_MARKS = frozenset({"signal-medium", "signal-low"})


class QualityChip(QAbstractButton):
    """Drawn as a chip, with a glove-sized area around it. The quality marks lie on a faint whole one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("qualityChip")
        self._fact = ChipFact("", "", "plain")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)

    def show_fact(self, fact: ChipFact) -> None:
        """Show another verdict."""
        if fact != self._fact:
            self._fact = fact
            self.setText(fact.text)
            self.setAccessibleName(f"Connection: {fact.text}. Show the numbers")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its word, as high as a touch needs."""
        drawn = chip_size(self._fact.text, self._fact.icon)
        return QSize(drawn.width(), max(drawn.height(), theme().touch_floor()))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the verdict is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip in the middle of the touch area."""
        height = chip_size(self._fact.text, self._fact.icon).height()
        inset = 1 if self.isDown() else 0
        area = QRect(inset, (self.height() - height) // 2 + inset, self.width() - 2 * inset, height - 2 * inset)
        under = "signal" if self._fact.icon in _MARKS else ""
        paint_chip(QPainter(self), area, self._fact.text, self._fact.icon, self._fact.level, under=under)

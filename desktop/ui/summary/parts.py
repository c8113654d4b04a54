"""The parts needed: a chip each, taken away by a tap, and a field to add one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.core.summary import LINE_CAP
from desktop.core.text import clean_line
from desktop.ui.buttons import Button
from desktop.ui.flow_layout import FlowLayout
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_PARTS_CAP = 30
_FIELD_PX = 320


class PartsPart(QWidget):
    """The list of parts under its heading. `edited` tells that it changed."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[str] = []
        self._chips: list[Button] = []
        self._holder = QWidget(self)
        self._flow = FlowLayout(self._holder)
        self._field = QLineEdit(self)
        self._field.setObjectName("partField")
        self._field.setAccessibleName("Part needed")
        self._field.setPlaceholderText("Part needed")
        self._field.setMaxLength(LINE_CAP)
        self._field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._field.returnPressed.connect(self._add)
        self._button = Button("Add", "plus", name="addPart", kind="quiet", parent=self)
        self._button.clicked.connect(self._add)
        line = QHBoxLayout()
        line.addWidget(self._field)
        line.addWidget(self._button)
        line.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(PlainLabel("Parts needed", "label", parent=self))
        self._column.addWidget(self._holder)
        self._column.addLayout(line)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts named so far; one that stands in the field counts too."""
        waiting = clean_line(self._field.text(), LINE_CAP)
        return (*self._parts, waiting) if waiting else tuple(self._parts)

    def load(self, parts: tuple[str, ...]) -> None:
        """Show these parts, in the place of all others."""
        self._field.clear()
        self._parts = list(parts)
        self._draw()

    def _add(self) -> None:
        part = clean_line(self._field.text(), LINE_CAP)
        if part and len(self._parts) < _PARTS_CAP:
            self._field.clear()
            self._parts.append(part)
            self._draw()
            self.edited.emit()
        self._field.setFocus()

    def _draw(self) -> None:
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for part in self._parts:
            chip = Button(part, "x", name="partChip", label=f"Remove {part}", parent=self._holder)
            chip.clicked.connect(self._remove)
            self._flow.addWidget(chip)
            self._chips.append(chip)
        self._holder.setVisible(bool(self._parts))
        self._holder.updateGeometry()

    def _remove(self) -> None:
        chip = self.sender()
        if isinstance(chip, Button) and chip in self._chips:
            del self._parts[self._chips.index(chip)]
            self._draw()
            self._field.setFocus()
            self.edited.emit()

    def _take_theme(self) -> None:
        look = theme()
        self._flow.gap = look.size("gap")
        self._column.setSpacing(look.size("gap"))
        self._field.setFont(look.font("body"))
        self._field.setFixedHeight(look.size("control"))
        self._field.setFixedWidth(look.pick(kiosk=_FIELD_PX * 3 // 2, desktop=_FIELD_PX))

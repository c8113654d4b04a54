"""The reading tabs of the side panel: the vehicle with the concern, the notes, the list of files."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.call import CallState
from desktop.core.session import FileEntry
from desktop.core.text import clean_block, clean_line
from desktop.ui.call.words import first_name, planned_minutes
from desktop.ui.chip import Chip
from desktop.ui.icons import paint_icon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_NOT_GIVEN = "Not given"
_KILO = 1024


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


class ReadingTab(QScrollArea):
    """A page of the panel that scrolls when it must; `column` is filled by the tab."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._content = QWidget()
        self._content.setProperty("role", "scrolled")
        self.column = QVBoxLayout(self._content)
        self.column.setSpacing(0)
        self.setWidget(self._content)
        appearance().changed.connect(self._take_margins)
        self._take_margins()

    def _take_margins(self) -> None:
        side, above = theme().pick(kiosk=24, desktop=16), theme().pick(kiosk=24, desktop=16)
        self.column.setContentsMargins(side, above, side, above)


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
            value = PlainLabel(wrap=True, tabular=True, weight=500, parent=self)
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
        car = state.vehicle
        minutes = planned_minutes(state.timer)
        for fact, value in (
            ("Vehicle", car.title if car else None),
            ("Colour", car.colour.capitalize() if car and car.colour else None),
            ("Plate", car.plate if car else None),
            ("VIN", car.vin if car else None),
            ("Mileage", car.mileage if car else None),
            ("Plan", state.plan_name),
            ("Planned", f"{minutes} min" if minutes is not None else None),
        ):
            self._values[fact].set_text(value or _NOT_GIVEN)
            self._values[fact].set_role("text" if value else "text-muted")

    def _take_theme(self) -> None:
        self._facts.setHorizontalSpacing(24)
        self._facts.setVerticalSpacing(theme().pick(kiosk=10, desktop=6))


class NotesTab(ReadingTab):
    """The notes as they are stored."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("notesTab", "Notes", parent)
        self._text = PlainLabel(wrap=True, parent=self)
        self._text.setObjectName("notesText")
        self.column.addWidget(self._text)
        self.column.addStretch(1)

    def render_state(self, state: CallState) -> None:
        """Show a state."""
        self._text.set_text(clean_block(state.notes, 20_000))


class _FileRow(QWidget):
    """One file: icon, label, who added it, how large it is."""

    def __init__(self, entry: FileEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = "image" if entry.media_type.startswith("image/") else "file-text"
        name = PlainLabel(clean_line(entry.name), weight=500, parent=self)
        detail = f"{clean_line(entry.uploader_name)}  ·  {size_words(entry.size_bytes)}"
        facts = PlainLabel(detail, "caption", "text-muted", parent=self)
        column = QVBoxLayout(self)
        self._column = column
        column.setSpacing(0)
        for label in (name, facts):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(label)
        px = theme().size("icon")
        column.setContentsMargins(px + theme().space("x4"), 6, 0, 6)
        self.setAccessibleName(f"{name.text()}, {detail}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        px = theme().size("icon")
        rect = QRect(0, (self.height() - px) // 2, px, px)
        paint_icon(QPainter(self), rect, self._icon, theme().color("text-muted"))


class FilesTab(ReadingTab):
    """The files of the session by their labels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("filesTab", "Files", parent)
        self._entries: tuple[FileEntry, ...] | None = None
        self._rows: list[QWidget] = []
        self._none = PlainLabel("No files yet.", role="text-muted", parent=self)
        self.column.addWidget(self._none)
        self.column.addStretch(1)

    def render_state(self, state: CallState) -> None:
        """Show a state; rows are made anew only when the files changed."""
        if state.files == self._entries:
            return
        self._entries = state.files
        for row in self._rows:
            self.column.removeWidget(row)
            row.deleteLater()
        self._rows = [_FileRow(entry, self) for entry in state.files]
        for position, row in enumerate(self._rows):
            self.column.insertWidget(position, row)
        self._none.setVisible(not state.files)


def size_words(size_bytes: int) -> str:
    """Return a file size as people read it."""
    if size_bytes < _KILO:
        return f"{size_bytes} bytes"
    if size_bytes < _KILO * _KILO:
        return f"{round(size_bytes / _KILO)} kB"
    return f"{size_bytes / _KILO / _KILO:.1f} MB"

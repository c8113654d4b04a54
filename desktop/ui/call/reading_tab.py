"""A page of the side panel that scrolls when it must."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.theme import appearance, theme


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

"""The row of tabs of the side panel: words only, one chosen."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, set_surface, theme


class TabButton(QAbstractButton):
    """One tab."""

    def __init__(self, key: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.setObjectName(f"tab{key.capitalize()}")
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the room for the word; tabs share what is left over."""
        look = theme()
        width = QFontMetricsF(look.font("label", weight=600)).horizontalAdvance(self.text())
        return QSize(max(round(width + 16), look.touch_floor()), look.size("control"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and word."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("control"))
            painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        font = look.font("label", weight=600 if self.isChecked() else None)
        ink = look.color("text" if self.isChecked() else "text-muted")
        paint_text(painter, self.rect(), self.text(), font, ink, Qt.AlignmentFlag.AlignHCenter)


class PanelTabs(QWidget):
    """Tabs by key. `chosen` carries the key that was pressed."""

    chosen = Signal(str)

    def __init__(self, tabs: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelTabs")
        set_surface(self, "raised", "bottom")
        self._row = QHBoxLayout(self)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, TabButton] = {}
        for key, text in tabs:
            tab = TabButton(key, text, self)
            self._tabs[key] = tab
            self._group.addButton(tab)
            self._row.addWidget(tab, 1)
        self._group.buttonClicked.connect(self._press)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def choose(self, key: str) -> None:
        """Mark a tab as chosen, without a signal."""
        self._tabs[key].setChecked(True)

    def set_shown(self, key: str, shown: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show or hide a tab."""
        self._tabs[key].setVisible(shown)

    def _press(self, button: QAbstractButton) -> None:
        if isinstance(button, TabButton):
            self.chosen.emit(button.key)

    def _take_theme(self) -> None:
        pad = theme().pick(kiosk=12, desktop=8)
        self._row.setContentsMargins(pad, pad, pad, pad + 1)
        self._row.setSpacing(4)

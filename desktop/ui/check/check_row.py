"""A row of the check: what it is about, how it stands, its buttons, and the list that [Change] opens in place."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.devices import DeviceKind
from desktop.ui.buttons import Button
from desktop.ui.check.words import RowWords
from desktop.ui.icons import paint_icon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, set_surface, theme


class RowIcon(QWidget):
    """The icon before a row's words."""

    def __init__(self, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon:
            self._icon = icon
            self.update()

    def sizeHint(self) -> QSize:
        """Return the icon's square."""
        px = theme().size("icon")
        return QSize(px, px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        paint_icon(QPainter(self), self.rect(), self._icon, theme().color("text"))


class _Choice(QAbstractButton):
    """One device of the list: a radio mark and its name."""

    def __init__(self, text: str, *, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme().size("control"))

    def sizeHint(self) -> QSize:
        """Return a row of touchable height."""
        return QSize(100, theme().size("control"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint mark and name."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, line = look.size("icon-small"), look.border("field")
        mark = QRectF(line, (self.height() - px) / 2, px, px)
        painter.setPen(QPen(look.color("accent" if self.isChecked() else "border-strong"), line))
        painter.drawEllipse(mark.adjusted(1, 1, -1, -1))
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("accent"))
            inset = px * 0.3
            painter.drawEllipse(mark.adjusted(inset, inset, -inset, -inset))
        left = mark.right() + look.space("x3")
        paint_text(
            painter,
            QRectF(left, 0, self.width() - left, self.height()),
            self.text(),
            look.font("body"),
            look.color("text"),
        )


class CheckRow(QWidget):
    """Caption and value with an icon before and buttons behind; a sentence below where something is wrong."""

    def __init__(self, caption: str, icon: str, *buttons: Button, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        set_surface(self, "raised", "bottom")
        self._icon = RowIcon(icon, self)
        self._caption = PlainLabel(caption, "caption", "text-muted", parent=self)
        self._value = PlainLabel("", "strong", parent=self)
        self._value.setObjectName(f"{name}Value")
        self._note = PlainLabel("", "caption", "warning-fg", wrap=True, parent=self)
        self._note.setObjectName(f"{name}Note")
        words = QVBoxLayout()
        words.setSpacing(0)
        for part in (self._caption, self._value, self._note):
            words.addWidget(part)
        self._line = QHBoxLayout()
        self._line.addWidget(self._icon)
        self._line.addLayout(words, 1)
        self._buttons = QHBoxLayout()
        for button in buttons:
            self._buttons.addWidget(button)
        self._line.addLayout(self._buttons)
        self.column = QVBoxLayout(self)
        self.column.addLayout(self._line)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def show_words(self, words: RowWords) -> None:
        """Show how it stands."""
        self._value.set_text(words.value)
        self._value.set_role(words.role)
        self._note.set_text(words.note)
        self._note.setVisible(bool(words.note))
        if words.icon:
            self._icon.set_icon(words.icon)

    def _take_theme(self) -> None:
        look = theme()
        side, up = look.pick(kiosk=20, desktop=14), look.pick(kiosk=15, desktop=10)
        self.column.setContentsMargins(side, up, side, up + 1)
        self.column.setSpacing(look.size("gap"))
        self.setMinimumHeight(look.size("control") + 2 * up + 1)
        self._line.setSpacing(look.space("x4"))
        self._buttons.setSpacing(look.size("gap"))


class DeviceRow(CheckRow):
    """The row of a device; [Change] opens the list of all of them below it, and closes it again."""

    chosen = Signal(object, str)
    """A DeviceKind and the name of the device; "" is the system's choice."""
    opened = Signal(object)
    """The list was opened; carries the DeviceKind."""

    def __init__(self, kind: DeviceKind, icon: str, *buttons: Button, parent: QWidget | None = None) -> None:
        word = kind.value.capitalize()
        self._change = Button("Change", name=f"{kind.value}Change", label=f"Change the {kind.value}")
        super().__init__(word, icon, *buttons, self._change, name=f"{kind.value}Row", parent=parent)
        self._kind = kind
        self._choices: tuple[tuple[str, str, bool], ...] = ()
        self._list = QWidget(self)
        self._list.setObjectName(f"{kind.value}List")
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._press)
        self._list.hide()
        self.column.addWidget(self._list)
        self._change.clicked.connect(self._toggle)
        appearance().changed.connect(self._draw)

    @property
    def is_open(self) -> bool:
        """Whether the list is to be seen."""
        return not self._list.isHidden()

    def show_choices(self, choices: tuple[tuple[str, str, bool], ...]) -> None:
        """Show what may be chosen: name, words, and whether it is chosen; with the system's choice alone, nothing."""
        self._change.setVisible(len(choices) > 1)
        if len(choices) <= 1:
            self.close_list()
        if choices != self._choices:
            self._choices = choices
            self._draw()

    def close_list(self) -> None:
        """Close the list."""
        self._list.hide()
        self._change.set_face("Change")
        self._change.setAccessibleName(f"Change the {self._kind.value}")

    def _toggle(self) -> None:
        if self.is_open:
            self.close_list()
            return
        self._list.show()
        self._change.set_face("Close")
        self.opened.emit(self._kind)

    def _draw(self) -> None:
        focused = next((at for at in range(self._rows.count()) if self._choice(at).hasFocus()), -1)
        for old in self._group.buttons():
            self._group.removeButton(old)
            self._rows.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        self._rows.setSpacing(theme().size("gap"))
        for at, (_, words, is_chosen) in enumerate(self._choices):
            row = _Choice(words, name=f"{self._kind.value}Choice{at}", parent=self._list)
            row.setChecked(is_chosen)
            self._group.addButton(row, at)
            self._rows.addWidget(row)
        before: QWidget = self._change
        for button in self._group.buttons():
            QWidget.setTabOrder(before, button)
            before = button
        if 0 <= focused < self._rows.count():
            self._choice(focused).setFocus()

    def _choice(self, at: int) -> QWidget:
        item = self._rows.itemAt(at)
        widget = item.widget() if item is not None else None
        return widget or self._list

    def _press(self, at: int) -> None:
        self.chosen.emit(self._kind, self._choices[at][0])
        self.close_list()
        self._change.setFocus()

"""A labelled text field with room for one sentence of error below it, and for a button within it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.buttons import Button
from desktop.ui.icons import paint_icon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_INSET = 6


class _IconMark(QWidget):
    """A small icon beside a sentence, in the sentence's colour."""

    def __init__(self, icon: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the small icon's square."""
        px = theme().size("icon-small")
        return QSize(px, theme().line_height("body"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon."""
        paint_icon(QPainter(self), self.rect(), self._icon, theme().color(self._role))


class ErrorLine(QWidget):
    """One sentence in the danger colour with its icon; keeps no room while there is none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().space("x2"))
        row.addWidget(_IconMark("circle-alert", "danger-fg", self), 0, Qt.AlignmentFlag.AlignTop)
        self._sentence = PlainLabel(role="danger-fg", wrap=True, parent=self)
        row.addWidget(self._sentence, 1)
        self.hide()

    @property
    def sentence(self) -> str:
        """The sentence shown, empty for none."""
        return "" if self.isHidden() else self._sentence.text()

    def show_sentence(self, sentence: str) -> None:
        """Show a sentence, or nothing."""
        self._sentence.set_text(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))


class LabelledField(QWidget):
    """A line edit under its label. `edit` is the field itself; `button`, if any, stands at its right end."""

    def __init__(self, label: str, *, name: str, button: Button | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setObjectName(name)
        self.edit.setAccessibleName(label)
        self.edit.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.error = ErrorLine(f"{name}Error", self)
        self._label = PlainLabel(label, "label", parent=self)
        self._label.setBuddy(self.edit)
        self._button = button
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._label)
        column.addWidget(self.edit)
        column.addWidget(self.error)
        self._column = column
        if button is not None:
            button.setParent(self.edit)
            button.setCursor(Qt.CursorShape.ArrowCursor)
            self.edit.installEventFilter(self)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def set_error(self, sentence: str) -> None:
        """Say what is wrong with the field, or nothing."""
        self.error.show_sentence(sentence)
        self.edit.setAccessibleDescription(sentence)
        wrong = bool(sentence)
        if self.edit.property("wrong") != wrong:
            self.edit.setProperty("wrong", wrong)
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)

    def _take_theme(self) -> None:
        look = theme()
        self._column.setSpacing(look.space("x2"))
        self.edit.setFont(look.font("body"))
        self.edit.setFixedHeight(look.size("field"))
        side = look.pick(kiosk=8, desktop=2)
        right = side if self._button is None else self._button.sizeHint().width()
        self.edit.setTextMargins(side, 0, right, 0)
        self._place_button()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the button at the field's end."""
        if event.type() is QEvent.Type.Resize and watched is self.edit:
            self._place_button()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the field's end."""
        super().resizeEvent(event)
        self._place_button()

    def _place_button(self) -> None:
        if self._button is None:
            return
        hint = self._button.sizeHint()
        height = min(hint.height(), self.edit.height() - 4)
        self._button.setFixedHeight(height)
        self._button.resize(hint.width(), height)
        self._button.move(self.edit.width() - hint.width() - _INSET, (self.edit.height() - height) // 2)

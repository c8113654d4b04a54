"""The field for writing a message: grows to four lines, Enter sends, and what cannot be sent yet stays."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.chat import COUNTER_FROM, MESSAGE_CAP
from desktop.ui.buttons import Button
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_MAX_LINES = 4
_FRAME = 2


class ComposerField(QPlainTextEdit):
    """A plain text field of one to four lines; Enter asks to send, Shift and Enter starts a new line."""

    enter_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composerField")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.textChanged.connect(self._fit)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def set_prompt(self, words: str) -> None:
        """Set what the empty field says and what it is called; `words` are clean."""
        self.setPlaceholderText(words)
        self.setAccessibleName(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends; with Shift it starts a new line."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.insertPlainText("\n")
                self.ensureCursorVisible()
            elif not event.isAutoRepeat():
                self.enter_pressed.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text only."""
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert as plain text whatever was copied."""
        self.insertPlainText(source.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Count the lines again in the new width."""
        super().resizeEvent(event)
        self._fit()

    def _take_theme(self) -> None:
        self.setFont(theme().font("body"))
        menu = Qt.ContextMenuPolicy.NoContextMenu if theme().is_kiosk else Qt.ContextMenuPolicy.DefaultContextMenu
        self.setContextMenuPolicy(menu)
        self._fit()

    def _fit(self) -> None:
        line = QFontMetricsF(theme().font("body")).lineSpacing()
        lines = min(_MAX_LINES, max(1, round(self.document().size().height())))
        one_line = theme().size("primary")
        above = (one_line - 2 * _FRAME - line) / 2
        beside = theme().pick(kiosk=10, desktop=2)
        # Each change of a margin counts the lines again: one that went there and back would do so for ever.
        self.setViewportMargins(beside, int(above if lines == 1 else min(above, 12.0)), beside, 0)
        self.setFixedHeight(max(one_line, round(2 * _FRAME + lines * line + 2 * min(above, 12.0))))

    def minimumSizeHint(self) -> QSize:
        """Return a width that still takes a word."""
        return QSize(120, theme().size("primary"))


class Composer(QWidget):
    """Field, counter and send button. `send_requested` carries the text, trimmed; the field is empty afterwards.

    Where files can be sent, a button beside the field asks for one by `attach_requested`.
    """

    send_requested = Signal(str)
    attach_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._field = ComposerField(self)
        self._send = Button("", "send-horizontal", name="sendButton", kind="accent", primary=True, label="Send")
        self._attach = Button("", "paperclip", name="attachButton", primary=True, label="Attach a file")
        self._attach.clicked.connect(self.attach_requested)
        self._counter = PlainLabel("", "caption", "text-muted", tabular=True, align=Qt.AlignmentFlag.AlignRight)
        self._counter.setObjectName("composerCounter")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._attach, 0, Qt.AlignmentFlag.AlignBottom)
        self._row.addWidget(self._field, 1)
        self._row.addWidget(self._send, 0, Qt.AlignmentFlag.AlignBottom)
        self._column.addWidget(self._counter)
        self._column.addLayout(self._row)
        self._field.textChanged.connect(self._show_length)
        self._field.enter_pressed.connect(self._request)
        self._send.clicked.connect(self._request)
        appearance().changed.connect(self._take_theme)
        self._take_theme()
        self._show_length()
        self._attach.hide()

    @property
    def field(self) -> ComposerField:
        """The text field, for focus and for knowing whether somebody is typing."""
        return self._field

    def draft(self) -> str:
        """Return what is written and not sent."""
        return self._field.toPlainText()

    def set_draft(self, text: str) -> None:
        """Put a line back that was written before."""
        self._field.setPlainText(text)

    def set_attachable(self, attachable: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Offer to attach a file, or not."""
        self._attach.setVisible(attachable)

    def set_recipient(self, first_name: str) -> None:
        """Say in the empty field whom the message goes to."""
        self._field.set_prompt(f"Message to {first_name}")

    def _request(self) -> None:
        text = self._field.toPlainText().strip()
        if text and len(text) <= MESSAGE_CAP:
            self._field.clear()
            self.send_requested.emit(text)

    def _show_length(self) -> None:
        count = len(self._field.toPlainText().strip())
        too_many = count - MESSAGE_CAP
        self._counter.setVisible(count >= COUNTER_FROM)
        self._counter.set_role("danger-fg" if too_many > 0 else "text-muted")
        self._counter.set_text(f"{too_many} too many" if too_many > 0 else f"{count} of {MESSAGE_CAP}")
        self._send.setEnabled(too_many <= 0)

    def _take_theme(self) -> None:
        self._row.setSpacing(theme().size("gap"))

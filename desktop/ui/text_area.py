"""A field for several lines of plain text, with a limit and without markup, menus or surprises."""

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.ui.theme import appearance, theme


class TextArea(QPlainTextEdit):
    """Several lines of plain text, at most `cap` characters. `edited` carries the whole text after a change by hand."""

    edited = Signal(str)

    def __init__(self, name: str, label: str, *, cap: int, prompt: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setPlaceholderText(prompt)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._cap = cap
        self.textChanged.connect(self._tell)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def load(self, text: str) -> None:
        """Show a text that nobody typed just now; nothing is told."""
        if text != self.toPlainText():
            with QSignalBlocker(self):
                self.setPlainText(text)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take text only."""
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert as plain text whatever was copied, as far as there is room."""
        room = self._cap - len(self.toPlainText()) + len(self.textCursor().selectedText())
        self.insertPlainText(source.text()[: max(0, room)])

    def _tell(self) -> None:
        text = self.toPlainText()
        if len(text) > self._cap:
            cursor = self.textCursor()
            place = min(cursor.position(), self._cap)
            self.load(text[: self._cap])
            cursor = QTextCursor(self.document())
            cursor.setPosition(min(place, self.document().characterCount() - 1))
            self.setTextCursor(cursor)
            text = self.toPlainText()
        self.edited.emit(text)

    def _take_theme(self) -> None:
        self.setFont(theme().font("body"))
        self.document().setDocumentMargin(theme().pick(kiosk=12, desktop=8))
        menu = Qt.ContextMenuPolicy.NoContextMenu if theme().is_kiosk else Qt.ContextMenuPolicy.DefaultContextMenu
        self.setContextMenuPolicy(menu)

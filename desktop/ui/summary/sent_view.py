"""A summary that was sent, to be read."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.core.summary import SentSummary
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme

_PARTS = (
    ("Findings", "sentFindings"),
    ("What I did", "sentStepsTaken"),
    ("Next steps", "sentNextSteps"),
    ("Parts needed", "sentParts"),
    ("Pictures", "sentPictures"),
)


class SentView(QWidget):
    """Drawn from a `SentSummary`; parts without words are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sentSummary")
        self._head = PlainLabel("", "title", parent=self)
        self._head.setObjectName("sentHead")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._head)
        self._lines: list[tuple[PlainLabel, PlainLabel]] = []
        for word, name in _PARTS:
            heading = PlainLabel(word, "label", "text-muted", parent=self)
            text = PlainLabel("", wrap=True, parent=self)
            text.setObjectName(name)
            self._column.addWidget(heading)
            self._column.addWidget(text)
            self._lines.append((heading, text))
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def show_summary(self, sent: SentSummary) -> None:
        """Show a summary."""
        time = f" {sent.submitted_at.astimezone():%d %b %H:%M}" if sent.submitted_at is not None else ""
        self._head.set_text(f"Summary sent{time}")
        count = len(sent.pictures)
        pictures = f"{count} picture{'' if count == 1 else 's'}" if count else ""
        texts = (sent.findings, sent.steps_taken, sent.next_steps, sent.parts_needed, pictures)
        for (heading, text), words in zip(self._lines, texts, strict=True):
            text.set_text(words)
            heading.setVisible(bool(words))
            text.setVisible(bool(words))

    def _take_theme(self) -> None:
        self._column.setSpacing(theme().pick(kiosk=10, desktop=6))

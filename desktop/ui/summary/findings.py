"""The findings of a summary: a row each with title, note and how bad it is."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.summary import LINE_CAP, Finding, Verdict
from desktop.ui.button_face import ButtonFace, paint_button
from desktop.ui.buttons import Button
from desktop.ui.icons import paint_icon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, set_surface, theme

_LOOKS = {
    Verdict.OK: ("circle-check", "success"),
    Verdict.WATCH: ("triangle-alert", "warning"),
    Verdict.FIX_NOW: ("octagon-alert", "danger"),
}


class VerdictButton(QAbstractButton):
    """One segment: icon and word, filled in its colour when chosen."""

    def __init__(self, verdict: Verdict, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = verdict
        self.setObjectName(f"verdict{verdict.value.title().replace('_', '')}")
        self.setText(verdict.words)
        self.setAccessibleName(verdict.words)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)

    def _face(self) -> ButtonFace:
        return ButtonFace(text=self.text(), icon=_LOOKS[self.verdict][0], kind="quiet", enabled=self.isEnabled())

    def sizeHint(self) -> QSize:
        """Return the room for icon and word."""
        pad = theme().pick(kiosk=18, desktop=10)
        return QSize(self._face().content_width() + 2 * pad, theme().size("control"))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the word is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the segment."""
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if not self.isChecked():
            paint_button(painter, rect, self._face())
            return
        look = theme()
        icon, role = _LOOKS[self.verdict]
        ink: QColor = look.color(f"{role}-text")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.color(role))
        painter.setBrush(look.color(role))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), look.radius("small"), look.radius("small"))
        width = self._face().content_width()
        left = rect.center().x() - width / 2
        px = look.size("icon")
        paint_icon(painter, QRectF(left, rect.center().y() - px / 2, px, px), icon, ink)
        gap = look.pick(kiosk=10, desktop=8)
        font = look.font("label", weight=600)
        paint_text(painter, QRectF(left + px + gap, 0, rect.width(), rect.height()), self.text(), font, ink)


class _SegmentsGround(QWidget):
    """The sunken ground that holds the segments together."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()), look.radius("control"), look.radius("control"))


class FindingRow(QWidget):
    """One finding. `edited` tells that something of it changed, `removed` that it is not wanted."""

    edited = Signal()
    removed = Signal()

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findingRow")
        set_surface(self, "raised", "all")
        self.title = self._field("findingTitle", "What you looked at", finding.title)
        self._note = self._field("findingNote", "What you found", finding.note)
        self._remove = Button("", "x", name="removeFinding", kind="quiet", label="Remove finding", parent=self)
        self._remove.clicked.connect(self.removed)
        self._verdicts = QButtonGroup(self)
        fields = QVBoxLayout()
        fields.addWidget(self.title)
        fields.addWidget(self._note)
        self._fields = fields
        self._row = QHBoxLayout(self)
        self._row.addLayout(fields, 1)
        ground = _SegmentsGround(self)
        self._segments = QHBoxLayout(ground)
        self._row.addWidget(ground, 0, Qt.AlignmentFlag.AlignVCenter)
        for verdict in Verdict:
            button = VerdictButton(verdict, ground)
            button.setChecked(verdict is finding.verdict)
            self._verdicts.addButton(button)
            self._segments.addWidget(button)
        self._verdicts.buttonClicked.connect(self._tell)
        self._row.addWidget(self._remove)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def finding(self) -> Finding:
        """What the row says now."""
        chosen = self._verdicts.checkedButton()
        verdict = chosen.verdict if isinstance(chosen, VerdictButton) else Verdict.OK
        return Finding(self.title.text(), self._note.text(), verdict)

    def _field(self, name: str, prompt: str, text: str) -> QLineEdit:
        field = QLineEdit(text, self)
        field.setObjectName(name)
        field.setAccessibleName(prompt)
        field.setPlaceholderText(prompt)
        field.setMaxLength(LINE_CAP)
        field.setProperty("quiet", True)
        field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        field.textEdited.connect(self._tell)
        return field

    def _tell(self) -> None:
        self.edited.emit()

    def _take_theme(self) -> None:
        look = theme()
        pad = look.pick(kiosk=8, desktop=4)
        self._row.setContentsMargins(2 * pad, pad, 2 * pad, pad)
        self._row.setSpacing(look.size("gap"))
        self._segments.setContentsMargins(3, 3, 3, 3)
        self._segments.setSpacing(look.pick(kiosk=12, desktop=2))
        self._fields.setSpacing(0)
        for field, style in ((self.title, "strong"), (self._note, "caption")):
            field.setFont(look.font(style))
            field.setFixedHeight(look.pick(kiosk=look.touch_floor(), desktop=26))


class FindingsPart(QWidget):
    """All findings under their heading. `edited` tells that something changed."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FindingRow] = []
        self._add = Button("Add finding", "plus", name="addFinding", parent=self)
        self._add.clicked.connect(self._add_empty)
        head = QHBoxLayout()
        head.addWidget(PlainLabel("Findings", "title", parent=self), 1)
        head.addWidget(self._add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(head)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rows say now."""
        return tuple(row.finding for row in self._rows)

    def load(self, findings: tuple[Finding, ...]) -> None:
        """Show these findings, in the place of all others."""
        for row in tuple(self._rows):
            self._take_out(row)
        for finding in findings:
            self._add_row(finding)

    def _add_row(self, finding: Finding) -> FindingRow:
        row = FindingRow(finding, self)
        row.edited.connect(self.edited)
        row.removed.connect(self._remove)
        self._rows.append(row)
        self._column.addWidget(row)
        return row

    def _add_empty(self) -> None:
        self._add_row(Finding()).title.setFocus()
        self.edited.emit()

    def _remove(self) -> None:
        row = self.sender()
        if isinstance(row, FindingRow):
            self._take_out(row)
            self._add.setFocus()
            self.edited.emit()

    def _take_out(self, row: FindingRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _take_theme(self) -> None:
        self._column.setSpacing(theme().size("gap"))

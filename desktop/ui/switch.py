"""A switch: a check box painted as a knob in a groove; the words beside it belong to it and react as well."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, theme


class _Knob(QCheckBox):
    """The painted part; its whole row reacts, because the row hands its presses on."""

    def __init__(self, name: str, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the groove, in a touchable height."""
        return QSize(theme().pick(kiosk=72, desktop=45), theme().size("control"))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def hitButton(self, place: QPoint) -> bool:
        """React everywhere."""
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint groove and knob."""
        look = theme()
        high = look.pick(kiosk=40, desktop=24)
        groove = QRectF(0, (self.height() - high) / 2, self.width(), high)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = self.isChecked()
        painter.setBrush(look.color("accent" if is_on else "control"))
        line = look.border("field")
        painter.setPen(Qt.PenStyle.NoPen if is_on else QPen(look.color("border-strong"), line))
        inset = 0 if is_on else line / 2
        painter.drawRoundedRect(groove.adjusted(inset, inset, -inset, -inset), high / 2, high / 2)
        knob, gap = high * 0.7, high * 0.15
        left = groove.right() - gap - knob if is_on else groove.left() + gap
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent-text" if is_on else "text"))
        painter.drawEllipse(QRectF(left, groove.top() + gap, knob, knob))


class Switch(QWidget):
    """A setting with its sentence and its switch; `toggled` is emitted for a press, not for `set_on`.

    `flush` leaves the room at the sides to the column that it stands in.
    """

    toggled = Signal(bool)

    def __init__(self, title: str, *, name: str, flush: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_flush = flush
        self._title = PlainLabel(title, "strong", parent=self)
        self._note = PlainLabel("", "caption", "text-muted", wrap=True, parent=self)
        self.knob = _Knob(name, title, self)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._note)
        self._row = QHBoxLayout(self)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.knob)
        self.setFocusProxy(self.knob)
        self.knob.clicked.connect(self.toggled)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def set_note(self, note: str) -> None:
        """Say what switching off is good for."""
        self._note.set_text(note)
        self.knob.setAccessibleDescription(note)

    def set_on(self, on: bool) -> None:  # noqa: FBT001 - a plain setter, as Qt's own
        """Show a state without wishing it."""
        self.knob.setChecked(on)

    @property
    def is_on(self) -> bool:
        """Whether it is on."""
        return self.knob.isChecked()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a press on the words for one on the switch."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.knob.click()

    def _take_theme(self) -> None:
        look = theme()
        side = 0 if self._is_flush else look.pick(kiosk=20, desktop=14)
        up = look.pick(kiosk=12, desktop=8)
        self._row.setContentsMargins(side, up, side, up)
        self._row.setSpacing(look.space("x4"))
        self.knob.updateGeometry()

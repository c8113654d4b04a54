"""The painted button of the control bar: icon over word in kiosk, beside it on the desktop; marks and a badge."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.ui.button_face import ButtonFace, paint_badge, paint_button
from desktop.ui.theme import appearance, theme

_BADGE_OVERHANG = 8


class CallButton(QAbstractButton):
    """A control of the call. `mark` is `on` (chosen), `warn` (switched off) or empty; `badge` counts what is new.

    A button without a word is square. The accessible name says what a press will do. The widget is a little larger
    than its drawing, so that the badge may stand over its corner.
    """

    def __init__(
        self,
        text: str,
        icon: str,
        *,
        name: str,
        label: str = "",
        kind: str = "plain",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon = icon
        self._kind = kind
        self._mark = ""
        self._badge = 0
        self.setText(text)
        self.setAccessibleName(label or text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        # The ground under the pointer differs: Qt paints again when it comes and goes.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def mark(self) -> str:
        """The mark in use: `on`, `warn` or empty."""
        return self._mark

    @property
    def badge(self) -> int:
        """The count shown, 0 for none."""
        return self._badge

    def set_face(self, text: str, icon: str, *, mark: str = "", label: str = "") -> None:
        """Change word, icon, mark and accessible name together."""
        if (text, icon, mark, label or text) == (self.text(), self._icon, self._mark, self.accessibleName()):
            return
        self._icon = icon
        self._mark = mark
        self.setText(text)
        self.setAccessibleName(label or text)
        self.updateGeometry()
        self.update()

    def set_badge(self, count: int) -> None:
        """Show how many are new; 0 takes the badge away."""
        if count != self._badge:
            self._badge = count
            self.update()

    def _take_theme(self) -> None:
        self.setFont(theme().font("label"))
        self.updateGeometry()

    def face(self) -> ButtonFace:
        """How it looks now."""
        return ButtonFace(
            text=self.text(),
            icon=self._icon,
            kind=self._kind,
            mark=self._mark or ("on" if self.isChecked() else ""),
            enabled=self.isEnabled(),
            hovered=self.underMouse() and not theme().is_kiosk,
            pressed=self.isDown(),
            stacked=theme().is_kiosk and self._kind != "danger",
        )

    def sizeHint(self) -> QSize:
        """Return the primary height; as wide as icon and word need."""
        look = theme()
        height = look.size("primary")
        if not self.text():
            return QSize(height, height + 2 * _BADGE_OVERHANG)
        pad = look.pick(kiosk=30 if self._kind == "danger" else 12, desktop=13)
        least = look.pick(kiosk=max(104, height), desktop=height)
        return QSize(max(least, self.face().content_width() + 2 * pad), height + 2 * _BADGE_OVERHANG)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a word on a control is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint face and badge."""
        painter = QPainter(self)
        body = QRectF(self.rect()).adjusted(0, _BADGE_OVERHANG, 0, -_BADGE_OVERHANG)
        paint_button(painter, body, self.face())
        if self._badge:
            paint_badge(painter, QPointF(self.width(), 1), self._badge, theme().color("surface-raised"))

"""Buttons of the pages: one word, perhaps an icon, one kind; sizes from the tokens."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.ui.button_face import ButtonFace, paint_button
from desktop.ui.theme import appearance, theme


class Button(QPushButton):
    """A push button. `kind` is plain, accent, danger, outline or quiet; `primary` makes it glove-sized.

    `name` is the object name. Without a word, `label` is what a screen reader says.
    """

    def __init__(
        self,
        text: str,
        icon: str = "",
        *,
        name: str,
        kind: str = "plain",
        primary: bool = False,
        label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._icon = icon
        self._kind = kind
        self._primary = primary
        self.setText(text)
        self.setAccessibleName(label or text)
        self.setAutoDefault(False)
        # The ground under the pointer differs: Qt paints again when it comes and goes.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    @property
    def kind(self) -> str:
        """The kind in use."""
        return self._kind

    @property
    def is_primary(self) -> bool:
        """Whether it is of the primary size."""
        return self._primary

    def set_face(self, text: str, icon: str = "", kind: str | None = None) -> None:
        """Change word, icon and kind together."""
        self._icon = icon
        self._kind = self._kind if kind is None else kind
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def _take_theme(self) -> None:
        self.setFont(self.face().font)
        self.setFixedHeight(theme().size("primary" if self._primary else "control"))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.updateGeometry()

    def face(self) -> ButtonFace:
        """How it looks now."""
        return ButtonFace(
            text=self.text(),
            icon=self._icon,
            kind=self._kind,
            mark="on" if self.isChecked() else "",
            enabled=self.isEnabled(),
            hovered=self.underMouse() and not theme().is_kiosk,
            pressed=self.isDown(),
            strong=self._primary,
        )

    def sizeHint(self) -> QSize:
        """Icon, word and the padding of the profile; without a word a square."""
        height = theme().size("primary" if self._primary else "control")
        if not self.text():
            return QSize(height, height)
        pad = theme().pick(kiosk=24, desktop=16)
        if self._primary:
            pad = round(pad * 1.3)
        return QSize(max(height, self.face().content_width() + 2 * pad), height)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a word on a button is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the face."""
        paint_button(QPainter(self), QRectF(self.rect()), self.face())

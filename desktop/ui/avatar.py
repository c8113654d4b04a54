"""An avatar: the initials of a person in a ring of their role's colour."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.core.people import Role
from desktop.core.text import initials
from desktop.ui.text_block import paint_text
from desktop.ui.theme import appearance, theme

_INITIALS_SHARE = 0.36
_RING = 2


def paint_avatar(painter: QPainter, rect: QRectF, letters: str, role: Role) -> None:
    """Paint an avatar that fills the square `rect`."""
    look = theme()
    color = look.color(f"role-{role.value}")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(look.color("control"))
    painter.setPen(QPen(color, _RING))
    painter.drawEllipse(rect.adjusted(_RING / 2, _RING / 2, -_RING / 2, -_RING / 2))
    font = look.font("strong", px=round(rect.height() * _INITIALS_SHARE))
    paint_text(painter, rect, letters, font, color, Qt.AlignmentFlag.AlignHCenter)


class Avatar(QWidget):
    """The avatar of one person; `px` None takes the size of the profile. The name stands beside it as text."""

    def __init__(
        self, name: str = "", role: Role = Role.CUSTOMER, *, px: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._px = px
        self._letters = ""
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        appearance().changed.connect(self.updateGeometry)
        self.set_person(name, role)

    def set_person(self, name: str, role: Role) -> None:
        """Show another person, by display name."""
        letters = initials(name)
        self.setAccessibleName(name)
        if (letters, role) != (self._letters, self._role):
            self._letters, self._role = letters, role
            self.update()

    def sizeHint(self) -> QSize:
        """Return the square of the avatar."""
        px = self._px or theme().size("avatar")
        return QSize(px, px)

    def minimumSizeHint(self) -> QSize:
        """Return the same: it never shrinks."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the avatar."""
        paint_avatar(QPainter(self), QRectF(self.rect()), self._letters, self._role)

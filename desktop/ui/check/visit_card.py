"""The card above the rows of the check: whose session it is, which vehicle, and what is wrong."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.check import Visit
from desktop.core.people import Role
from desktop.ui.avatar import Avatar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme


class VisitCard(QWidget):
    """Shows a `Visit`; without one it is not there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("visitCard")
        set_surface(self, "raised", "bottom")
        self._avatar = Avatar(role=Role.CUSTOMER, parent=self)
        self._name = PlainLabel("", "title", name=True, parent=self)
        self._name.setObjectName("visitName")
        self._vehicle = PlainLabel("", "body", parent=self)
        self._vehicle.setObjectName("visitVehicle")
        self._concern = PlainLabel("", "caption", "text-muted", parent=self)
        self._concern.setObjectName("visitConcern")
        self._words = QVBoxLayout()
        for part in (self._name, self._vehicle, self._concern):
            self._words.addWidget(part)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._avatar)
        self._row.addLayout(self._words, 1)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def show_visit(self, visit: Visit | None) -> None:
        """Show whose session it is; without one nothing of the former stays."""
        self.setVisible(visit is not None)
        visit = visit or Visit("")
        self._avatar.set_person(visit.customer_name, Role.CUSTOMER)
        self._name.set_text(visit.customer_name)
        self._vehicle.set_text(visit.vehicle)
        self._vehicle.setVisible(bool(visit.vehicle))
        self._concern.set_text(" ".join(visit.concern.split()))
        self._concern.setVisible(bool(visit.concern))

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=20, desktop=14)
        self._row.setContentsMargins(side, side, side, side + 1)
        self._row.setSpacing(look.pick(kiosk=18, desktop=12))
        self._words.setSpacing(look.pick(kiosk=4, desktop=2))

"""The right side of the sessions page: who, what is wrong in their words, the vehicle, and the one next step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.people import Role
from desktop.core.session import SessionKind, SessionRow, SessionStatus, Vehicle
from desktop.core.text import first_word
from desktop.models.session_words import RowAction, RowWords, headline_of
from desktop.ui.avatar import Avatar
from desktop.ui.buttons import Button
from desktop.ui.chip import Chip
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import appearance, set_surface, theme

_FACTS = ("Vehicle", "Colour", "Plate", "VIN", "Mileage", "Length")
_NEVER_CUT = ("Plate", "VIN", "Mileage", "Length")


def _grouped(mileage: str) -> str:
    return f"{int(mileage):,}" if mileage.isascii() and mileage.isdigit() else mileage


def vehicle_facts(vehicle: Vehicle | None) -> dict[str, str]:
    """Return the facts of a vehicle by their words; missing ones are empty."""
    car = vehicle or Vehicle()
    return {
        "Vehicle": car.title,
        "Colour": (car.colour or "").capitalize(),
        "Plate": car.plate or "",
        "VIN": car.vin or "",
        "Mileage": _grouped(car.mileage) if car.mileage else "",
    }


class ConcernBox(QFrame):
    """What is wrong, in the customer's words, quoted literally."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("concernBox")
        set_surface(self, "surface", "card")
        self._head = PlainLabel("", "caption", "text-muted", parent=self)
        self._words = PlainLabel("", "body", wrap=True, parent=self)
        self._words.setObjectName("concernText")
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._head)
        self._column.addWidget(self._words)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _take_theme(self) -> None:
        look = theme()
        across, down = look.pick(kiosk=20, desktop=14), look.pick(kiosk=16, desktop=12)
        self._column.setContentsMargins(across, down, across, down)
        self._column.setSpacing(look.space("x2"))

    def show_concern(self, name: str, concern: str) -> None:
        """Show somebody's concern; the box goes when there is none."""
        self._head.set_text(f"What is wrong, in {first_word(name)}’s words" if concern else "")
        self._words.set_text(f"“{concern}”" if concern else "")
        self.setVisible(bool(concern))


class FactGrid(QWidget):
    """Facts as word and value; a missing value reads "Not given"."""

    def __init__(self, words: tuple[str, ...] = _FACTS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._lines: dict[str, tuple[PlainLabel, PlainLabel]] = {}
        for place, word in enumerate(words):
            name = PlainLabel(word, "body", "text-muted", parent=self)
            value = PlainLabel("", "body", weight=500, tabular=word in _NEVER_CUT, parent=self)
            value.setObjectName(f"fact{word}")
            self._grid.addWidget(name, place, 0)
            self._grid.addWidget(value, place, 1)
            self._lines[word] = (name, value)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _take_theme(self) -> None:
        self._grid.setHorizontalSpacing(theme().pick(kiosk=24, desktop=24))
        self._grid.setVerticalSpacing(theme().pick(kiosk=10, desktop=6))

    def show_facts(self, facts: dict[str, str]) -> None:
        """Show these facts; words that are not among them are hidden."""
        for word, (name, value) in self._lines.items():
            known = facts.get(word)
            name.setVisible(known is not None)
            value.setVisible(known is not None)
            value.set_text(known or "Not given")
            value.set_role("text" if known else "text-muted")


class SessionDetail(QWidget):
    """Shows one session whole, with the one big button of the page."""

    action_requested = Signal(str, str)
    """The button: the RowAction and the session's id."""
    check_requested = Signal(str)
    """Look at the devices before this session; carries its id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sessionDetail")
        set_surface(self, "raised", "left")
        self._row: SessionRow | None = None
        self._words: RowWords | None = None
        self._avatar = Avatar(parent=self)
        self._name = PlainLabel("", "title", name=True, parent=self)
        self._name.setObjectName("detailName")
        self._plan = PlainLabel("", "caption", "text-muted", parent=self)
        self._plan.setObjectName("detailPlan")
        self._concern = ConcernBox()
        self._facts = FactGrid()
        self._waiver = Chip(name="waiverChip")
        self._here = Chip(name="hereChip")
        self._urgent = Chip("Urgent", "triangle-alert", "danger", name="urgentChip")
        self._button = Button("Join", name="primaryAction", kind="accent", primary=True, parent=self)
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self._press)
        self._check = Button("Check devices", "sliders-horizontal", name="checkDevices", parent=self)
        self._check.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._check.clicked.connect(self._ask_check)
        self._build()
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _build(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._plan)
        top = QHBoxLayout()
        top.setSpacing(theme().space("x4"))
        top.addWidget(self._avatar)
        top.addLayout(names, 1)
        # Two rows: three chips side by side would cut their words on the narrow panel.
        chips = QGridLayout()
        chips.setSpacing(theme().space("x2"))
        chips.addWidget(self._waiver, 0, 0)
        chips.addWidget(self._here, 0, 1)
        chips.addWidget(self._urgent, 1, 0)
        chips.setColumnStretch(2, 1)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._middle = QVBoxLayout(inside)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.addWidget(self._concern)
        self._middle.addWidget(self._facts)
        self._middle.addLayout(chips)
        self._middle.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("detailScroll")
        area.setAccessibleName("Session details")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self._column = QVBoxLayout(self)
        self._column.addLayout(top)
        self._column.addWidget(area, 1)
        self._column.addWidget(self._check)
        self._column.addWidget(self._button)

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._column.setContentsMargins(side + 1, side, side, side)
        self._column.setSpacing(look.pick(kiosk=18, desktop=12))
        self._middle.setSpacing(look.pick(kiosk=18, desktop=12))
        self.setFixedWidth(look.size("panel-detail"))

    def show_session(self, row: SessionRow | None, words: RowWords | None, *, stale: bool) -> None:
        """Show a session with what its row says, or nothing; `stale` leaves out who is here."""
        if (row, words) == (self._row, self._words):
            return
        self._row, self._words = row, words
        if row is None or words is None:
            self._clear()
            return
        self._avatar.set_person(row.customer_name, Role.CUSTOMER)
        self._name.set_text(row.customer_name)
        self._plan.set_text(headline_of(row))
        self._concern.show_concern(row.customer_name, row.concern)
        facts = vehicle_facts(row.vehicle)
        if row.duration_minutes is not None:
            facts["Length"] = f"{row.duration_minutes} min"
        self._facts.show_facts(facts)
        self._draw_chips(row, stale=stale)
        self._draw_button(row, words)

    def _clear(self) -> None:
        """Keep nothing of a session that is not shown any more."""
        self._avatar.set_person("", Role.CUSTOMER)
        for label in (self._name, self._plan):
            label.set_text("")
        self._concern.show_concern("", "")
        self._facts.show_facts({})
        for chip in (self._waiver, self._here, self._urgent):
            chip.hide()
        self._here.set_fact("", "user-round", "success")

    def _draw_chips(self, row: SessionRow, *, stale: bool) -> None:
        open_still = not row.status.is_terminal
        self._waiver.setVisible(open_still)
        if row.waiver_signed:
            self._waiver.set_fact("Waiver signed", "file-text", "success")
        else:
            self._waiver.set_fact("Waiver not signed", "file-text", "warning")
        self._here.setVisible(open_still and row.customer_present and not stale)
        self._here.set_fact(f"{first_word(row.customer_name)} is here", "user-round", "success")
        self._urgent.setVisible(row.urgent and open_still)

    def _draw_button(self, row: SessionRow, words: RowWords) -> None:
        text = words.button
        if words.action is RowAction.JOIN:
            kind = "chat" if row.kind is SessionKind.CHAT else "video" if row.kind.has_video else ""
            verb = "Rejoin" if row.status is SessionStatus.LIVE else "Join"
            text = " ".join(part for part in (verb, kind, "session") if part)
        elif words.action is RowAction.ACCEPT:
            text = "Accept request"
        elif words.action is RowAction.VIEW:
            text = "View session"
        is_quiet = words.action is RowAction.VIEW
        self._button.set_face(text, words.button_icon, "outline" if is_quiet else "accent")
        self._button.setEnabled(words.enabled)
        may_join = words.action is RowAction.JOIN and words.enabled
        self._check.setVisible(may_join and row.kind.has_video)

    def _ask_check(self) -> None:
        if self._row is not None:
            self.check_requested.emit(self._row.id)

    def _press(self) -> None:
        if self._row is not None and self._words is not None and self._words.action is not RowAction.NONE:
            self.action_requested.emit(self._words.action.value, self._row.id)

"""The page of a restart out of a session: whom it leads back to and how far it has come, or why it does not."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.bands import Band, BandLevel
from desktop.core.call import CallState
from desktop.core.people import Role
from desktop.core.restart import RestartPhase, RestartState
from desktop.ui.avatar import Avatar
from desktop.ui.buttons import Button
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.regions import mark_region
from desktop.ui.step_list import Step, StepList, StepMark
from desktop.ui.text_block import shortened
from desktop.ui.theme import appearance, set_surface, theme

_AVATAR_KIOSK, _AVATAR_DESKTOP = 168, 112
_NAME_LENGTH = 40
_FIRST_NAME_LENGTH = 20


def steps(state: RestartState, call: CallState | None) -> tuple[Step, ...]:
    """Return the way back as steps; the call, where there is one already, says how far its part has come."""
    is_told = state.phase is RestartPhase.ENTERING
    has_place = is_told and call is not None
    left = "" if state.minutes_left is None else f", {state.minutes_left} min left"
    open_words = f"The session is still open{left}" if is_told else "Asking whether the session is still open"
    media = "Live chat" if call is not None and not call.kind.has_video else "Picture and sound"
    lines = "1 chat message to send" if state.unsent == 1 else f"{state.unsent} chat messages to send"
    done = [
        (f"You are signed in as {shortened(state.mechanic_name, _NAME_LENGTH)}", True),
        (open_words, is_told),
        ("Getting a new place in the session", has_place),
        (media, has_place and call is not None and call.mechanic.in_room),
    ]
    if state.unsent:
        done.append((lines, False))
    first_open = next((place for place, (_, is_done) in enumerate(done) if not is_done), len(done))
    return tuple(
        Step(words, StepMark.DONE if is_done else StepMark.NOW if place == first_open else StepMark.TO_DO)
        for place, (words, is_done) in enumerate(done)
    )


class RejoiningPage(QWidget):
    """Draws a `RestartState`; GUI thread only."""

    back_requested = Signal()
    """Give up the way back and show the list; the session stays open."""
    summary_requested = Signal(str)
    """Write the summary of the session that ended meanwhile; carries its id."""
    devices_requested = Signal()
    """See and choose devices while the way back goes on."""
    report_requested = Signal()
    """Copy what is known about the stops."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rejoiningPage")
        set_surface(self, "surface")
        self._state = RestartState()
        self._bar = MessageBar(self)
        self._avatar = Avatar("", Role.CUSTOMER, px=theme().pick(kiosk=_AVATAR_KIOSK, desktop=_AVATAR_DESKTOP))
        centred = Qt.AlignmentFlag.AlignHCenter
        self._title = PlainLabel(style="headline", wrap=True, max_lines=3, align=centred, parent=self)
        self._title.setObjectName("rejoiningTitle")
        self._line = PlainLabel(role="text-muted", wrap=True, max_lines=3, align=centred, parent=self)
        self._line.setObjectName("rejoiningLine")
        self._steps = StepList(self)
        self._steps.setObjectName("rejoiningSteps")
        self._foot = QWidget(self)
        set_surface(self._foot, "raised", "top")
        self._devices = Button(
            "Devices", "sliders-horizontal", name="rejoiningDevices", primary=True, parent=self._foot
        )
        self._devices.clicked.connect(self.devices_requested)
        self._report = Button("Copy report", "file-text", name="copyReport", primary=True, parent=self._foot)
        self._report.clicked.connect(self._copy)
        self._summary = Button(
            "Write summary", "notebook-pen", name="rejoiningSummary", kind="accent", primary=True, parent=self._foot
        )
        self._summary.clicked.connect(self._write)
        self._back = Button("Back to sessions", "arrow-left", name="rejoiningBack", primary=True, parent=self._foot)
        self._back.clicked.connect(self.back_requested)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.back_requested)
        self._lay_out()
        mark_region(self._foot)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def _lay_out(self) -> None:
        self._person = QWidget(self)
        self._person.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self._person)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignHCenter)
        self._words = QVBoxLayout()
        self._words.addWidget(self._title)
        self._words.addWidget(self._line)
        self._column.addLayout(self._words)
        self._middle = QHBoxLayout()
        self._middle.addStretch(1)
        self._middle.addWidget(self._person, 0, Qt.AlignmentFlag.AlignVCenter)
        self._middle.addWidget(self._steps, 0, Qt.AlignmentFlag.AlignVCenter)
        self._middle.addStretch(1)
        self._buttons = QHBoxLayout(self._foot)
        self._buttons.addWidget(self._devices)
        self._buttons.addWidget(self._report)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._back)
        self._buttons.addWidget(self._summary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(self._middle, 1)
        column.addWidget(self._foot)

    def render_state(self, state: RestartState, call: CallState | None = None) -> None:
        """Draw a state, and beside it the call that it has led into."""
        self._state = state
        self._bar.show_band(_band(state))
        name = shortened(state.customer.display_name, _NAME_LENGTH) if state.customer is not None else ""
        self._avatar.set_person(name, Role.CUSTOMER)
        self._avatar.setVisible(bool(name))
        match state.phase:
            case RestartPhase.GIVEN_UP:
                self._title.set_text("Baylink keeps stopping. Tell your workshop manager.")
            case RestartPhase.ENDED:
                self._title.set_text("The session ended while Baylink restarted.")
            case _:
                self._title.set_text(f"Rejoining {name}" if name else "Rejoining your session")
        self._line.set_text(_line(state, call))
        self._steps.setVisible(state.is_under_way)
        self._steps.show_steps(steps(state, call) if state.is_under_way else ())
        is_chat = state.wish.chat_only or (call is not None and not call.kind.has_video)
        self._devices.setVisible(state.is_under_way and not is_chat)
        if self._report.isHidden():
            self._report.set_face("Copy report", "file-text")
        self._report.setVisible(state.phase is RestartPhase.GIVEN_UP)
        self._summary.setVisible(state.phase is RestartPhase.ENDED and state.wants_summary)

    def focus_entry(self) -> None:
        """Put the focus on the next step: the summary where there is one to write, else the way to the list."""
        (self._back if self._summary.isHidden() else self._summary).setFocus()

    def _copy(self) -> None:
        self.report_requested.emit()
        self._report.set_face("Copied", "check")

    def _write(self) -> None:
        if self._state.session_id is not None:
            self.summary_requested.emit(self._state.session_id)

    def _take_theme(self) -> None:
        look = theme()
        self._person.setFixedWidth(look.pick(kiosk=560, desktop=400))
        self._column.setSpacing(look.pick(kiosk=28, desktop=18))
        self._words.setSpacing(look.pick(kiosk=12, desktop=8))
        self._middle.setSpacing(look.pick(kiosk=110, desktop=64))
        side = look.pick(kiosk=24, desktop=16)
        self._buttons.setContentsMargins(side, 0, side, 0)
        self._buttons.setSpacing(look.size("gap"))
        self._foot.setFixedHeight(max(look.size("control-bar"), look.size("primary") + 2 * look.size("gap")))


def _band(state: RestartState) -> Band | None:
    match state.phase:
        case RestartPhase.ASKING | RestartPhase.ENTERING if state.trouble:
            return Band("restart_held_up", BandLevel.WARNING, "wifi-off", state.trouble, since_s=state.since_s)
        case RestartPhase.ASKING | RestartPhase.ENTERING:
            text = "You were in a session, so you are taken straight back."
            return Band(
                "restarted", BandLevel.ACCENT, "refresh-cw", "Baylink was restarted.", text, since_s=state.since_s
            )
    return None


def _line(state: RestartState, call: CallState | None) -> str:
    """Return vehicle and what the customer knows, as far as either is known."""
    vehicle = (call.vehicle if call is not None else None) or state.vehicle
    words = [f"{vehicle.title}."] if vehicle is not None and vehicle.title else []
    if state.phase is RestartPhase.ENTERING and state.customer is not None:
        first = shortened(state.customer.first_name, _FIRST_NAME_LENGTH)
        is_there = state.customer.present or (call is not None and call.customer.in_room)
        told = "was told that you will be back in a moment." if is_there else "is not in the session right now."
        words.append(f"{first} {told}")
    elif state.phase is RestartPhase.ENDED and state.customer is not None:
        words.insert(0, f"It was with {shortened(state.customer.display_name, _NAME_LENGTH)}.")
    elif state.phase is RestartPhase.GIVEN_UP:
        words = ["A session that is still open is in your list. Nothing that you wrote is lost."]
    return " ".join(words)

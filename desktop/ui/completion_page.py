"""The page after a session: both people under real names, the plan, the times, who ended it, and what was said."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.core.bands import Band
from desktop.core.people import Person, Role
from desktop.core.record import RecordState
from desktop.core.session import Completion, SessionStatus
from desktop.core.text import first_word
from desktop.models.chat import ChatModel
from desktop.ui.buttons import Button
from desktop.ui.chat.chat_panel import ChatPanel
from desktop.ui.large_icon import LargeIcon
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.regions import mark_region
from desktop.ui.summary.sent_view import SentView
from desktop.ui.text_block import shortened
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.top_bar import TopBar

_FACTS = ("Customer", "Mechanic", "Plan", "Vehicle", "Time", "Duration", "Ended by")
_MINUTE_S = 60
_CLOSED_WORDS = {"time_up": "The time was used up", "too_short": "It was too short to count"}


def title(completion: Completion) -> str:
    """Return the headline: with whom the session was, and how it came out."""
    name = completion.customer_name
    match completion.status:
        case SessionStatus.CANCELLED:
            return f"Session with {name} was cancelled"
        case SessionStatus.EXPIRED:
            return f"Session with {name} expired"
    return f"Session ended with {name}"


def ended_by_words(completion: Completion) -> str:
    """Return who ended it, or why it ended by itself."""
    if completion.end_reason in _CLOSED_WORDS:
        return _CLOSED_WORDS[completion.end_reason]
    if completion.ended_by == Role.MECHANIC.value:
        return "You ended it"
    if completion.ended_by == Role.CUSTOMER.value:
        return f"{shortened(first_word(completion.customer_name), 20)} ended it"
    return "Baylink closed it"


def duration_words(completion: Completion) -> str:
    """Return how long it took; empty where that is not known."""
    if completion.duration_s is None:
        return ""
    if completion.duration_s < _MINUTE_S:
        return f"{completion.duration_s} s"
    return f"{completion.duration_s // _MINUTE_S} min"


def times_words(completion: Completion) -> str:
    """Return from when to when, by this PC's time zone; empty where that is not known."""
    if completion.started_at is None:
        return "Not started"
    if completion.ended_at is None:
        return f"From {_clock(completion.started_at)}"
    return f"{_clock(completion.started_at)} to {_clock(completion.ended_at)}"


def facts_line(completion: Completion) -> str:
    """Return vehicle, plan, times and who ended it in one line."""
    vehicle = completion.vehicle.title if completion.vehicle is not None else ""
    times, duration = times_words(completion), duration_words(completion)
    when = f"{times}, {duration}" if duration else times
    parts = (vehicle, completion.plan_name, when, ended_by_words(completion))
    return "  ·  ".join(part for part in parts if part)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"


class CompletionPage(QWidget):
    """Drawn from a `Completion`. With a chat model, what was said can be read beside it.

    `back_requested` leaves it, `summary_requested` goes on to the summary. A summary that was sent is shown below.
    """

    back_requested = Signal()
    summary_requested = Signal()
    older_requested = Signal()

    def __init__(self, chat: ChatModel | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("completionPage")
        set_surface(self, "surface")
        self._model = chat
        self._header = TopBar("completionHeader", self)
        self._notice = MessageBar(self)
        self._title = PlainLabel(style="title", parent=self)
        self._title.setObjectName("completionTitle")
        self._line = PlainLabel(style="caption", role="text-muted", tabular=True, parent=self)
        self._line.setObjectName("completionLine")
        self._values: dict[str, PlainLabel] = {}
        self._facts = QGridLayout()
        self._headline = PlainLabel(style="headline", wrap=True, max_lines=3, parent=self)
        self._concern = PlainLabel(role="text-muted", wrap=True, max_lines=4, parent=self)
        self._concern.setObjectName("completionConcern")
        self._chat_side = QWidget(self)
        set_surface(self._chat_side, "raised", "left")
        self._chat = ChatPanel(chat, parent=self._chat_side) if chat is not None else None
        self._bar = QWidget(self)
        set_surface(self._bar, "raised", "top")
        self._back = Button("Back to sessions", "arrow-left", name="backToSessions", kind="accent", primary=True)
        self._back.clicked.connect(self.back_requested)
        self._write = Button("Write summary", "notebook-pen", name="writeSummary", kind="accent", primary=True)
        self._write.clicked.connect(self.summary_requested)
        self._completion: Completion | None = None
        self._sent = SentView(self)
        self._sent.hide()
        self._lay_out_header()
        self._lay_out_facts()
        self._lay_out_parts()
        mark_region(self._header, self._chat_side, self._bar)
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.activated.connect(self.back_requested)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    def render_state(self, completion: Completion, band: Band | None = None) -> None:
        """Show how a session ended, with a notice where there is one."""
        self._notice.show_band(band)
        self._title.set_text(title(completion))
        self._headline.set_text(title(completion))
        vehicle = completion.vehicle.title if completion.vehicle is not None else ""
        times, duration = times_words(completion), duration_words(completion)
        self._line.set_text(facts_line(completion))
        self._concern.set_text(f"“{completion.concern}”" if completion.concern else "")
        self._concern.setVisible(bool(completion.concern))
        for fact, value in zip(
            _FACTS,
            (
                completion.customer_name,
                completion.mechanic_name,
                completion.plan_name,
                vehicle or "Not given",
                times,
                duration or "Not known",
                ended_by_words(completion),
            ),
            strict=True,
        ):
            self._values[fact].set_text(value)
        self._show_chat(completion)
        if self._completion is None or self._completion.session_id != completion.session_id:
            self._sent.hide()
        self._completion = completion
        self._offer_summary(completion.wants_summary)
        self.focus_entry()

    @Slot(object)
    def render_record(self, record: RecordState) -> None:
        """Show the summary that was sent, if this session has one."""
        if self._completion is None or record.session_id != self._completion.session_id or record.summary is None:
            return
        sent = record.summary.sent
        if sent is not None:
            self._sent.show_summary(sent)
            self._offer_summary(False)
        self._sent.setVisible(sent is not None)

    def focus_entry(self) -> None:
        """Put the focus where the page starts."""
        (self._back if self._write.isHidden() else self._write).setFocus()

    def _offer_summary(self, is_offered: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        self._write.setVisible(is_offered)
        if is_offered:
            self._back.set_face("Finish later", "clock", "plain")
        else:
            self._back.set_face("Back to sessions", "arrow-left", "accent")

    def _show_chat(self, completion: Completion) -> None:
        has_messages = self._model is not None and self._model.message_count > 0
        self._chat_side.setVisible(has_messages)
        if self._model is not None and self._chat is not None:
            self._model.set_people(
                [Person(Role.MECHANIC, completion.mechanic_name), Person(Role.CUSTOMER, completion.customer_name)]
            )
            self._chat.set_open(False)

    def _lay_out_header(self) -> None:
        self._header.add_heading(LargeIcon("circle-check", "success-fg", self), self._title, self._line)

    def _lay_out_facts(self) -> None:
        self._facts.setColumnStretch(1, 1)
        for row, fact in enumerate(_FACTS):
            self._facts.addWidget(PlainLabel(fact, role="text-muted", parent=self), row, 0, Qt.AlignmentFlag.AlignTop)
            value = PlainLabel(wrap=True, tabular=fact in {"Time", "Duration"}, weight=500, parent=self)
            value.setObjectName(f"completion{fact.replace(' ', '')}")
            self._values[fact] = value
            self._facts.addWidget(value, row, 1)

    def _lay_out_parts(self) -> None:
        self._card = QWidget(self)
        set_surface(self._card, "raised", "all")
        self._card_column = QVBoxLayout(self._card)
        self._card_column.addWidget(self._headline)
        self._card_column.addWidget(self._concern)
        self._card_column.addLayout(self._facts)
        self._card_column.addWidget(self._sent)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._middle = QVBoxLayout(inside)
        self._middle.addWidget(self._card)
        self._middle.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("completionScroll")
        area.setAccessibleName("How the session ended")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        side = QVBoxLayout(self._chat_side)
        side.setContentsMargins(1, 0, 0, 0)
        if self._chat is not None:
            side.addWidget(self._chat)
            self._chat.older_requested.connect(self.older_requested)
        content = QHBoxLayout()
        content.setSpacing(0)
        content.addWidget(area, 1)
        content.addWidget(self._chat_side)
        self._bar_row = QHBoxLayout(self._bar)
        self._bar_row.addStretch(1)
        self._bar_row.addWidget(self._back)
        self._bar_row.addWidget(self._write)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._notice)
        column.addLayout(content, 1)
        column.addWidget(self._bar)

    def _take_theme(self) -> None:
        look = theme()
        margin, pad = look.size("page-margin"), look.pick(kiosk=36, desktop=24)
        self._middle.setContentsMargins(margin, margin, margin, margin)
        self._card_column.setContentsMargins(pad, pad, pad, pad)
        self._card_column.setSpacing(look.pick(kiosk=24, desktop=16))
        self._facts.setHorizontalSpacing(look.pick(kiosk=40, desktop=28))
        self._facts.setVerticalSpacing(look.pick(kiosk=14, desktop=8))
        self._chat_side.setFixedWidth(look.size("panel-summary"))
        side = look.pick(kiosk=24, desktop=16)
        self._bar_row.setContentsMargins(side, 0, side, 0)
        self._bar_row.setSpacing(look.size("gap"))
        self._bar.setFixedHeight(look.size("control-bar"))

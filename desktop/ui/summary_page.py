"""The summary page: what a mechanic writes after a session, kept while it is written and sent when it is ready."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.core.session import Completion
from desktop.core.summary import TEXT_CAP, SummaryDraft, SummaryPhase, SummaryState, new_draft
from desktop.core.text import first_word
from desktop.ui.buttons import Button
from desktop.ui.call.fact_tabs import Divider
from desktop.ui.chip import Chip
from desktop.ui.completion_page import facts_line, title
from desktop.ui.field import ErrorLine
from desktop.ui.large_icon import LargeIcon
from desktop.ui.plain_label import PlainLabel
from desktop.ui.regions import mark_region
from desktop.ui.summary.findings import FindingsPart
from desktop.ui.summary.parts import PartsPart
from desktop.ui.summary.pdf import summary_pdf
from desktop.ui.summary.pdf_button import SavePdfButton
from desktop.ui.summary.pictures import PicturesPart
from desktop.ui.summary.sent_view import SentView
from desktop.ui.text_area import TextArea
from desktop.ui.text_block import shortened
from desktop.ui.theme import appearance, set_surface, theme
from desktop.ui.top_bar import TopBar

_MISSING = "Write what you did and the next steps first."
_NAME_CLUSTERS = 20


class SummaryPage(QWidget):
    """Drawn from a `Completion` and a `RecordState`. `draft_edited` carries a SummaryDraft after each change by hand.

    The form takes a draft only when its `loads` rose: what somebody is typing is never overwritten.
    """

    draft_edited = Signal(object)
    send_requested = Signal()
    back_requested = Signal()
    picture_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summaryPage")
        set_surface(self, "surface")
        self._session: SessionId | None = None
        self._record: RecordState | None = None
        self._loads = 0
        self._draft: SummaryDraft = new_draft()
        self._notes_text = ""
        self._build_header()
        self._build_form()
        self._build_side()
        self._build_bar()
        self._lay_out_parts()
        self._connect_parts()
        mark_region(self._header, self._form, self._side, self._bar)
        appearance().changed.connect(self._take_theme)
        self._take_theme()

    # ---- what the application calls ---------------------------------------------------------------------------------

    def render_completion(self, completion: Completion) -> None:
        """Show which session it is about; another one starts with nothing of the former one."""
        if completion.session_id != self._session:
            self._session, self._loads = completion.session_id, 0
            self._load(new_draft())
            self._pictures.show_entries(())
            self._show_phase(SummaryState())
            if self._record is not None:
                self.render_record(self._record)
        self._title.set_text(title(completion))
        self._line.set_text(facts_line(completion))
        first = shortened(first_word(completion.customer_name), _NAME_CLUSTERS)
        self._promise.set_text(f"{first} gets the findings, next steps and pictures.")

    @Slot(object)
    def render_record(self, record: RecordState) -> None:
        """Show how the summary, the notes and the pictures stand, once it is known to be of this session."""
        self._record = record
        summary = record.summary
        if summary is None or record.session_id != self._session:
            return
        self._pictures.show_entries(record.files.pictures)
        if summary.loads != self._loads:
            self._loads = summary.loads
            self._load(summary.draft)
        self._notes_text = record.notes.text
        self._notes.set_text(self._notes_text or "No notes.")
        self._copy.setVisible(bool(self._notes_text))
        self._show_phase(summary)

    @Slot(str, object)
    def show_picture(self, file_id: str, image: QImage | None) -> None:
        """Show a picture that was asked for."""
        self._pictures.show_picture(file_id, image)

    def focus_entry(self) -> None:
        """Put the focus where the writing goes on."""
        target = self._did if self._did.isVisible() and self._did.isEnabled() else self._back
        target.setFocus()

    # ---- building ---------------------------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self._header = TopBar("summaryHeader", self)
        self._title = PlainLabel(style="title", parent=self)
        self._title.setObjectName("summaryTitle")
        self._line = PlainLabel(style="caption", role="text-muted", tabular=True, parent=self)
        self._header.add_heading(LargeIcon("circle-check", "success-fg", self), self._title, self._line)
        self._saved = Chip(name="savedChip", parent=self)
        self._header.right.addWidget(self._saved)

    def _build_form(self) -> None:
        self._form = QScrollArea(self)
        self._form.setObjectName("summaryForm")
        self._form.setAccessibleName("Summary")
        self._form.setFrameShape(QFrame.Shape.NoFrame)
        self._form.setWidgetResizable(True)
        self._form.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        self._fields = QWidget(inside)
        self._findings = FindingsPart(self._fields)
        self._did = TextArea("stepsTaken", "What I did", cap=TEXT_CAP, parent=self._fields)
        self._next = TextArea("nextSteps", "Next steps", cap=TEXT_CAP, parent=self._fields)
        self._parts = PartsPart(self._fields)
        self._sent = SentView(inside)
        texts = QHBoxLayout()
        self._texts = texts
        for area in (self._did, self._next):
            column = QVBoxLayout()
            column.addWidget(PlainLabel(area.accessibleName(), "label", parent=self._fields))
            column.addWidget(area)
            texts.addLayout(column, 1)
        self._fields_column = QVBoxLayout(self._fields)
        self._fields_column.setContentsMargins(0, 0, 0, 0)
        self._fields_column.addWidget(self._findings)
        self._fields_column.addLayout(texts)
        self._fields_column.addWidget(self._parts)
        self._inside_column = QVBoxLayout(inside)
        self._inside_column.addWidget(self._fields)
        self._inside_column.addWidget(self._sent)
        self._inside_column.addStretch(1)
        self._form.setWidget(inside)

    def _build_side(self) -> None:
        self._side = QScrollArea(self)
        self._side.setObjectName("summarySide")
        self._side.setAccessibleName("Pictures and notes")
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        self._side.setWidgetResizable(True)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        set_surface(inside, "raised", "left")
        self._pictures = PicturesPart(inside)
        self._notes = PlainLabel("", role="text-muted", wrap=True, parent=inside)
        self._notes.setObjectName("summaryNotes")
        self._copy = Button("Copy into summary", "plus", name="copyNotes", parent=inside)
        copy_line = QHBoxLayout()
        copy_line.addWidget(self._copy)
        copy_line.addStretch(1)
        self._side_column = QVBoxLayout(inside)
        self._side_column.addWidget(self._pictures)
        self._side_column.addWidget(Divider(inside))
        self._side_column.addWidget(PlainLabel("Your notes", "title", parent=inside))
        self._side_column.addWidget(self._notes)
        self._side_column.addLayout(copy_line)
        self._side_column.addStretch(1)
        self._side.setWidget(inside)

    def _build_bar(self) -> None:
        self._bar = QWidget(self)
        set_surface(self._bar, "raised", "top")
        self._back = Button("Finish later", "clock", name="finishLater", primary=True, parent=self._bar)
        self._pdf = SavePdfButton(self._as_pdf, self._bar)
        self._error = ErrorLine("summaryError", self._bar)
        self._promise = PlainLabel("", "caption", "text-muted", align=Qt.AlignmentFlag.AlignRight, parent=self._bar)
        self._promise.setObjectName("summaryPromise")
        self._send = Button(
            "Send summary", "send-horizontal", name="sendSummary", kind="accent", primary=True, parent=self._bar
        )

    def _lay_out_parts(self) -> None:
        self._bar_row = QHBoxLayout(self._bar)
        self._bar_row.addWidget(self._back)
        self._bar_row.addWidget(self._pdf)
        self._bar_row.addWidget(self._error, 1)
        self._bar_row.addWidget(self._promise, 1)
        self._bar_row.addWidget(self._send)
        content = QHBoxLayout()
        content.setSpacing(0)
        content.addWidget(self._form, 1)
        content.addWidget(self._side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addLayout(content, 1)
        column.addWidget(self._bar)

    def _connect_parts(self) -> None:
        for part in (self._findings, self._parts, self._pictures):
            part.edited.connect(self._tell)
        for area in (self._did, self._next):
            area.edited.connect(self._tell)
        self._pictures.picture_requested.connect(self.picture_requested)
        self._copy.clicked.connect(self._copy_notes)
        self._back.clicked.connect(self.back_requested)
        self._send.clicked.connect(self._ask_to_send)
        self._pdf.failed.connect(self._say)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.back_requested)

    # ---- the form ---------------------------------------------------------------------------------------------------

    def _as_pdf(self) -> bytes:
        """Return what stands here as a PDF: the form, or the summary that was sent."""
        record = self._record if self._record is not None and self._record.session_id == self._session else None
        sent = record.summary.sent if record is not None and record.summary is not None else None
        if sent is not None:
            texts = (sent.findings, sent.steps_taken, sent.next_steps, sent.parts_needed)
        else:
            draft = self._written()
            texts = (draft.findings_text, draft.steps_taken, draft.next_steps, draft.parts_text)
        headings = ("Findings", "What I did", "Next steps", "Parts needed")
        pictures = () if sent is not None else self._pictures.chosen_images
        parts = tuple(zip(headings, texts, strict=True))
        return summary_pdf(self._title.accessibleName(), self._line.accessibleName(), parts, pictures)

    def _load(self, draft: SummaryDraft) -> None:
        self._pdf.show_unsaved()
        self._draft = draft
        self._findings.load(draft.findings)
        self._did.load(draft.steps_taken)
        self._next.load(draft.next_steps)
        self._parts.load(draft.parts)
        self._pictures.load(draft.pictures)

    def _written(self) -> SummaryDraft:
        return SummaryDraft(
            temp_id=self._draft.temp_id,
            findings=self._findings.findings,
            steps_taken=self._did.toPlainText(),
            next_steps=self._next.toPlainText(),
            parts=self._parts.parts,
            pictures=self._pictures.chosen,
        )

    def _tell(self) -> None:
        self._error.show_sentence("")
        self._pdf.show_unsaved()
        self._promise.show()
        self.draft_edited.emit(self._written())

    def _ask_to_send(self) -> None:
        written = self._written()
        self.draft_edited.emit(written)
        if not written.is_complete:
            self._say(_MISSING)
            (self._next if written.steps_taken.strip() else self._did).setFocus()
            return
        self.send_requested.emit()

    def _copy_notes(self) -> None:
        before = self._did.toPlainText().rstrip()
        self._did.load(f"{before}\n{self._notes_text}".lstrip()[:TEXT_CAP])
        self._tell()
        self._did.setFocus()

    def _show_phase(self, summary: SummaryState) -> None:
        is_writing = summary.phase is SummaryPhase.WRITING
        is_sent = summary.phase is SummaryPhase.SENT
        self._fields.setVisible(not is_sent)
        self._fields.setEnabled(is_writing)
        self._side.setVisible(not is_sent)
        self._sent.setVisible(is_sent and summary.sent is not None)
        if summary.sent is not None:
            self._sent.show_summary(summary.sent)
        self._copy.setEnabled(is_writing)
        self._pictures.setEnabled(is_writing)
        self._send.setVisible(not is_sent)
        self._send.setEnabled(is_writing)
        sending = summary.phase is SummaryPhase.SENDING
        self._send.set_face("Sending" if sending else "Send summary", "send-horizontal")
        self._back.set_face(
            "Finish later" if is_writing else "Back to sessions", "clock" if is_writing else "arrow-left"
        )
        self._say(summary.sentence)
        self._promise.setVisible(not summary.sentence and not is_sent)
        self._show_saved(summary)

    def _say(self, sentence: str) -> None:
        self._error.show_sentence(sentence)
        self._promise.setVisible(not sentence)

    def _show_saved(self, summary: SummaryState) -> None:
        self._saved.setVisible(
            summary.phase is not SummaryPhase.SENT and (summary.is_unsaved or bool(summary.saved_at))
        )
        if summary.is_unsaved:
            self._saved.set_fact("Not saved. The disk is full.", "circle-alert", "warning")
        elif summary.saved_at is not None:
            self._saved.set_fact(f"Saved on this PC {summary.saved_at.astimezone():%H:%M}", "check", "plain")

    def _take_theme(self) -> None:
        look = theme()
        side = look.pick(kiosk=24, desktop=16)
        self._side.setFixedWidth(look.size("panel-summary"))
        self._side_column.setContentsMargins(side, side, side, side)
        self._side_column.setSpacing(look.pick(kiosk=16, desktop=8))
        self._inside_column.setContentsMargins(side, side, side, side)
        self._fields_column.setSpacing(look.pick(kiosk=20, desktop=12))
        self._texts.setSpacing(look.pick(kiosk=16, desktop=12))
        for area in (self._did, self._next):
            # So high that three findings and the parts are in sight with them on the usual screen of a kiosk.
            area.setFixedHeight(look.pick(kiosk=168, desktop=150))
        self._bar_row.setContentsMargins(side, 0, side, 0)
        self._bar_row.setSpacing(look.pick(kiosk=24, desktop=20))
        self._bar.setFixedHeight(look.size("control-bar"))

"""The summary page: what is written is told at once, never overwritten, checked before it goes, and read afterwards."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.files import FilesState
from desktop.core.notes import NotesState
from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.core.session import FileEntry
from desktop.core.summary import (
    Finding,
    SentSummary,
    SummaryDraft,
    SummaryPhase,
    SummaryState,
    Verdict,
    draft_of_json,
)
from desktop.ui.buttons import Button
from desktop.ui.chip import Chip
from desktop.ui.summary.pictures import PictureCard
from desktop.ui.summary_page import SummaryPage
from desktop.ui.text_area import TextArea
from tests.ui import walk
from tests.ui.call.states import NOW
from tests.ui.conftest import Dress
from tests.ui.hands import find, tap
from tests.ui.samples import HOSTILE_NAMES
from tests.ui.snapshots import SnapshotCheck
from tests.ui.test_completion_page import DONE

Shown = Callable[[QWidget, tuple[int, int]], QWidget]

PICTURES = tuple(FileEntry(f"p{n}", f"under-{n}.jpg", "image/jpeg", 9_000, "Dana", NOW) for n in range(1, 5))
DRAFT = SummaryDraft(
    "0f6b2c1e-4100",
    (
        Finding("Upper radiator hose and clamp", "Clamp loose, coolant leaking. Part 19501-R4A", Verdict.FIX_NOW),
        Finding("Coolant level", "Below MIN. Top up when cold, check again in a week", Verdict.WATCH),
        Finding("Radiator fan", "Runs at idle, normal sound"),
    ),
    "Guided Dana to the upper hose, read the part number, checked the fan and the level.",
    "Do not drive. Replace hose and clamp, bleed the system, pressure test.",
    ("Upper radiator hose 19501-R4A", "Hose clamp 38 mm"),
    ("p1", "p2", "p4"),
)
WRITING = SummaryState(SummaryPhase.WRITING, DRAFT, 1, NOW)
NOTES = "Hose hard near the clamp, crack starting. Fan cuts in at 97 degrees."


def record(summary: SummaryState) -> RecordState:
    return RecordState(DONE.session_id, NotesState(NOTES, 1), FilesState(PICTURES), summary)


def opened(shown: Shown, summary: SummaryState = WRITING, size: tuple[int, int] = (1366, 768)) -> SummaryPage:
    page = SummaryPage()
    page.render_completion(DONE)
    page.render_record(record(summary))
    shown(page, size)
    for place, name in enumerate(("p1", "p2", "p3", "p4")):
        image = QImage(160, 120, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor(int(Qt.GlobalColor.darkRed.value) + place))
        page.show_picture(name, image)
    for _ in range(4):
        QApplication.processEvents()
    return page


def test_the_kept_draft_stands_in_the_form(shown: Shown) -> None:
    page = opened(shown)
    assert [field.text() for field in page.findChildren(QLineEdit, "findingTitle")] == [
        "Upper radiator hose and clamp",
        "Coolant level",
        "Radiator fan",
    ]
    assert find(page, TextArea, "nextSteps").toPlainText().startswith("Do not drive.")
    texts = walk.shown_texts(page)
    assert {"Session ended with Dana Whitfield", "3 of 4", NOTES} <= set(texts)
    assert "Dana gets the findings, next steps and pictures." in texts
    assert find(page, Chip, "savedChip").text() == "Saved on this PC 13:47"


def test_the_next_session_shows_nothing_of_the_former_one_even_before_its_record_comes(shown: Shown) -> None:
    page = opened(shown)
    other = replace(DONE, session_id=SessionId("another"), customer_name="Tom Okafor")
    late = replace(record(WRITING), session_id=SessionId("another"))
    page.render_completion(other)
    assert find(page, TextArea, "stepsTaken").toPlainText() == ""
    assert not find(page, TextArea, "stepsTaken").isEnabled()
    assert not find(page, Chip, "savedChip").isVisible()
    page.render_record(record(WRITING))
    assert find(page, TextArea, "stepsTaken").toPlainText() == ""
    page.render_record(late)
    assert find(page, TextArea, "stepsTaken").toPlainText() == DRAFT.steps_taken


def test_every_change_is_told_whole_and_never_overwritten(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    with qtbot.waitSignal(page.draft_edited) as told:
        QTest.keyClicks(find(page, TextArea, "stepsTaken"), "X")
    draft = told.args[0]
    assert draft == replace(DRAFT, steps_taken=f"X{DRAFT.steps_taken}")
    page.render_record(record(replace(WRITING, sentence="")))
    assert find(page, TextArea, "stepsTaken").toPlainText().startswith("XGuided")
    page.render_record(record(replace(WRITING, loads=2)))
    assert find(page, TextArea, "stepsTaken").toPlainText().startswith("Guided")


def test_findings_parts_and_pictures_are_added_judged_and_taken_away(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    told: list[SummaryDraft] = []
    page.draft_edited.connect(told.append)
    tap(find(page, Button, "addFinding"))
    QTest.keyClicks(page.findChildren(QLineEdit, "findingTitle")[-1], "Belt")
    tap(page.findChildren(QWidget, "verdictWatch")[-1])
    assert told[-1].findings[-1] == Finding("Belt", "", Verdict.WATCH)
    tap(page.findChildren(Button, "removeFinding")[0])
    assert [finding.title for finding in told[-1].findings] == ["Coolant level", "Radiator fan", "Belt"]
    QTest.keyClicks(find(page, QLineEdit, "partField"), "Coolant type 2, 4 l")
    tap(find(page, Button, "addPart"))
    assert told[-1].parts[-1] == "Coolant type 2, 4 l"
    QApplication.processEvents()
    tap(next(chip for chip in page.findChildren(Button, "partChip") if chip.isVisible()))
    assert told[-1].parts == ("Hose clamp 38 mm", "Coolant type 2, 4 l")
    tap(page.findChildren(PictureCard)[2])
    assert list(told[-1].pictures) == ["p1", "p2", "p3", "p4"]
    tap(page.findChildren(PictureCard)[0])
    assert list(told[-1].pictures) == ["p2", "p3", "p4"]


def test_sr_35_a_refused_picture_is_a_card_with_its_files_name(shown: Shown) -> None:
    page = opened(shown)
    refused = next(card for card in page.findChildren(PictureCard) if card.entry.id == "p2")
    before = refused.grab().toImage()
    page.show_picture("p2", None)
    assert refused.image is None
    assert refused.accessibleName() == "Include under-2.jpg, which cannot be shown"
    assert refused.grab().toImage() != before


def test_notes_are_copied_below_what_is_written(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    with qtbot.waitSignal(page.draft_edited) as told:
        tap(find(page, Button, "copyNotes"))
    assert told.args[0].steps_taken == f"{DRAFT.steps_taken}\n{NOTES}"


@pytest.mark.parametrize(("missing", "field"), [("steps_taken", "stepsTaken"), ("next_steps", "nextSteps")])
def test_what_is_missing_is_said_and_has_the_focus(shown: Shown, qtbot: QtBot, missing: str, field: str) -> None:
    page = opened(shown, replace(WRITING, draft=replace(DRAFT, **{missing: " "})))  # type: ignore[arg-type] # as named
    with qtbot.assertNotEmitted(page.send_requested):
        tap(find(page, Button, "sendSummary"))
    assert "Write what you did and the next steps first." in walk.shown_texts(page)
    assert find(page, TextArea, field).hasFocus()


def test_a_complete_summary_goes_with_the_newest_words(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    with qtbot.waitSignals([page.draft_edited, page.send_requested], order="strict"):
        tap(find(page, Button, "sendSummary"))
    page.render_record(record(replace(WRITING, phase=SummaryPhase.SENDING)))
    assert not find(page, Button, "sendSummary").isEnabled()
    assert not find(page, TextArea, "stepsTaken").isEnabled()
    kept = "Kept on this PC. It is sent when the connection is back."
    page.render_record(record(replace(WRITING, phase=SummaryPhase.KEPT, sentence=kept)))
    assert kept in walk.shown_texts(page)
    assert find(page, Button, "finishLater").text() == "Back to sessions"


def test_a_sent_summary_can_only_be_read(shown: Shown) -> None:
    sent = SentSummary("Watch: Hose", "Looked", "Replace", "Hose", NOW, PICTURES[:2])
    exists = "A summary was already sent for this session."
    page = opened(shown, replace(WRITING, phase=SummaryPhase.SENT, sent=sent, sentence=exists))
    texts = walk.shown_texts(page)
    assert {"Watch: Hose", "Looked", "Replace", "2 pictures", exists} <= set(texts)
    assert not find(page, Button, "sendSummary").isVisible()
    assert not find(page, TextArea, "stepsTaken").isVisible()


def test_a_full_disk_is_not_hidden(shown: Shown) -> None:
    page = opened(shown, replace(WRITING, is_unsaved=True))
    assert find(page, Chip, "savedChip").text() == "Not saved. The disk is full."


def test_it_can_be_finished_later_by_key_and_by_tap(shown: Shown, qtbot: QtBot) -> None:
    page = opened(shown)
    with qtbot.waitSignal(page.back_requested):
        tap(find(page, Button, "finishLater"))
    with qtbot.waitSignal(page.back_requested):
        QTest.keyClick(page, Qt.Key.Key_Escape)


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_every_control_is_named_reached_and_large_enough(shown: Shown, dress: Dress, look: str) -> None:
    page = opened(shown, size=dress(look))
    assert walk.unnamed_controls(page) == []
    assert walk.unreachable_controls(page) == []
    assert walk.markup_risks(page) == []
    if look.startswith("kiosk"):
        assert walk.too_small(page, 46) == []
        assert walk.too_close(page, 12) == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_sr_33_hostile_names_are_shown_literally(shown: Shown, name: str) -> None:
    page = SummaryPage()
    page.render_completion(replace(DONE, customer_name=name))
    page.render_record(record(replace(WRITING, draft=replace(DRAFT, parts=(name,), findings=(Finding(name, name),)))))
    shown(page, (1366, 768))
    assert walk.markup_risks(page) == []
    assert page.width() == 1366


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay", "kiosk-door"])
def test_the_summary_looks_as_drawn(shown: Shown, dress: Dress, snapshot: SnapshotCheck, look: str) -> None:
    page = opened(shown, size=dress(look))
    page.focus_entry()
    snapshot(page, f"summary-{look}")


def test_a_draft_comes_back_from_its_text() -> None:
    assert draft_of_json(DRAFT.to_json()) == DRAFT
    for broken in ("", "[]", "{}", '{"findings": [], "what": 1}'):
        with pytest.raises(ValueError, match=r"not a summary|Expecting value|missing"):
            draft_of_json(broken)

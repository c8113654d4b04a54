"""What a mechanic writes in the whole app: notes, files and the summary, over sign-outs and restarts."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.route import Page
from desktop.joinserver.demo_data.pictures import png
from desktop.ui.text_area import TextArea
from tests.fixtures.bay import Bay, open_bay
from tests.fixtures.joinserver import session_key
from tests.fixtures.served import ServedJoinServer
from tests.ui.hands import find

S01, S12 = session_key("S01"), session_key("S12")


def _write(page: QWidget, name: str, text: str) -> None:
    field = find(page, TextArea, name)
    field.setFocus()
    QTest.keyClicks(field, text)


def test_a_missing_summary_is_written_from_the_list_and_sent(bay: Bay) -> None:
    bay.sign_in()
    bay.until(lambda: bay.row(S12) is not None)
    row = bay.row(S12)
    assert row is not None
    assert (row.button, row.note) == ("Write summary", "Summary missing")
    bay.press_row(S12)
    bay.until(lambda: bay.app.page is Page.SUMMARY)
    page = bay.app.session_pages.summary
    bay.until(lambda: find(page, TextArea, "stepsTaken").isEnabled())
    _write(page, "stepsTaken", "Measured the battery")
    bay.robot.click("sendSummary")
    bay.until_says("summaryError", "Write what you did and the next steps first.")
    _write(page, "nextSteps", "Replace it")
    bay.robot.click("sendSummary")
    bay.until(lambda: bay.app.page is Page.SESSIONS)
    bay.until_says("bandText", "Summary sent to")
    bay.until(lambda: (words := bay.row(S12)) is not None and words.note == "Summary sent")
    bay.press_row(S12)
    bay.until_says("sentNextSteps", "Replace it")
    assert bay.app.page is Page.COMPLETION
    assert bay.robot.leaks() == []


def test_a_half_written_summary_is_there_after_a_restart(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path
) -> None:
    for visit in range(2):
        with open_bay(qtbot, served.url, tmp_path) as bay:
            bay.sign_in()
            bay.until(lambda bay=bay: bay.row(S12) is not None)  # type: ignore[misc] # bound on purpose
            bay.press_row(S12)
            page = bay.app.session_pages.summary
            field = find(page, TextArea, "stepsTaken")
            bay.until(lambda field=field: field.isVisible() and field.isEnabled())  # type: ignore[misc] # as above
            if visit == 0:
                _write(page, "stepsTaken", "Measured the battery")
                bay.until_says("savedChip", "Saved on this PC")
                bay.robot.click("finishLater")
                bay.until(lambda bay=bay: bay.app.page is Page.SESSIONS)  # type: ignore[misc] # as above
            else:
                bay.until(lambda field=field: field.toPlainText() == "Measured the battery")  # type: ignore[misc] # as above


def test_notes_save_themselves_and_a_file_goes_and_is_looked_at(bay: Bay, tmp_path: Path) -> None:
    picture = tmp_path / "brake.png"
    picture.write_bytes(png(64, 48, 200, 120, 40))
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("notesButton")
    page = bay.app.session_pages.call
    bay.until(lambda: find(page, TextArea, "notesEditor").isEnabled())
    _write(page, "notesEditor", "Pads at 2 mm")
    bay.until_says("notesHome", "Saved ")
    QTest.keyClick(find(page, TextArea, "notesEditor"), Qt.Key.Key_Exclam)
    bay.until(lambda: bay.app._record is not None and bay.app._record.notes.text.startswith("Pads at 2 mm"))
    page.panel.show_tab("files")
    page.panel.files.upload_requested.emit(str(picture))
    bay.until(lambda: any("brake.png" in text for text in bay.robot.words_on_screen()))
    bay.until(lambda: bay.app._record is not None and not bay.app._record.files.uploads)
    entry = bay.app._record.files.entries[-1] if bay.app._record is not None else None
    assert entry is not None
    assert entry.name == "brake.png"
    page.panel.files._open(entry.id)
    bay.until(lambda: page.panel.files._picture.image is not None)

"""The notes and files of a session as a mechanic uses them: typing is never disturbed, files say how they fare."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.files import FilesState, Upload, UploadPhase
from desktop.core.notes import NOTES_CAP, NotesHome, NotesState
from desktop.ui.buttons import Button
from desktop.ui.call.files_panel import FilesTab
from desktop.ui.call.notes_panel import NotesTab
from desktop.ui.picture_view import PictureView
from desktop.ui.plain_label import PlainLabel
from desktop.ui.text_area import TextArea
from tests.ui import walk
from tests.ui.call.states import FILES, NOW
from tests.ui.conftest import Dress
from tests.ui.hands import find, tap
from tests.ui.samples import HOSTILE_CONCERN, HOSTILE_NAMES
from tests.ui.snapshots import SnapshotCheck

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
SIZE = (344, 600)
LOADED = NotesState("Hose hard near the clamp.", 1)


@pytest.fixture
def notes(shown: Shown) -> NotesTab:
    tab = NotesTab()
    shown(tab, SIZE)
    return tab


@pytest.fixture
def files(shown: Shown) -> FilesTab:
    tab = FilesTab()
    shown(tab, SIZE)
    return tab


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def upload(phase: UploadPhase = UploadPhase.SENDING, **more: object) -> Upload:
    plain = Upload("upload-1", "brake.png", 1_000_000, Path("brake.png"), "image/png", 250_000, phase)
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself


def test_notes_cannot_be_written_before_they_are_there(notes: NotesTab) -> None:
    editor = find(notes, TextArea, "notesEditor")
    assert not editor.isEnabled()
    notes.render_state(LOADED)
    assert editor.isEnabled()
    assert editor.toPlainText() == "Hose hard near the clamp."


def test_what_is_being_typed_is_never_replaced_by_its_own_echo(notes: NotesTab, qtbot: QtBot) -> None:
    notes.render_state(LOADED)
    editor = find(notes, TextArea, "notesEditor")
    with qtbot.waitSignal(notes.notes_edited) as told:
        QTest.keyClicks(editor, "A")
    assert told.args == ["AHose hard near the clamp."]
    notes.render_state(replace(LOADED, text="an older echo", home=NotesHome.THIS_PC, saved_at=NOW))
    assert editor.toPlainText() == "AHose hard near the clamp."
    assert find(notes, PlainLabel, "notesHome").text() == "Saved on this PC 13:47"
    notes.render_state(replace(LOADED, home=NotesHome.PLATFORM, saved_at=NOW))
    assert find(notes, PlainLabel, "notesHome").text() == "Saved 13:47"
    notes.render_state(replace(LOADED, text="chosen elsewhere", loads=2))
    assert editor.toPlainText() == "chosen elsewhere"


def test_notes_end_at_their_limit_and_keep_the_cursor(notes: NotesTab) -> None:
    notes.render_state(NotesState("x" * (NOTES_CAP - 1), 1))
    editor = find(notes, TextArea, "notesEditor")
    QTest.keyClicks(editor, "ab")
    assert len(editor.toPlainText()) == NOTES_CAP
    assert editor.toPlainText().startswith("ab")
    assert editor.textCursor().position() == 2


@pytest.mark.parametrize(("button", "choice"), [("keepMine", "mine"), ("useOther", "other"), ("keepBoth", "both")])
def test_two_versions_are_both_to_be_seen_and_one_tap_settles_them(
    notes: NotesTab, qtbot: QtBot, button: str, choice: str
) -> None:
    sentence = "These notes were changed on another screen. Both versions are here."
    notes.render_state(replace(LOADED, other="Pads at 2 mm", sentence=sentence))
    settle()
    assert find(notes, TextArea, "notesEditor").isReadOnly()
    assert find(notes, TextArea, "notesOther").toPlainText() == "Pads at 2 mm"
    assert sentence in walk.shown_texts(notes)
    with qtbot.waitSignal(notes.choice_requested) as chosen:
        tap(find(notes, Button, button))
    assert chosen.args == [choice]
    notes.render_state(replace(LOADED, loads=2))
    assert not find(notes, QWidget, "notesConflict").isVisible()


def test_a_closed_record_can_only_be_read(notes: NotesTab) -> None:
    notes.render_state(replace(LOADED, is_read_only=True))
    assert find(notes, TextArea, "notesEditor").isReadOnly()
    assert find(notes, PlainLabel, "notesHome").text() == "Read only"


def test_markup_in_notes_stays_text(notes: NotesTab) -> None:
    notes.render_state(NotesState(HOSTILE_CONCERN, 1, other="<b>x</b>"))
    assert walk.markup_risks(notes) == []
    assert find(notes, TextArea, "notesOther").toPlainText() == "<b>x</b>"


def test_what_came_while_another_tab_was_read_is_there_when_the_files_are_opened(files: FilesTab, qtbot: QtBot) -> None:
    files.hide()
    with qtbot.waitSignal(files.can_add_changed) as told:
        files.render_state(FilesState(FILES, uploads=(upload(),), sentence="Too large.", can_send=True))
    assert told.args == [True], "the chat offers to attach a file although nobody looks at the files"
    files.show()
    assert {FILES[0].name, FILES[1].name, "brake.png", "Too large."} <= set(walk.shown_texts(files))


def test_an_upload_shows_its_way_and_can_be_stopped(files: FilesTab, qtbot: QtBot) -> None:
    files.render_state(FilesState(FILES, (upload(),)))
    settle()
    assert "25 % of 977 kB" in walk.shown_texts(files)
    with qtbot.waitSignal(files.cancel_requested) as cancelled:
        tap(next(b for b in files.findChildren(Button, "fileAction") if b.text() == "Cancel"))
    assert cancelled.args == ["upload-1"]


@pytest.mark.parametrize(
    ("phase", "word", "signal"),
    [(UploadPhase.FAILED, "Try again", "retry_requested"), (UploadPhase.REFUSED, "Remove", "cancel_requested")],
)
def test_an_upload_that_failed_says_why_and_what_to_do(
    files: FilesTab, qtbot: QtBot, phase: UploadPhase, word: str, signal: str
) -> None:
    files.render_state(FilesState((), (upload(phase, sentence="Files can be up to 25 MB."),)))
    settle()
    assert "Files can be up to 25 MB." in walk.shown_texts(files)
    with qtbot.waitSignal(getattr(files, signal)) as wished:
        tap(next(b for b in files.findChildren(Button, "fileAction") if b.text() == word))
    assert wished.args == ["upload-1"]


def test_a_picture_is_shown_in_the_panel_and_left_again(files: FilesTab, qtbot: QtBot) -> None:
    files.render_state(FilesState(FILES))
    settle()
    with qtbot.waitSignal(files.picture_requested) as wished:
        tap(next(b for b in files.findChildren(Button, "fileAction") if b.text() == "View"))
    assert wished.args == ["f1"]
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    files.show_picture("another", image)
    assert find(files, PictureView, "filePicture").image is None
    files.show_picture("f1", image)
    assert find(files, PictureView, "filePicture").image is image
    assert not files.grab().isNull()
    tap(find(files, Button, "backToFiles"))
    assert find(files, PictureView, "filePicture").image is None


def test_sr_35_a_refused_picture_shows_the_card_of_its_file(
    files: FilesTab, qtbot: QtBot, snapshot: SnapshotCheck
) -> None:
    files.render_state(FilesState((replace(FILES[0], name="<b>brake</b>.png"),)))
    settle()
    with qtbot.waitSignal(files.picture_requested) as wished:
        tap(find(files, Button, "fileAction"))
    waiting = files.grab().toImage()
    files.show_picture(wished.args[0], None)
    view = find(files, PictureView, "filePicture")
    assert view.image is None
    assert view.accessibleName() == "<b>brake</b>.png, This picture cannot be shown."
    assert files.grab().toImage() != waiting
    assert not [
        button.text() for button in files.findChildren(Button) if button.isVisible() and button.text() == "Open"
    ]
    snapshot(files, "files-refused-picture-desktop-bay")
    tap(find(files, Button, "backToFiles"))
    assert view.accessibleName() == ""


def test_sr_36_other_files_are_opened_outside_and_never_in_the_kiosk(
    files: FilesTab, qtbot: QtBot, dress: Dress, shown: Shown
) -> None:
    files.render_state(FilesState(FILES))
    settle()
    with qtbot.waitSignal(files.open_requested) as wished:
        tap(next(b for b in files.findChildren(Button, "fileAction") if b.text() == "Open"))
    assert wished.args == ["f2"]
    dress("kiosk-bay")
    kiosk = FilesTab()
    kiosk.render_state(FilesState(FILES))
    shown(kiosk, (520, 800))
    settle()
    assert [b.text() for b in kiosk.findChildren(Button) if b.isVisible()] == ["View"]
    kiosk.ask_for_file()
    assert kiosk.window().findChild(QFileDialog) is None
    assert walk.too_small(kiosk, 46) == []


def test_a_chosen_file_is_sent(files: FilesTab, qtbot: QtBot, tmp_path: Path) -> None:
    files.ask_for_file()
    dialog = files.window().findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(files.upload_requested) as chosen:
        dialog.fileSelected.emit(str(tmp_path / "a.png"))
    assert chosen.args == [str(tmp_path / "a.png")]
    dialog.reject()


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_sr_33_hostile_file_names_are_shown_literally(files: FilesTab, name: str) -> None:
    files.render_state(FilesState((replace(FILES[0], name=name, uploader_name=name),), (upload(name=name),)))
    settle()
    assert walk.markup_risks(files) == []
    assert files.width() == SIZE[0]
    assert any(name[:20] in text for text in walk.shown_texts(files))


def test_uploads_look_as_drawn(files: FilesTab, snapshot: SnapshotCheck) -> None:
    failed = upload(UploadPhase.FAILED, temp_id="u2", name="bill.pdf", sentence="No connection to Baylink.")
    files.render_state(FilesState(FILES, (upload(), failed)))
    settle()
    snapshot(files, "files-uploads-desktop-bay")


def test_two_versions_look_as_drawn(notes: NotesTab, snapshot: SnapshotCheck) -> None:
    sentence = "These notes were changed on another screen. Both versions are here."
    notes.render_state(replace(LOADED, other="Pads at 2 mm", sentence=sentence))
    settle()
    snapshot(notes, "notes-conflict-desktop-bay")

"""SR-36: what others wrote or sent opens nothing by itself, in the kiosk nothing at all, and lies under own names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from desktop.core.session import FileEntry
from desktop.ui.buttons import Button
from tests.fixtures.bay import Bay, open_bay
from tests.fixtures.served import ServedJoinServer
from tests.ui import walk

pytestmark = pytest.mark.end2end

LINK = "https://evil.example/pay and <a href='https://evil.example'>here</a> or file:///etc/passwd"
SCHEMES = ("file", "http", "https", "mailto", "baylink")


class Opener(QObject):
    """What this system opens files and links with."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Note what is to be opened."""
        self.opened.append(url)


@pytest.fixture
def opener(qapp: object) -> Iterator[Opener]:
    """Take the place of the system's own programs."""
    here = Opener()
    for scheme in SCHEMES:
        QDesktopServices.setUrlHandler(scheme, here, "take")  # type: ignore[arg-type]  # a name as str, whatever the stub says
    yield here
    for scheme in SCHEMES:
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture(params=["window", "kiosk"])
def any_bay(request: pytest.FixtureRequest, qtbot: QtBot, served: ServedJoinServer, tmp_path: Path) -> Iterator[Bay]:
    """Start the app in either profile."""
    with open_bay(qtbot, served.url, tmp_path, profile=request.param) as started:
        yield started


def show_tab(bay: Bay, name: str) -> None:
    """Bring a tab of the panel to the front; the kiosk begins without the panel."""
    if bay.robot.find(name) is None:
        bay.robot.click("chatButton")
    bay.robot.click(name)


def document(bay: Bay) -> FileEntry:
    """Return a file of the session on screen that is no picture."""
    record = bay.app._record
    assert record is not None
    return next(entry for entry in record.files.entries if entry.media_type == "application/pdf")


def fetched(bay: Bay, entry: FileEntry) -> list[Path]:
    """Let a file be fetched, as a tap on it would, and return where it lies."""
    places: list[Path] = []
    bay.app.record_gateway.file_ready.connect(lambda _id, path: places.append(path))
    bay.app.record_gateway.want_file(entry.id)
    bay.until(lambda: places)
    return places


def test_sr_36_links_in_lines_are_words_and_open_nothing(any_bay: Bay, opener: Opener) -> None:
    bay = any_bay
    bay.sign_in()
    bay.open("S01")
    show_tab(bay, "tabChat")
    bay.write_line(LINK)
    bay.until(lambda: LINK in [row.text for row in bay.bubbles()])
    view = bay.robot.see("chatList")
    assert isinstance(view, QListView)
    for row in range(view.model().rowCount()):
        place = view.visualRect(view.model().index(row, 0))
        for across in range(place.left() + 10, place.right(), 40):
            point = QPoint(across, place.center().y())
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    assert walk.markup_risks(bay.app.window) == []
    assert opener.opened == []


def test_sr_36_a_fetched_file_opens_by_a_tap_and_lies_in_the_session_folder_under_a_name_of_our_own(
    bay: Bay, opener: Opener, tmp_path: Path
) -> None:
    bay.sign_in()
    bay.open("S01")
    show_tab(bay, "tabFiles")
    bay.until(lambda: bay.app._record is not None and bay.app._record.files.entries)
    entry = document(bay)
    assert opener.opened == []
    files = bay.app.session_pages.call.panel.files
    button = next(b for b in files.findChildren(Button, "fileAction") if b.isVisible() and b.text() == "Open")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    bay.until(lambda: opener.opened)
    place = Path(opener.opened[0].toLocalFile())
    assert place.is_relative_to(tmp_path / "state")
    assert place.stem.isalnum()
    assert place.suffix == ".pdf"
    assert entry.name.split(".")[0].lower() not in str(place).lower()
    assert len(opener.opened) == 1


def test_sr_36_in_the_kiosk_not_even_a_fetched_file_is_opened(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path, opener: Opener
) -> None:
    with open_bay(qtbot, served.url, tmp_path, profile="kiosk") as bay:
        bay.sign_in()
        bay.open("S01")
        bay.until(lambda: bay.app._record is not None and bay.app._record.files.entries)
        assert fetched(bay, document(bay))[0].is_file()
        show_tab(bay, "tabFiles")
        words = [button.text() for button in bay.app.window.findChildren(Button, "fileAction") if button.isVisible()]
        assert "Open" not in words
    assert opener.opened == []

"""The report on the clipboard: one tap in a call, kept on this PC for its user alone, and nothing after a sign-out."""

import stat
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.report_desk import ReportDesk
from tests.ui.call.states import CUSTOMER, TALK, state


def test_a_tap_puts_the_report_on_the_clipboard_and_into_a_private_file(qtbot: QtBot, tmp_path: Path) -> None:
    said = TALK[1].text
    (tmp_path / "baylink.log").write_text(f"joined {CUSTOMER.display_name}: {said} eyJhbGciOiJIUzI1NiJ9.e30\n")
    desk = ReportDesk(tmp_path, "1.2.3", lambda: [line.text for line in TALK])
    desk.call_changed(state())
    with qtbot.waitSignal(desk.copied) as told:
        desk.copy()
    assert "clipboard" in told.args[0]
    text = QGuiApplication.clipboard().text()
    assert "Version 1.2.3" in text
    assert "joined" in text
    for private in (*CUSTOMER.display_name.split(), said, "eyJ"):
        assert private not in text
    (file,) = (tmp_path / "reports").iterdir()
    assert file.read_text(encoding="utf-8") == text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_only_five_reports_are_kept_and_nothing_of_who_signed_out(qtbot: QtBot, tmp_path: Path) -> None:
    desk = ReportDesk(tmp_path, "1", list)
    for _ in range(7):
        desk.copy()
    assert len(list((tmp_path / "reports").iterdir())) == 5
    desk.call_changed(state())
    desk.forget()
    desk.copy()
    assert "no call" in QGuiApplication.clipboard().text()


def test_a_disk_that_is_full_or_forbidden_leaves_the_clipboard(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    desk = ReportDesk(tmp_path, "9.9", list)
    with qtbot.waitSignal(desk.copied):
        desk.copy()
    assert "Version 9.9" in QGuiApplication.clipboard().text()

"""Drafts on this PC: there after a crash, for their writer only, and never in the way of writing."""

import stat
from pathlib import Path

import pytest

from desktop.core.people import MechanicId, SessionId
from desktop.core.session import FileEntry
from desktop.store.drafts import DraftStore, KeptDraft
from desktop.store.session_folder import SessionFolder
from tests.ui.call.states import NOW
from tests.virtual_time import in_loop

MARISOL, IKE = MechanicId("m-1"), MechanicId("m-2")
SESSION = SessionId("s-1")


@in_loop
async def test_the_newest_draft_is_there_again_for_its_writer_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "drafts.sqlite3"
    await DraftStore(path).put(MARISOL, SESSION, "notes", "first")
    await DraftStore(path).put(MARISOL, SESSION, "notes", "second")
    await DraftStore(path).put(MARISOL, SESSION, "summary", "a summary")
    again = DraftStore(path)
    assert set(await again.of(MARISOL)) == {
        KeptDraft(SESSION, "notes", "second"),
        KeptDraft(SESSION, "summary", "a summary"),
    }
    assert await again.of(IKE) == ()
    await again.remove(MARISOL, SESSION, "notes")
    assert await again.of(MARISOL) == (KeptDraft(SESSION, "summary", "a summary"),)


@in_loop
async def test_nobody_else_on_this_pc_reads_the_drafts(tmp_path: Path) -> None:
    path = tmp_path / "drafts.sqlite3"
    await DraftStore(path).put(MARISOL, SESSION, "notes", "private")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@in_loop
async def test_a_broken_file_is_put_aside_and_writing_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "drafts.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    store = DraftStore(path)
    await store.put(MARISOL, SESSION, "notes", "new")
    assert await store.of(MARISOL) == (KeptDraft(SESSION, "notes", "new"),)
    assert path.with_suffix(".broken").is_file()


@in_loop
async def test_a_disk_that_refuses_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    with pytest.raises(OSError, match="folder"):
        await DraftStore(tmp_path / "folder" / "drafts.sqlite3").put(MARISOL, SESSION, "notes", "x")


@pytest.mark.parametrize(
    "name", ["..\\..\\boot.ini.png", "../../etc/passwd", "con.jpg", "x" * 255, "-rf", "a\u202egpj.exe"]
)
def test_sr_36_a_fetched_file_lies_under_a_name_of_our_own(tmp_path: Path, name: str) -> None:
    place = SessionFolder(tmp_path).place(SESSION, FileEntry(name, name, "image/png", 1, "Dana", NOW))
    assert place.suffix == ".png"
    assert place.parent.parent == tmp_path
    assert place.stem.isalnum()
    odd = SessionFolder(tmp_path).place(SESSION, FileEntry("id", name, "application/x-msdownload", 1, "Dana", NOW))
    assert odd.suffix == ".bin"


@in_loop
async def test_sr_37_wiping_leaves_nothing_and_may_be_repeated(tmp_path: Path) -> None:
    folder = SessionFolder(tmp_path / "files")
    place = folder.place(SESSION, FileEntry("id", "a.png", "image/png", 1, "Dana", NOW))
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x")
    await folder.wipe()
    await folder.wipe()
    assert not (tmp_path / "files").exists()

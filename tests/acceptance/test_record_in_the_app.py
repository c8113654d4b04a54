"""The contract's cases of files, notes and summaries, as the app must behave: the real client, the real join server."""

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from desktop.core.files import FILE_CAP_BYTES, UploadPhase
from desktop.core.notes import NotesChoice, NotesHome
from desktop.core.people import SessionId
from desktop.core.session import FileEntry
from desktop.core.summary import Finding, SummaryPhase, Verdict
from desktop.joinserver.demo_data.pictures import png
from tests.acceptance.writing_desk import WritingDesk, cut, hurry, writing_desk
from tests.backend.platform import platform
from tests.fixtures.joinserver import IKE, session_key
from tests.virtual_time import in_loop

S01, S12 = SessionId(session_key("S01")), SessionId(session_key("S12"))
PICTURE = png(64, 48, 200, 120, 40)
CANNOT = "This file cannot be sent. Photos, PDF, text and MP4 work."


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def _huge_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def _at_rest(desk: WritingDesk) -> bool:
    busy = {UploadPhase.WAITING, UploadPhase.SENDING}
    return not any(upload.phase in busy for upload in desk.state.files.uploads)


@in_loop
async def test_ac_52_a_file_of_25_mb_goes_and_shows_its_way_in_the_app(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"a" * FILE_CAP_BYTES)
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        before = len(desk.state.files.entries)
        desk.flow.upload(path)
        await desk.until(lambda: len(desk.state.files.entries) > before)
        assert not desk.state.files.uploads
        assert (desk.state.files.entries[-1].name, desk.state.files.entries[-1].size_bytes) == (
            "log.txt",
            FILE_CAP_BYTES,
        )
        shares = [upload.share for state in desk.states for upload in state.files.uploads]
        assert shares == sorted(shares)
        assert any(0 < share < 1 for share in shares)
        path.write_bytes(b"a" * (FILE_CAP_BYTES + 1))
        sent = len(desk.line.seen)
        desk.flow.upload(path)
        await desk.until(lambda: desk.state.files.uploads and _at_rest(desk))
        assert desk.state.files.uploads[0].sentence == "Files can be up to 25 MB."
        assert len(desk.line.seen) == sent


@in_loop
async def test_ac_52_a_file_that_is_not_what_it_says_is_refused_with_its_sentence_in_the_app(tmp_path: Path) -> None:
    bad = {
        "brake.jpg": b"MZ\x90\x00\x03" + b"\0" * 100,
        "bill.pdf": PICTURE,
        "codes.csv": b"code\0count\n",
        "huge.png": _huge_png(),
        "setup.exe": b"MZ\x90\x00",
        "empty.png": b"",
    }
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        before = desk.state.files.entries
        for name, content in bad.items():
            (tmp_path / name).write_bytes(content)
            desk.flow.upload(tmp_path / name)
        desk.flow.upload(tmp_path / "gone.png")
        await desk.until(lambda: len(desk.state.files.uploads) == len(bad) + 1 and _at_rest(desk))
        uploads = desk.state.files.uploads
        assert {upload.phase for upload in uploads} == {UploadPhase.REFUSED}
        assert [upload.sentence for upload in uploads[:-1]] == [CANNOT] * len(bad)
        assert uploads[-1].sentence == "This file could not be read on this PC."
        for upload in uploads:
            desk.flow.cancel_upload(upload.temp_id)
        assert (desk.state.files.uploads, desk.state.files.entries) == ((), before)


@in_loop
async def test_an_upload_whose_answer_was_lost_is_stored_once_in_the_app(tmp_path: Path) -> None:
    (tmp_path / "brake.png").write_bytes(PICTURE)
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        before = len(desk.state.files.entries)

        def lose(request: httpx.Request) -> httpx.Response | None:
            return cut(request) if request.method == "POST" and request.url.path.endswith("/files") else None

        desk.line.losing = lose
        desk.flow.upload(tmp_path / "brake.png")
        await desk.until(lambda: desk.state.files.uploads and desk.state.files.uploads[0].phase is UploadPhase.FAILED)
        desk.line.losing = None
        desk.flow.retry_upload(desk.state.files.uploads[0].temp_id)
        await desk.until(lambda: not desk.state.files.uploads)
        assert len(await desk.client.records.files(S01)) == before + 1


@in_loop
async def test_ac_53_an_old_link_is_replaced_without_a_word_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        entries = await desk.client.records.files(S01)
        running.clock.advance(seconds=601)  # type: ignore[attr-defined] # the harness's clock, which a test moves
        statuses = len(desk.line.statuses)
        path = await desk.flow.fetch(entries[0].id)
        assert path is not None
        assert path.stat().st_size == entries[0].size_bytes
        assert desk.line.statuses[statuses:] == [404, 200, 200]
        assert desk.state.files.sentence == ""
        assert "Authorization" not in desk.line.seen[-1].headers
        assert entries[0].name not in path.name
        again = len(desk.line.seen)
        assert await desk.flow.fetch(entries[0].id) == path
        assert len(desk.line.seen) == again


@in_loop
async def test_sr_37_a_file_that_is_gone_says_so_and_a_signed_out_pc_keeps_none_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        assert await desk.flow.fetch("no-such-file") is None
        assert desk.state.files.sentence == "This file is no longer there."
        entry = desk.state.files.entries[0]
        path = await desk.flow.fetch(entry.id)
        assert path is not None
        desk.sign_out()
        await desk.flow.aclose()
        assert not path.exists()


@in_loop
async def test_ac_54_notes_of_two_screens_stand_side_by_side_until_somebody_chooses_in_the_app(tmp_path: Path) -> None:
    async with (
        platform(tmp_path) as running,
        writing_desk(running, tmp_path / "bay") as bay,
        writing_desk(running, tmp_path / "office") as office,
    ):
        await bay.open(S01)
        await office.open(S01)
        office.flow.edit_notes("Pads at 2 mm")
        await office.until(lambda: office.state.notes.home is NotesHome.PLATFORM and office.state.notes.saved_at)
        bay.flow.edit_notes("Disc is scored")
        await bay.until(lambda: bay.state.notes.other is not None)
        notes = bay.state.notes
        assert (notes.text, notes.other) == ("Disc is scored", "Pads at 2 mm")
        assert notes.sentence == "These notes were changed on another screen. Both versions are here."
        assert (await bay.client.records.notes(S01)).text == "Pads at 2 mm"
        bay.flow.choose_notes(NotesChoice.BOTH)
        await bay.until(lambda: bay.state.notes.other is None and bay.state.notes.home is NotesHome.PLATFORM)
        assert (await office.client.records.notes(S01)).text == "Disc is scored\n\nPads at 2 mm"


@pytest.mark.parametrize(
    ("choice", "text"), [(NotesChoice.MINE, "Disc is scored"), (NotesChoice.OTHER, "Pads at 2 mm")]
)
@in_loop
async def test_ac_54_either_version_can_be_kept_in_the_app(tmp_path: Path, choice: NotesChoice, text: str) -> None:
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "bay") as bay:
        await bay.open(S01)
        await bay.client.records.save_notes(S01, "Pads at 2 mm", None)
        bay.flow.edit_notes("Disc is scored")
        await bay.until(lambda: bay.state.notes.other is not None)
        bay.flow.choose_notes(choice)
        await bay.until(lambda: bay.state.notes.other is None)
        bay.flow.edit_notes(f"{text}.")
        await bay.until(lambda: bay.state.notes.home is NotesHome.PLATFORM and bay.state.notes.text == f"{text}.")
        assert (await bay.client.records.notes(S01)).text == f"{text}."


@in_loop
async def test_ac_54_notes_written_offline_are_kept_here_and_saved_later_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        desk.line.answering = cut
        desk.flow.edit_notes("Hose hard near the clamp")
        await desk.until(lambda: desk.state.notes.home is NotesHome.THIS_PC)
        desk.line.answering = None
        await desk.until(lambda: desk.state.notes.home is NotesHome.PLATFORM)
        assert (await desk.client.records.notes(S01)).text == "Hose hard near the clamp"


@in_loop
async def test_notes_written_offline_survive_a_restart_and_belong_to_their_writer_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        async with writing_desk(running, tmp_path / "pc") as desk:
            await desk.open(S01)
            desk.line.answering = cut
            desk.flow.edit_notes("Hose hard near the clamp")
        async with writing_desk(running, tmp_path / "pc", IKE) as other:
            assert other.states == []
        async with writing_desk(running, tmp_path / "pc") as desk:
            await desk.open(S01)
            await desk.until(lambda: desk.state.notes.text == "Hose hard near the clamp")
            await desk.until(lambda: desk.state.notes.home is NotesHome.PLATFORM)
            assert (await desk.client.records.notes(S01)).text == "Hose hard near the clamp"


async def _written(desk: WritingDesk, **more: object) -> None:
    await desk.until(lambda: desk.state.summary is not None and desk.state.summary.phase is SummaryPhase.WRITING)
    assert desk.state.summary is not None
    draft = replace(
        desk.state.summary.draft,
        findings=(Finding("Battery", "11.9 V at rest", Verdict.FIX_NOW),),
        steps_taken="Measured the battery",
        next_steps="Replace it",
        parts=("Battery 70 Ah",),
    )
    desk.flow.edit_summary(replace(draft, **more))  # type: ignore[arg-type] # fields of SummaryDraft only


def _phase(desk: WritingDesk) -> SummaryPhase | None:
    return desk.state.summary.phase if desk.state.summary is not None else None


@in_loop
async def test_a_summary_goes_with_its_pictures_and_is_read_only_afterwards_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        (tmp_path / "battery.png").write_bytes(PICTURE)
        session_id = await _ended_session_with_picture(desk, tmp_path / "battery.png")
        desk.review(session_id)
        await desk.until(lambda: desk.state.files.pictures)
        picture: FileEntry = desk.state.files.pictures[-1]
        await _written(desk, pictures=(picture.id,))
        desk.flow.send_summary()
        await desk.until(lambda: _phase(desk) is SummaryPhase.TAKEN)
        assert desk.taken == 1
        sent = await desk.client.records.summary(session_id)
        assert sent is not None
        assert (sent.findings, sent.steps_taken, sent.next_steps, sent.parts_needed) == (
            "Fix now: Battery. 11.9 V at rest",
            "Measured the battery",
            "Replace it",
            "Battery 70 Ah",
        )
        assert [entry.media_type for entry in sent.pictures] == ["image/png"]
        desk.review(session_id)
        await desk.until(lambda: _phase(desk) is SummaryPhase.SENT)
        async with writing_desk(running, tmp_path / "office") as office:
            office.review(session_id)
            await office.until(lambda: _phase(office) is SummaryPhase.SENT)


async def _ended_session_with_picture(desk: WritingDesk, path: Path) -> SessionId:
    """Send a picture into the open session, then end it as completed."""
    await desk.open(S01)
    before = len(desk.state.files.entries)
    desk.flow.upload(path)
    await desk.until(lambda: len(desk.state.files.entries) > before)
    async with httpx.AsyncClient(transport=desk.line, base_url="http://127.0.0.1:8787") as direct:
        answer = await direct.patch(f"/api/dev/sessions/{S01}", json={"status": "completed"})
        assert answer.status_code == 200, answer.text
    return S01


@in_loop
async def test_a_summary_written_offline_is_kept_and_sent_later_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running, writing_desk(running, tmp_path / "pc") as desk:
        desk.review(S12)
        await _written(desk)
        desk.line.answering = cut
        desk.flow.send_summary()
        await desk.until(lambda: _phase(desk) is SummaryPhase.KEPT)
        assert desk.state.summary is not None
        assert desk.state.summary.sentence == "Kept on this PC. It is sent when the connection is back."
        desk.line.answering = None
        await desk.until(lambda: _phase(desk) is SummaryPhase.TAKEN)
        assert await desk.client.records.summary(S12) is not None


@in_loop
async def test_a_summary_kept_over_a_restart_goes_by_itself_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        async with writing_desk(running, tmp_path / "pc") as desk:
            desk.review(S12)
            await _written(desk)
            desk.line.answering = cut
            desk.flow.send_summary()
            await desk.until(lambda: _phase(desk) is SummaryPhase.KEPT)
        async with writing_desk(running, tmp_path / "pc") as desk:
            desk.review(S12)
            await desk.until(lambda: desk.taken or _phase(desk) is SummaryPhase.SENT)
            assert await desk.client.records.summary(S12) is not None


@in_loop
async def test_a_half_written_summary_is_there_again_after_a_crash_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        async with writing_desk(running, tmp_path / "pc") as desk:
            desk.review(S12)
            await _written(desk, next_steps="")
            desk.flow.send_summary()
            await desk.until(lambda: desk.state.summary is not None and desk.state.summary.sentence)
            assert desk.state.summary is not None
            assert desk.state.summary.sentence == "Write what you did and the next steps first."
            await desk.until(lambda: desk.state.summary is not None and desk.state.summary.saved_at)
        async with writing_desk(running, tmp_path / "pc", IKE) as other:
            other.review(S12)
            await other.until(lambda: _phase(other) is SummaryPhase.WRITING)
            assert other.state.summary is not None
            assert other.state.summary.draft.steps_taken == ""
        async with writing_desk(running, tmp_path / "pc") as desk:
            desk.review(S12)
            await desk.until(lambda: desk.state.summary and desk.state.summary.draft.steps_taken)
            assert desk.state.summary is not None
            assert desk.state.summary.draft.findings == (Finding("Battery", "11.9 V at rest", Verdict.FIX_NOW),)
            assert desk.state.summary.loads == 1


@in_loop
async def test_a_second_summary_shows_the_first_one_in_the_app(tmp_path: Path) -> None:
    async with (
        platform(tmp_path) as running,
        writing_desk(running, tmp_path / "bay") as bay,
        writing_desk(running, tmp_path / "office") as office,
    ):
        for desk in (bay, office):
            desk.review(S12)
            await _written(desk)
        bay.flow.send_summary()
        await bay.until(lambda: _phase(bay) is SummaryPhase.TAKEN)
        office.flow.send_summary()
        await office.until(lambda: _phase(office) is SummaryPhase.SENT)
        assert office.state.summary is not None
        assert office.state.summary.sentence == "A summary was already sent for this session."
        assert office.state.summary.sent is not None

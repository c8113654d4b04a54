"""AC-49 for the written record: a platform without files, notes and summary says so once each, and nothing is lost."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.notes import NotesHome
from desktop.core.people import SessionId
from desktop.core.record import RecordState
from desktop.core.session import SessionStatus
from desktop.core.summary import SummaryPhase
from tests.acceptance.writing_desk import WritingDesk, hurry, writing_desk
from tests.backend.platform import platform
from tests.fixtures.joinserver import session_key
from tests.virtual_time import in_loop

S01, S12 = SessionId(session_key("S01")), SessionId(session_key("S12"))
NO_FILES = "Files cannot be sent here."
NOTES_HERE = "Notes are kept on this machine until the server takes them."
SUMMARY_HERE = "The summary is kept on this machine."


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


def _times(desk: WritingDesk, sentence: str, of: Callable[[RecordState], str]) -> int:
    """Return how often a sentence came up on screen."""
    shown = [of(state) == sentence for state in desk.states]
    return sum(now and not before for before, now in itertools.pairwise([False, *shown]))


@in_loop
async def test_ac_49_missing_files_are_told_once_and_nothing_is_sent_into_the_void_in_the_app(tmp_path: Path) -> None:
    photo = tmp_path / "codes.txt"
    photo.write_text("P0300")
    async with platform(tmp_path, lean=True) as running, writing_desk(running, tmp_path / "pc") as desk:
        await desk.open(S01)
        await desk.until(lambda: not desk.state.files.can_send)
        assert desk.state.files.sentence == NO_FILES
        desk.flow.files_changed(S01)
        desk.flow.upload(photo)
        await desk.until(lambda: any(state.files.uploads for state in desk.states) and not desk.state.files.uploads)
        assert desk.state.files.sentence == NO_FILES
        asked = [request.method for request in desk.line.seen if request.url.path.endswith("/files")]
        assert asked in (["GET"], ["GET", "POST"]), "what the platform lacks is asked for once"


@in_loop
async def test_ac_49_notes_are_kept_on_this_machine_with_one_sentence_in_the_app(tmp_path: Path) -> None:
    async with platform(tmp_path, lean=True) as running:
        async with writing_desk(running, tmp_path / "pc") as desk:
            await desk.open(S01)
            await desk.until(lambda: desk.state.notes.loads)
            desk.flow.edit_notes("Left front bearing.")
            await desk.until(lambda: desk.state.notes.sentence == NOTES_HERE)
            desk.flow.edit_notes("Left front bearing. Torque 90.")
            await desk.until(
                lambda: desk.state.notes.home is NotesHome.THIS_PC and desk.state.notes.text.endswith("90.")
            )
            assert _times(desk, NOTES_HERE, lambda state: state.notes.sentence) == 1
            assert desk.line.count("/notes") == 1, "what the platform lacks is asked for once"
        async with writing_desk(running, tmp_path / "pc") as desk:
            await desk.open(S01)
            await desk.until(lambda: desk.state.notes.text)
            assert desk.state.notes.text == "Left front bearing. Torque 90."


@in_loop
async def test_ac_49_a_summary_is_kept_on_this_machine_with_one_sentence_in_the_app(tmp_path: Path) -> None:
    def sentence(state: RecordState) -> str:
        return state.summary.sentence if state.summary is not None else ""

    async with platform(tmp_path, lean=True) as running:
        async with writing_desk(running, tmp_path / "pc") as desk:
            desk.flow.reviewed(S12, SessionStatus.COMPLETED)
            await desk.until(lambda: desk.state.summary and desk.state.summary.phase is SummaryPhase.WRITING)
            assert desk.state.summary is not None
            desk.flow.edit_summary(
                replace(desk.state.summary.draft, steps_taken="Charged it.", next_steps="Replace it.")
            )
            desk.flow.send_summary()
            await desk.until(lambda: sentence(desk.state) == SUMMARY_HERE)
            assert desk.state.summary.phase is SummaryPhase.WRITING, "it can still be written on"
            assert _times(desk, SUMMARY_HERE, sentence) == 1
            asked = [request.method for request in desk.line.seen if request.url.path.endswith("/summary")]
            assert len(asked) == len(set(asked)), "what the platform lacks is asked for once"
        async with writing_desk(running, tmp_path / "pc") as desk:
            desk.flow.reviewed(S12, SessionStatus.COMPLETED)
            await desk.until(lambda: desk.state.summary and desk.state.summary.draft.steps_taken)
            assert desk.state.summary is not None
            assert desk.state.summary.draft.next_steps == "Replace it."

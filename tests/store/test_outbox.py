"""Lines of chat on this PC: in the order written, once each, for their writer only, whatever they hold."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.core.people import MechanicId, SessionId
from desktop.store.outbox import KeptLine, OutboxStore
from tests.virtual_time import in_loop

MARISOL, IKE = MechanicId("m-1"), MechanicId("m-2")
SESSION, OTHER = SessionId("s-1"), SessionId("s-2")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def line(line_id: str, text: str = "") -> KeptLine:
    return KeptLine(line_id, text or f"line {line_id}", NOON)


@in_loop
async def test_lines_are_there_again_in_the_order_written_for_their_writer_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "outbox.sqlite3"
    for name in ("z", "a", "m"):
        await OutboxStore(path).put(MARISOL, SESSION, line(name))
    await OutboxStore(path).put(MARISOL, OTHER, line("elsewhere"))
    again = OutboxStore(path)
    assert await again.of(MARISOL, SESSION) == (line("z"), line("a"), line("m"))
    assert await again.of(IKE, SESSION) == ()
    await again.remove(MARISOL, SESSION, "a")
    assert [kept.id for kept in await again.of(MARISOL, SESSION)] == ["z", "m"]
    assert await again.of(MARISOL, OTHER) == (line("elsewhere"),)


@in_loop
async def test_a_line_kept_twice_is_there_once_and_keeps_its_place(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite3")
    for name in ("a", "b", "a"):
        await store.put(MARISOL, SESSION, line(name))
    assert [kept.id for kept in await store.of(MARISOL, SESSION)] == ["a", "b"]


@pytest.mark.parametrize("text", ['a < b > c & "q"', "null \0 byte", "half \ud83d a pair", "🔧" * 1000, "\u202e gpj"])
def test_a_line_comes_back_as_it_was_typed(tmp_path: Path, text: str) -> None:
    @in_loop
    async def story() -> None:
        store = OutboxStore(tmp_path / "outbox.sqlite3")
        await store.put(MARISOL, SESSION, line("a", text))
        assert (await store.of(MARISOL, SESSION))[0].text == text

    story()


@in_loop
async def test_nobody_else_on_this_pc_reads_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite3"
    await OutboxStore(path).put(MARISOL, SESSION, line("a"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@in_loop
async def test_a_line_that_nobody_came_back_for_is_forgotten_after_a_month(tmp_path: Path) -> None:
    store = OutboxStore(tmp_path / "outbox.sqlite3")
    await store.put(MARISOL, OTHER, line("old"))
    await store.put(MARISOL, SESSION, KeptLine("new", "later", NOON + timedelta(days=31)))
    assert await store.of(MARISOL, OTHER) == ()
    assert [kept.id for kept in await store.of(MARISOL, SESSION)] == ["new"]

"""The open session of this PC: there after a crash, gone after a leave, forgotten when it is old; restarts counted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.core.join_wish import JoinWish
from desktop.core.people import MechanicId, SessionId
from desktop.store.open_call import OpenCall, OpenCallStore
from tests.virtual_time import in_loop

MARISOL, IKE = MechanicId("m-1"), MechanicId("m-2")
SESSION, OTHER = SessionId("s-1"), SessionId("s-2")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@in_loop
async def test_an_open_session_is_known_after_a_crash_and_not_after_a_leave(tmp_path: Path) -> None:
    path = tmp_path / "state" / "open-call.sqlite3"
    await OpenCallStore(path).put(OpenCall(MARISOL, OTHER, NOON))
    await OpenCallStore(path).put(OpenCall(MARISOL, SESSION, NOON))
    muted = JoinWish(muted=True, camera_on=False, chat_only=True)
    await OpenCallStore(path).put(OpenCall(IKE, OTHER, NOON, muted))
    again = OpenCallStore(path)
    assert set(await again.since(NOON - HOUR)) == {OpenCall(MARISOL, SESSION, NOON), OpenCall(IKE, OTHER, NOON, muted)}
    await again.remove(MARISOL, OTHER)
    await again.remove(IKE, OTHER)
    assert await again.since(NOON - HOUR) == (OpenCall(MARISOL, SESSION, NOON),)
    await again.remove(MARISOL, SESSION)
    assert await again.since(NOON - HOUR) == ()


@in_loop
async def test_a_half_written_line_goes_with_its_session_and_is_not_kept_longer(tmp_path: Path) -> None:
    path = tmp_path / "open-call.sqlite3"
    store, written = OpenCallStore(path), JoinWish(draft="The hose looks")
    await store.put(OpenCall(MARISOL, SESSION, NOON, written))
    assert await store.since(NOON - HOUR) == (OpenCall(MARISOL, SESSION, NOON, written),)
    await store.put(OpenCall(MARISOL, SESSION, NOON))
    assert await store.since(NOON - HOUR) == (OpenCall(MARISOL, SESSION, NOON),)
    for forget in (store.remove(MARISOL, SESSION), store.since(NOON + HOUR)):
        await store.put(OpenCall(MARISOL, SESSION, NOON, written))
        await forget
        assert b"The hose looks" not in path.read_bytes()


@in_loop
async def test_a_session_of_yesterday_is_forgotten(tmp_path: Path) -> None:
    store = OpenCallStore(tmp_path / "open-call.sqlite3")
    await store.put(OpenCall(MARISOL, SESSION, NOON - 20 * HOUR))
    assert await store.since(NOON - 3 * HOUR) == ()
    assert await store.since(NOON - 30 * HOUR) == ()


@in_loop
async def test_restarts_are_counted_for_a_while_only(tmp_path: Path) -> None:
    store = OpenCallStore(tmp_path / "open-call.sqlite3")
    counts = [await store.note_restart(NOON + minute * MINUTE, within=10 * MINUTE) for minute in (0, 4, 9, 11, 30)]
    assert counts == [1, 2, 3, 3, 1]

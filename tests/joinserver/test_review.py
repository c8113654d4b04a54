"""What is kept of a session: notes, history by pages, and the development paths that other tests stand on."""

import asyncio
from pathlib import Path

import httpx
import pytest

from desktop.joinserver.demo_data import NotADemoDatabase, demo_id
from desktop.joinserver.demo_data.loader import load
from desktop.joinserver.tables import AuthUser
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import (
    DANA,
    MARISOL,
    START,
    JoinServerHarness,
    on_a_socket,
    running_join_server,
    session_key,
)

_NOTES = f"/api/mechanic/sessions/{session_key('S01')}/notes"


def test_notes_written_on_two_screens_conflict_and_both_texts_are_known(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    assert marisol.get(_NOTES).json() == {"notes": "", "version": 0, "updatedAt": None}
    first = marisol.put(_NOTES, {"notes": "pads at 3 mm", "baseVersion": 0})
    assert first.json() == {"success": True, "message": "Notes saved", "version": 1}
    conflict = marisol.put(_NOTES, {"notes": "pads at 2 mm", "baseVersion": 0})
    assert conflict.status_code == 409
    assert conflict.json() == {
        "error": "Notes changed elsewhere",
        "code": "notes_conflict",
        "notes": "pads at 3 mm",
        "version": 1,
    }
    assert marisol.put(_NOTES, {"notes": "pads at 2 mm"}).json()["version"] == 2
    assert marisol.joined(session_key("S01"))["notes"] == {"notes": "pads at 2 mm", "version": 2}
    assert server.sign_in(DANA).joined(session_key("S01"), "customer")["notes"] is None


@pytest.mark.parametrize("key", ["S19", "S21"])
def test_closed_records_take_no_more_notes(server: JoinServerHarness, key: str) -> None:
    refused = server.sign_in(MARISOL).put(f"/api/mechanic/sessions/{session_key(key)}/notes", {"notes": "late"})
    assert (refused.status_code, refused.json()["code"]) == (409, "read_only")


def test_too_long_notes_are_refused_whole(server: JoinServerHarness) -> None:
    refused = server.sign_in(MARISOL).put(_NOTES, {"notes": "x" * 20_001})
    assert refused.json() == {"error": "Invalid request", "code": "invalid_request", "fields": ["notes"]}


def test_history_pages_meet_every_session_once_newest_first(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = "/api/mechanic/sessions/history"
    whole = marisol.get(path, params={"limit": 100}).json()
    times = [row["ended_at"] for row in whole["sessions"]]
    assert times == sorted(times, reverse=True)
    assert whole["next_cursor"] is None
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = marisol.get(path, params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["id"] for row in page["sessions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [row["id"] for row in whole["sessions"]]
    by_offset = marisol.get(path, params={"limit": 2, "offset": 2}).json()["sessions"]
    assert [row["id"] for row in by_offset] == seen[2:4]


def test_history_can_be_narrowed_and_its_sums_follow(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = "/api/mechanic/sessions/history"
    videos = marisol.get(path, params={"type": "video", "status": "completed"}).json()
    assert {row["id"] for row in videos["sessions"]} == {session_key("S11"), session_key("S23")}
    assert videos["stats"] == {
        "total": 2, "completed": 2, "cancelled": 0, "total_minutes": 70, "average_minutes": 35,
    }  # fmt: skip
    recent = marisol.get(path, params={"from_date": "2026-11-23T08:00:00Z"}).json()
    assert {row["id"] for row in recent["sessions"]} == {session_key(key) for key in ("S11", "S12", "S14")}
    for wrong in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"from_date": "yesterday"}):
        assert marisol.get(path, params=wrong).json()["code"] == "invalid_request"
    assert marisol.get(path, params={"cursor": "nonsense"}).json()["code"] == "bad_cursor"


def test_accepting_answers_for_every_state_of_a_request(server: JoinServerHarness) -> None:
    server.patch(f"sessions/{session_key('S01')}", status="cancelled")
    marisol = server.sign_in(MARISOL)
    late = server.make_session(status="pending", type="chat", expiresInMinutes=5)
    server.clock.advance(minutes=6)
    codes = {}
    for name, assignment in (
        ("expired", late["assignmentId"]),
        ("gone", demo_id("assignment", "S17")),
        ("foreign", demo_id("assignment", "S06")),
        ("unknown", demo_id("assignment", "S99")),
        ("malformed", "x"),
    ):
        codes[name] = marisol.post(f"/api/mechanic/assignments/{assignment}/accept").json()["code"]
    assert codes == {
        "expired": "assignment_expired",
        "gone": "assignment_gone",
        "foreign": "not_found",
        "unknown": "not_found",
        "malformed": "not_found",
    }
    server.patch(f"mechanics/{marisol.tokens['mechanic']['id']}", canAcceptSessions=False)
    refused = marisol.post(f"/api/mechanic/assignments/{demo_id('assignment', 'S04')}/accept")
    assert (refused.status_code, refused.json()["code"]) == (403, "accept_not_allowed")


def test_faults_come_as_often_as_asked_and_break_what_they_should(server: JoinServerHarness) -> None:
    async def story() -> list[object]:
        seen: list[object] = []
        async with on_a_socket(server.server) as base, httpx.AsyncClient(base_url=base, timeout=5) as client:
            for kind in ("status", "drop", "truncate"):
                await client.post("/api/dev/faults", json={"route": "GET /api/plans", "kind": kind, "status": 502})
                try:
                    seen.append((await client.get("/api/plans")).status_code)
                except httpx.RemoteProtocolError as error:
                    seen.append(type(error))
            seen.append((await client.get("/api/plans")).status_code)
        return seen

    broken = httpx.RemoteProtocolError
    assert server.run(story()) == [502, broken, broken, 200]


def test_the_moved_clock_lets_time_do_its_work(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    assert server.nobody.post("/api/dev/clock", {"offset_s": 3_000}).status_code == 200
    assert marisol.get("/api/mechanics/me").headers["x-baylink-time"] == "2026-11-23T13:56:40.000Z"


def test_demo_data_never_wipes_out_real_people(server: JoinServerHarness) -> None:
    def add(unit: Unit) -> None:
        unit.session.add(
            AuthUser(id=demo_id("user", "real"), email="r@real.example", password_hash="x", created_at=START)
        )

    server.run(server.server.house.db.write(add))
    with pytest.raises(NotADemoDatabase):
        server.run(load(server.server.house))


def test_a_database_carries_on_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with running_join_server(tmp_path / "js") as first:
            person = await first.sign_in(MARISOL)
            await person.put(_NOTES, {"notes": "kept"})
            token = person.tokens["access_token"]
        async with running_join_server(tmp_path / "js") as second:
            headers = {"Authorization": f"Bearer {token}"}
            assert (await second.nobody.get(_NOTES, headers=headers)).json()["notes"] == "kept"

    asyncio.run(story())

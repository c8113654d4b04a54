"""The demo data: complete, the same at every load, and full of what usually breaks screens."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from desktop.joinserver.demo_data.people import LONG_NAME
from desktop.joinserver.tables import AuthUser, MechanicRow, SessionRow, Table
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import DANA, IKE, LAYLA, MARISOL, TEODOR, JoinServerHarness, session_key


def _everything(unit: Unit) -> dict[str, list[Any]]:
    skipped = {"auth_users", "auth_sessions", "auth_tokens", "login_failures"}
    return {
        table.name: sorted(str(row) for row in unit.session.execute(select(table)))
        for table in Table.metadata.sorted_tables
        if table.name not in skipped
    }


def test_loading_twice_gives_the_same_rows(server: JoinServerHarness) -> None:
    db = server.server.house.db
    before = server.run(db.read(_everything))
    server.nobody.post("/api/dev/reset")
    assert server.run(db.read(_everything)) == before


def test_all_24_sessions_are_there_in_their_states(server: JoinServerHarness) -> None:
    def statuses(unit: Unit) -> dict[str, tuple[str, str | None]]:
        return {row.id: (row.status, row.type) for row in unit.session.scalars(select(SessionRow))}

    found = server.run(server.server.house.db.read(statuses))
    assert len(found) == 24
    assert found[session_key("S01")] == ("waiting", "video")
    assert found[session_key("S05")] == ("live", "chat")
    assert found[session_key("S22")] == ("archived", "diagnostic")
    assert {status for status, _ in found.values()} == {
        "pending", "scheduled", "waiting", "live", "completed", "cancelled", "expired", "refunded", "archived",
    }  # fmt: skip


def test_no_mechanics_two_ids_are_equal(server: JoinServerHarness) -> None:
    def ids(unit: Unit) -> list[tuple[str, str]]:
        return [(row.id, row.user_id) for row in unit.session.scalars(select(MechanicRow))]

    found = server.run(server.server.house.db.read(ids))
    assert len(found) == 3
    assert not {first for first, _ in found} & {second for _, second in found}


def test_a_day_in_the_practice_shop_as_each_mechanic_sees_it(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL).get("/api/mechanic/active-sessions").json()
    assert [row["id"] for row in marisol["sessions"]] == [session_key(key) for key in ("S01", "S02", "S03")]
    assert [row["joinable"] for row in marisol["sessions"]] == [True, False, False]
    assert marisol["hasActiveSessions"]
    ike = server.sign_in(IKE).get("/api/mechanic/active-sessions").json()
    assert [row["id"] for row in ike["sessions"]] == [session_key(key) for key in ("S05", "S06")]
    assert ike["sessions"][0]["unreadCount"] == 7
    assert ike["sessions"][1]["customerName"] == "<img src=/dev/zero><b>Bo</b> & Sons"


def test_hostile_names_come_clean_and_literal(server: JoinServerHarness) -> None:
    history = server.sign_in(MARISOL).get("/api/mechanic/sessions/history?limit=100").json()
    names = {row["id"]: row["customer_name"] for row in history["sessions"]}
    assert names[session_key("S11")] == "h.tran"
    assert names[session_key("S12")] == "林 美咲"
    assert names[session_key("S23")] == LONG_NAME[:120].rstrip()
    assert names[session_key("S24")] == "Lenagnp.exex"
    plans = {row["id"]: row["plan_name"] for row in history["sessions"]}
    assert plans[session_key("S23")] == "Video Consultation"
    assert plans[session_key("S24")] == "Free Session"
    stats = history["stats"]
    assert (stats["total"], stats["completed"], stats["cancelled"]) == (8, 4, 1)


def test_the_long_session_can_be_reviewed_in_full(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    summary = marisol.get(f"/api/sessions/{session_key('S11')}/summary").json()
    assert summary["has_manual_summary"]
    assert summary["manual_summary"]["findings"].startswith("Front right wheel bearing")
    files = marisol.get(f"/api/sessions/{session_key('S11')}/files").json()
    assert files["summary"]["total_files"] == 6
    assert all(len(entry["file_name"]) <= 120 and "\u202e" not in entry["file_name"] for entry in files["files"])
    notes = marisol.get(f"/api/mechanic/sessions/{session_key('S11')}/notes").json()
    assert (notes["version"], "180 Nm" in notes["notes"]) == (1, True)
    assert not marisol.get(f"/api/sessions/{session_key('S12')}/summary").json()["has_manual_summary"]


def test_demo_sessions_outlive_the_idle_sweeps_but_not_their_own_time(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    server.clock.advance(minutes=50)
    server.sweep()
    rows = marisol.get("/api/mechanic/active-sessions").json()["sessions"]
    assert rows[0]["status"] == "waiting"
    ended = server.sign_in(IKE).get(f"/api/sessions/{session_key('S05')}/state").json()
    assert (ended["status"], ended["endReason"]) == ("completed", "time_up")


def test_everybody_has_an_address_and_nobody_shares_one(server: JoinServerHarness) -> None:
    def emails(unit: Unit) -> list[str]:
        return list(unit.session.scalars(select(AuthUser.email)))

    found = server.run(server.server.house.db.read(emails))
    assert len(found) == len(set(found)) == 3 + 15
    assert {MARISOL, IKE, TEODOR, DANA, LAYLA} <= set(found)


def test_the_bytes_of_every_file_are_there(server: JoinServerHarness, tmp_path: Path) -> None:
    files = server.sign_in(MARISOL).get(f"/api/sessions/{session_key('S01')}/files").json()["files"]
    assert [entry["file_type"] for entry in files] == ["image/png", "image/png", "application/pdf"]
    for entry in files:
        data = server.nobody.get(entry["url"]).content
        assert len(data) == entry["file_size"]
        assert data.startswith((b"\x89PNG", b"%PDF-"))

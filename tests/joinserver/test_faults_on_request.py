"""Faults on request: switched over HTTP and a page, repeatable by seed, and never there unless asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktop.joinserver.app import ConfigRefused, create_app
from desktop.joinserver.config import ServerConfig
from desktop.joinserver.faults import Faults, Standing
from tests.fixtures.joinserver import MARISOL, JoinServerHarness, join_server_harness, on_a_socket, session_key

S01 = session_key("S01")


@pytest.fixture
def dev_server(tmp_path: Path) -> Iterator[JoinServerHarness]:
    """Run a server on SQLite: what faults do has nothing to do with the database."""
    with join_server_harness(tmp_path / "js") as harness:
        yield harness


def _switch(server: JoinServerHarness, **standing: object) -> dict[str, Any]:
    answer = server.run(server.server.nobody.client.patch("/api/faults", json=standing))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_the_same_seed_gives_the_same_faults_to_the_same_requests_in_any_order() -> None:
    def drawn(seed: int, calls: list[str]) -> dict[str, list[object]]:
        faults = Faults(seed)
        faults.standing = Standing(error_rate=0.3, lose_rate=0.3, latency_spread_ms=400)
        found: dict[str, list[object]] = {}
        for path in calls:
            found.setdefault(path, []).append(faults.drawn_for("GET", path))
        return found

    mixed, sorted_ = ["/a", "/b", "/a", "/b", "/b", "/a"] * 5, ["/a"] * 15 + ["/b"] * 15
    assert drawn(7, mixed) == drawn(7, sorted_)
    assert drawn(7, mixed) != drawn(8, mixed)


def test_rates_are_shares_of_the_requests() -> None:
    faults = Faults(1)
    faults.standing = Standing(route="GET /api/*", error_rate=0.25, error_status=502)
    kinds = [fault.status for _ in range(2_000) for fault in faults.drawn_for("GET", "/api/plans")]
    assert 400 < len(kinds) < 600
    assert set(kinds) == {502}
    assert faults.drawn_for("POST", "/api/plans") == ()
    faults.clear()
    assert faults.drawn_for("GET", "/api/plans") == ()


def test_errors_come_and_are_taken_back(dev_server: JoinServerHarness) -> None:
    marisol = dev_server.sign_in(MARISOL)
    standing = _switch(dev_server, route="GET /api/mechanic*", error_rate=1, error_status=500)["standing"]
    assert (standing["error_rate"], standing["livekit_away"]) == (1.0, False)
    assert marisol.get("/api/mechanic/active-sessions").status_code == 500
    assert marisol.get(f"/api/sessions/{S01}/state").status_code == 200, "another route"
    assert dev_server.run(dev_server.server.nobody.client.delete("/api/faults")).json()["standing"]["error_rate"] == 0
    assert marisol.get("/api/mechanic/active-sessions").status_code == 200


def test_livekit_away_opens_sessions_without_a_room_until_it_is_back(dev_server: JoinServerHarness) -> None:
    marisol = dev_server.sign_in(MARISOL)
    _switch(dev_server, livekit_away=True)
    assert marisol.joined(S01)["roomReady"] is False
    assert dev_server.nobody.get("/api/health").json()["checks"]["livekit"]["status"] == "down"
    marisol.post(f"/api/sessions/{S01}/end")
    assert dev_server.rooms.deleted == []
    _switch(dev_server, livekit_away=False)
    dev_server.sweep()
    assert dev_server.rooms.deleted == [f"session-{S01}"]


def test_expired_tokens_are_renewed_by_the_refresh_token(dev_server: JoinServerHarness) -> None:
    marisol = dev_server.sign_in(MARISOL)
    assert dev_server.nobody.post("/api/faults/expire-tokens").status_code == 200
    assert marisol.get("/api/mechanics/me").json()["code"] == "token_expired"
    fresh = dev_server.nobody.post(
        "/auth/v1/token?grant_type=refresh_token", {"refresh_token": marisol.tokens["refresh_token"]}
    ).json()
    headers = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert dev_server.nobody.get("/api/mechanics/me", headers=headers).status_code == 200


def test_ac_32_an_answer_lost_after_the_commit_loses_no_message(dev_server: JoinServerHarness) -> None:
    async def story() -> list[object]:
        person = await dev_server.server.sign_in(MARISOL)
        headers = {"Authorization": f"Bearer {person.tokens['access_token']}"}
        body = {"sessionId": S01, "content": "once", "attachments": [], "tempId": "temp-id-01"}
        seen: list[object] = []
        async with (
            on_a_socket(dev_server.server) as base,
            httpx.AsyncClient(base_url=base, headers=headers, timeout=10) as client,
        ):
            await client.post("/api/faults", json={"route": "POST /api/chat/send-message", "kind": "lose"})
            try:
                await client.post("/api/chat/send-message", json=body)
            except httpx.RemoteProtocolError as error:
                seen.append(type(error))
            again = await client.post("/api/chat/send-message", json=body)
            seen += [again.json()["duplicate"], again.json()["message"]["seq"]]
        return seen

    assert dev_server.run(story()) == [httpx.RemoteProtocolError, True, 1]


def test_a_person_switches_faults_on_a_page(dev_server: JoinServerHarness) -> None:
    page = dev_server.nobody.get("/faults")
    assert page.status_code == 200
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = dev_server.nobody.post(
        "/faults", content="route=%3Cb%3E*&latency_ms=5&error_rate=0.5&livekit_away=yes", headers=form
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/faults")
    now = dev_server.server.house.faults.standing
    assert (now.route, now.latency_ms, now.error_rate, now.livekit_away) == ("<b>*", 5, 0.5, True)
    assert "&lt;b&gt;*" in dev_server.nobody.get("/faults").text
    wrong = dev_server.nobody.post("/faults", content="error_rate=7", headers=form)
    assert wrong.json()["fields"] == ["error_rate"]
    foreign = dev_server.nobody.post("/faults/clear", headers={**form, "Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert dev_server.nobody.post("/faults/clear", headers=form).status_code == 303
    assert dev_server.server.house.faults.standing == Standing()


def test_sr_28_without_being_asked_for_there_are_no_faults(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js", dev=False) as server:
        for path in ("/api/faults", "/faults"):
            assert server.nobody.get(path).status_code == 404
        assert server.nobody.post("/api/faults/expire-tokens").status_code == 404
    with pytest.raises(ConfigRefused):
        create_app(ServerConfig(tmp_path, faults=True, host="192.168.1.5", tls=True))

"""Lists that stay fresh, and the platform's lean answers: acceptance cases, at the server."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.fixtures.joinserver import (
    DANA,
    IKE,
    MARISOL,
    JoinServerHarness,
    RunningJoinServer,
    join_server_harness,
    on_a_socket,
    session_key,
)

_TAGGED = (
    "/api/mechanic/active-sessions",
    "/api/mechanic/queue",
    "/api/mechanic/sessions/history",
    "/api/mechanics/me",
    f"/api/sessions/{session_key('S01')}/state",
    f"/api/sessions/{session_key('S11')}/messages",
    f"/api/sessions/{session_key('S01')}/files",
    f"/api/sessions/{session_key('S11')}/summary",
    "/api/plans",
)


@pytest.mark.parametrize("path", _TAGGED)
def test_ac_44_while_nothing_changes_only_304_comes(server: JoinServerHarness, path: str) -> None:
    marisol = server.sign_in(MARISOL)
    first = marisol.get(path)
    assert first.status_code == 200
    server.clock.advance(seconds=30)
    again = marisol.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-baylink-time"] == "2026-11-23T13:07:10.000Z"
    assert again.headers["x-baylink-api"] == "1"
    assert again.headers["x-request-id"]
    assert first.headers["etag"].startswith('W/"')


def test_ac_44_a_change_gives_the_list_another_tag(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = "/api/mechanic/active-sessions"
    tag = marisol.get(path).headers["etag"]
    server.sign_in(DANA).send(session_key("S01"), "are you there?", "temp-id-1")
    changed = marisol.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["sessions"][0]["unreadCount"] == 1


class _Lines:
    """Reads a stream of events as (event, data) pairs."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()
        self.last_id = ""

    async def next(self) -> tuple[str, str]:
        event = data = ""
        async with asyncio.timeout(5):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "event":
                    event = value
                elif name == "data":
                    data = value
                elif not line and event:
                    return event, data
        raise EOFError


async def _opened(server: RunningJoinServer, base: str, email: str) -> tuple[httpx.AsyncClient, dict[str, str]]:
    person = await server.sign_in(email)
    return httpx.AsyncClient(base_url=base, timeout=5), {"Authorization": f"Bearer {person.tokens['access_token']}"}


def test_ac_44_a_new_request_and_a_change_reach_the_list_by_the_stream(server: JoinServerHarness) -> None:
    async def story() -> None:
        async with on_a_socket(server.server) as base:
            client, headers = await _opened(server.server, base, MARISOL)
            async with client, client.stream("GET", "/api/mechanic/events", headers=headers) as response:
                assert response.headers["content-type"].startswith("text/event-stream")
                lines = _Lines(response)
                made = await server.server.make_session(status="pending", type="chat", offeredTo=MARISOL)
                event, data = await lines.next()
                assert (event, f'"assignmentId":"{made["assignmentId"]}"' in data, '"change":"new"' in data) == (
                    "assignment", True, True,
                )  # fmt: skip
                await server.server.patch(f"sessions/{session_key('S01')}", plan="quick")
                event, data = await lines.next()
                assert event == "session"
                assert f'"sessionId":"{session_key("S01")}"' in data
                last_id = lines.last_id
            await server.server.patch(f"sessions/{session_key('S01')}", plan="free")
            client, headers = await _opened(server.server, base, MARISOL)
            headers |= {"Last-Event-ID": last_id}
            async with client, client.stream("GET", "/api/mechanic/events", headers=headers) as response:
                assert (await _Lines(response).next())[0] == "session", "what was missed is told"
            client, headers = await _opened(server.server, base, MARISOL)
            headers |= {"Last-Event-ID": "another-run-12"}
            async with client, client.stream("GET", "/api/mechanic/events", headers=headers) as response:
                assert (await _Lines(response).next())[0] == "resync"

    server.run(story())


def test_ac_44_another_mechanics_changes_are_not_told(server: JoinServerHarness) -> None:
    async def story() -> None:
        async with on_a_socket(server.server) as base:
            client, headers = await _opened(server.server, base, IKE)
            async with client, client.stream("GET", "/api/mechanic/events", headers=headers) as response:
                lines = _Lines(response)
                await server.server.patch(f"sessions/{session_key('S01')}", plan="quick")
                await server.server.patch(f"sessions/{session_key('S05')}", plan="free")
                _, data = await lines.next()
                assert session_key("S05") in data

    server.run(story())


def test_ac_48_a_suspension_closes_the_stream(server: JoinServerHarness) -> None:
    async def story() -> None:
        async with on_a_socket(server.server) as base:
            person = await server.server.sign_in(MARISOL)
            headers = {"Authorization": f"Bearer {person.tokens['access_token']}"}
            async with (
                httpx.AsyncClient(base_url=base, timeout=5) as client,
                client.stream("GET", "/api/mechanic/events", headers=headers) as response,
            ):
                mechanic = person.tokens["mechanic"]["id"]
                await server.server.patch(f"mechanics/{mechanic}", accountStatus="suspended")
                rest = [line async for line in response.aiter_lines() if line.startswith("event")]
                assert rest == ["event: me"]

    server.run(story())


def test_ac_49_lean_answers_carry_a_whole_session(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "lean", lean=True) as server:
        marisol, dana = server.sign_in(MARISOL), server.sign_in(DANA)
        listed = marisol.get("/api/mechanic/active-sessions")
        assert not {"x-baylink-api", "x-baylink-time", "x-request-id", "etag"} & set(listed.headers)
        row = listed.json()["sessions"][0]
        assert set(row) == {
            "id", "plan", "planLabel", "type", "typeLabel", "status", "createdAt", "startedAt", "customerName",
        }  # fmt: skip
        assert row["customerName"] == "Dana Whitlock"
        info = marisol.get(f"/api/chat/session-info?sessionId={row['id']}").json()
        assert (info["mechanicName"], info["customerName"]) == ("Marisol Quintero", "Dana Whitlock")
        assert info["intakeData"]["concern"] == "Grinding from the front left when braking"
        joined = marisol.joined(row["id"])
        assert set(joined) == {"success", "token", "roomName", "sessionId", "sessionType"}
        other = dana.joined(row["id"], "customer")
        for answer, identity in ((joined, "mechanic"), (other, "customer")):
            who = marisol.tokens["mechanic"]["id"] if identity == "mechanic" else info["customerId"]
            server.enter({**answer, "identity": f"{identity}-{who}"})
        sent = marisol.send(row["id"], "hello from the bay", "temp-id-1").json()
        assert set(sent) == {"message", "tempId"}
        assert not {"seq", "temp_id"} & set(sent["message"])
        messages = dana.get(f"/api/sessions/{row['id']}/messages").json()
        assert not {"cursors", "has_more"} & set(messages)
        server.clock.advance(minutes=2)
        ended = marisol.post(f"/api/sessions/{row['id']}/end").json()
        assert set(ended) == {"success", "message", "session", "semantic_result"}
        refused = marisol.join(row["id"])
        assert (refused.status_code, refused.json()) == (400, {"error": "Session has ended"})


@pytest.mark.parametrize(
    "path",
    [
        "/api/mechanic/events",
        f"/api/sessions/{session_key('S01')}/state",
        f"/api/sessions/{session_key('S01')}/files",
        f"/api/sessions/{session_key('S01')}/summary",
        f"/api/mechanic/sessions/{session_key('S01')}/notes",
    ],
)
def test_ac_49_what_the_platform_lacks_is_a_plain_page(tmp_path: Path, path: str) -> None:
    with join_server_harness(tmp_path / "lean", lean=True) as server:
        missing = server.sign_in(MARISOL).get(path)
        assert missing.status_code == 404
        assert missing.headers["content-type"].startswith("text/plain")


def test_ac_50_without_a_livekit_url_the_answer_names_none(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "no-url", livekit_url=None) as server:
        joined = server.sign_in(MARISOL).joined(session_key("S01"))
        assert joined["serverUrl"] is None
        assert joined["token"]

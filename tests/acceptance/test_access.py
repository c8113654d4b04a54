"""Who gets in and who does not: acceptance cases of access, sign-in and tokens, at the server."""

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from sqlalchemy import select

from desktop.joinserver.tables import LiveKitRoom
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import (
    DANA,
    DEVICE,
    IKE,
    LAYLA,
    MARISOL,
    OWEN,
    SECRET,
    TEODOR,
    JoinServerHarness,
    SyncPerson,
    session_key,
)

NOT_FOUND = b'{"error":"Not found","code":"not_found"}'
_VARYING = {"date", "x-request-id", "x-baylink-time"}


def _as_customer(person: SyncPerson, session_id: str) -> list[httpx.Response]:
    return [
        person.join(session_id, "customer"),
        person.get(f"/api/sessions/{session_id}/state"),
        person.get(f"/api/sessions/{session_id}/messages"),
        person.get(f"/api/sessions/{session_id}/files"),
        person.get(f"/api/sessions/{session_id}/summary"),
        person.get(f"/api/chat/session-info?sessionId={session_id}"),
        person.post(f"/api/sessions/{session_id}/start"),
        person.post(f"/api/sessions/{session_id}/messages/read", {"upTo": str(uuid4())}),
        person.send(session_id, "hello", "temp-id-0001"),
        person.post(f"/api/sessions/{session_id}/end"),
    ]


def _as_mechanic(person: SyncPerson, session_id: str) -> list[httpx.Response]:
    return [
        person.join(session_id),
        person.get(f"/api/mechanic/sessions/{session_id}/notes"),
        person.put(f"/api/mechanic/sessions/{session_id}/notes", {"notes": "mine now"}),
        *_as_customer(person, session_id)[1:],
    ]


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _VARYING}


def test_ac_06_another_customers_session_does_not_exist(server: JoinServerHarness) -> None:
    owen = server.sign_in(OWEN)
    before = server.sign_in(MARISOL).get(f"/api/sessions/{session_key('S01')}/state").json()
    foreign = _as_customer(owen, session_key("S01"))
    unknown = _as_customer(owen, str(uuid4()))
    malformed = _as_customer(owen, "not-an-id")
    for first, second, third in zip(foreign, unknown, malformed, strict=True):
        assert [first.status_code, second.status_code, third.status_code] == [404, 404, 404]
        assert first.content == second.content == third.content == NOT_FOUND
        assert _headers(first) == _headers(second) == _headers(third)
    after = server.sign_in(MARISOL).get(f"/api/sessions/{session_key('S01')}/state").json()
    assert {**after, "timestamp": 0, "serverTime": 0} == {**before, "timestamp": 0, "serverTime": 0}


def test_ac_07_another_mechanics_session_does_not_exist(server: JoinServerHarness) -> None:
    ike = server.sign_in(IKE)
    foreign = _as_mechanic(ike, session_key("S01"))
    unknown = _as_mechanic(ike, str(uuid4()))
    for first, second in zip(foreign, unknown, strict=True):
        assert first.status_code == second.status_code == 404
        assert first.content == second.content == NOT_FOUND
        assert _headers(first) == _headers(second)


def test_ac_08_without_a_login_every_call_is_refused_before_anything_is_looked_up(server: JoinServerHarness) -> None:
    for session_id in (session_key("S01"), str(uuid4()), "not-an-id"):
        for answer in (*_as_customer(server.nobody, session_id), *_as_mechanic(server.nobody, session_id)):
            assert answer.status_code == 401
            assert answer.json() == {"error": "Not signed in", "code": "not_signed_in"}
    for path in (
        "/api/mechanics/me",
        "/api/mechanic/active-sessions",
        "/api/mechanic/queue",
        "/api/mechanic/sessions/history",
        "/api/mechanic/events",
    ):
        assert server.nobody.get(path).status_code == 401
    assert server.nobody.post(f"/api/mechanic/assignments/{uuid4()}/accept").status_code == 401


def test_ac_11_who_is_both_sides_of_a_session_is_its_mechanic(server: JoinServerHarness) -> None:
    server.patch(f"sessions/{session_key('S01')}", status="cancelled")
    both = server.make_session(status="waiting", type="chat", plan="quick", mechanic=MARISOL, customer=MARISOL)
    marisol = server.sign_in(MARISOL)
    answer = marisol.joined(both["id"])
    assert answer["role"] == "mechanic"
    assert answer["identity"] == f"mechanic-{marisol.tokens['mechanic']['id']}"
    assert marisol.join(both["id"], "customer").content == NOT_FOUND


@pytest.mark.parametrize("status", ["completed", "cancelled", "expired", "refunded", "archived"])
def test_ac_12_no_ended_session_can_be_joined_by_anybody(server: JoinServerHarness, status: str) -> None:
    marisol, owen = server.sign_in(MARISOL), server.sign_in(OWEN)
    for kind in ("chat", "video", "diagnostic"):
        made = server.make_session(
            status=status, type=kind, mechanic=MARISOL, customer=OWEN, startedMinutesAgo=30, endedMinutesAgo=1
        )
        for answer in (marisol.join(made["id"]), owen.join(made["id"], "customer")):
            assert answer.status_code == 410
            assert answer.json() == {"error": "Session has ended", "code": "session_ended", "status": status}
            assert "eyJ" not in answer.text
        for read in (f"/api/sessions/{made['id']}/state", f"/api/sessions/{made['id']}/messages"):
            reviewed = marisol.get(read)
            assert reviewed.status_code == 200
            assert "token" not in reviewed.text


def test_ac_14_after_the_end_the_room_is_gone_and_its_tokens_are_revoked(server: JoinServerHarness) -> None:
    session_id, mechanic, _, joined, _ = server.live_session()
    server.clock.advance(minutes=5)
    assert mechanic.post(f"/api/sessions/{session_id}/end").status_code == 200
    assert joined["roomName"] in server.rooms.deleted
    assert joined["roomName"] not in server.rooms.rooms
    # With rooms made on demand an old token could open one again: whoever comes is put out with the room.
    sid = server.rooms.enter(joined["roomName"], joined["identity"])
    server.webhook("participant_joined", joined["roomName"], identity=joined["identity"], sid=sid)
    assert joined["roomName"] not in server.rooms.rooms


def test_ac_15_the_token_says_who_and_where_and_nothing_else(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    joined = marisol.joined(session_key("S01"))
    claims = jwt.decode(joined["token"], SECRET, algorithms=["HS256"])
    assert claims["sub"] == f"mechanic-{marisol.tokens['mechanic']['id']}"
    assert re.fullmatch(r"(mechanic|customer)-[0-9a-f-]{36}", claims["sub"])
    assert claims["exp"] - claims["nbf"] == 3_600
    assert set(claims) == {"video", "sub", "iss", "nbf", "exp"}
    assert claims["video"] == {
        "roomJoin": True,
        "room": f"session-{session_key('S01')}",
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": True,
        "canPublishSources": ["camera", "microphone", "screen_share", "screen_share_audio"],
        "canUpdateOwnMetadata": False,
    }

    def mapping(unit: Unit) -> LiveKitRoom:
        return unit.session.scalars(select(LiveKitRoom)).one()

    row = server.run(server.server.house.db.read(mapping))
    me = marisol.get("/api/mechanics/me").json()
    assert (row.user_id, row.role, row.identity) == (me["user_id"], "mechanic", joined["identity"])
    assert row.user_id != me["id"]


def test_ac_15_a_chat_token_publishes_data_only(server: JoinServerHarness) -> None:
    _, _, _, joined, other = server.live_session(type="chat", plan="quick")
    for answer in (joined, other):
        grant = jwt.decode(answer["token"], SECRET, algorithms=["HS256"])["video"]
        assert (grant["canPublish"], grant["canPublishData"]) == (False, True)
        assert "canPublishSources" not in grant


def test_ac_15_nothing_in_a_request_changes_the_token(server: JoinServerHarness) -> None:
    wishes: dict[str, Any] = {
        "identity": "customer-x",
        "role": "customer",
        "room": "other",
        "name": "Boss",
        "ttl": 9e9,
        "view": "video",
    }
    answer = server.sign_in(MARISOL).join(session_key("S01"), **wishes)
    claims = jwt.decode(answer.json()["token"], SECRET, algorithms=["HS256"])
    assert claims["sub"].startswith("mechanic-")
    assert claims["video"]["room"] == f"session-{session_key('S01')}"
    assert "name" not in claims


def _refresh(server: JoinServerHarness, token: str) -> httpx.Response:
    return server.nobody.post("/auth/v1/token?grant_type=refresh_token", {"refresh_token": token})


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_ac_46_an_expired_token_is_told_as_such_and_one_refresh_heals_it(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    server.clock.advance(minutes=61)
    assert marisol.get("/api/mechanics/me").json()["code"] == "token_expired"
    fresh = _refresh(server, marisol.tokens["refresh_token"])
    assert fresh.status_code == 200
    tokens = fresh.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3_600)
    cookie = server.nobody.post(
        "/api/auth/set-session",
        {"access_token": tokens["access_token"], "refresh_token": tokens["refresh_token"]},
    )
    assert cookie.json() == {"ok": True}
    flags = cookie.headers["set-cookie"].lower()
    assert all(flag in flags for flag in ("sb-baylink-auth-token=", "httponly", "samesite=lax", "path=/"))
    assert server.nobody.get("/api/mechanics/me").status_code == 200, "the cookie alone signs in"
    wrong = server.nobody.get("/api/mechanics/me", headers=_bearer("nonsense"))
    assert wrong.status_code == 401, "a wrong Bearer token beside a good cookie decides"


def test_ac_46_a_lost_refresh_answer_may_be_asked_for_again_within_ten_seconds(server: JoinServerHarness) -> None:
    first = server.sign_in(MARISOL).tokens["refresh_token"]
    lost = _refresh(server, first).json()
    server.clock.advance(seconds=9)
    again = _refresh(server, first)
    assert again.status_code == 200
    assert _refresh(server, again.json()["refresh_token"]).status_code == 200
    assert _refresh(server, lost["refresh_token"]).json()["code"] == "refresh_reused"


def test_ac_47_a_refresh_token_replayed_later_closes_the_whole_login(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    stolen = marisol.tokens["refresh_token"]
    fresh = _refresh(server, stolen).json()
    server.clock.advance(seconds=11)
    replayed = _refresh(server, stolen)
    assert (replayed.status_code, replayed.json()["code"]) == (401, "refresh_reused")
    assert _refresh(server, fresh["refresh_token"]).status_code == 401
    for token in (marisol.tokens["access_token"], fresh["access_token"]):
        assert server.nobody.get("/api/mechanics/me", headers=_bearer(token)).status_code == 401


def test_ac_47_a_grandparent_is_never_taken_for_a_lost_answer(server: JoinServerHarness) -> None:
    first = server.sign_in(MARISOL).tokens["refresh_token"]
    second = _refresh(server, first).json()["refresh_token"]
    assert _refresh(server, second).status_code == 200
    assert _refresh(server, first).json()["code"] == "refresh_reused"


def test_ac_48_a_suspended_mechanic_is_told_so_after_the_right_password_only(server: JoinServerHarness) -> None:
    right = server.nobody.post("/api/mechanic/login", {"email": TEODOR, "password": "demo-torque-42"})
    wrong = server.nobody.post("/api/mechanic/login", {"email": TEODOR, "password": "guess"})
    unknown = server.nobody.post("/api/mechanic/login", {"email": "nobody@shop.example", "password": "guess"})
    customer = server.nobody.post("/api/mechanic/login", {"email": DANA, "password": "guess"})
    assert (right.status_code, right.json()["code"]) == (403, "account_suspended")
    assert wrong.content == unknown.content == customer.content
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad_credentials")
    not_mechanic = server.nobody.post("/api/mechanic/login", {"email": DANA, "password": "demo-torque-42"})
    assert (not_mechanic.status_code, not_mechanic.json()["code"]) == (403, "not_a_mechanic")


def test_ac_48_a_suspension_counts_from_the_next_call_on(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    server.patch(f"mechanics/{marisol.tokens['mechanic']['id']}", accountStatus="suspended")
    for answer in (marisol.get("/api/mechanic/active-sessions"), marisol.join(session_key("S01"))):
        assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")


def test_ac_48_a_suspension_ends_at_its_time(server: JoinServerHarness) -> None:
    server.clock.advance(days=14, seconds=1)
    assert server.sign_in(TEODOR).get("/api/mechanics/me").status_code == 200


_MONEY = re.compile(r"price|payout\b|earning|amount|\bfee|\$", re.IGNORECASE)


def _everything_a_mechanic_reads(server: JoinServerHarness, email: str) -> list[httpx.Response]:
    person = server.sign_in(email)
    answers = [
        person.get("/api/mechanics/me"),
        person.get("/api/mechanic/active-sessions"),
        person.get("/api/mechanic/queue"),
        person.get("/api/mechanic/sessions/history?limit=100"),
    ]
    listed: list[dict[str, Any]] = answers[1].json()["sessions"] + answers[3].json()["sessions"]
    for item in listed:
        base = f"/api/sessions/{item['id']}"
        answers += [person.get(f"{base}/{part}") for part in ("state", "messages", "files", "summary")]
        answers.append(person.get(f"/api/chat/session-info?sessionId={item['id']}"))
        answers.append(person.get(f"/api/mechanic/sessions/{item['id']}/notes"))
        answers.append(person.join(item["id"]))
    return answers


def test_ac_56_a_workshops_mechanic_never_reads_of_money(server: JoinServerHarness) -> None:
    for answer in _everything_a_mechanic_reads(server, IKE):
        body = answer.json()
        for name in ("stripeConnected", "payoutsEnabled", "sinCollected"):
            body.pop(name, None)
        assert not _MONEY.search(json.dumps(body)), answer.url


@pytest.mark.parametrize("email", [MARISOL, IKE])
def test_ac_05_no_answer_to_a_mechanic_tells_a_customers_phone_or_address(
    server: JoinServerHarness, email: str
) -> None:
    answers = _everything_a_mechanic_reads(server, email)
    assert len(answers) > 40
    for answer in answers:
        assert "202-555" not in answer.text, answer.url
        assert "post.example" not in answer.text, answer.url


def test_ac_57_after_signing_out_both_tokens_and_the_cookie_are_dead(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    server.nobody.post(
        "/api/auth/set-session",
        {key: marisol.tokens[key] for key in ("access_token", "refresh_token")},
    )
    assert server.nobody.get("/api/mechanics/me").status_code == 200
    answer = server.nobody.post("/api/mechanic/logout")
    assert answer.json() == {"success": True}
    assert 'sb-baylink-auth-token=""' in answer.headers["set-cookie"]
    assert marisol.get("/api/mechanics/me").json()["code"] == "not_signed_in"
    assert _refresh(server, marisol.tokens["refresh_token"]).json()["code"] == "refresh_invalid"
    assert server.nobody.post("/api/mechanic/logout").status_code == 200


def test_ac_58_the_sessions_own_mechanic_reaches_everything_of_it(server: JoinServerHarness) -> None:
    session_id, mechanic, _, _, _ = server.live_session()
    me = mechanic.get("/api/mechanics/me").json()
    assert me["id"] != me["user_id"]
    for answer in (
        mechanic.get(f"/api/mechanic/sessions/{session_id}/notes"),
        mechanic.put(f"/api/mechanic/sessions/{session_id}/notes", {"notes": "pads at 3 mm", "baseVersion": 0}),
        mechanic.get(f"/api/sessions/{session_id}/files"),
        mechanic.get(f"/api/sessions/{session_id}/summary"),
        mechanic.get(f"/api/sessions/{session_id}/messages"),
        mechanic.get(f"/api/sessions/{session_id}/state"),
        mechanic.get(f"/api/chat/session-info?sessionId={session_id}"),
        mechanic.post(f"/api/sessions/{session_id}/start"),
        mechanic.post(f"/api/sessions/{session_id}/end"),
    ):
        assert answer.status_code == 200, answer.url


def test_ac_07_an_offered_request_must_be_accepted_before_it_is_joined(server: JoinServerHarness) -> None:
    offered = server.sign_in(MARISOL).join(session_key("S04"))
    assert (offered.status_code, offered.json()["code"]) == (409, "not_accepted")
    assert server.sign_in(IKE).join(session_key("S04")).content == NOT_FOUND
    assert server.sign_in(LAYLA).post(
        f"/api/mechanic/sessions/{session_key('S04')}/join", {"device_fingerprint": DEVICE}
    ).json() == {"error": "Mechanic access required", "code": "not_a_mechanic"}

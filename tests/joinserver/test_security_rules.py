"""The rest of the contract's security rules at the server, each under its own number."""

import asyncio
import json
import logging
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from desktop.joinserver.demo_data.ids import mechanic_id, user_id
from desktop.joinserver.demo_data.pictures import png
from desktop.joinserver.log import JsonLines, redacted
from desktop.joinserver.tables import Assignment, FileRow, MechanicRow, MessageRow, SessionEvent, SessionRow
from desktop.joinserver.unit import Unit
from tests.acceptance.test_files import JPEG, kept, send
from tests.fixtures.joinserver import (
    DANA,
    DEVICE,
    IKE,
    MARISOL,
    OWEN,
    PRIYA,
    SECRET,
    TEODOR,
    FakeRooms,
    JoinServerHarness,
    Kind,
    SyncPerson,
    running_join_server,
    session_key,
)
from tests.virtual_time import in_loop

S01, S11 = session_key("S01"), session_key("S11")
_TOKEN = re.compile(r"eyJ[\w.-]{20,}")
_EVERY_PATH = (
    "state", "messages", "files", "summary",
)  # fmt: skip


def _every_answer(person: SyncPerson, session_id: str, side: str) -> list[httpx.Response]:
    return [
        person.join(session_id, side),
        *(person.get(f"/api/sessions/{session_id}/{path}") for path in _EVERY_PATH),
        person.get(f"/api/chat/session-info?sessionId={session_id}"),
        person.get(f"/api/mechanic/sessions/{session_id}/notes"),
        person.post(f"/api/sessions/{session_id}/start"),
        person.post(f"/api/sessions/{session_id}/end"),
        person.send(session_id, "hello", f"temp-{uuid4()}"),
        send(person, "a.png", png(4, 4, 1, 2, 3), "image/png", session_id=session_id),
        person.post(f"/api/sessions/{session_id}/messages/read", {"upTo": str(uuid4())}),
    ]


@pytest.mark.parametrize("status", ["completed", "cancelled", "expired", "refunded", "archived"])
def test_sr_03_no_answer_about_an_ended_session_holds_a_token(server: JoinServerHarness, status: str) -> None:
    server.patch(f"sessions/{S01}", status=status)
    for email, side in ((MARISOL, "mechanic"), (DANA, "customer")):
        answers = _every_answer(server.sign_in(email), S01, side)
        assert answers[0].status_code == 410
        for answer in answers:
            assert not _TOKEN.search(answer.text), answer.url
            assert '"token"' not in answer.text


def test_sr_04_cookie_and_bearer_are_one_and_a_wrong_bearer_is_never_saved_by_the_cookie(
    server: JoinServerHarness,
) -> None:
    marisol = server.sign_in(MARISOL)
    pair = {key: marisol.tokens[key] for key in ("access_token", "refresh_token")}
    cookie = server.nobody.post("/api/auth/set-session", pair).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    for path in ("/api/mechanics/me", "/api/mechanic/active-sessions", f"/api/sessions/{S01}/files"):
        by_cookie, by_bearer = server.nobody.get(path), marisol.get(path)
        assert by_cookie.status_code == 200
        assert by_cookie.headers["etag"] == by_bearer.headers["etag"]
    for header in ("Bearer wrong", "Bearer ", "Basic abc", ""):
        assert server.nobody.get("/api/mechanics/me", headers={"Authorization": header}).status_code == 401
    server.clock.advance(minutes=60)
    assert server.nobody.get("/api/mechanics/me").json()["code"] == "token_expired"


def test_sr_07_a_wrong_password_tells_nothing_of_the_account(server: JoinServerHarness) -> None:
    answers = [
        server.nobody.post("/api/mechanic/login", {"email": email, "password": "wrong"})
        for email in (MARISOL, TEODOR, DANA, "nobody@shop.example")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.content for answer in answers} == {b'{"error":"Wrong e-mail or password","code":"bad_credentials"}'}
    right = {"password": "demo-torque-42"}
    assert server.nobody.post("/api/mechanic/login", {"email": TEODOR, **right}).json()["code"] == "account_suspended"
    assert server.nobody.post("/api/mechanic/login", {"email": DANA, **right}).json()["code"] == "not_a_mechanic"


def _refresh(server: JoinServerHarness, token: str) -> httpx.Response:
    return server.nobody.post("/auth/v1/token?grant_type=refresh_token", {"refresh_token": token})


def test_sr_09_a_refresh_token_used_again_later_closes_the_whole_login(server: JoinServerHarness) -> None:
    first = server.sign_in(MARISOL).tokens["refresh_token"]
    second = _refresh(server, first).json()
    server.clock.advance(seconds=11)
    reused = _refresh(server, first)
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_reused")
    assert _refresh(server, second["refresh_token"]).json()["code"] == "refresh_reused"
    headers = {"Authorization": f"Bearer {second['access_token']}"}
    assert server.nobody.get("/api/mechanics/me", headers=headers).json()["code"] == "not_signed_in"


def test_sr_10_signing_out_kills_both_tokens_and_the_cookie_at_once(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    pair = {key: marisol.tokens[key] for key in ("access_token", "refresh_token")}
    server.nobody.post("/api/auth/set-session", pair)
    assert server.nobody.get("/api/mechanics/me").status_code == 200
    marisol.post("/api/mechanic/logout")
    assert server.nobody.get("/api/mechanics/me").json()["code"] == "not_signed_in"
    assert marisol.get("/api/mechanics/me").status_code == 401
    assert _refresh(server, pair["refresh_token"]).json()["code"] == "refresh_invalid"
    assert server.nobody.post("/api/auth/set-session", pair).json()["code"] == "not_signed_in"


def test_sr_11_every_answer_to_a_login_is_no_part_of_any_log_line(
    server: JoinServerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    marisol = server.sign_in(MARISOL)
    fresh = _refresh(server, marisol.tokens["refresh_token"]).json()
    answers = _every_answer(marisol, S01, "mechanic")
    link = answers[3].json()["files"][0]["url"]
    server.nobody.get(link)
    secrets = [
        marisol.tokens["access_token"], marisol.tokens["refresh_token"], fresh["access_token"],
        fresh["refresh_token"], answers[0].json()["token"], link.partition("sig=")[2], "demo-torque-42", SECRET,
    ]  # fmt: skip
    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    for secret in secrets:
        assert secret not in lines


@given(
    st.text(max_size=60),
    st.sampled_from(("bl_at_", "bl_rt_", "eyJ")),
    st.from_regex(r"[A-Za-z0-9_-]{20,60}", fullmatch=True),
    st.text(max_size=60),
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_sr_11_a_token_anywhere_in_a_line_is_blotted_out(before: str, kind: str, secret: str, after: str) -> None:
    line = redacted(f"{before} {kind}{secret} {after}")
    assert secret not in line or secret in before + after
    assert secret not in redacted(f"/api/files/x/content?exp=1&sig={'0' * 8}") or secret in "/api/files/x/content"


def test_sr_12_a_browser_that_comes_from_another_site_may_not_write(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = f"/api/sessions/{S01}/files"
    form: dict[str, Any] = {
        "files": {"file": ("a.png", png(4, 4, 1, 2, 3), "image/png")}, "data": {"tempId": "temp-file-1"},
    }  # fmt: skip
    for headers in ({"Origin": "null"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = marisol.post(path, headers=headers, **form)
        assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
    assert marisol.post(path, headers={"Sec-Fetch-Site": "same-origin"}, **form).status_code == 201


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"], leeway=10**9)
    return claims


def test_sr_13_nothing_in_a_request_changes_who_one_is_in_the_room(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    forged = {
        "device_fingerprint": DEVICE, "identity": "mechanic-x", "role": "customer", "room": "session-x",
        "roomName": "session-x", "grants": {"roomAdmin": True}, "ttl": 10**6, "mechanicId": "x", "userId": "x",
    }  # fmt: skip
    answer = marisol.post(f"/api/mechanic/sessions/{S01}/join?identity=x&room=y", forged).json()
    claims = _claims(answer["token"])
    assert claims["sub"] == f"mechanic-{mechanic_id('M1')}" == answer["identity"]
    assert claims["video"]["room"] == f"session-{S01}" == answer["roomName"]
    assert not {"roomAdmin", "roomCreate", "roomList", "roomRecord"} & {
        name for name, granted in claims["video"].items() if granted
    }
    assert claims["exp"] - claims["nbf"] == 3_600


def test_sr_14_a_token_holds_nothing_personal(server: JoinServerHarness) -> None:
    for email, side in ((MARISOL, "mechanic"), (DANA, "customer")):
        claims = _claims(server.sign_in(email).joined(S01, side)["token"])
        assert not {"name", "metadata", "attributes"} & {key for key, value in claims.items() if value}
        assert claims["exp"] - claims["nbf"] == 3_600
        text = json.dumps(claims)
        for personal in ("Marisol", "Dana", "@", "202-555"):
            assert personal not in text


def test_sr_15_after_the_end_a_room_that_came_back_to_life_is_closed_again(server: JoinServerHarness) -> None:
    session_id, mechanic, _, first, _ = server.live_session()
    mechanic.post(f"/api/sessions/{session_id}/end")
    room = f"session-{session_id}"
    assert room in server.rooms.deleted
    server.rooms.deleted.clear()
    server.webhook("participant_joined", room, identity=first["identity"], sid="PA_again")
    assert server.rooms.deleted == [room]


@pytest.mark.parametrize("is_away", [False, True])
@in_loop
async def test_sr_15_a_session_that_ends_while_its_room_is_being_made_gives_no_token_and_leaves_no_room(
    tmp_path: Path, database: Kind, is_away: bool
) -> None:
    being_made, may_be_made = asyncio.Event(), asyncio.Event()

    class SlowRooms(FakeRooms):
        async def create(self, room: str) -> None:
            being_made.set()
            await may_be_made.wait()
            await super().create(room)

    rooms = SlowRooms()
    async with running_join_server(tmp_path, rooms=rooms, database=database) as server:
        mechanic, customer = await server.sign_in(MARISOL), await server.sign_in(DANA)
        joining = asyncio.create_task(mechanic.join(S01, "mechanic"))
        await being_made.wait()
        assert (await customer.post(f"/api/sessions/{S01}/end")).status_code == 200
        rooms.away = is_away
        may_be_made.set()
        answer = await joining
        assert (answer.status_code, answer.json()["code"]) == (410, "session_ended")
        assert not _TOKEN.search(answer.text)
        assert f"session-{S01}" not in rooms.rooms


def test_sr_16_only_signed_webhooks_count_and_only_once(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    joined = marisol.joined(S01)
    here = {"identity": joined["identity"], "sid": "PA_1", "event_id": "EV_x"}
    assert server.webhook("participant_joined", joined["roomName"], secret="w" * 40, **here).status_code == 401
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": joined["token"]}):
        answer = server.nobody.post("/api/livekit/webhook", content=b"{}", headers=headers)
        assert answer.status_code == 401
    assert marisol.get(f"/api/sessions/{S01}/state").json()["participantCount"] == 0
    for _ in range(2):
        assert server.webhook("participant_joined", joined["roomName"], **here).status_code == 200
    assert marisol.get(f"/api/sessions/{S01}/state").json()["participantCount"] == 1
    assert _count(server, SessionEvent, SessionEvent.session_id == S01, SessionEvent.event_type == "joined") == 1
    assert server.webhook("participant_joined", f"session-{uuid4()}", identity="mechanic-x").status_code == 200


def _count(server: JoinServerHarness, table: type[Any], *which: Any) -> int:
    def count(unit: Unit) -> int:
        return unit.session.scalar(select(func.count()).select_from(table).where(*which)) or 0

    return server.run(server.server.house.db.read(count))


def test_sr_17_one_person_alone_never_makes_a_session_live(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    joined = marisol.joined(S01)
    server.enter(joined)
    for body in (None, {"present": ["mechanic", "customer"]}, {"status": "live"}):
        refused = marisol.post(f"/api/sessions/{S01}/start", body)
        assert (refused.status_code, refused.json()["present"]) == (409, ["mechanic"])
    server.webhook("participant_joined", joined["roomName"], identity=joined["identity"], sid="PA_second")
    server.webhook("participant_joined", joined["roomName"], identity=f"customer-{user_id('C2')}", sid="PA_stranger")
    server.sweep()
    assert marisol.get(f"/api/sessions/{S01}/state").json()["status"] == "waiting"


def test_sr_18_two_mechanics_at_once_leave_one_winner_with_one_session(server: JoinServerHarness) -> None:
    server.patch(f"sessions/{S01}", status="cancelled")
    server.patch(f"sessions/{session_key('S05')}", status="cancelled")
    made = [server.make_session(status="pending", type="chat") for _ in range(2)]
    people = [server.sign_in(email).person for email in (MARISOL, IKE)]
    answers: list[httpx.Response] = server.together(
        *(person.post(f"/api/mechanic/assignments/{each['assignmentId']}/accept") for each in made for person in people)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    for each in made:
        assert _count(server, Assignment, Assignment.session_id == each["id"], Assignment.status == "accepted") == 1
    for key in ("M1", "M2"):
        active = SessionRow.status.in_(("waiting", "live"))
        assert _count(server, SessionRow, SessionRow.mechanic_id == mechanic_id(key), active) == 1


def test_sr_19_ten_ends_and_ten_sends_at_once_write_one_each(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    body = {"sessionId": session_id, "content": "once", "attachments": [], "tempId": "temp-id-one"}
    sent: list[httpx.Response] = server.together(
        *(mechanic.person.post("/api/chat/send-message", body) for _ in range(10))
    )
    assert len({answer.json()["message"]["id"] for answer in sent}) == 1
    assert _count(server, MessageRow, MessageRow.session_id == session_id) == 1
    form: dict[str, Any] = {"files": {"file": ("a.jpg", JPEG, "image/jpeg")}, "data": {"tempId": "temp-file-1"}}
    files: list[httpx.Response] = server.together(
        *(customer.person.post(f"/api/sessions/{session_id}/files", **form) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in files) == [200] * 5 + [201]
    assert _count(server, FileRow, FileRow.session_id == session_id) == 1
    assert len([name for name in kept(server) if name.endswith(".jpg")]) == 1
    server.clock.advance(seconds=90)
    ends: list[httpx.Response] = server.together(
        *(person.person.post(f"/api/sessions/{session_id}/end") for person in (mechanic, customer) for _ in range(5))
    )
    assert {answer.status_code for answer in ends} == {200}
    assert [answer.json()["alreadyEnded"] for answer in ends].count(False) == 1
    assert len({answer.json()["session"]["ended_at"] for answer in ends}) == 1
    assert _count(server, SessionEvent, SessionEvent.session_id == session_id, SessionEvent.event_type == "ended") == 1
    assert [packet.session_id for packet in server.rooms.pushed("session.ended")].count(session_id) == 1


def test_sr_20_who_wrote_is_told_by_the_login_never_by_the_message(server: JoinServerHarness) -> None:
    body = {
        "sessionId": S01, "content": "hi", "tempId": "temp-id-01", "sender_id": user_id("M1"), "senderId": "x",
        "sender_role": "mechanic", "sender_name": "Marisol Quintero",
    }  # fmt: skip
    message = server.sign_in(DANA).post("/api/chat/send-message", body).json()["message"]
    assert (message["sender_id"], message["sender_role"], message["sender_name"]) == (
        user_id("C1"), "customer", "Dana Whitlock",
    )  # fmt: skip
    (packet,) = server.rooms.pushed("chat.message")
    assert '"sender_name": "Dana Whitlock"' in json.dumps(packet.data)


def test_sr_21_no_answer_to_a_mechanic_tells_how_to_reach_a_customer_or_what_they_pay(
    server: JoinServerHarness,
) -> None:
    marisol = server.sign_in(MARISOL)
    answers = [
        *_every_answer(marisol, S01, "mechanic"), *_every_answer(marisol, S11, "mechanic"),
        marisol.get("/api/mechanic/queue"), marisol.get("/api/mechanic/clock"),
        marisol.get("/api/mechanic/sessions/history"), marisol.get("/api/mechanic/active-sessions"),
    ]  # fmt: skip
    for answer in answers:
        for secret in ("post.example", "202-555", "price", "payout", "earning", "stripe_session"):
            assert secret not in answer.text, answer.url


def test_sr_22_a_request_shows_no_name_and_no_file_before_it_is_accepted(server: JoinServerHarness) -> None:
    queue = server.sign_in(IKE).get("/api/mechanic/queue").json()
    open_items = [item for item in queue["unassigned"] + queue["mine"] if item["status"] in {"queued", "offered"}]
    assert len(open_items) == 3
    text = json.dumps(open_items, ensure_ascii=False)
    for secret in ("Grace", "Lena", "Annelotte", "customer", "files", "email", "phone", "intake"):
        assert secret not in text


_FACES = [
    ("a.jpg", JPEG + b"PK\x05\x06" + b"\0" * 18, "image/jpeg"),
    ("a.jpg", JPEG + b"<script>alert(1)</script>", "image/jpeg"),
    ("a.png", png(4, 4, 1, 2, 3) + b"%PDF-1.4", "image/png"),
    ("a.png", b"<html><script>1</script>", "image/png"),
    ("a.pdf", b"<html>%PDF-1.4 %%EOF", "application/pdf"),
    ("a.txt", b"%PDF-1.7 text", "text/plain"),
    ("a.txt", b"<!DOCTYPE html><p>", "text/plain"),
    ("a.txt", b"\xff\xfeh\x00i\x00", "text/plain"),
    ("a.csv", b"\x89PNG\r\n\x1a\n", "text/csv"),
    ("a.mp4", b"\x00\x00\x00\x14moovisom", "video/mp4"),
    ("a.webp", b"RIFF\x10\x00\x00\x00WAVEfmt " + b"\0" * 40, "image/webp"),
    ("a.html.png.svg", b"<svg/>", "image/svg+xml"),
]


@pytest.mark.parametrize(("name", "data", "media_type"), _FACES)
def test_sr_23_a_file_with_two_faces_is_refused_and_leaves_nothing(
    server: JoinServerHarness, name: str, data: bytes, media_type: str
) -> None:
    before = kept(server)
    refused = send(server.sign_in(MARISOL), name, data, media_type)
    assert refused.status_code == 415, refused.text
    assert refused.json()["code"] in {"file_type_mismatch", "file_type_not_allowed"}
    assert kept(server) == before


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron.d/x.png", "/etc/passwd.png", "C:\\boot.png", "con.png", "a" * 1_000 + ".png", "\u202egnp.exe.png",
     "..png", "-rf.png", "a\tb\r\nSet-Cookie: x.png", "%2e%2e%2fx.png", "日本.png"],
)  # fmt: skip
def test_sr_25_no_part_of_a_sent_name_reaches_the_disk_or_a_header(server: JoinServerHarness, name: str) -> None:
    before = kept(server)
    quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").encode()
    body = (
        b'--xx\r\nContent-Disposition: form-data; name="tempId"\r\n\r\ntemp-file-1\r\n'
        b'--xx\r\nContent-Disposition: form-data; name="file"; filename="' + quoted + b'"\r\n'
        b"Content-Type: image/png\r\n\r\n" + png(4, 4, 1, 2, 3) + b"\r\n--xx--\r\n"
    )
    answer = server.sign_in(MARISOL).post(
        f"/api/sessions/{S01}/files", content=body, headers={"Content-Type": "multipart/form-data; boundary=xx"}
    )
    assert answer.status_code == 201, answer.text
    file = answer.json()["file"]
    assert kept(server) - before == {f"{file['id']}.png"}
    assert len(file["file_name"]) <= 120
    assert not re.search(r"[\x00-\x1f\u202a-\u202e]", file["file_name"])
    opened = server.nobody.get(file["url"])
    assert opened.headers["content-disposition"] == f'attachment; filename="{file["id"]}.png"'


@pytest.mark.parametrize(
    "line", ["a < b > c", "🔧👩🏽‍🔧", "\u202eright to left\u202c", " spaces  kept ", "<img src=x>", "&amp;"]
)
def test_sr_26_text_is_stored_and_returned_unchanged(server: JoinServerHarness, line: str) -> None:
    dana = server.sign_in(DANA)
    sent = dana.send(S01, line, "temp-id-01").json()["message"]["content"]
    read = dana.get(f"/api/sessions/{S01}/messages").json()["messages"][-1]["content"]
    assert sent == read == line


def test_sr_27_refusals_name_no_path_and_echo_nothing(server: JoinServerHarness) -> None:
    priya = server.sign_in(PRIYA)
    probe = "zz-probe-'\"<>-zz"
    for answer in (
        priya.post("/api/chat/send-message", {"sessionId": probe, "content": probe, "tempId": probe}),
        priya.get(f"/api/sessions/{probe}/state"),
        priya.get(f"/api/sessions/{session_key('S03')}/messages?after={probe}&limit={probe}"),
        priya.get(f"/api/files/{uuid4()}/content?exp={probe}&sig={probe}"),
        server.nobody.post("/api/mechanic/login", {"email": probe, "password": probe}),
        server.nobody.get(f"/{probe}"),
    ):
        assert 400 <= answer.status_code < 500
        assert set(answer.json()) >= {"error", "code"}
        for leak in ("zz-probe", "Traceback", "SELECT", "/desktop/"):
            assert leak not in answer.text


def test_every_answer_carries_the_headers_of_a_careful_server(server: JoinServerHarness) -> None:
    for path in ("/api/plans", "/api/nowhere", f"/api/sessions/{S01}/state"):
        headers = server.nobody.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_sr_08_an_account_that_is_approved_no_longer_is_refused_on_its_next_call(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)

    def withdraw(unit: Unit) -> None:
        unit.session.get_one(MechanicRow, mechanic_id("M1")).application_status = "rejected"

    server.run(server.server.house.db.write(withdraw))
    assert marisol.get("/api/mechanics/me").json()["code"] == "account_not_approved"


def test_sr_02_a_page_of_the_wrong_view_or_side_is_as_unknown_as_any(server: JoinServerHarness) -> None:
    marisol, owen = server.sign_in(MARISOL), server.sign_in(OWEN)
    unknown = marisol.join(str(uuid4()))
    varying = {"date", "x-request-id", "x-baylink-time"}
    for answer in (
        marisol.join(S01, view="chat"), marisol.join(S01, "customer"), marisol.join("not-an-id"),
        marisol.join(session_key("S05")), owen.join(S01, "customer"),
    ):  # fmt: skip
        assert answer.content == unknown.content
        assert answer.status_code == 404
        assert {name: value for name, value in answer.headers.items() if name not in varying} == {
            name: value for name, value in unknown.headers.items() if name not in varying
        }

"""The security rules of the contract that concern the server, one test or more each."""

import asyncio
import logging
import re
import stat
import statistics
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute
from sqlalchemy import select

from desktop.joinserver.app import ConfigRefused, create_app
from desktop.joinserver.config import Limits, PasswordCost, ServerConfig
from desktop.joinserver.log import JsonLines, redacted
from desktop.joinserver.routes import (
    chat,
    events,
    files,
    lists,
    service,
    sessions,
    shift,
    sign_in,
    status_page,
    summary,
    webhook,
)
from desktop.joinserver.tables import AuthToken, AuthUser
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import (
    DANA,
    IKE,
    MARISOL,
    OWEN,
    TEODOR,
    JoinServerHarness,
    join_server_harness,
    session_key,
)

_PUBLIC = {
    "/api/mechanic/login", "/auth/v1/token", "/api/auth/set-session", "/api/mechanic/logout", "/api/health",
    "/api/plans", "/api/files/{file_id}/content", "/api/livekit/webhook", "/status/sign-in", "/status/sign-out",
}  # fmt: skip


def test_sr_01_every_other_path_asks_for_a_login(server: JoinServerHarness) -> None:
    groups = (sign_in, lists, sessions, chat, files, summary, shift, events, service, webhook, status_page)
    routers = [getattr(group, name, None) for group in groups for name in ("router", "optional_router")]
    routes = [route for router in routers if router for route in router.routes if isinstance(route, APIRoute)]
    asked = [route for route in routes if route.path not in _PUBLIC]
    assert len(asked) > 20
    served = {route.path for route in routes} | {"/api/dev", "/api/faults", "/faults"}
    for route in server.server.app.routes:
        assert not isinstance(route, APIRoute) or route.path.startswith(tuple(served)), route.path
    for route in asked:
        path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
        for method in route.methods or ():
            answer = server.run(server.server.nobody.client.request(method, path))
            assert answer.status_code == 401, (method, path)


def test_sr_02_foreign_and_unknown_sessions_take_as_long(server: JoinServerHarness) -> None:
    owen = server.sign_in(OWEN)
    foreign, unknown = session_key("S01"), str(uuid4())

    def seconds(session_id: str) -> float:
        began = time.perf_counter()
        owen.get(f"/api/sessions/{session_id}/state")
        return time.perf_counter() - began

    # In pairs, so that a busy machine slows both alike.
    gaps = [seconds(foreign) - seconds(unknown) for _ in range(60)]
    assert abs(statistics.median(gaps)) < 0.005


def _login(server: JoinServerHarness, email: str, password: str = "wrong") -> httpx.Response:
    return server.nobody.post("/api/mechanic/login", {"email": email, "password": password})


@pytest.mark.parametrize("email", [MARISOL, "nobody@shop.example"])
def test_sr_06_the_sixth_failure_locks_even_the_right_password_also_after_a_restart(tmp_path: Path, email: str) -> None:
    with join_server_harness(tmp_path / "js") as server:
        for _ in range(5):
            assert _login(server, email).status_code == 401
        locked = _login(server, email, "demo-torque-42")
        assert (locked.status_code, locked.json()["code"]) == (429, "rate_limited")
        assert 0 < int(locked.headers["retry-after"]) <= 15 * 60 + 1
    with join_server_harness(tmp_path / "js") as server:
        assert _login(server, email, "demo-torque-42").status_code == 429
        server.clock.advance(minutes=15, seconds=1)
        assert _login(server, email, "demo-torque-42").status_code in {200, 401}


def test_sr_06_failures_tried_at_once_count_as_well(server: JoinServerHarness) -> None:
    body = {"email": MARISOL, "password": "wrong"}
    answers = server.together(*(server.server.nobody.post("/api/mechanic/login", body) for _ in range(12)))
    assert [answer.status_code for answer in answers].count(401) == 5


def test_sr_06_a_right_password_clears_the_accounts_count(server: JoinServerHarness) -> None:
    for _ in range(4):
        _login(server, MARISOL)
    assert _login(server, MARISOL, "demo-torque-42").status_code == 200
    for _ in range(4):
        assert _login(server, MARISOL).status_code == 401


def test_sr_06_an_address_has_twenty_failures(server: JoinServerHarness) -> None:
    codes = [_login(server, f"nobody{number}@shop.example").status_code for number in range(21)]
    assert codes == [401] * 20 + [429]


def test_sr_05_passwords_are_argon2id_and_rehashed_when_the_cost_rises(tmp_path: Path) -> None:
    assert ServerConfig(tmp_path).password_cost == PasswordCost(memory_kib=65_536, passes=3, lanes=4)
    with join_server_harness(tmp_path / "js") as server:
        db = server.server.house.db

        def cheapen(unit: Unit) -> None:
            cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("demo-torque-42")
            unit.session.scalars(select(AuthUser).where(AuthUser.email == MARISOL)).one().password_hash = cheap

        def stored(unit: Unit) -> str:
            return unit.session.scalars(select(AuthUser.password_hash).where(AuthUser.email == MARISOL)).one()

        server.run(db.write(cheapen))
        assert _login(server, MARISOL, "demo-torque-42").status_code == 200
        assert server.run(db.read(stored)).startswith("$argon2id$v=19$m=64,t=1,p=1$")


def test_sr_08_a_disabled_login_is_refused_on_its_next_call(server: JoinServerHarness) -> None:
    dana = server.sign_in(DANA)

    def disable(unit: Unit) -> None:
        unit.session.scalars(select(AuthUser).where(AuthUser.email == DANA)).one().disabled_at = unit.now

    server.run(server.server.house.db.write(disable))
    answer = dana.get(f"/api/sessions/{session_key('S01')}/state")
    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")


def test_sr_11_tokens_are_kept_as_hashes_only(server: JoinServerHarness) -> None:
    tokens = server.sign_in(MARISOL).tokens

    def hashes(unit: Unit) -> list[str]:
        return list(unit.session.scalars(select(AuthToken.token_hash)))

    kept = server.run(server.server.house.db.read(hashes))
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in kept)
    assert len(tokens["access_token"]) > 43
    data = b"".join(path.read_bytes() for path in server.server.house.config.data_dir.glob("joinserver*"))
    assert tokens["access_token"].encode() not in data


def test_sr_11_nothing_secret_reaches_the_log(server: JoinServerHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    marisol = server.sign_in(MARISOL)
    joined = marisol.joined(session_key("S01"))
    link = joined["files"][0]["url"]
    server.nobody.get(link)
    formatter = JsonLines()
    lines = "\n".join(formatter.format(record) for record in caplog.records)
    assert "/join" in lines
    for secret in (joined["token"], marisol.tokens["access_token"], "demo-torque-42", link.partition("sig=")[2]):
        assert secret not in lines


def test_sr_11_a_token_in_a_log_text_is_blotted_out() -> None:
    line = redacted("token=eyJhbGciOi.J9.x_y-z bl_at_abc-1 /content?exp=1&sig=0a1b2c")
    assert line == "token=[redacted] [redacted] /content?exp=1&sig=[redacted]"


def test_sr_12_a_foreign_page_may_not_write_and_no_page_is_let_in(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = f"/api/sessions/{session_key('S01')}/end"
    refused = marisol.post(path, headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_not_allowed")
    rebound = {"Origin": "http://evil.example:8787", "Host": "evil.example:8787"}
    assert marisol.post(path, headers=rebound).json()["code"] == "origin_not_allowed"
    reading = marisol.get("/api/mechanics/me", headers={"Origin": "https://evil.example"})
    assert not [name for name in reading.headers if name.startswith("access-control")]
    form = marisol.post("/api/chat/send-message", content="sessionId=x", headers={"Content-Type": "text/plain"})
    assert form.status_code == 404, "without a session nobody is told more"
    notes = server.run(
        marisol.person.client.put(
            f"/api/mechanic/sessions/{session_key('S01')}/notes", content=b"notes=x",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    )  # fmt: skip
    assert (notes.status_code, notes.json()["code"]) == (415, "unsupported_media_type")


def test_bodies_have_a_limit_and_wrong_fields_are_named_without_their_values(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = f"/api/mechanic/sessions/{session_key('S01')}/join"
    large = marisol.post(path, {"device_fingerprint": "x" * 70_000})
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    wrong = marisol.post(path, {"device_fingerprint": "<script>"})
    assert wrong.json() == {"error": "Invalid request", "code": "invalid_request", "fields": ["device_fingerprint"]}
    assert marisol.get(path).json()["code"] == "method_not_allowed"
    assert marisol.get("/api/nowhere").content == b'{"error":"Not found","code":"not_found"}'


def test_sr_21_a_queue_item_tells_nothing_of_the_customer(server: JoinServerHarness) -> None:
    queue = server.sign_in(MARISOL).get("/api/mechanic/queue").json()
    assert [item["session"]["id"] for item in queue["unassigned"]] == [
        session_key(key) for key in ("S08", "S07", "S09")
    ]
    assert session_key("S04") in {item["session_id"] for item in queue["mine"]}
    before_acceptance = str(queue["unassigned"]) + str([i for i in queue["mine"] if i["status"] == "offered"])
    for secret in ("Grace", "Lena", "gnp", "Annelotte", "rust.bucket", "customer", "files", "post.example"):
        assert secret not in before_acceptance


def test_sr_24_a_file_link_opens_for_ten_minutes_and_for_that_file_only(server: JoinServerHarness) -> None:
    files = server.sign_in(MARISOL).get(f"/api/sessions/{session_key('S01')}/files").json()["files"]
    link = files[0]["url"]
    opened = server.nobody.get(link)
    assert (opened.status_code, opened.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    assert opened.headers["content-disposition"].startswith("attachment")
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["content-security-policy"] == "sandbox"
    assert opened.headers["cache-control"] == "private, max-age=600"
    last = "1" if link[-1] == "0" else "0"
    for changed in (
        link[:-1] + last, link.replace(files[0]["id"], files[1]["id"]), link.replace("exp=1", "exp=2"),
        link.replace("exp=", "exp=x"), link.partition("?")[0],
    ):  # fmt: skip
        assert server.nobody.get(changed).content == b'{"error":"Not found","code":"not_found"}'
    server.clock.advance(seconds=600)
    assert server.nobody.get(link).status_code == 404


def test_sr_27_a_crash_answers_in_json_and_is_found_in_the_log_by_its_id(
    server: JoinServerHarness, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    marisol = server.sign_in(MARISOL)

    async def crash(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    monkeypatch.setattr(type(server.server.house.db), "read", crash)
    answer = marisol.get("/api/mechanics/me", headers={"X-Request-Id": "my-request-0001"})
    assert (answer.status_code, answer.json()) == (500, {"error": "Server error", "code": "internal"})
    assert answer.headers["x-request-id"] == "my-request-0001"
    assert "secret" in caplog.text


def test_a_request_id_of_another_shape_is_replaced(server: JoinServerHarness) -> None:
    answer = server.nobody.get("/api/health", headers={"X-Request-Id": "bad id, with spaces"})
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])


def test_sr_28_without_dev_there_are_no_dev_paths(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js", dev=False) as server:
        for path in ("sessions", "faults", "clock", "reset"):
            assert server.nobody.post(f"/api/dev/{path}", {}).status_code == 404


@pytest.mark.parametrize(
    "config",
    [
        {"demo_data": True},
        {"demo_data": True, "dev": True, "host": "192.168.1.5", "tls": True},
        {"livekit_key": "devkey", "livekit_secret": "secret"},
        {"host": "0.0.0.0"},  # noqa: S104 - refused, which is the point
        {"host": "shop.example"},
    ],
)
def test_sr_28_29_what_the_server_refuses_to_run_as(tmp_path: Path, config: dict[str, object]) -> None:
    with pytest.raises(ConfigRefused):
        create_app(ServerConfig(tmp_path, **config))  # type: ignore[arg-type]  # one dictionary of mixed options


def test_sr_29_the_signing_secret_is_the_owners_alone(server: JoinServerHarness) -> None:
    mode = (server.server.house.config.data_dir / "signing.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_limits_answer_429_with_a_time_to_wait(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js", limits=Limits(public_by_address=1_000, join=2)) as server:
        ike = server.sign_in(IKE)
        codes = [ike.join(str(uuid4())).status_code for _ in range(3)]
        assert codes == [404, 404, 429]
        limited = ike.join(str(uuid4()))
        assert int(limited.headers["retry-after"]) >= 1
        server.clock.advance(seconds=int(limited.headers["retry-after"]))
        assert ike.join(str(uuid4())).status_code == 404


def test_refreshes_are_limited_by_login_not_by_shop(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js", limits=Limits(public_by_address=1_000, refresh_in_15_min=2)) as server:
        path = "/auth/v1/token?grant_type=refresh_token"
        for email in (MARISOL, IKE):
            token = server.sign_in(email).tokens["refresh_token"]
            for _ in range(2):
                token = server.nobody.post(path, {"refresh_token": token}).json()["refresh_token"]
            assert server.nobody.post(path, {"refresh_token": token}).status_code == 429


def test_public_paths_are_limited_by_address(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js", limits=Limits()) as server:
        codes = [server.nobody.get("/api/plans").status_code for _ in range(61)]
        assert codes == [200] * 60 + [429]


def test_the_event_loop_stays_free_while_passwords_are_checked(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js") as server:

        async def beats_while(work: asyncio.Task[httpx.Response]) -> int:
            beats = 0
            while not work.done():
                beats += 1
                await asyncio.sleep(0)
            return beats

        async def story() -> int:
            body = {"email": TEODOR, "password": "wrong"}
            return await beats_while(asyncio.create_task(server.server.nobody.post("/api/mechanic/login", body)))

        assert server.run(story()) > 10

"""The join server held to its own OpenAPI document by made-up requests: no crash, every answer as declared, no leak.

The requests come from schemathesis (from the document) and from a list of things that break servers. The server is a
real process; the examples are the same in every run.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok

from desktop.joinserver.app import create_app
from desktop.joinserver.config import ServerConfig
from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.fixtures.joinserver import DANA, IKE, MARISOL, demo_database
from tests.fixtures.joinserver import session_key as demo_session
from tests.fixtures.real_server import real_server

pytestmark = pytest.mark.server
_EXAMPLES = 6
_CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance, content_type_conformance]
_NOT_FOUND = {"error": "Not found", "code": "not_found"}
_PUBLIC = {
    "/api/mechanic/login", "/auth/v1/token", "/api/auth/set-session", "/api/mechanic/logout", "/api/plans",
    "/api/health", "/api/livekit/webhook", "/api/files/{file_id}/content",
}  # fmt: skip
_ELSEWHERE = {"/api/mechanic/events", "/status"}
"""An answer without an end and a page for people: they have tests of their own."""
_quietly = settings(
    max_examples=_EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def _document() -> dict[str, Any]:
    document: dict[str, Any] = create_app(ServerConfig(Path("nowhere"))).openapi()
    return document


_SCHEMA = schemathesis.openapi.from_dict(_document())
_OPERATIONS = [
    found.ok() for found in _SCHEMA.get_all_operations() if isinstance(found, Ok) and found.ok().path not in _ELSEWHERE
]
_PRIVATE = [operation for operation in _OPERATIONS if operation.path not in _PUBLIC]
_OF_SESSIONS = [
    operation
    for operation in _PRIVATE
    if {parameter.name for parameter in operation.iter_parameters()} & {"session_id", "sessionId"}
]


def _each(operations: list[Any]) -> pytest.MarkDecorator:
    names = [f"{operation.method.upper()} {operation.path}" for operation in operations]
    return pytest.mark.parametrize("operation", operations, ids=names)


class Served:
    """A running server and three people: S05's mechanic, its customer's rival, and another mechanic."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.client = httpx.Client(base_url=base, timeout=30)
        self.session = requests.Session()
        self.tokens: dict[str, str] = {}

    def sign_in(self) -> None:
        """Sign everybody in."""
        self.tokens = {email: self._sign_in(email) for email in (IKE, MARISOL, DANA)}

    def _sign_in(self, email: str) -> str:
        path = "/api/mechanic/login" if email.endswith("@shop.example") else "/auth/v1/token?grant_type=password"
        answer = self.client.post(path, json={"email": email, "password": DEMO_PASSWORD})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def headers(self, email: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[email]}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run the server on the demo data."""
    data_dir = tmp_path_factory.mktemp("openapi") / "joinserver"
    with demo_database(data_dir, "sqlite"), real_server(data_dir, None) as running:
        served = Served(running.base)
        with served.client, served.session:
            served.sign_in()
            yield served


def _call(case: Any, served: Served, headers: dict[str, str], session: str | None = None) -> requests.Response:
    if session is not None and "session_id" in case.path_parameters:
        case.path_parameters["session_id"] = session
    if session is not None and isinstance(case.query, dict) and "sessionId" in case.query:
        case.query["sessionId"] = session
    case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
    answer = case.call(base_url=served.base, session=served.session, headers=headers, timeout=30)
    raw: requests.Response = answer
    assert raw.status_code < 500, (raw.status_code, case.as_curl_command())
    return raw


@_each(_OPERATIONS)
def test_whatever_is_asked_the_answer_is_one_that_the_document_declares(operation: Any, served: Served) -> None:
    @_quietly
    @given(case=operation.as_strategy(), with_session=st.booleans())
    def check(case: Any, *, with_session: bool) -> None:
        if operation.path == "/api/mechanic/logout":
            answer = _call(case, served, {})
        else:
            answer = _call(case, served, served.headers(IKE), demo_session("S05") if with_session else None)
        case.validate_response(answer, checks=_CHECKS)

    check()


@_each(_PRIVATE)
def test_without_a_login_nothing_is_given(operation: Any, served: Served) -> None:
    @_quietly
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        answer = _call(case, served, {"Authorization": "Bearer bl_at_nobody"}, demo_session("S05"))
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")

    check()


@_each(_OF_SESSIONS)
def test_strangers_to_a_session_get_nothing_of_it(operation: Any, served: Served) -> None:
    @_quietly
    @given(case=operation.as_strategy(), stranger=st.sampled_from([MARISOL, DANA]))
    def check(case: Any, stranger: str) -> None:
        answer = _call(case, served, served.headers(stranger), demo_session("S05"))
        if answer.status_code == 403:
            assert (stranger, answer.json()["code"]) == (DANA, "not_a_mechanic"), "the role comes before the session"
        else:
            assert (answer.status_code, answer.json()) == (404, _NOT_FOUND)

    check()


_DEEP = "[" * 20_000 + "]" * 20_000
_BODIES: list[tuple[str, bytes]] = [
    ("deep", b'{"sessionId": ' + _DEEP.encode() + b"}"),
    ("deep object", b'{"a":' * 9_000 + b"1" + b"}" * 9_000),
    ("no JSON", b"{"),
    ("nothing", b""),
    ("not UTF-8", b'{"email": "\xff\xfe"}'),
    ("UTF-16", '{"email": "a"}'.encode("utf-16")),
    ("zero bytes", (b'{"email": "a\\u0000b", "password": "a\\u0000", "refresh_token": "\\u0000", "upTo": "\\u0000",'
     b' "access_token": "\\u0000", "device_fingerprint": "12345678\\u0000", "notes": "a\\u0000", "content": "\\u0000",'
     b' "action": "clock_in", "location": "\\u0000", "tempId": "12345678\\u0000"}')),
    ("half a character", (b'{"email": "\\ud800", "password": "\\ud800", "refresh_token": "\\ud800", "upTo": "\\udfff",'
     b' "access_token": "\\ud800", "device_fingerprint": "\\ud800", "notes": "\\ud800", "content": "\\ud800",'
     b' "action": "clock_in", "location": "\\ud800", "tempId": "\\ud800"}')),
    ("huge numbers", b'{"baseVersion": ' + b"9" * 4_000 + b', "notes": "x"}'),
    ("no numbers", b'{"baseVersion": NaN, "notes": "x"}'),
    ("a list", b"[]"),
    ("a number", b"1e999"),
    ("too long", b'{"content": "' + b"x" * 70_000 + b'"}'),
]  # fmt: skip
_WRITES = [
    (operation.method, operation.path) for operation in _OPERATIONS if operation.method.upper() in {"POST", "PUT"}
]


@pytest.mark.parametrize("body", [body for _, body in _BODIES], ids=[name for name, _ in _BODIES])
def test_no_body_breaks_the_server(served: Served, body: bytes) -> None:
    for method, path in _WRITES:
        headers = {} if path == "/api/mechanic/logout" else served.headers(IKE)
        where = path.format(session_id=demo_session("S05"), assignment_id=demo_session("S07"))
        query = "?grant_type=refresh_token" if path == "/auth/v1/token" else ""
        answer = served.client.request(
            method, where + query, content=body, headers={**headers, "Content-Type": "application/json"}
        )
        assert answer.status_code < 500, (path, answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()) >= {"error", "code"}


_IDS = [
    "0", "-1", "%00", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "a" * 3_000, "%ff%fe", "%F0%9F%94%A7", "' OR 1=1 --",
    "00000000-0000-0000-0000-000000000000", "C0DE0000-0000-0000-0000-000000000000", "{}", "%0d%0aX-A: b", "null",
]  # fmt: skip
_VALUES = [
    "", "%00", "%ff", "c2VxOjA%3D", "c2VxOjE4NDQ2NzQ0MDczNzA5NTUxNjE2", "9" * 400, "-1", "1e9", "NaN", "a" * 3_000,
    "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00.000Z~%00", "2026-11-23", "~",
    "9223372036854775808", "1", "c2VxOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
]  # fmt: skip


@pytest.mark.parametrize("bad_id", _IDS)
def test_no_id_breaks_the_server_or_finds_anything(served: Served, bad_id: str) -> None:
    for operation in _OPERATIONS:
        if "{" not in operation.path:
            continue
        where = operation.path.format(session_id=bad_id, assignment_id=bad_id, file_id=bad_id)
        answer = served.client.request(operation.method, where, headers=served.headers(IKE))
        assert answer.status_code in {307, 404, 405}, (where, answer.status_code, answer.text)


@pytest.mark.parametrize("value", _VALUES)
def test_no_query_breaks_the_server(served: Served, value: str) -> None:
    for operation in _OPERATIONS:
        where = operation.path.format(
            session_id=demo_session("S05"), assignment_id=demo_session("S07"), file_id=demo_session("S05")
        )
        for parameter in operation.query:
            answer = served.client.request(
                operation.method, f"{where}?{parameter.name}={value}", headers=served.headers(IKE)
            )
            assert answer.status_code < 500, (where, parameter.name, answer.text)

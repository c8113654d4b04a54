"""What connect errors mean, what a push must look like, and that no token gets out."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import RoomConnectError
from desktop.rtc.connecting import connect_failure
from desktop.rtc.events import SessionPushed
from desktop.rtc.redaction import guard_sdk_logs, redact
from desktop.rtc.room import session_push

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
SIGNAL = "engine: signal failure: "


@pytest.mark.parametrize(
    ("text", "code", "needs_token", "final"),
    [
        ("transport connection error: IO error: Connection refused (os error 111)", "media_unavailable", False, False),
        ("transport timed out", "media_unavailable", False, False),
        ("server error: 503 Service Unavailable - busy", "media_unavailable", False, False),
        ("handshake error: 500 Internal Server Error", "media_unavailable", False, False),
        ("failed to lookup address information: Name or service not known", "media_unavailable", False, False),
        (f"client error: 401 Unauthorized - invalid token: {TOKEN}, error: expired", "access_changed", True, False),
        ("client error: 401 Unauthorized - permissions denied", "access_changed", True, False),
        ("client error: 404 Not Found - requested room does not exist", "media_setup", True, True),
        ("client error: 400 Bad Request - no room name", "media_setup", False, True),
        ("failed to parse the url: relative URL without a base", "media_setup", False, True),
        ("invalid peer certificate: UnknownIssuer", "tls", False, True),
    ],
)
def test_a_connect_error_says_what_helps(text: str, code: str, *, needs_token: bool, final: bool) -> None:
    failure = connect_failure(SIGNAL + text)
    assert (failure.code, failure.needs_token, failure.final) == (code, needs_token, final)
    assert "eyJ" not in str(failure) + repr(failure) + failure.sentence


@given(st.text(), st.text(alphabet="abcXYZ019_.-", min_size=1))
def test_nothing_shaped_like_a_token_survives(around: str, tail: str) -> None:
    assert "eyJ" + tail not in redact(f"{around} eyJ{tail} {around}")


def test_the_sdks_own_log_lines_are_cut_too(caplog: pytest.LogCaptureFixture) -> None:
    guard_sdk_logs()
    guard_sdk_logs()
    logger = logging.getLogger("livekit")
    with caplog.at_level(logging.DEBUG, logger="livekit"):
        logger.error("invalid token: %s, error", TOKEN)
        logger.error("nothing to hide: %d", 7)
    assert [record.getMessage() for record in caplog.records] == [
        "invalid token: <token>, error",
        "nothing to hide: 7",
    ]
    assert len([item for item in logger.filters if type(item).__name__ == "_TokenFilter"]) == 1


def test_a_push_of_the_contracts_shape_is_taken() -> None:
    body = {"v": 1, "seq": 7, "sessionId": "s", "type": "plan.updated", "serverTime": "x", "data": {"planName": "P"}}
    assert session_push(json.dumps(body).encode()) == SessionPushed(7, "s", "plan.updated", {"planName": "P"})


@given(st.binary(max_size=200))
def test_rubbish_is_no_push(data: bytes) -> None:
    assert session_push(data) is None


@pytest.mark.parametrize("change", [{"v": 2}, {"seq": "7"}, {"type": None}, {"sessionId": 5}, {"filler": "x" * 14_000}])
def test_a_push_of_another_shape_is_dropped(change: dict[str, object]) -> None:
    body = {"v": 1, "seq": 7, "sessionId": "s", "type": "plan.updated", "data": {}}
    assert session_push(json.dumps(body | change).encode()) is None


def test_a_final_failure_is_an_error_with_a_sentence() -> None:
    assert RoomConnectError(final=True).sentence.startswith("Picture and sound are not reachable.")

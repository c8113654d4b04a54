"""Every answer that is not a success becomes the one sentence that tells a mechanic what to do."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backend.refusals import OPTIONAL, Endpoint, Refusal, error_of
from desktop.core.errors import SENTENCES, BaylinkError, RefusedError, ServerTroubleError

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def refuse(
    endpoint: Endpoint,
    status: int,
    body: object = None,
    *,
    retry_after: str | None = None,
    is_lean: bool = False,
    raw: bytes | None = None,
) -> BaylinkError:
    content = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
    return error_of(Refusal(endpoint, status, content, "req-12345678", retry_after, is_lean, NOW))


def test_the_code_decides_whatever_its_case() -> None:
    error = refuse(Endpoint.JOIN, 409, {"error": "x", "code": "WAIVER_UNSIGNED"})
    assert isinstance(error, RefusedError)
    assert (error.code, error.status, error.reference) == ("waiver_unsigned", 409, "req-12345678")


@pytest.mark.parametrize(
    ("endpoint", "status", "code"),
    [
        (Endpoint.LOGIN, 401, "bad_credentials"),
        (Endpoint.JOIN, 400, "not_open_for_joining"),
        (Endpoint.JOIN, 404, "not_found"),
        (Endpoint.JOIN, 410, "session_ended"),
        (Endpoint.REFRESH, 400, "refresh_invalid"),
        (Endpoint.LIST, 401, "not_signed_in"),
        (Endpoint.LIST, 429, "rate_limited"),
        (Endpoint.LIST, 418, "unexpected"),
    ],
)
def test_without_a_code_the_endpoint_and_the_status_decide(endpoint: Endpoint, status: int, code: str) -> None:
    assert refuse(endpoint, status, raw=b"<html>no</html>").code == code


def test_server_trouble_and_redirects_are_worth_trying_again() -> None:
    for status in (301, 302, 307, 500, 502, 503):
        assert isinstance(refuse(Endpoint.LIST, status), ServerTroubleError)
    assert refuse(Endpoint.LIST, 503, {"error": "x", "code": "database_unavailable"}).code == "database_unavailable"


@pytest.mark.parametrize("status", [404, 405, 500, 501])
def test_what_a_lean_platform_lacks_is_told_apart_from_what_is_not_ours(status: int) -> None:
    for endpoint in OPTIONAL:
        assert refuse(endpoint, status, raw=b"Not Found", is_lean=True).code == "feature_missing"
        assert refuse(endpoint, status, raw=b"Not Found").code != "feature_missing"
    error = refuse(Endpoint.MESSAGES, 404, {"error": "Not found", "code": "not_found"}, is_lean=True)
    assert error.code == "not_found"


def test_a_waiting_time_is_told_in_words() -> None:
    error = refuse(Endpoint.LOGIN, 429, {"error": "x", "code": "rate_limited"}, retry_after="841")
    assert error.sentence == "Too many tries. You can try again in 15 minutes."
    assert error.details["retry_after_s"] == 841.0
    late = format(NOW + timedelta(seconds=30), "%a, %d %b %Y %H:%M:%S GMT")
    assert refuse(Endpoint.LOGIN, 429, retry_after=late).sentence.endswith("in 30 seconds.")
    assert refuse(Endpoint.LOGIN, 429, retry_after="soon").sentence.endswith("in a few minutes.")


def test_an_opening_time_is_told_by_the_clock_on_the_wall() -> None:
    error = refuse(Endpoint.JOIN, 409, {"code": "too_early", "error": "x", "opensAt": "2026-11-23T15:50:00.000Z"})
    local = datetime(2026, 11, 23, 15, 50, tzinfo=UTC).astimezone()
    assert error.sentence == f"You can join from {local:%H:%M}."
    assert refuse(Endpoint.JOIN, 409, {"code": "too_early", "opensAt": "later"}).sentence.startswith("You can join")


def test_an_unknown_refusal_shows_its_reference_and_nothing_of_the_server() -> None:
    error = refuse(Endpoint.LIST, 409, {"code": "quantum_flux", "error": "customer 77aa"})
    assert error.sentence == "Something went wrong (req-12345678)."


@given(
    endpoint=st.sampled_from(Endpoint),
    status=st.integers(300, 599),
    raw=st.one_of(st.binary(max_size=80), st.builds(lambda body: json.dumps(body).encode(), st.from_type(dict))),
    is_lean=st.booleans(),
    retry_after=st.one_of(st.none(), st.text(max_size=20)),
)
def test_whatever_a_server_answers_there_is_one_sentence(
    endpoint: Endpoint, status: int, raw: bytes, is_lean: bool, retry_after: str | None
) -> None:
    error = refuse(endpoint, status, raw=raw, is_lean=is_lean, retry_after=retry_after)
    assert error.sentence
    assert "{" not in error.sentence or error.code not in SENTENCES

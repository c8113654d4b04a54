"""The one-tap report: what a support person needs is in it, and nothing that opens a door or names a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.core.link import LinkState, Verdict
from desktop.core.redaction import scrub
from desktop.core.report import CallHistory, report_text
from tests.ui.call.states import CUSTOMER, MECHANIC, STATS, reconnecting, state, waiting

NOW = datetime(2026, 11, 22, 13, 47, tzinfo=UTC)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
tokens = st.text(LETTERS, min_size=12, max_size=60)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)


def _history() -> CallHistory:
    history = CallHistory()
    for second, told in enumerate((waiting(), state(), reconnecting(), state())):
        history.take(told, NOW + timedelta(seconds=second))
    return history


def _report(*log: str, texts: tuple[str, ...] = ()) -> str:
    return report_text(_history(), version="1.2.3", log=log, texts=texts, now=NOW + timedelta(minutes=1))


def test_the_report_tells_version_times_phases_notices_numbers_and_the_log() -> None:
    report = _report("13:46 INFO the room is gone: connection")
    for part in (
        "Version 1.2.3",
        "2026-11-22 13:48:00 UTC",
        "13:47:00 waiting, 2026-11-22 13:47:01 live, 2026-11-22 13:47:02 reconnecting",
        "reconnecting",
        "1684/912 0.2/0.0 46 1280x720@30 640x360@15 (none) 1",
        "the room is gone: connection",
    ):
        assert part in report


def test_only_the_last_minute_and_the_newest_lines_are_in_it() -> None:
    history = CallHistory()
    for second in range(200):
        told = state(link=LinkState(Verdict.GOOD, stats=replace(STATS, rx_kbps=1000.0 + second)))
        history.take(told, NOW + timedelta(seconds=second))
    assert [round(stats.rx_kbps) for _, stats in history.seconds] == list(range(1140, 1200))
    assert _report(*(f"line {number}" for number in range(500))).count("\nline ") == 80


def test_nobody_is_named_and_another_session_starts_anew() -> None:
    report = _report(f"hello {CUSTOMER.display_name}, {MECHANIC.display_name.upper()}", f"joined {CUSTOMER.identity}")
    for private in (*CUSTOMER.display_name.split(), *MECHANIC.display_name.split(), str(CUSTOMER.identity)[-12:]):
        assert private.lower() not in report.lower()
    history = _history()
    history.clear()
    assert "no call" in report_text(history, version="1", now=NOW)


@given(tokens, words, words)
def test_no_token_survives(token: str, before: str, after: str) -> None:
    assume(token not in before + after)
    for secret in (f"eyJ{token}", f"bl_at_{token}", f"bl_rt_{token}"):
        assert token not in _report(f"{before} invalid token: {secret}, error {after}")
    assert token not in _report(f"{before}Authorization: Bearer {token}")


@given(tokens, st.sampled_from(["password", "client_secret", "api_key", "LIVEKIT_API_SECRET", "refresh_token"]))
def test_no_password_survives(secret: str, key: str) -> None:
    for line in (f"{key}={secret}", f'{{"{key}": "{secret}"}}', f"{key}: {secret}"):
        assert secret not in _report(line)


@given(st.from_regex(r"[a-z0-9.+_-]{1,20}@[a-z0-9-]{1,12}\.[a-z]{2,6}", fullmatch=True), words)
def test_no_e_mail_survives(address: str, around: str) -> None:
    report = _report(f"{around} {address} {around}")
    assert address not in report


@given(words, words, words)
def test_no_chat_text_survives(text: str, before: str, after: str) -> None:
    said = text.strip()
    assume(len(said) >= 4)
    log = _report(f"{before}{said}{after}", texts=(text,)).partition("\nLog\n")[2]
    assert said not in log


@given(words, words)
def test_scrubbing_again_changes_nothing_that_matters(text: str, name: str) -> None:
    once = scrub(text, names=[name])
    assert scrub(once) == once

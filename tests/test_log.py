"""The log: what a support person needs, and nothing that opens a door."""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import qWarning

from desktop.core.redaction import redact
from desktop.log import Log

TOKEN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
tokens = st.text(TOKEN_LETTERS, min_size=12, max_size=60)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    before = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "asyncio")}
    installed = Log(tmp_path)
    yield installed
    installed.close()
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def fail(words: str) -> None:
    raise ValueError(words)


def written(folder: Path) -> str:
    return (folder / "baylink.log").read_text(encoding="utf-8")


@given(secret=tokens, before=words, after=words)
def test_no_token_survives_whatever_stands_around_it(secret: str, before: str, after: str) -> None:
    assume(secret not in before + after)
    assume(secret not in "access_token refresh_token sb-baylink-auth-token")
    for form in (
        f"eyJ{secret}.{secret}.{secret}",
        f"bl_at_{secret}",
        f"bl_rt_{secret}",
        f"Authorization: Bearer {secret}",
        f'{{"access_token": "{secret}"}}',
        f"{{'refresh_token': '{secret}'}}",
        f"sb-baylink-auth-token={secret}; Path=/",
        f"https://files.example/x?exp=1&sig={secret}",
    ):
        assert secret not in redact(f"{before} {form} {after}")


@given(password=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=8, max_size=40))
def test_no_password_survives_in_json(password: str) -> None:
    line = json.dumps({"email": "marisol@shop.example", "password": password, "n": 1}, ensure_ascii=False)
    cleaned = redact(line)
    assert json.dumps(password, ensure_ascii=False)[1:-1] not in cleaned.replace("[redacted]", "")


@given(words)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


def test_ordinary_lines_stay_readable() -> None:
    line = "GET /api/mechanic/active-sessions: 304 in 12 ms, request 6f0c9a52-0000-4000-8000-000000000000"
    assert redact(line) == line


def test_a_token_in_an_argument_a_traceback_or_the_sdk_never_reaches_the_file(log: Log, tmp_path: Path) -> None:
    token = "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl"
    logging.getLogger("desktop.rtc").warning("connect failed: %s", f"401 - invalid token: {token}")
    logging.getLogger("livekit").error("invalid token: %s", token)
    try:
        fail(f"Bearer {token}")
    except ValueError:
        logging.getLogger("desktop").exception("that failed")
    text = written(tmp_path)
    assert "connect failed" in text
    assert "invalid token: [redacted]" in text
    assert token not in text


def test_errors_that_nobody_caught_are_logged_and_bundled(log: Log, tmp_path: Path) -> None:
    logging.getLogger("desktop").info("signed in with bl_rt_abcdefgh1234")
    error = ValueError("password: hunter2-and-more")
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=lambda: 1 / 0, name="baylink-loop")
    thread.start()
    thread.join()
    text = written(tmp_path)
    assert "uncaught" in text
    assert "ZeroDivisionError" in text
    bundles = sorted((tmp_path / "crashes").glob("*.json"))
    assert len(bundles) == 2
    first = json.loads(bundles[0].read_text())
    assert any("ValueError" in line for line in first["traceback"])
    assert any("signed in with" in line for line in first["log"])
    for bundle in bundles:
        content = bundle.read_text()
        assert "hunter2" not in content
        assert "bl_rt_" not in content
        assert bundle.stat().st_mode & 0o077 == 0


def test_errors_in_the_loop_and_in_qt_are_logged_too(log: Log, tmp_path: Path) -> None:
    async def story() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(log.loop_error)
        loop.call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(story())
    qWarning("a widget lost its way")
    text = written(tmp_path)
    assert "ZeroDivisionError" in text
    assert "a widget lost its way" in text


def test_closing_gives_the_hooks_back(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    Log(tmp_path).close()
    assert logging.getLogger().handlers == before
    assert sys.excepthook is sys.__excepthook__


def test_only_the_newest_crashes_are_kept(log: Log, tmp_path: Path) -> None:
    for number in range(9):
        sys.excepthook(ValueError, ValueError(f"crash {number}"), None)
    bundles = sorted((tmp_path / "crashes").glob("*.json"))
    assert len(bundles) == 5
    assert "crash 8" in bundles[-1].read_text()

"""The rules of the server as pure pieces: names, plans, endings, limits, faults, lean forms, the schema."""

import asyncio
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from desktop.backend.wire import EndAnswer, EndSession, Participant
from desktop.core.people import MechanicId
from desktop.core.text import usable_name
from desktop.joinserver import names, plans, rules
from desktop.joinserver.__main__ import main
from desktop.joinserver.answers import etag, lean
from desktop.joinserver.broker import Broker
from desktop.joinserver.effects import Hint
from desktop.joinserver.engines import migrate, open_engine
from desktop.joinserver.errors import ApiError
from desktop.joinserver.faults import Fault, Faults
from desktop.joinserver.limits import Call, RateLimiter
from desktop.joinserver.tables import Table
from tests.fixtures.joinserver import Kind
from tests.fixtures.postgres import cluster

_MAYBE_TEXT = st.none() | st.text(max_size=40)


@given(_MAYBE_TEXT, _MAYBE_TEXT, _MAYBE_TEXT, _MAYBE_TEXT)
def test_a_shown_name_is_always_usable_and_from_the_first_source_that_is(
    full: str | None, metadata: str | None, own: str | None, guest: str | None
) -> None:
    shown = names.customer_name(full, metadata, own, guest)
    assert usable_name(shown) == shown or shown == "Customer"
    first = next((name for value in (full, metadata, own, guest) if (name := usable_name(value))), "Customer")
    assert shown == first


@given(st.text(string.ascii_lowercase + "-0123456789", max_size=20), st.sampled_from(["chat", "video", "diagnostic"]))
def test_a_plan_always_has_a_name_and_minutes(slug: str, kind: str) -> None:
    key = plans.plan_key(slug, kind)
    assert plans.plan_name(key, kind, None)
    assert plans.planned_minutes(None, key, kind, None) > 0


@pytest.mark.parametrize(
    ("plan", "kind"),
    [
        ("chat10", "chat"), ("quick", "chat"), ("trial-free", "chat"), ("diagnostic", "diagnostic"),
        ("pre-inspection", "diagnostic"), ("standard", "video"), (None, "video"),
    ],
)  # fmt: skip
def test_a_session_without_a_type_takes_it_from_its_plan(plan: str | None, kind: str) -> None:
    assert plans.session_type(None, plan) == kind
    assert plans.session_type("video", plan) == "video"


def test_frozen_minutes_win_over_every_plan() -> None:
    row = plans.PlanRow("Any", 90, is_active=True)
    assert plans.planned_minutes(45, "any", "chat", row) == 45
    assert plans.planned_minutes(None, "any", "chat", row) == 90
    assert plans.planned_minutes(0, "any", "chat", plans.PlanRow("Any", 90, is_active=False)) == 30


_NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@given(st.integers(0, 4 * 3_600 - 1))
def test_only_time_up_and_the_limit_end_a_live_session_by_themselves(seconds: int) -> None:
    now = _NOW + timedelta(seconds=seconds)
    ending = rules.ending_of_live(_NOW, _NOW + timedelta(hours=4), now)
    assert (ending is not None) == (seconds >= 3 * 3_600)
    assert ending is None or ending.reason == "time_limit"


@pytest.mark.parametrize(
    ("minutes", "signed", "reason"),
    [(9, False, None), (10, False, "waiver_no_show"), (59, True, None), (60, True, "nobody_came")],
)
def test_a_booked_session_that_nobody_begins(minutes: int, signed: bool, reason: str | None) -> None:
    ending = rules.ending_of_scheduled(_NOW, _NOW + timedelta(minutes=minutes), waiver_signed=signed)
    assert (ending.reason if ending else None) == reason


def test_the_limiter_lets_a_burst_through_and_refills_evenly() -> None:
    now = 0.0
    limiter = RateLimiter(lambda: now)

    def take(caller: str) -> None:
        asyncio.run(limiter.take(Call("send", caller, 60, burst=20)))

    for _ in range(20):
        take("me")
    with pytest.raises(ApiError) as refused:
        take("me")
    assert refused.value.retry_after_s == 1
    take("you")
    now = 1.0
    take("me")


def test_a_fault_hits_its_route_as_often_as_asked() -> None:
    faults = Faults()
    faults.add(Fault("POST /api/chat/*", "status", count=2))
    hits = [faults.next_for("POST", "/api/chat/send-message") is not None for _ in range(3)]
    assert hits == [True, True, False]
    assert faults.next_for("GET", "/api/chat/session-info") is None


def test_event_streams_are_three_a_mechanic_and_miss_nothing_kept() -> None:
    broker, me = Broker(), MechanicId("m1")
    first, *others = [broker.open(me, f"login-{number}", None) for number in range(4)]
    assert first.lines.get_nowait() is None, "the oldest closes"
    broker.publish(Hint(me, "session", {"sessionId": "s", "status": "live", "version": 2}))
    line = others[0].lines.get_nowait()
    assert line is not None
    last_id = line.splitlines()[0].removeprefix("id: ")
    for number in range(3):
        broker.publish(Hint(None, "assignment", {"assignmentId": str(number), "change": "new"}))
    broker.publish(Hint(MechanicId("m2"), "me", {}))
    again = broker.open(me, "login-9", last_id)
    assert again.lines.qsize() == 3
    for _ in range(300):
        broker.publish(Hint(me, "me", {}))
    late = broker.open(me, "login-10", last_id)
    assert "event: resync" in (late.lines.get_nowait() or "")
    assert late.lines.empty()


def test_a_lean_answer_has_the_platforms_fields_only() -> None:
    answer = EndAnswer(
        message="Session completed", session=EndSession(id="s", status="completed"), semantic_result="completed",
        plan_name="Standard Video", participants=(Participant(role="mechanic", display_name="M"),),
    )  # fmt: skip
    assert set(lean(answer)) == {"success", "message", "session", "semantic_result"}
    assert set(answer.to_wire()) > set(lean(answer))


def test_an_etag_ignores_server_time_and_signed_links() -> None:
    def body(time: str, url: str, name: str) -> dict[str, object]:
        return {"serverTime": time, "files": [{"url": url, "url_expires_at": time, "name": name}]}

    assert etag(body("1", "a", "x")) == etag(body("2", "b", "x"))
    assert etag(body("1", "a", "x")) != etag(body("1", "a", "y"))


def test_the_migrations_make_exactly_the_tables_of_the_models(tmp_path: Path, database: Kind) -> None:
    name = cluster().make() if database == "postgres" else None
    engine = open_engine(cluster().url(name) if name else f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
        if name is None:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    if name is not None:
        cluster().drop(name)


def test_several_workers_are_refused_without_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--data-dir", str(tmp_path / "js"), "--workers", "2"]) == 2
    assert "several workers need PostgreSQL" in capsys.readouterr().err

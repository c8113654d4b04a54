"""Acceptance cases of the list, in the app: only 304 while nothing changes, and an absent server is no empty list."""

from pathlib import Path

import httpx
import pytest

from desktop.core.board import Freshness
from desktop.core.errors import RefusedError
from desktop.core.session import SessionKind, SessionStatus
from tests.acceptance.desk import desk
from tests.fixtures.joinserver import IKE
from tests.virtual_time import in_loop


def unplugged(request: httpx.Request) -> httpx.Response | None:
    raise httpx.ConnectError("unplugged", request=request)


@in_loop
async def test_ac_44_a_list_without_changes_costs_only_304_and_a_new_one_shows_in_time_in_the_app(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in(IKE)
        app.line.statuses.clear()
        await app.pass_time(25)
        assert len(app.line.statuses) >= 6
        assert set(app.line.statuses) == {304}
        before = {row.id for row in app.list().rows}
        async with await app.platform.direct() as office:
            made = await office.post("/api/dev/sessions", json={"type": "chat", "status": "pending"})
            assert made.status_code == 201
        await app.pass_time(12)
        assert len({row.id for row in app.list().rows} - before) == 1


@in_loop
async def test_ac_45_a_server_that_is_down_leaves_the_last_list_with_its_age_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        rows, loaded_at_s = app.list().rows, app.list().loaded_at_s
        app.line.answering = unplugged
        await app.pass_time(45)
        assert app.list().freshness is Freshness.STALE
        assert app.list().rows == rows
        assert app.list().loaded_at_s is not None
        assert loaded_at_s is not None
        app.line.answering = None
        await app.pass_time(60)
        assert app.list().freshness is Freshness.FRESH
        assert (app.list().loaded_at_s or 0) > loaded_at_s


@in_loop
async def test_ac_45_a_truly_empty_list_is_told_apart_from_one_that_never_came_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:

        def empty(request: httpx.Request) -> httpx.Response | None:
            if request.url.path.endswith(("active-sessions", "queue", "history")):
                return httpx.Response(200, json={}, headers={"X-Baylink-Api": "1"})
            return None

        def no_list(request: httpx.Request) -> httpx.Response | None:
            return unplugged(request) if request.url.path.endswith("active-sessions") else None

        app.line.answering = no_list
        await app.sign_in()
        assert app.list().freshness is Freshness.NEVER_LOADED
        app.line.answering = empty
        app.board.refresh_now()
        await app.pass_time(2)
        assert app.list().freshness is Freshness.FRESH
        assert app.list().rows == ()


@in_loop
async def test_ac_51_unknown_kinds_states_and_fields_do_no_harm_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        odd = {
            "sessions": [
                {"id": "a", "type": "hologram", "status": "live", "createdAt": "2026-11-23T13:00:00Z", "x": {"y": []}},
                {"id": "b", "type": "video", "status": "teleported", "createdAt": "2026-11-23T13:00:00Z"},
                {"id": "c", "type": "video", "status": "waiting", "createdAt": "2026-11-23T13:00:00.5+02:00"},
            ],
            "weather": "fine",
        }
        app.line.answering = lambda request: (
            httpx.Response(200, json=odd, headers={"X-Baylink-Api": "1"})
            if request.url.path.endswith("active-sessions")
            else None
        )
        app.board.refresh_now()
        await app.pass_time(2)
        rows = {str(row.id): row for row in app.list().rows}
        assert app.list().freshness is Freshness.FRESH
        assert (rows["a"].kind, rows["a"].joinable) == (SessionKind.UNKNOWN, False)
        assert (rows["b"].status, rows["b"].joinable) == (SessionStatus.UNKNOWN, False)
        assert (rows["c"].joinable, rows["c"].customer_name, rows["c"].plan_name) == (True, "Customer", "Session")


@in_loop
async def test_ac_38_a_second_session_is_refused_with_a_way_to_the_first_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        dana = next(row for row in app.list().rows if row.status is SessionStatus.WAITING)
        request = next(row for row in app.list().rows if row.assignment_id is not None)
        await app.board.accept(request.id)
        band = app.list().band
        assert band is not None
        assert band.title == "You are still in a session with Dana Whitlock. End it before opening another."
        assert band.action is not None
        assert app.list().band_session == dana.id


@in_loop
async def test_ac_07_a_session_that_is_not_ones_own_is_refused_with_the_right_sentence_in_the_app(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        foreign = app.list().rows[0].id
        await app.account.sign_out()
        await app.sign_in(IKE)
        with pytest.raises(RefusedError) as refused:
            await app.client.join(foreign, "bay3-6f0c9a52", "video")
        app.board.join_refused(refused.value)
        band = app.list().band
        assert band is not None
        assert band.title == "This session is not available to you."

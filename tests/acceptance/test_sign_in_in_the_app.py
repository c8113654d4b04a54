"""Acceptance cases of the sign-in, in the app: renewal, a login used twice, suspension, version, the next one."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from desktop.core.account import AccountPhase
from desktop.core.errors import SENTENCES, SignedOutError
from desktop.core.people import SessionId
from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.acceptance.desk import desk
from tests.fixtures.joinserver import IKE, TEODOR
from tests.virtual_time import in_loop


@in_loop
async def test_ac_46_ten_calls_with_an_expired_token_cost_one_renewal_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        session_id = app.list().rows[0].id
        await app.client.join(session_id, "bay3-6f0c9a52", "video")
        app.platform.clock.offset = timedelta(minutes=61)
        shown = len(app.account_states)
        app.line.seen.clear()
        states = await asyncio.gather(*(app.client.state(session_id) for _ in range(10)))
        assert len(states) == 10
        assert app.line.count("/auth/v1/token") == 1
        assert app.line.count("/api/auth/set-session") == 1
        assert app.who().phase is AccountPhase.SIGNED_IN
        assert len(app.account_states) == shown


@in_loop
async def test_ac_46_a_token_that_is_known_to_be_old_is_renewed_before_anything_is_refused_in_the_app(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        app.platform.watch.now_s += 3_590
        app.line.statuses.clear()
        await asyncio.gather(*(app.client.me() for _ in range(10)))
        assert 401 not in app.line.statuses
        assert app.line.count("/auth/v1/token") == 1


@in_loop
async def test_ac_46_an_answer_lost_on_its_way_does_not_cost_the_login_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        lost = iter([True])

        def lose(request: httpx.Request) -> httpx.Response | None:
            if request.url.path == "/auth/v1/token" and next(lost, False):
                raise httpx.ReadError("unplugged", request=request)
            return None

        app.line.losing = lose
        app.platform.watch.now_s += 3_600
        await app.client.me()
        assert app.line.count("/auth/v1/token") == 2
        assert app.who().phase is AccountPhase.SIGNED_IN


@in_loop
async def test_ac_47_a_login_used_in_two_places_asks_for_a_sign_in_and_keeps_the_session_in_the_app(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        await asyncio.sleep(0)
        grant = await app.client.join(app.list().rows[0].id, "bay3-6f0c9a52", "video")
        copied = app.keeper.token
        assert copied is not None
        app.platform.watch.now_s += 3_600
        await app.client.me()
        app.platform.clock.offset = timedelta(seconds=30)
        thief = app.platform.client()
        with pytest.raises(SignedOutError, match="refresh_reused"):
            await thief.restore(copied)
        app.account.call_changed(in_call=True)
        await app.pass_time(30)
        assert app.who().phase is AccountPhase.SIGNED_OUT
        assert app.who().interrupted
        assert app.who().error in {SENTENCES["refresh_reused"], SENTENCES["refresh_invalid"]}
        assert app.keeper.token is None
        assert app.list().rows
        await app.sign_in()
        assert app.who().phase is AccountPhase.SIGNED_IN
        assert not app.who().interrupted
        sent = await app.client.send_message(grant.session_id, "Here again.", "0f6b2c1e-4100-4000-8000-000000000000")
        assert sent.sender == grant.identity


@in_loop
async def test_ac_48_a_suspended_mechanic_reads_why_and_is_not_let_in_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in(TEODOR)
        assert app.who().phase is AccountPhase.SIGNED_OUT
        assert app.who().error == "This account is paused. Ask the shop office."
        assert app.keeper.token is None
        await app.sign_in(TEODOR, "wrong")
        assert app.who().error == "That e-mail and password do not match."


@in_loop
async def test_ac_48_a_suspension_while_signed_in_logs_out_at_the_next_call_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in(IKE)
        mechanic = app.who().mechanic
        assert mechanic is not None
        async with await app.platform.direct() as office:
            changed = await office.patch(f"/api/dev/mechanics/{mechanic.id}", json={"accountStatus": "suspended"})
            assert changed.status_code == 200
        await app.pass_time(15)
        assert app.who().phase is AccountPhase.SIGNED_OUT
        assert app.who().error == "This account is paused. Ask the shop office."
        assert app.keeper.token is None
        assert app.list().rows == ()


@in_loop
async def test_ac_51_a_server_of_a_newer_version_stops_at_the_sign_in_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        inner = app.line._inner

        class Newer(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                answer = await inner.handle_async_request(request)
                answer.headers["X-Baylink-Api"] = "2"
                return answer

        app.line._inner = Newer()
        await app.sign_in()
        assert app.who().phase is AccountPhase.SIGNED_OUT
        assert app.who().error == SENTENCES["api_too_new"]
        assert app.keeper.token is None


@in_loop
async def test_ac_57_the_next_mechanic_finds_nothing_of_the_former_one_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in()
        former = {row.id for row in app.list().rows if row.assignment_id is None}
        session_id = app.list().rows[0].id
        await app.client.join(session_id, "bay3-6f0c9a52", "video")
        await app.account.sign_out()
        assert app.list().rows == ()
        assert app.list().mechanic is None
        assert app.keeper.token is None
        assert app.who().email == ""
        cookies_after = [request.headers.get("Cookie") for request in app.line.seen[-1:]]
        before = len(app.line.seen)
        await app.sign_in(IKE)
        assert app.who().mechanic is not None
        assert not former & {row.id for row in app.list().rows}
        assert all(
            state.mechanic is None or not state.rows or state.mechanic.name == "Ike Brannigan"
            for state in app.board_states[-3:]
        )
        assert "Cookie" not in app.line.seen[before].headers
        assert cookies_after == [None]
        assert SessionId(session_id) not in app.client._known.grants


@in_loop
async def test_ac_57_a_sign_out_without_a_network_wipes_as_well_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path) as app:
        await app.sign_in(IKE, DEMO_PASSWORD)

        def unplugged(request: httpx.Request) -> httpx.Response | None:
            raise httpx.ConnectError("unplugged", request=request)

        app.line.answering = unplugged
        await app.account.sign_out()
        assert app.who().phase is AccountPhase.SIGNED_OUT
        assert app.keeper.token is None
        assert app.list().rows == ()

"""Acceptance cases of the lean platform, in the app: its smaller answers are enough for a whole session."""

import itertools
from pathlib import Path

import httpx
import pytest

from desktop.backend.transport import PlatformAddress
from desktop.core.errors import OfflineError, SignedOutError
from desktop.core.people import Role
from desktop.core.session import SessionStatus
from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.acceptance.desk import desk
from tests.backend.platform import Listener
from tests.fixtures.joinserver import BASE_URL, LIVEKIT_URL, MARISOL
from tests.virtual_time import in_loop

DEVICE = "bay3-6f0c9a52"
TEMP_ID = "0f6b2c1e-4100-4000-8000-000000000000"


def lose(request: httpx.Request) -> httpx.Response | None:
    raise httpx.ReadError("unplugged", request=request)


@in_loop
async def test_ac_49_sign_in_list_join_chat_and_end_work_on_a_lean_platform_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path, lean=True) as app:
        await app.sign_in()
        assert app.client.is_lean
        assert app.who().mechanic is not None
        dana = next(row for row in app.list().rows if row.customer_name == "Dana Whitlock")
        grant = await app.client.join(dana.id, DEVICE, "video")
        assert grant.is_lean
        names = {person.role: person.display_name for person in grant.directory.people}
        assert names == {Role.MECHANIC: "Marisol Quintero", Role.CUSTOMER: "Dana Whitlock"}
        assert grant.plan_name == dana.plan_name
        assert grant.timer.ends_at is None
        assert grant.vehicle is not None
        assert grant.concern.startswith("Grinding")
        stranger = grant.directory.person("77aa-no-prefix")
        assert stranger.role is Role.CUSTOMER
        sent = await app.client.send_message(dana.id, "It squeals", TEMP_ID)
        read = (await app.client.messages(dana.id)).messages
        assert [message.key for message in read] == [sent.key]
        state = await app.client.state(dana.id)
        assert state.status is SessionStatus.WAITING
        completion = await app.client.end(dana.id)
        assert (completion.mechanic_name, completion.customer_name) == ("Marisol Quintero", "Dana Whitlock")
        assert completion.ended_by == "mechanic"


@in_loop
async def test_ac_49_what_a_lean_platform_lacks_is_asked_for_once_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path, lean=True) as app:
        await app.sign_in()
        row = app.list().rows[0]
        await app.client.join(row.id, DEVICE, "video")
        for _ in range(3):
            await app.client.state(row.id)
        await app.pass_time(30)
        assert app.line.count("/state") == 1
        assert app.line.count("/events") == 1


@in_loop
async def test_ac_49_a_lost_answer_never_sends_a_line_or_an_end_twice_to_a_lean_platform_in_the_app(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, lean=True) as app:
        await app.sign_in()
        row = app.list().rows[0]
        await app.client.join(row.id, DEVICE, "video")
        app.line.losing = lose
        with pytest.raises(OfflineError):
            await app.client.send_message(row.id, "hello", TEMP_ID)
        with pytest.raises(OfflineError):
            await app.client.end(row.id)
        assert app.line.count("send-message") == 1
        assert app.line.count("/end") == 1


@in_loop
async def test_ac_49_missing_requests_are_told_once_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path, lean=True) as app:
        app.line.answering = lambda request: (
            httpx.Response(404, text="Not Found", request=request) if request.url.path.endswith("/queue") else None
        )
        await app.sign_in()
        await app.pass_time(60)
        told = {state.band.title for state in app.board_states if state.band is not None}
        assert told == {"Requests are not available here."}
        bands = [state.band is not None for state in app.board_states]
        assert sum(now and not before for before, now in itertools.pairwise(bands)) == 1
        assert app.list().band is None
        assert app.line.count("/queue") == 1


@in_loop
async def test_ac_50_the_media_address_of_the_settings_is_used_on_a_lean_platform_in_the_app(tmp_path: Path) -> None:
    async with desk(tmp_path, lean=True) as app:
        await app.sign_in()
        grant = await app.client.join(app.list().rows[0].id, DEVICE, "video")
        assert grant.server_url == LIVEKIT_URL
        assert grant.token
        assert grant.media_error is None


@in_loop
async def test_ac_50_without_a_media_address_the_sentence_comes_and_nothing_else_is_lost_in_the_app(
    tmp_path: Path,
) -> None:
    address = PlatformAddress(BASE_URL, plain_loopback=True)
    async with desk(tmp_path, lean=True, address=address) as app:
        await app.sign_in(password=DEMO_PASSWORD)
        row = app.list().rows[0]
        grant = await app.client.join(row.id, DEVICE, "video")
        assert grant.server_url is None
        assert grant.media_error == "no_media_server"
        assert grant.directory.by_role(Role.CUSTOMER) is not None
        assert (await app.client.send_message(row.id, "still here", TEMP_ID)).text == "still here"


@in_loop
async def test_ac_49_a_platform_that_renews_no_sign_in_warns_five_minutes_before_its_end_in_the_app(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, lean=True) as app:
        app.line.answering = lambda request: (
            httpx.Response(404, text="Not Found", request=request) if request.url.path == "/auth/v1/token" else None
        )
        listener = Listener()
        app.client.listener = listener
        await app.client.sign_in(MARISOL, DEMO_PASSWORD)
        app.platform.watch.now_s += 3_600 - 301
        await app.client.board()
        assert listener.warnings == 0
        app.platform.watch.now_s += 2
        for _ in range(3):
            await app.client.board()
        assert (listener.warnings, listener.ended) == (1, [])
        assert app.line.count("/auth/v1/token") == 1
        app.platform.watch.now_s += 300
        with pytest.raises(SignedOutError):
            await app.client.board()
        assert [error.code for error in listener.ended] == ["token_expired"]

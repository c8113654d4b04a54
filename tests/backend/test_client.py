"""The client against the real join server: what it sends, what it never sends, and what comes back."""

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from desktop.backend import wire
from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.core.chat import Delivery
from desktop.core.errors import OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.people import Role, SessionId
from desktop.core.session import SessionKind, SessionStatus
from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.backend.platform import Line, Listener, Platform, platform
from tests.fixtures.joinserver import BASE_URL, IKE, LIVEKIT_URL, MARISOL
from tests.virtual_time import in_loop

DEVICE = "bay3-6f0c9a52"
TEMP_ID = "0f6b2c1e-4100-4000-8000-000000000000"


def cut(request: httpx.Request) -> httpx.Response | None:
    raise httpx.ConnectError("unplugged", request=request)


def first(
    times: int, fault: Callable[[httpx.Request], httpx.Response | None], path: str = ""
) -> Callable[[httpx.Request], httpx.Response | None]:
    """Return a fault that happens only the first times a path is asked for."""
    left = [times]

    def answer(request: httpx.Request) -> httpx.Response | None:
        if left[0] and request.url.path.endswith(path):
            left[0] -= 1
            return fault(request)
        return None

    return answer


async def note_hints(client: BackendClient, hints: list[str]) -> None:
    async for hint in client.events():
        hints.append(hint.kind.value)  # noqa: PERF401 - what came before the stream broke is wanted


async def session_of(running: Platform, customer: str) -> tuple[Line, SessionId]:
    """Sign in the practice mechanic on a line of its own; return it with the id of a session."""
    line = running.line()
    client = running.client(line)
    await client.sign_in(MARISOL, DEMO_PASSWORD)
    rows = (await client.board()).rows
    return line, next(row.id for row in rows if row.customer_name == customer)


@in_loop
async def test_signing_in_tells_who_it_is_and_hands_out_the_token_to_keep(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        listener = Listener()
        client = running.client(listener=listener)
        mechanic = await client.sign_in(MARISOL.upper(), DEMO_PASSWORD)
        assert mechanic.name == "Marisol Quintero"
        assert len(listener.tokens) == 1
        assert not client.is_lean
        assert "@" not in repr(mechanic)


@in_loop
async def test_a_wrong_password_and_an_unknown_address_read_the_same(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        for email, password in ((MARISOL, "wrong"), ("nobody@shop.example", DEMO_PASSWORD), ("x" * 300, "y" * 200)):
            with pytest.raises(RefusedError) as refused:
                await running.client().sign_in(email, password)
            assert refused.value.sentence == "That e-mail and password do not match."


@in_loop
async def test_the_list_holds_sessions_requests_and_what_ended_with_real_names(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        client = running.client()
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        listing = await client.board()
        by_name = {row.customer_name: row for row in reversed(listing.rows)}
        dana = by_name["Dana Whitlock"]
        assert (dana.kind, dana.status, dana.joinable) == (SessionKind.VIDEO, SessionStatus.WAITING, True)
        assert dana.vehicle is not None
        assert dana.vehicle.title == "2016 Subaru Outback"
        assert dana.concern.startswith("Grinding")
        assert by_name["Customer"].assignment_id is not None
        assert by_name["林 美咲"].status is SessionStatus.COMPLETED
        shown = " ".join(f"{row.customer_name} {row.plan_name} {row.concern}" for row in listing.rows)
        assert "@" not in shown
        assert "\u202e" not in shown


@in_loop
async def test_a_list_without_changes_costs_only_304(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        client = running.client(line)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        before = await client.board()
        line.statuses.clear()
        assert (await client.board()).rows == before.rows
        assert set(line.statuses) == {304}


@in_loop
async def test_one_join_request_is_enough_for_the_whole_page(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        line.seen.clear()
        grant = await client.join(session_id, DEVICE, "video")
        assert len(line.seen) == 1
        assert grant.server_url == LIVEKIT_URL
        assert [person.display_name for person in grant.directory.people] == ["Marisol Quintero", "Dana Whitlock"]
        assert (grant.plan_name, grant.timer.planned_minutes) == ("Standard Video", 45)
        assert grant.vehicle is not None
        assert grant.room_ready
        assert grant.token not in repr(grant)


@in_loop
async def test_a_foreign_session_is_not_available(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        _, session_id = await session_of(running, "Dana Whitlock")
        other = running.client()
        await other.sign_in(IKE, DEMO_PASSWORD)
        for work in (other.join(session_id, DEVICE), other.state(session_id), other.end(session_id)):
            with pytest.raises(RefusedError) as refused:
                await work
            assert refused.value.sentence == "This session is not available to you."


@in_loop
async def test_the_running_session_is_named_when_another_is_opened(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        _, _ = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        rows = (await client.board()).rows
        request = next(row for row in rows if row.assignment_id is not None)
        assert request.assignment_id is not None
        with pytest.raises(RefusedError) as refused:
            await client.accept(request.assignment_id)
        assert refused.value.sentence == (
            "You are still in a session with Dana Whitlock. End it before opening another."
        )
        assert refused.value.details["active_session_id"]


@in_loop
async def test_who_is_missing_is_named_when_a_session_cannot_start(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        _, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        grant = await client.join(session_id, DEVICE, "video")
        running.rooms.enter(grant.room_name, grant.identity)
        with pytest.raises(RefusedError) as refused:
            await client.start(session_id)
        assert refused.value.sentence == "Waiting for Dana Whitlock."


@in_loop
async def test_a_message_is_stored_once_however_often_it_is_sent(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        await client.join(session_id, DEVICE, "video")
        line.losing = first(2, cut, "send-message")
        sent = await client.send_message(session_id, "It squeals <only> when cold & wet", TEMP_ID)
        assert line.count("send-message") == 3
        assert (sent.id, sent.delivery, sent.role) == (TEMP_ID, Delivery.SENT, Role.MECHANIC)
        page = await client.messages(session_id)
        assert [message.text for message in page.messages] == ["It squeals <only> when cold & wet"]
        assert page.messages[0].key == sent.key
        later = await client.messages(session_id, after=page.after)
        assert later.messages == ()


@in_loop
async def test_a_message_that_is_too_long_says_by_how_much(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        _, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        with pytest.raises(RefusedError) as refused:
            await client.send_message(session_id, "x" * 2_012, TEMP_ID)
        assert refused.value.sentence == "That is 12 characters too long."
        with pytest.raises(RefusedError) as refused:
            await client.send_message(session_id, "", TEMP_ID)
        assert refused.value.sentence == "There is nothing to send."


@in_loop
async def test_the_end_names_both_and_a_repeat_reads_the_same_end(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        await client.join(session_id, DEVICE, "video")
        line.losing = first(1, cut, "/end")
        completion = await client.end(session_id)
        assert line.count("/end") == 2
        assert (completion.mechanic_name, completion.customer_name) == ("Marisol Quintero", "Dana Whitlock")
        assert completion.plan_name == "Standard Video"
        assert completion.ended_by == "mechanic"
        assert completion.started_at is None
        with pytest.raises(RefusedError) as refused:
            await client.join(session_id, DEVICE, "video")
        assert refused.value.sentence == "This session has ended. You can still read it."


@in_loop
async def test_every_request_says_what_it_is_and_has_a_number_of_its_own(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line, _ = await session_of(running, "Dana Whitlock")
        assert {request.headers[wire.CLIENT_HEADER] for request in line.seen} == {"0.1.0"}
        ids = [request.headers[wire.REQUEST_ID_HEADER] for request in line.seen]
        assert len(set(ids)) == len(ids)


@in_loop
async def test_no_secret_stands_in_a_url_or_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "desktop.backend")
    async with platform(tmp_path) as running:
        listener = Listener()
        line = running.line()
        client = running.client(line, listener=listener)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        running.watch.now_s += 3_600
        await client.board()
        secrets = [DEMO_PASSWORD, *listener.tokens]
        secrets += [request.headers.get("Authorization", "Bearer none").split()[1] for request in line.seen]
        for secret in set(secrets) - {"none"}:
            assert secret not in caplog.text
            assert all(secret not in str(request.url) for request in line.seen)


@in_loop
async def test_sr_32_tokens_go_to_the_two_known_hosts_only_and_redirects_nowhere(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        client = running.client(line)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        line.answering = lambda request: httpx.Response(
            307, headers={"Location": "https://evil.example/"}, request=request
        )
        with pytest.raises(ServerTroubleError):
            await client.board()
        assert {request.url.host for request in line.seen} == {"127.0.0.1"}


@in_loop
async def test_sr_32_the_bearer_never_goes_to_the_host_that_only_renews_tokens(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        address = PlatformAddress(BASE_URL, auth_base_url="http://127.0.0.2:9999", api_key="anon", plain_loopback=True)
        client = running.client(line, address=address)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        running.watch.now_s += 3_600
        await client.board()
        renewals = [request for request in line.seen if request.url.host == "127.0.0.2"]
        assert [request.url.path for request in renewals] == ["/auth/v1/token"]
        assert renewals[0].headers["apikey"] == "anon"
        assert "Authorization" not in renewals[0].headers
        assert "Cookie" not in renewals[0].headers
        others = [request for request in line.seen if request.url.host != "127.0.0.2"]
        assert all("apikey" not in request.headers for request in others)


@in_loop
async def test_a_short_gap_in_the_network_is_bridged_and_a_long_one_is_told(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        line.answering = first(2, cut, "/join")
        assert (await client.join(session_id, DEVICE, "video")).token
        line.answering = cut
        with pytest.raises(OfflineError):
            await client.join(session_id, DEVICE, "video")


@in_loop
async def test_an_answer_that_is_no_answer_is_the_servers_trouble(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line, session_id = await session_of(running, "Dana Whitlock")
        client = running._clients[-1]
        for body in (b"", b"<html>", b"[]", b'{"token":1}', json.dumps({"token": "eyJ"}).encode()):
            line.answering = lambda request, body=body: httpx.Response(200, content=body, request=request)
            with pytest.raises(ServerTroubleError):
                await client.join(session_id, DEVICE, "video")


@in_loop
async def test_sr_31_an_unknown_media_host_opens_no_call_but_the_chat_stays(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        client = running.client(address=PlatformAddress("http://127.0.0.9:1", plain_loopback=True))
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        rows = (await client.board()).rows
        grant = await client.join(rows[0].id, DEVICE, "video")
        assert grant.server_url is None
        assert grant.token == ""
        assert grant.media_error == "bad_media_host"
        assert (await client.send_message(rows[0].id, "still here", TEMP_ID)).text == "still here"


@in_loop
async def test_server_time_is_right_though_this_clock_is_not(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        client = running.client()
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        told = client.server_time.datetime_at(running.watch())
        assert abs((told - running.clock.now()).total_seconds()) < 2


@in_loop
async def test_a_late_answer_to_a_former_login_gets_nothing_of_the_next_one(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        listener = Listener()
        client = running.client(line, listener=listener)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        held, release = asyncio.Event(), asyncio.Event()
        inner = line._inner

        class Holding(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                if request.url.path.endswith("/state") and not release.is_set():
                    held.set()
                    await release.wait()
                    return httpx.Response(401, json={"error": "x", "code": "token_expired"}, request=request)
                return await inner.handle_async_request(request)

        line._inner = Holding()
        late = asyncio.create_task(client.state(SessionId("00000000-0000-4000-8000-000000000000")))
        await held.wait()
        await client.sign_in(IKE, DEMO_PASSWORD)
        release.set()
        with pytest.raises(SignedOutError):
            await late
        assert listener.ended == []
        assert (await client.me()).name == "Ike Brannigan"


@in_loop
async def test_hints_open_go_on_and_end_as_a_lost_line(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        client = running.client(line)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        line.answering = lambda request: (
            httpx.Response(200, content=b"id: 7\nevent: me\ndata: {}\n\n", headers={"X-Baylink-Api": "1"})
            if request.url.path.endswith("/events")
            else None
        )
        for _ in range(2):
            hints: list[str] = []
            with pytest.raises(OfflineError):
                await note_hints(client, hints)
            assert hints == ["opened", "me"]
        streams = [request for request in line.seen if request.url.path.endswith("/events")]
        assert [request.headers.get("Last-Event-ID") for request in streams] == [None, "7"]


@in_loop
async def test_unknown_kinds_and_missing_fields_are_shown_and_cannot_be_joined(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        client = running.client(line)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        item: dict[str, object] = {
            "id": "x-1",
            "type": "hologram",
            "status": "waiting",
            "createdAt": "2026-11-23T13:00:00Z",
            "new": [1],
        }
        odd = [item, {**item, "status": "teleported", "type": "video", "id": "x-2", "joinable": True}]
        line.answering = lambda request: (
            httpx.Response(200, json={"sessions": odd}, headers={"X-Baylink-Api": "1"})
            if request.url.path.endswith("active-sessions")
            else None
        )
        rows = (await client.board()).rows[:2]
        assert [row.joinable for row in rows] == [False, False]
        assert (rows[0].kind, rows[1].status) == (SessionKind.UNKNOWN, SessionStatus.UNKNOWN)
        assert (rows[0].customer_name, rows[0].plan_name, rows[0].kind_label) == ("Customer", "Session", "Hologram")

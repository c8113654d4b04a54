"""What is asked while there is doubt: whether the platform and the media server answer at all."""

from pathlib import Path

import httpx
import pytest

from desktop.joinserver.demo_data import DEMO_PASSWORD
from tests.backend.platform import platform
from tests.backend.test_client import cut
from tests.fixtures.joinserver import LIVEKIT_URL, MARISOL
from tests.virtual_time import in_loop


@pytest.mark.parametrize("lean", [False, True])
@in_loop
async def test_any_answer_of_the_platform_says_that_it_is_there(tmp_path: Path, *, lean: bool) -> None:
    async with platform(tmp_path, lean=lean) as running:
        line = running.line()
        client = running.client(line)
        assert await client.alive()
        line.answering = lambda request: httpx.Response(503, request=request)
        assert await client.alive()
        line.answering = cut
        assert not await client.alive()


@in_loop
async def test_a_media_server_counts_only_if_it_answers_itself(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        client = running.client(line)
        line.answering = lambda request: httpx.Response(200, text="OK", request=request)
        assert await client.media_alive(LIVEKIT_URL)
        assert str(line.seen[-1].url).startswith("http")
        line.answering = lambda request: httpx.Response(502, request=request)
        assert not await client.media_alive(LIVEKIT_URL)
        line.answering = cut
        assert not await client.media_alive(LIVEKIT_URL)


@in_loop
async def test_asking_whether_somebody_is_there_carries_no_login_and_goes_to_known_hosts_only(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        line = running.line()
        client = running.client(line)
        await client.sign_in(MARISOL, DEMO_PASSWORD)
        before = len(line.seen)
        assert await client.alive()
        await client.media_alive(LIVEKIT_URL)
        assert not await client.media_alive("wss://evil.example")
        asked = line.seen[before:]
        assert len(asked) == 2
        for request in asked:
            assert "Authorization" not in request.headers
            assert "Cookie" not in request.headers

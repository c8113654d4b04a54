"""How far away everything is: the platform by its health answer, the media server where anybody has told of one."""

from pathlib import Path

import httpx

from desktop.backend.transport import PlatformAddress
from desktop.core.check import Connection, MediaReach, Verdict
from tests.backend.platform import Platform, platform
from tests.fixtures.joinserver import BASE_URL
from tests.virtual_time import in_loop

_MEDIA_PORT = 7880


async def measured(running: Platform, *, took_s: float = 0.042, media: bool = True, api: bool = True) -> Connection:
    """Measure over a line on which every answer takes so long, and where parts may be away."""
    line = running.line()

    def answer(request: httpx.Request) -> httpx.Response | None:
        running.watch.now_s += took_s
        if request.url.port == _MEDIA_PORT:
            if not media:
                raise httpx.ConnectError("nobody is there", request=request)
            return httpx.Response(200, text="OK")
        if not api:
            raise httpx.ConnectError("nobody is there", request=request)
        return None

    line.answering = answer
    return await running.client(line).reach.test()


@in_loop
async def test_a_near_platform_reads_good_with_its_milliseconds(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        assert await measured(running) == Connection(Verdict.GOOD, 42, MediaReach.REACHED)


@in_loop
async def test_a_far_one_reads_weak(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        assert (await measured(running, took_s=0.74)).verdict is Verdict.WEAK


@in_loop
async def test_a_media_server_that_does_not_answer_is_told_apart_from_the_platform(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        assert await measured(running, media=False) == Connection(Verdict.GOOD, 42, MediaReach.AWAY)


@in_loop
async def test_without_a_network_there_is_no_connection_and_nothing_is_raised(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        assert await measured(running, api=False, media=False) == Connection(Verdict.NONE)


@in_loop
async def test_a_platform_without_a_health_answer_is_measured_all_the_same(tmp_path: Path) -> None:
    async with platform(tmp_path, lean=True) as running:
        assert (await measured(running)).verdict is Verdict.GOOD


@in_loop
async def test_where_nobody_has_told_of_a_media_server_the_platform_is_asked_for_it(tmp_path: Path) -> None:
    async with platform(tmp_path) as running:
        client = running.client(address=PlatformAddress(BASE_URL, plain_loopback=True))
        found = await client.reach.test()
        assert found.verdict is Verdict.GOOD
        assert found.media in {MediaReach.UNKNOWN, MediaReach.AWAY}

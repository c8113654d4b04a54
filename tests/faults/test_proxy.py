"""The bad network of these tests: it touches one client only, and does what real networks do."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from livekit import api, rtc

from tests.fixtures.fault_livekit import FaultyLiveKit
from tests.fixtures.fault_proxy import FaultProxy

pytestmark = pytest.mark.server


class Listener:
    """A plain client that notes when pictures come."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.seen_s: list[float] = []
        self._seen = asyncio.Event()
        self._readers: list[asyncio.Task[None]] = []
        self.room.on("track_subscribed", self._subscribed)

    def _subscribed(self, track: rtc.Track, _publication: object, _participant: object) -> None:
        if isinstance(track, rtc.RemoteVideoTrack):
            self._readers.append(asyncio.create_task(self._read(track)))

    async def _read(self, track: rtc.RemoteVideoTrack) -> None:
        stream = rtc.VideoStream(track, capacity=1)
        try:
            async for event in stream:
                if event.frame.width > 16:
                    self.seen_s.append(time.monotonic())
                    self._seen.set()
        finally:
            await stream.aclose()

    async def until_picture(self, within_s: float = 10) -> None:
        """Wait for a picture from now on."""
        self._seen.clear()
        async with asyncio.timeout(within_s):
            await self._seen.wait()

    async def leave(self) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await self.room.disconnect()


def _token(server: FaultyLiveKit, identity: str) -> str:
    access = api.AccessToken(server.keys.api_key, server.keys.api_secret)
    grants = api.VideoGrants(room_join=True, room="proxied")
    return access.with_identity(identity).with_ttl(timedelta(minutes=5)).with_grants(grants).to_jwt()


@contextlib.asynccontextmanager
async def _film(room: rtc.Room) -> AsyncIterator[None]:
    source = rtc.VideoSource(320, 240)
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))

    async def film() -> None:
        shade = 0
        while True:
            shade = (shade + 5) % 256
            frame = rtc.VideoFrame(320, 240, rtc.VideoBufferType.RGBA, bytes([shade]) * (320 * 240 * 4))
            source.capture_frame(frame)
            await asyncio.sleep(0.05)

    filming = asyncio.create_task(film())
    try:
        yield
    finally:
        filming.cancel()
        await asyncio.gather(filming, return_exceptions=True)
        await source.aclose()


async def _story(folder: Path) -> None:
    server = FaultyLiveKit(folder, auto_create=True)
    await server.start()
    proxy = await FaultProxy(server.port, server.udp_port).start()
    sender, near, far = rtc.Room(), Listener(), Listener()
    try:
        await sender.connect(server.url, _token(server, "customer-film"))
        await near.room.connect(server.proxied_url, _token(server, "mechanic-near"))
        await far.room.connect(server.url, _token(server, "mechanic-far"))
        async with _film(sender):
            await near.until_picture()
            await far.until_picture()
            proxy.blackout()
            await asyncio.sleep(1.0)
            at = time.monotonic()
            await asyncio.sleep(1.5)
            assert not [seen for seen in near.seen_s if seen >= at], "the blackout let a picture through"
            assert [seen for seen in far.seen_s if seen >= at], "the other client is not touched"
            proxy.restore()
            await near.until_picture(3)
            proxy.shape(loss=0.05, delay_s=0.1)
            await near.until_picture(3)
            proxy.restore()
            cut_at: list[str] = []
            near.room.on("reconnecting", lambda: cut_at.append("reconnecting"))
            back = asyncio.Event()
            near.room.on("reconnected", back.set)
            proxy.cut()
            async with asyncio.timeout(10):
                await back.wait()
            assert cut_at
            assert far.room.isconnected()
    finally:
        await near.leave()
        await far.leave()
        await sender.disconnect()
        await server.kill()
        await proxy.stop()


def test_a_bad_network_is_bad_for_one_client_only(tmp_path: Path) -> None:
    asyncio.run(_story(tmp_path))


def test_a_call_that_was_given_up_in_the_dark_is_not_put_through_afterwards() -> None:
    async def story() -> None:
        heard: list[bytes] = []
        was_heard = asyncio.Event()

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(100))
            was_heard.set()
            writer.close()

        server = await asyncio.start_server(hear, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        proxy = await FaultProxy(port).start()
        try:
            proxy.blackout()
            await asyncio.sleep(0)
            given_up = (await asyncio.open_connection(proxy.host, port))[1]
            given_up.write(b"given up")
            await given_up.drain()
            given_up.close()
            await given_up.wait_closed()
            waits = (await asyncio.open_connection(proxy.host, port))[1]
            waits.write(b"waits")
            await asyncio.sleep(0.2)
            proxy.restore()
            async with asyncio.timeout(5):
                await was_heard.wait()
            assert heard == [b"waits"]
            waits.close()
        finally:
            await proxy.stop()
            server.close()
            await server.wait_closed()

    asyncio.run(story())


def test_a_browsers_offer_to_compress_does_not_hide_whose_packets_are_lost() -> None:
    async def story() -> None:
        heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.set_result(await reader.readuntil(b"\r\n\r\n"))
            writer.close()

        server = await asyncio.start_server(hear, "127.0.0.1", 0)
        proxy = await FaultProxy(server.sockets[0].getsockname()[1]).start()
        try:
            _, writer = await asyncio.open_connection(proxy.host, proxy.port)
            writer.write(
                b"GET /rtc HTTP/1.1\r\nSec-WebSocket-Extensions: permessage-deflate\r\nUpgrade: websocket\r\n\r\n"
            )
            async with asyncio.timeout(10):
                asked = await heard
            assert b"Sec-WebSocket-Extensions" not in asked
            assert asked.endswith(b"\r\nUpgrade: websocket\r\n\r\n")
            writer.close()
        finally:
            await proxy.stop()
            server.close()
            await server.wait_closed()

    asyncio.run(story())

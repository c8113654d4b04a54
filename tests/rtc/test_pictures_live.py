"""Several people's pictures against a real livekit-server: only what is seen is sent, and screens come and go."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit import rtc

from desktop.core.call import PictureLayer, TrackState, VideoKey, VideoSource
from desktop.rtc.events import TrackChanged, TrackSource
from tests.rtc.guest import Guest
from tests.rtc.live import Client, House, Server

pytestmark = pytest.mark.server

_PAUSES_WITHIN_S = 25.0
"""Dynacast takes 7 to 11 s until a publisher is told that nobody looks."""


@asynccontextmanager
async def guest(house: House, identity: str) -> AsyncIterator[Guest]:
    """Let somebody be in the room with a camera."""
    here = Guest(identity)
    await here.room.connect(
        house.livekit.url, house.token(identity), rtc.RoomOptions(dynacast=True, auto_subscribe=False)
    )
    try:
        await here.publish()
        yield here
    finally:
        await here.leave()


async def until_wide(client: Client, identity: str, width: int, within_s: float = 20.0) -> None:
    """Return when somebody's picture has this width."""
    async with asyncio.timeout(within_s):
        while (await client.picture_of(identity)).width != width:
            pass


async def until_dark(client: Client, identity: str, within_s: float = 10.0) -> None:
    """Return when no picture of somebody comes any more: those on the way may still arrive."""
    async with asyncio.timeout(within_s):
        with contextlib.suppress(TimeoutError):
            while True:
                await client.picture_of(identity, within_s=1)


def _camera(identity: str, state: TrackState) -> TrackChanged:
    return TrackChanged(identity, TrackSource.CAMERA, state)


def test_nothing_of_a_hidden_picture_is_sent_by_anybody_and_it_is_back_in_a_second(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        async with guest(house, "customer-guest-1") as first, guest(house, "customer-guest-2") as second:
            await client.picture_of(first.identity)
            await client.picture_of(second.identity)
            client.room.want_pictures({VideoKey(first.identity): PictureLayer.OFF})
            await client.until_told(_camera(first.identity, TrackState.PAUSED))
            await until_dark(client, first.identity)
            async with asyncio.timeout(_PAUSES_WITHIN_S):
                before, now = -1, await first.frames_sent()
                while before != now:
                    await asyncio.sleep(1)
                    before, now = now, await first.frames_sent()
            await client.picture_of(second.identity)
            assert _camera(first.identity, TrackState.ABSENT) not in client.events
            flowing = client.events.count(_camera(first.identity, TrackState.FLOWING))
            client.room.want_pictures({VideoKey(first.identity): PictureLayer.HIGH})
            await client.picture_of(first.identity, within_s=3)
            assert client.events.count(_camera(first.identity, TrackState.FLOWING)) == flowing + 1

    server.play(story)


def test_a_small_tile_gets_the_small_layer_and_a_large_one_the_whole_picture(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        async with guest(house, "customer-guest-1") as first, guest(house, "customer-guest-2") as second:
            await until_wide(client, first.identity, 1280)
            client.room.want_pictures(
                {VideoKey(first.identity): PictureLayer.LOW, VideoKey(second.identity): PictureLayer.HIGH}
            )
            await until_wide(client, first.identity, 320)
            await until_wide(client, second.identity, 1280)
            client.room.limit_pictures(PictureLayer.MEDIUM)
            await until_wide(client, second.identity, 640)
            client.room.limit_pictures(PictureLayer.HIGH)
            client.room.want_pictures({})
            await until_wide(client, first.identity, 1280)

    server.play(story)


def test_a_picture_that_is_asked_for_anew_is_back_in_its_layer_and_was_never_away(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        async with guest(house, "customer-guest-1") as first:
            client.room.limit_pictures(PictureLayer.MEDIUM)
            await until_wide(client, first.identity, 640)
            for _ in range(3):
                count = len(client.events)
                client.room.ask_again()
                await asyncio.sleep(1)
                await client.picture_of(first.identity, within_s=3)
                await until_wide(client, first.identity, 640)
                states = [event for event in client.events[count:] if isinstance(event, TrackChanged)]
                assert not [event for event in states if event.state is not TrackState.FLOWING], states

    server.play(story)


def test_whoever_is_hidden_before_they_come_is_not_fetched(server: Server) -> None:
    async def story(house: House) -> None:
        client = house.client()
        client.room.want_pictures({VideoKey("customer-guest-1"): PictureLayer.OFF})
        async with guest(house, "customer-guest-1") as first:
            await client.room.connect(house.livekit.url, house.token(house.mechanic))
            await client.until_told(_camera(first.identity, TrackState.PAUSED))
            await until_dark(client, first.identity)
            assert _camera(first.identity, TrackState.FLOWING) not in client.events
            client.room.want_pictures({})
            await client.picture_of(first.identity)

    server.play(story)


def test_a_shared_screen_is_a_picture_of_its_own_and_goes_again(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        async with guest(house, house.customer) as sharing:
            await client.picture_of(house.customer)
            await sharing.publish(VideoSource.SCREEN_SHARE)
            await client.picture_of(house.customer, source=VideoSource.SCREEN_SHARE)
            shared = TrackChanged(house.customer, TrackSource.SCREEN_SHARE, TrackState.FLOWING)
            await client.until_told(shared)
            await sharing.unpublish(VideoSource.SCREEN_SHARE)
            await client.until_told(TrackChanged(house.customer, TrackSource.SCREEN_SHARE, TrackState.ABSENT))
            await client.picture_of(house.customer)

    server.play(story)

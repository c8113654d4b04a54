"""Joining and leaving again and again leaves nothing behind that Python could hold."""

import asyncio
import gc
import threading

import pytest
from livekit import rtc
from livekit.rtc._ffi_client import FfiClient

from tests.rtc.live import House, PlainCamera, Server

pytestmark = pytest.mark.server

_ROUNDS = 8


def _alive(kind: type[object]) -> int:
    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


def _threads() -> int:
    """Count our own threads; those that the SDK calls back from belong to it."""
    return sum(not thread.name.startswith("Dummy-") for thread in threading.enumerate())


def test_nothing_of_a_call_outlives_it(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()

        async def call() -> None:
            client = await house.enter(camera=PlainCamera())
            await client.picture_of(house.customer)
            await client.room.leave()
            house.forget(client)

        await call()
        await asyncio.sleep(0.2)
        tasks, threads = len(asyncio.all_tasks()), _threads()
        rooms, streams = _alive(rtc.Room), _alive(rtc.VideoStream)
        listeners = len(FfiClient.instance.queue._subscribers)
        for _ in range(_ROUNDS):
            await call()
        await asyncio.sleep(0.2)
        assert len(asyncio.all_tasks()) <= tasks
        assert _threads() <= threads
        assert _alive(rtc.Room) <= rooms
        assert _alive(rtc.VideoStream) <= streams
        assert len(FfiClient.instance.queue._subscribers) <= listeners

    server.play(story)

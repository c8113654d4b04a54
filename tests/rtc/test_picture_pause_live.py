"""A picture that nobody needs, against a real livekit-server: not a byte of it comes, and it is back at once."""

import pytest

from desktop.core.call import PictureLayer, TrackState
from desktop.core.link import LinkStats
from desktop.rtc.events import TrackChanged, TrackSource
from tests.rtc.live import House, Server

pytestmark = pytest.mark.server


def _flowing(house: House) -> TrackChanged:
    return TrackChanged(house.customer, TrackSource.CAMERA, TrackState.FLOWING)


def test_a_paused_picture_costs_nothing_and_comes_back_every_time(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()
        client = await house.enter()
        await client.picture_of(house.customer)
        paused = TrackChanged(house.customer, TrackSource.CAMERA, TrackState.PAUSED)
        for _ in range(3):
            count = len(client.events)
            client.room.limit_pictures(PictureLayer.OFF)
            assert paused in client.events[count:]

            def rates(count: int = count) -> list[float]:
                return [event.rx_kbps for event in client.events[count:] if isinstance(event, LinkStats)]

            await client.until(lambda: len(rates()) >= 2 and rates()[-1] < 20)
            count = len(client.events)
            client.room.limit_pictures(PictureLayer.HIGH)
            await client.picture_of(house.customer, within_s=3)
            await client.until(lambda count=count: _flowing(house) in client.events[count:])  # type: ignore[misc]  # a bound default

    server.play(story)

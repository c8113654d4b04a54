"""The right to send, taken away and given back in a call by the server."""

import pytest

from desktop.core.call import OwnDevice, TrackState
from desktop.rtc.events import TrackChanged, TrackSource
from tests.rtc.live import House, PlainCamera, Server

pytestmark = pytest.mark.server


def test_the_camera_stops_without_the_right_to_send_and_is_sent_again_with_it(server: Server) -> None:
    async def story(house: House) -> None:
        camera = PlainCamera()
        viewer = house.client()
        await viewer.room.connect(house.livekit.url, house.token(house.customer))
        client = await house.enter(camera=camera)
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.ON)
        await viewer.picture_of(house.mechanic)
        await house.allow(house.mechanic, can_publish=False)
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.REFUSED)
        await viewer.until_told(TrackChanged(house.mechanic, TrackSource.CAMERA, TrackState.ABSENT))
        await house.allow(house.mechanic, can_publish=True)
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.ON)
        await viewer.picture_of(house.mechanic)

    server.play(story)


def test_a_camera_of_another_size_is_sent_anew_and_seen(server: Server) -> None:
    async def story(house: House) -> None:
        viewer = house.client()
        await viewer.room.connect(house.livekit.url, house.token(house.customer))
        camera = PlainCamera(640, 360)
        client = await house.enter(camera=camera)
        assert (await viewer.picture_of(house.mechanic)).width <= 640
        camera.resize(1280, 720)
        frame = await viewer.picture_of(house.mechanic)
        while frame.width < 1280:
            frame = await viewer.picture_of(house.mechanic, within_s=20)
        assert client.room.own_devices.camera is OwnDevice.ON
        publications = client.room._room.local_participant.track_publications.values()
        assert [publication.simulcasted for publication in publications] == [True]

    server.play(story)

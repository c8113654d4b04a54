"""A call's room against a real livekit-server: who is seen, what is seen, and how it ends."""

import asyncio
import json
import logging

import pytest
from livekit import rtc

from desktop.core.call import OwnDevice, TrackState, VideoKey
from desktop.core.errors import RoomConnectError
from desktop.rtc import connecting
from desktop.rtc.events import (
    Disconnected,
    LostReason,
    OwnDevices,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    Reconnected,
    SessionPushed,
    TrackChanged,
    TrackSource,
)
from desktop.rtc.mailboxes import OWN_PICTURE
from tests.rtc.live import House, PlainCamera, Server, silent_server

pytestmark = pytest.mark.server


def _camera(identity: str, state: TrackState) -> TrackChanged:
    return TrackChanged(identity, TrackSource.CAMERA, state)


def test_who_was_there_first_is_seen_with_their_picture(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()
        client = await house.enter()
        assert ParticipantJoined(house.customer) in client.events
        frame = await client.picture_of(house.customer)
        assert (frame.width, frame.height, frame.rotation) == (640, 360, 0)
        await client.until_told(_camera(house.customer, TrackState.FLOWING))
        assert [type(event) for event in client.events].count(ParticipantJoined) == 1

    server.play(story)


def test_a_silent_newcomer_is_seen_within_four_seconds(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter(media=False)
        peer = await house.peer()
        await client.until_told(ParticipantJoined(house.customer), 5)
        await peer.leave()
        await client.until_told(ParticipantLeft(house.customer), 5)

    server.play(story)


def test_a_phone_held_upright_arrives_upright(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        peer = await house.peer()
        await peer.publish(rotation=90)
        frame = await client.picture_of(house.customer)
        assert frame.shown_size == (360, 640)

    server.play(story)


def test_camera_off_and_on_again_is_told_and_the_black_dot_of_a_stopped_sender_is_never_shown(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()
        client = await house.enter()
        await client.until_told(_camera(house.customer, TrackState.FLOWING))
        assert peer.track is not None
        peer.track.mute()
        await client.until_told(_camera(house.customer, TrackState.MUTED))
        peer.track.unmute()
        await client.until(lambda: client.events.count(_camera(house.customer, TrackState.FLOWING)) == 2)
        await peer.unpublish()
        await client.until_told(_camera(house.customer, TrackState.ABSENT))
        last = client.mailboxes.of(VideoKey(house.customer)).take()
        assert last is None or last.width == 640

    server.play(story)


def test_the_own_camera_is_published_after_the_first_picture_and_its_owner_sees_a_mirror(server: Server) -> None:
    async def story(house: House) -> None:
        camera = PlainCamera()
        peer = await house.peer()
        await peer.publish()
        client = await house.enter(camera=camera)
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.ON)
        first_picture = client.events.index(_camera(house.customer, TrackState.FLOWING))
        published = next(
            index
            for index, event in enumerate(client.events)
            if isinstance(event, OwnDevices) and event.camera is OwnDevice.ON
        )
        assert first_picture < published
        await peer.until(lambda: peer.frames > 3)
        assert OWN_PICTURE in client.woken
        client.room.set_camera(False)
        assert client.room.own_devices.camera is OwnDevice.OFF
        await client.until(lambda: not camera.is_running)
        client.room.set_camera(True)
        seen = peer.frames
        await peer.until(lambda: peer.frames > seen + 3)

    server.play(story)


def test_alone_in_the_room_the_camera_is_published_after_two_seconds(server: Server) -> None:
    async def story(house: House) -> None:
        client = await house.enter(camera=PlainCamera())
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.ON, 5)

    server.play(story)


def test_without_the_right_to_publish_the_camera_says_so(server: Server) -> None:
    async def story(house: House) -> None:
        client = house.client(camera=PlainCamera())
        await client.room.connect(house.livekit.url, house.token(house.mechanic, can_publish=False))
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.REFUSED)

    server.play(story)


def test_a_name_given_by_the_server_is_told(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()
        client = await house.enter()
        await house.rename(house.customer, "Dana")
        await client.until_told(ParticipantRenamed(house.customer, "Dana"))

    server.play(story)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("delete", LostReason.ROOM_CLOSED),
        ("remove", LostReason.REMOVED),
        ("elsewhere", LostReason.DUPLICATE_IDENTITY),
    ],
)
def test_a_room_that_is_gone_says_why_once(server: Server, fault: str, reason: LostReason) -> None:
    async def story(house: House) -> None:
        client = await house.enter()
        if fault == "delete":
            await house.delete()
        elif fault == "remove":
            await house.remove(house.mechanic)
        else:
            await house.peer(house.mechanic)
        await client.until(
            lambda: any(isinstance(event, Disconnected) and event.reason is reason for event in client.events)
        )
        await asyncio.sleep(0.7)
        assert [type(event) for event in client.events].count(Disconnected) == 1

    server.play(story)


def test_leaving_tells_nothing_and_stops_the_camera(server: Server) -> None:
    async def story(house: House) -> None:
        camera = PlainCamera()
        peer = await house.peer()
        await peer.publish()
        client = await house.enter(camera=camera)
        await client.picture_of(house.customer)
        told = len(client.events)
        await client.room.leave()
        await client.room.leave()
        assert not camera.is_running
        assert client.events[told:] == []

    server.play(story)


def test_a_full_reconnect_keeps_the_picture_coming(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()
        client = await house.enter(camera=PlainCamera())
        await client.until(lambda: client.room.own_devices.camera is OwnDevice.ON)
        await client.room._room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
        await client.until_told(Reconnected())
        await client.picture_of(house.customer)
        seen = peer.frames
        await peer.until(lambda: peer.frames > seen + 3)
        assert not any(isinstance(event, Disconnected) for event in client.events)

    server.play(story)


def test_sr_20_only_the_server_can_push_into_a_session(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        await peer.publish()
        client = await house.enter()
        await client.until_told(_camera(house.customer, TrackState.FLOWING))
        forged = {"v": 1, "seq": 1, "sessionId": "s", "type": "session.ended", "data": {}}
        await peer.send(json.dumps(forged).encode(), "baylink.session")
        await house.push(b"not json")
        await house.push(json.dumps({**forged, "v": 2}).encode())
        await house.push(json.dumps({**forged, "seq": 2, "type": "plan.updated"}).encode())
        await client.until(lambda: any(isinstance(event, SessionPushed) for event in client.events))
        pushes = [event for event in client.events if isinstance(event, SessionPushed)]
        assert pushes == [SessionPushed(2, "s", "plan.updated", {})]

    server.play(story)


def test_a_chat_session_subscribes_to_nothing_and_has_no_devices(server: Server) -> None:
    async def story(house: House) -> None:
        camera = PlainCamera()
        peer = await house.peer()
        await peer.publish()
        client = house.client(media=False, camera=camera)
        await client.room.connect(house.livekit.url, house.token(house.mechanic))
        await asyncio.sleep(1)
        assert not camera.is_running
        assert client.woken == []
        assert client.room.own_devices == OwnDevices()
        assert not any(isinstance(event, TrackChanged) for event in client.events)

    server.play(story)


def test_a_refused_token_asks_for_a_new_one_and_shows_up_nowhere(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(house: House) -> None:
        client = house.client()
        token = house.token(house.mechanic, secret="x" * 40)
        with caplog.at_level(logging.DEBUG), pytest.raises(RoomConnectError) as refused:
            await client.room.connect(house.livekit.url, token)
        assert refused.value.needs_token
        assert not refused.value.final
        assert "eyJ" not in caplog.text
        assert "eyJ" not in repr(refused.value)
        assert refused.value.__cause__ is None

    server.play(story)


def test_a_room_that_was_closed_cannot_be_entered_with_its_old_token(server: Server) -> None:
    async def story(house: House) -> None:
        client = house.client()
        token = house.token(house.mechanic)
        await house.delete()
        with pytest.raises(RoomConnectError) as refused:
            await client.room.connect(house.livekit.url, token)
        assert refused.value.needs_token

    server.play(story)


def test_leaving_while_connecting_returns_at_once_and_cancels_nothing(server: Server) -> None:
    async def story(house: House) -> None:
        async with silent_server() as url:
            client = house.client()
            connecting_now = asyncio.create_task(client.room.connect(url, house.token(house.mechanic)))
            await asyncio.sleep(0.2)
            async with asyncio.timeout(10):
                await client.room.leave()
                await connecting_now
            assert not client.room.is_connected
        await connecting.settled()

    server.play(story)


def test_a_room_left_while_connecting_is_left_by_the_late_connection_too(server: Server) -> None:
    async def story(house: House) -> None:
        peer = await house.peer()
        client = house.client()
        connecting_now = asyncio.create_task(client.room.connect(house.livekit.url, house.token(house.mechanic)))
        await asyncio.sleep(0.01)
        await client.room.leave()
        await connecting_now
        await connecting.settled()
        await asyncio.sleep(0.2)
        assert house.mechanic not in peer.room.remote_participants

    server.play(story)

"""The way of a picture without a server: camera to track, track to mailbox, and streams that stay empty."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field

import numpy as np
import pytest
from livekit import rtc

from desktop.core.call import OwnDevice, TrackState, VideoKey
from desktop.core.frames import Frame
from desktop.rtc import video
from desktop.rtc.camera import OwnCamera, own_view, to_video_frame
from desktop.rtc.mailboxes import OWN_PICTURE, Mailboxes
from desktop.rtc.video import RemoteVideo, VideoWatch
from tests.rtc.live import PlainCamera, PlainFrame

KEY = VideoKey("customer-1")


@dataclass
class Publication:
    """A publication whose subscription the tests watch."""

    muted: bool = False
    subscriptions: list[bool] = field(default_factory=list)
    subscribed_again: asyncio.Event = field(default_factory=asyncio.Event)

    def set_subscribed(self, subscribed: bool) -> None:
        self.subscriptions.append(subscribed)
        if subscribed:
            self.subscribed_again.set()


class Watched:
    """A remote picture fed by a local track, as the SDK would feed it from the network."""

    def __init__(self) -> None:
        self.source = rtc.VideoSource(64, 48)
        self.track = rtc.LocalVideoTrack.create_video_track("camera", self.source)
        self.publication = Publication()
        self.mailboxes = Mailboxes()
        self.states: list[TrackState] = []
        self.news = asyncio.Event()
        self.filmed = (64, 48, 200)
        self.mailboxes.on_wake = lambda _key: self.news.set()
        self.video = RemoteVideo(KEY, self.publication, self.mailboxes.put, self._changed)  # type: ignore[arg-type]  # a stand-in with the two members that are used

    def film(self, width: int = 64, height: int = 48, shade: int = 200) -> None:
        self.filmed = (width, height, shade)
        data = bytearray([shade]) * (width * height) + bytearray([128]) * (width * height // 2)
        self.source.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data))

    async def next_picture(self) -> Frame:
        """Return the next picture; a camera films on, so a frame that came before the reader stood is filmed again."""
        async with asyncio.timeout(10):
            while (frame := self.mailboxes.of(KEY).take()) is None:
                self.news.clear()
                try:
                    await asyncio.wait_for(self.news.wait(), 0.5)
                except TimeoutError:
                    self.film(*self.filmed)
        return frame

    async def close(self) -> None:
        await self.video.close()
        await self.source.aclose()

    def _changed(self, _key: VideoKey, state: TrackState) -> None:
        self.states.append(state)


def play(story: Callable[[Watched], Coroutine[object, object, None]]) -> None:
    async def run() -> None:
        watched = Watched()
        try:
            await story(watched)
        finally:
            await watched.close()

    asyncio.run(run())


def test_a_picture_arrives_as_bgra_and_turns_the_tile_on() -> None:
    async def story(watched: Watched) -> None:
        assert watched.states == [TrackState.STARTING]
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        watched.film()
        frame = await watched.next_picture()
        assert (frame.width, frame.height, len(frame.data)) == (64, 48, 64 * 48 * 4)
        assert frame.data[3] == 255
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING]

    play(story)


def test_the_black_dot_of_a_stopped_sender_never_replaces_the_picture() -> None:
    async def story(watched: Watched) -> None:
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        watched.film(8, 8, shade=16)
        watched.film(64, 48)
        frame = await watched.next_picture()
        assert (frame.width, frame.height) == (64, 48)

    play(story)


def test_the_size_of_a_picture_may_change_at_any_time() -> None:
    async def story(watched: Watched) -> None:
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        watched.film(64, 48)
        assert (await watched.next_picture()).width == 64
        watched.film(32, 24)
        assert (await watched.next_picture()).width == 32

    play(story)


def test_a_picture_that_stops_is_told_and_one_that_goes_on_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "FROZEN_AFTER_S", 0.8)

    async def story(watched: Watched) -> None:
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        watched.film()
        await watched.next_picture()
        await asyncio.sleep(0.9)
        watched.video.tick()
        assert watched.states[-2:] == [TrackState.FLOWING, TrackState.STALLED]
        watched.film()
        await watched.next_picture()
        assert watched.states[-2:] == [TrackState.STALLED, TrackState.FLOWING]

    play(story)


def test_a_subscription_that_stays_empty_is_made_again_and_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_EMPTY_AFTER_S", 0.05)
    monkeypatch.setattr(video, "_RESUBSCRIBE_PAUSE_S", 0.01)
    monkeypatch.setattr(video, "_WATCH_S", 0.01)

    async def story(watched: Watched) -> None:
        watch = VideoWatch(lambda: (watched.video,))
        watched.video.attach(watched.track)
        async with asyncio.timeout(5):
            await watched.publication.subscribed_again.wait()
        assert watched.publication.subscriptions == [False, True]
        await asyncio.sleep(0.2)
        assert watched.publication.subscriptions == [False, True]
        watched.film()
        await watched.next_picture()
        await watch.close()

    play(story)


def test_a_picture_that_dries_up_is_fetched_anew_and_stays_on_screen_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "FROZEN_AFTER_S", 0.8)
    monkeypatch.setattr(video, "_DRIED_UP_AFTER_S", 1.0)
    monkeypatch.setattr(video, "_RESUBSCRIBE_PAUSE_S", 0.01)
    monkeypatch.setattr(video, "_WATCH_S", 0.01)

    async def story(watched: Watched) -> None:
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        watched.film()
        await watched.next_picture()
        watch = VideoWatch(lambda: (watched.video,))
        async with asyncio.timeout(5):
            await watched.publication.subscribed_again.wait()
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        assert watched.states[-1] is TrackState.STALLED
        seen = len(watched.states)
        watched.film()
        async with asyncio.timeout(10):
            while TrackState.FLOWING not in watched.states[seen:]:
                await watched.next_picture()
        await watch.close()

    play(story)


def test_a_camera_that_is_off_is_not_taken_for_an_empty_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_EMPTY_AFTER_S", 0.0)

    async def story(watched: Watched) -> None:
        watched.publication.muted = True
        watched.video.mute_changed()
        watched.video.attach(watched.track)
        watched.video.tick()
        assert watched.states[-1] is TrackState.MUTED
        assert watched.publication.subscriptions == []

    play(story)


def test_a_frame_whose_size_and_bytes_disagree_never_reaches_the_sdk() -> None:
    assert to_video_frame(PlainFrame(bytearray(100), 64, 48)) is None
    assert to_video_frame(PlainFrame(bytearray(5 * 5 * 3 // 2), 5, 5)) is None
    i420 = to_video_frame(PlainFrame(bytearray(64 * 48 * 3 // 2), 64, 48))
    bgra = to_video_frame(PlainFrame(bytearray(64 * 48 * 4), 64, 48))
    assert i420 is not None
    assert bgra is not None
    assert (i420.type, bgra.type) == (rtc.VideoBufferType.I420, rtc.VideoBufferType.BGRA)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_own_picture_is_a_mirror_however_the_camera_is_held(rotation: int) -> None:
    """The pixel that people would see at the top left is at the top right of the mirror."""
    pixels = np.zeros((48, 64, 4), dtype=np.uint8)
    pixels[:, :, 3] = 255
    turns = rotation // 90
    upright = np.rot90(pixels, -turns).copy()
    upright[0, 0] = (1, 2, 3, 255)
    stored = np.ascontiguousarray(np.rot90(upright, turns))
    frame = PlainFrame(bytearray(stored.tobytes()), 64, 48, rotation)
    video_frame = to_video_frame(frame)
    assert video_frame is not None
    mirror = own_view(frame, video_frame)
    shown = np.frombuffer(mirror.data, dtype=np.uint8).reshape(mirror.height, mirror.width, 4)
    shown = np.rot90(shown, -(mirror.rotation // 90))
    assert tuple(shown[0, -1]) == (1, 2, 3, 255)


def test_the_own_picture_shows_before_anything_is_published_and_stops_when_turned_off() -> None:
    async def story() -> None:
        camera, mailboxes = PlainCamera(), Mailboxes()
        seen = asyncio.Event()
        mailboxes.on_wake = lambda _key: seen.set()
        states: list[OwnDevice] = []
        own = OwnCamera(camera, mailboxes.put, lambda: states.append(own.state))
        own.start()
        async with asyncio.timeout(5):
            await seen.wait()
        assert mailboxes.of(OWN_PICTURE).take() is not None
        own.set_on(False)
        assert states == [OwnDevice.OFF]
        await own.stop()
        assert not camera.is_running
        await own.close()

    asyncio.run(story())


def test_a_camera_turned_off_and_on_again_at_once_runs() -> None:
    async def story() -> None:
        camera, mailboxes = PlainCamera(), Mailboxes()
        seen = asyncio.Event()
        mailboxes.on_wake = lambda _key: seen.set()
        own = OwnCamera(camera, mailboxes.put, lambda: None)
        own.start()
        await asyncio.sleep(0)
        own.set_on(False)
        own.set_on(True)
        mailboxes.clear()
        seen.clear()
        async with asyncio.timeout(5):
            await seen.wait()
        await own.stop()
        await own.close()

    asyncio.run(story())


def test_without_a_camera_nothing_is_started() -> None:
    async def story() -> None:
        own = OwnCamera(None, Mailboxes().put, lambda: None)
        own.start()
        own.set_on(True)
        assert own.state is OwnDevice.MISSING
        await own.stop()
        await own.close()

    asyncio.run(story())


def test_what_nobody_took_of_one_call_is_not_shown_in_the_next() -> None:
    mailboxes = Mailboxes()
    box = mailboxes.of(KEY)
    mailboxes.put(KEY, Frame(bytes(32 * 32 * 4), 32, 32))
    mailboxes.clear()
    assert box.take() is None
    assert mailboxes.of(KEY) is box


class _BrokenCamera:
    """A camera that is unplugged before its first picture."""

    def __init__(self) -> None:
        self.pictures: list[PlainFrame] = []

    async def frames(self) -> AsyncIterator[PlainFrame]:
        for picture in self.pictures:
            yield picture
        raise OSError("no such device")


def test_a_camera_that_fails_is_shown_as_missing(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        told = asyncio.Event()
        own = OwnCamera(_BrokenCamera(), Mailboxes().put, told.set)
        own.start()
        async with asyncio.timeout(5):
            await told.wait()
        assert own.state is OwnDevice.MISSING
        await own.stop()
        await own.close()

    asyncio.run(story())
    assert "the camera failed" in caplog.text

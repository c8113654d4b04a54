"""The way of a picture without a server: camera to track, track to mailbox, and streams that stay empty."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

import numpy as np
import pytest
from livekit import rtc

from desktop.core.call import OwnDevice, PictureLayer, TrackState, VideoKey
from desktop.core.frames import Frame
from desktop.rtc.camera import OwnCamera
from desktop.rtc.camera_pictures import own_view, to_video_frame
from desktop.rtc.mailboxes import OWN_PICTURE, Mailboxes
from desktop.rtc.picture_stream import reduced
from desktop.rtc.video import RemoteVideo
from tests.rtc.live import PlainCamera, PlainFrame, Publication

KEY = VideoKey("customer-1")


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

    async def picture(self, width: int) -> Frame:
        """Film on, as a camera does, until a picture of this width arrives; return it."""
        async with asyncio.timeout(60):
            while (frame := self.mailboxes.of(KEY).take()) is None or frame.width != width:
                self.news.clear()
                self.film(*self.filmed)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), 0.1)
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
        frame = await watched.picture(64)
        assert (frame.width, frame.height, len(frame.data)) == (64, 48, 64 * 48 * 4)
        assert frame.data[3] == 255
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING]

    play(story)


def test_the_size_of_a_picture_may_change_at_any_time() -> None:
    async def story(watched: Watched) -> None:
        watched.video.attach(watched.track)
        await asyncio.sleep(0)
        await watched.picture(64)
        watched.film(32, 24)
        assert (await watched.picture(32)).height == 24

    play(story)


def test_a_picture_that_is_kept_stays_as_it_was_while_others_come() -> None:
    async def story(watched: Watched) -> None:
        watched.video.attach(watched.track)
        kept = await watched.picture(64)
        before = bytes(kept.data)
        for shade in range(20, 200, 9):
            watched.film(128, 96, shade)
            await watched.picture(128)
        assert bytes(kept.data) == before

    play(story)


@pytest.mark.parametrize(("width", "height", "small"), [(1280, 720, (320, 180)), (540, 960, (180, 320))])
def test_a_large_picture_in_a_small_tile_is_reduced_in_its_colours_and_whole_again_in_a_large_one(
    width: int, height: int, small: tuple[int, int]
) -> None:
    async def story(watched: Watched) -> None:
        publication = watched.publication
        publication.has_layers, publication.width, publication.height = False, width, height
        watched.video.is_small = True
        watched.video.want(PictureLayer.LOW, at_once=True)
        watched.video.attach(watched.track)
        watched.film(width, height)
        frame = await watched.picture(small[0])
        assert (frame.width, frame.height) == small
        corner = np.array(frame.data[:4])
        watched.video.is_small = False
        watched.video.want(PictureLayer.HIGH)
        whole = await watched.picture(width)
        assert (whole.width, whole.height) == (width, height)
        assert np.abs(corner - np.array(whole.data[:4], dtype=int)).max() <= 2

    play(story)


def test_a_reduced_picture_shows_what_the_whole_one_shows() -> None:
    shades = np.zeros((720, 1280), dtype=np.uint8)
    shades[:360, :640], shades[360:, 640:] = 200, 120
    colours = np.full((2, 360, 640), 128, dtype=np.uint8)
    colours[0, :, :320], colours[1, 180:, :] = 180, 90
    whole = rtc.VideoFrame(1280, 720, rtc.VideoBufferType.I420, bytearray(shades.tobytes() + colours.tobytes()))
    seen = np.frombuffer(reduced(whole).data, dtype=np.uint8).reshape(180, 320, 4)
    bgra = whole.convert(rtc.VideoBufferType.BGRA)
    wanted = np.frombuffer(bgra.data, dtype=np.uint8).reshape(720, 1280, 4)[2::4, 2::4]
    assert (np.abs(seen.astype(int) - wanted).max(axis=2) > 2).mean() < 0.02


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
        own = OwnCamera(lambda: camera, mailboxes.put, lambda: states.append(own.state))
        own.start()
        async with asyncio.timeout(60):
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
        own = OwnCamera(lambda: camera, mailboxes.put, lambda: None)
        own.start()
        await asyncio.sleep(0)
        own.set_on(False)
        own.set_on(True)
        mailboxes.clear()
        seen.clear()
        async with asyncio.timeout(60):
            await seen.wait()
        await own.stop()
        await own.close()

    asyncio.run(story())


def test_without_a_camera_nothing_is_started() -> None:
    async def story() -> None:
        own = OwnCamera(lambda: None, Mailboxes().put, lambda: None)
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

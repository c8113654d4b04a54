"""What is known of a picture as time passes - frozen, empty, dried up - on virtual time, its stream in hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from livekit import rtc

from desktop.core.call import PictureLayer, TrackState, VideoKey
from desktop.core.frames import Frame
from desktop.rtc.picture_stream import PictureStream
from desktop.rtc.video import RemoteVideo, VideoWatch
from tests.rtc.live import Publication
from tests.virtual_loop import run_virtual

KEY = VideoKey("customer-1")
_UPRIGHT: Any = rtc.VideoRotation.VIDEO_ROTATION_0
"""The SDK's annotation names a class that its values are not of."""


class HandStream:
    """A stream of decoded pictures that gives what the test puts in."""

    def __init__(self) -> None:
        self._frames: asyncio.Queue[rtc.VideoFrameEvent] = asyncio.Queue()
        self.is_closed = False

    def film(self, width: int = 64, height: int = 48) -> None:
        frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.BGRA, bytearray(width * height * 4))
        self._frames.put_nowait(rtc.VideoFrameEvent(frame, timestamp_us=0, rotation=_UPRIGHT))

    async def __aiter__(self) -> AsyncIterator[rtc.VideoFrameEvent]:
        while True:
            yield await self._frames.get()

    async def aclose(self) -> None:
        self.is_closed = True


def _enable(publication: Any, enabled: bool) -> None:
    publication.set_enabled(enabled)


class Watched:
    """A remote picture, its publication, its streams in order, and a watch that ticks."""

    def __init__(self) -> None:
        self.publication = Publication()
        self.streams: list[HandStream] = []
        self.states: list[TrackState] = []
        self.widths: list[int] = []
        self.are_small: list[bool] = []
        untyped: Any = self.publication  # a stand-in with the members that are used
        self.video = RemoteVideo(KEY, untyped, self._put, self._changed, stream_of=self._open, enable=_enable)
        self.watch = VideoWatch(lambda: (self.video,))

    async def attach(self) -> HandStream:
        """Subscribe, as the SDK tells it, and return the stream that is read then."""
        self.video.attach(None)  # type: ignore[arg-type]  # the track goes to `stream_of` alone, and that needs none
        await asyncio.sleep(0)
        return self.streams[-1]

    async def film_for(self, seconds: float) -> None:
        """Let the newest stream flow for a while."""
        for _ in range(round(seconds * 10)):
            self.streams[-1].film()
            await asyncio.sleep(0.1)

    def _open(self, track: rtc.Track, *, small: bool) -> PictureStream:
        del track
        self.are_small.append(small)
        self.streams.append(HandStream())
        return self.streams[-1]

    def _put(self, _key: VideoKey, frame: Frame) -> None:
        self.widths.append(frame.width)

    def _changed(self, _key: VideoKey, state: TrackState) -> None:
        self.states.append(state)


def play(story: Callable[[Watched], Coroutine[object, object, None]]) -> None:
    async def run() -> None:
        watched = Watched()
        await story(watched)
        await watched.watch.close()
        await watched.video.close()
        assert all(stream.is_closed for stream in watched.streams)

    run_virtual(run())


def test_the_black_dot_of_a_stopped_sender_never_replaces_the_picture() -> None:
    async def story(watched: Watched) -> None:
        stream = await watched.attach()
        stream.film(64, 48)
        stream.film(8, 8)
        stream.film(32, 24)
        await asyncio.sleep(0.1)
        assert watched.widths == [64, 32]

    play(story)


def test_a_large_picture_in_a_small_tile_costs_no_more_pictures_than_a_small_layer_and_all_in_a_large_one() -> None:
    async def film_a_second(watched: Watched) -> int:
        before = len(watched.widths)
        for _ in range(30):
            watched.streams[-1].film()
            await asyncio.sleep(1 / 30)
        return len(watched.widths) - before

    async def story(watched: Watched) -> None:
        watched.publication.has_layers = False
        watched.publication.width, watched.publication.height = 1280, 720
        watched.video.is_small = True
        watched.video.want(PictureLayer.LOW, at_once=True)
        await watched.attach()
        assert await film_a_second(watched) == 15
        watched.video.is_small = False
        watched.video.want(PictureLayer.HIGH)
        watched.streams[-1].film()
        await asyncio.sleep(0)
        assert await film_a_second(watched) >= 29
        assert watched.are_small == [True, False]

    play(story)


def test_the_one_layer_of_a_sender_is_shown_whole_in_a_large_tile_although_the_line_is_narrow() -> None:
    async def story(watched: Watched) -> None:
        watched.publication.has_layers = False
        watched.publication.width, watched.publication.height = 1280, 720
        await watched.attach()
        watched.video.want(PictureLayer.LOW, at_once=True)
        await watched.film_for(1)
        assert watched.are_small == [False]

    play(story)


def test_a_picture_that_stops_is_told_within_three_seconds_and_one_that_goes_on_at_once() -> None:
    async def story(watched: Watched) -> None:
        stream = await watched.attach()
        await watched.film_for(5)
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING]
        await asyncio.sleep(2.9)
        assert watched.states[-1] is TrackState.STALLED
        stream.film()
        await asyncio.sleep(0.01)
        assert watched.states[-2:] == [TrackState.STALLED, TrackState.FLOWING]
        assert watched.publication.subscriptions == []

    play(story)


def test_a_subscription_that_stays_empty_is_made_again_and_not_too_often() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await asyncio.sleep(2.9)
        assert watched.publication.subscriptions == []
        await asyncio.sleep(1.5)
        assert watched.publication.subscriptions == [False, True]
        await asyncio.sleep(8)
        assert watched.publication.subscriptions == [False, True]
        await asyncio.sleep(3)
        assert watched.publication.subscriptions == [False, True, False, True]
        await watched.film_for(1)
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING]

    play(story)


def test_a_picture_that_dries_up_is_fetched_anew_and_stays_on_screen_meanwhile() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await watched.film_for(1)
        await asyncio.sleep(5)
        assert watched.publication.subscriptions == [False, True]
        await watched.attach()
        await asyncio.sleep(0.6)
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING, TrackState.STALLED]
        await watched.film_for(1)
        assert watched.states[3:] == [TrackState.FLOWING]

    play(story)


def test_a_camera_that_is_off_is_not_taken_for_an_empty_subscription() -> None:
    async def story(watched: Watched) -> None:
        watched.publication.muted = True
        watched.video.mute_changed()
        await watched.attach()
        await asyncio.sleep(60)
        assert watched.states[-1] is TrackState.MUTED
        assert watched.publication.subscriptions == []

    play(story)


def test_while_the_network_is_away_a_dry_picture_is_left_alone() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await watched.film_for(2)
        watched.video.is_held = True
        await asyncio.sleep(60)
        assert watched.publication.subscriptions == []
        assert watched.states[-1] is TrackState.STALLED
        watched.video.is_held = False
        await asyncio.sleep(1.2)
        assert watched.publication.subscriptions == [False, True]

    play(story)

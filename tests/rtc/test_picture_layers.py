"""How much of a picture is fetched: layers by wish and by limit, nothing for a hidden tile, on virtual time."""

import asyncio
from typing import Any

from livekit import rtc

from desktop.core.call import PictureLayer, TrackState, VideoKey
from desktop.rtc.events import RoomEvent, TrackChanged, TrackSource
from desktop.rtc.tracks import RemoteTracks
from tests.rtc.live import Publication
from tests.rtc.test_picture_states import Watched, play
from tests.virtual_loop import run_virtual

LOW, MEDIUM, HIGH = (
    rtc.VideoQuality.VIDEO_QUALITY_LOW,
    rtc.VideoQuality.VIDEO_QUALITY_MEDIUM,
    rtc.VideoQuality.VIDEO_QUALITY_HIGH,
)


def test_nothing_of_a_hidden_picture_is_sent_after_a_moment_and_it_is_no_camera_that_went_off() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await watched.film_for(0.5)
        watched.video.want(PictureLayer.OFF)
        assert watched.publication.switches == []
        await watched.film_for(2)
        assert watched.publication.switches == [False]
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING, TrackState.PAUSED]
        await asyncio.sleep(20)
        assert watched.publication.switches == [False]
        assert watched.publication.subscriptions == []
        assert watched.states[-1] is TrackState.PAUSED

    play(story)


def test_a_picture_in_sight_again_is_sent_at_once_and_its_layer_chosen_again() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await watched.film_for(0.5)
        watched.video.want(PictureLayer.OFF, at_once=True)
        watched.video.want(PictureLayer.LOW)
        assert watched.publication.sending == [None, LOW, HIGH, LOW]
        assert watched.publication.is_enabled
        await watched.film_for(0.5)
        assert watched.states[-2:] == [TrackState.STARTING, TrackState.FLOWING]
        assert len(watched.streams) == 1

    play(story)


def test_a_picture_shown_small_and_hidden_again_is_really_sent_no_more() -> None:
    """Choosing a layer lets a paused picture flow: it must not be chosen once more when nobody wants it."""

    async def story(watched: Watched) -> None:
        await watched.attach()
        for _ in range(2):
            watched.video.want(PictureLayer.OFF, at_once=True)
            watched.video.want(PictureLayer.LOW)
        watched.video.want(PictureLayer.OFF, at_once=True)
        await asyncio.sleep(5)
        assert watched.publication.sending[-1] is None
        watched.video.want(PictureLayer.HIGH)
        await asyncio.sleep(5)
        assert watched.publication.sending[-1] == HIGH

    play(story)


def test_a_tile_that_is_small_for_a_moment_changes_nothing() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await watched.film_for(0.3)
        watched.video.want(PictureLayer.LOW)
        await watched.film_for(0.3)
        watched.video.want(PictureLayer.HIGH)
        await watched.film_for(3)
        assert watched.publication.qualities == []
        watched.video.want(PictureLayer.LOW)
        await watched.film_for(2)
        watched.video.want(PictureLayer.MEDIUM)
        assert watched.publication.qualities == [LOW, MEDIUM]

    play(story)


def test_a_picture_without_layers_comes_whole() -> None:
    async def story(watched: Watched) -> None:
        watched.publication.has_layers = False
        watched.video.want(PictureLayer.LOW, at_once=True)
        await watched.attach()
        await watched.film_for(0.5)
        assert watched.states[-1] is TrackState.FLOWING

    play(story)


def test_a_picture_that_is_asked_for_anew_stops_for_a_blink_and_comes_in_its_layer() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        watched.video.want(PictureLayer.MEDIUM, at_once=True)
        await watched.film_for(0.5)
        watched.video.ask_again()
        watched.video.ask_again()
        await watched.film_for(2)
        assert watched.publication.switches == [False, True]
        assert watched.publication.sending[-1] == MEDIUM
        assert watched.states == [TrackState.STARTING, TrackState.FLOWING]

    play(story)


def test_a_picture_that_is_hidden_while_it_is_asked_for_anew_stays_stopped() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await watched.film_for(0.5)
        watched.video.ask_again()
        await asyncio.sleep(0.1)
        watched.video.want(PictureLayer.OFF, at_once=True)
        await asyncio.sleep(3)
        assert watched.publication.sending[-1] is None
        watched.video.ask_again()
        await asyncio.sleep(3)
        assert watched.publication.sending[-1] is None

    play(story)


def test_a_subscription_that_comes_although_nothing_is_wanted_sends_nothing() -> None:
    async def story(watched: Watched) -> None:
        watched.video.want(PictureLayer.OFF, at_once=True)
        await watched.attach()
        assert watched.publication.switches == [False, False]
        await asyncio.sleep(20)
        assert watched.states[-1] is TrackState.PAUSED

    play(story)


def test_an_empty_picture_that_is_fetched_anew_stays_off_once_nobody_wants_it() -> None:
    async def story(watched: Watched) -> None:
        await watched.attach()
        await asyncio.sleep(3.2)
        assert watched.publication.subscriptions == [False]
        watched.video.detach()
        watched.video.want(PictureLayer.OFF, at_once=True)
        await asyncio.sleep(10)
        assert watched.publication.subscriptions == [False, True]
        assert watched.publication.switches == [False]

    play(story)


def test_a_picture_fetched_anew_is_read_although_nobody_tells_that_it_is_back() -> None:
    async def story(watched: Watched) -> None:
        track: Any = object()  # only handed on
        watched.video.attach(track)
        await asyncio.sleep(3.2)
        watched.video.detach()
        await asyncio.sleep(1)
        await watched.film_for(0.5)
        assert len(watched.streams) == 2
        assert watched.states[-1] is TrackState.FLOWING

    play(story)


class _Participant:
    """Whom the publications of a test belong to."""

    def __init__(self, identity: str) -> None:
        self.identity = identity


class _Published(Publication):
    """A camera's publication as the SDK announces it."""

    source = rtc.TrackSource.SOURCE_CAMERA
    kind = rtc.TrackKind.KIND_VIDEO
    track = None


def _enable(publication: Any, enabled: bool) -> None:
    publication.set_enabled(enabled)


def _announce(tracks: RemoteTracks, identity: str) -> _Published:
    publication, someone = _Published(), _Participant(identity)
    untyped: Any = tracks  # stand-ins with the members that are used
    untyped.published(publication, someone)
    return publication


def test_only_what_is_not_wanted_small_anyway_is_asked_for_anew() -> None:
    async def story() -> None:
        tracks = RemoteTracks(lambda *_picture: None, lambda _event: None, lambda: None, enable=_enable)
        tracks.start()
        large, small = _announce(tracks, "customer-1"), _announce(tracks, "admin-2")
        for video in tracks._videos.values():
            video._reader = asyncio.create_task(asyncio.sleep(60))  # stands for a track of the SDK
        tracks.want_pictures({VideoKey("admin-2"): PictureLayer.LOW})
        await asyncio.sleep(2)
        tracks.ask_again()
        await asyncio.sleep(1)
        assert (large.switches, small.switches) == ([False, True], [])
        await tracks.close()

    run_virtual(story())


def test_wish_and_limit_combine_by_the_smaller_one_also_for_who_comes_later() -> None:
    async def story() -> None:
        told: list[RoomEvent] = []
        tracks = RemoteTracks(lambda *_picture: None, told.append, lambda: None, enable=_enable)
        tracks.start()
        first = _announce(tracks, "customer-1")
        tracks.want_pictures({VideoKey("customer-1"): PictureLayer.MEDIUM, VideoKey("admin-2"): PictureLayer.HIGH})
        await asyncio.sleep(2)
        tracks.limit_pictures(PictureLayer.LOW)
        second = _announce(tracks, "admin-2")
        third = _announce(tracks, "admin-3")
        assert (first.qualities, second.qualities, third.qualities) == ([MEDIUM, LOW], [LOW], [LOW])
        tracks.limit_pictures(PictureLayer.OFF)
        assert TrackChanged("admin-3", TrackSource.CAMERA, TrackState.PAUSED) in told
        tracks.limit_pictures(PictureLayer.HIGH)
        assert (first.sending[-1], second.sending[-1]) == (MEDIUM, HIGH)
        await tracks.close()

    run_virtual(story())

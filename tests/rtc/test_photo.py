"""Sharp photos of a paused picture: one frame at a time, nothing that moves, and no larger than the line carries."""

import asyncio
from collections.abc import Callable

import pytest
from livekit import rtc

from desktop.core.call import PictureLayer, TrackState
from desktop.rtc.photo import PhotoSize
from tests.rtc.test_picture_states import Watched, play

LOW, MEDIUM, HIGH = (
    rtc.VideoQuality.VIDEO_QUALITY_LOW,
    rtc.VideoQuality.VIDEO_QUALITY_MEDIUM,
    rtc.VideoQuality.VIDEO_QUALITY_HIGH,
)
HIGH_LAYER, MEDIUM_LAYER, LOW_LAYER = PictureLayer.HIGH, PictureLayer.MEDIUM, PictureLayer.LOW


async def _paused(watched: Watched) -> None:
    watched.publication.width, watched.publication.height = 128, 96
    await watched.attach()
    watched.streams[-1].film(128, 96)
    await asyncio.sleep(0.1)
    watched.video.want(PictureLayer.OFF, at_once=True)
    watched.widths.clear()
    watched.publication.sending.clear()


async def _photo(watched: Watched, film: Callable[[], None]) -> tuple[float | None, PictureLayer]:
    taking = asyncio.create_task(watched.video.photograph())
    await asyncio.sleep(0.3)
    film()
    return await taking


def test_a_photo_is_one_frame_and_the_picture_is_paused_again() -> None:
    async def story(watched: Watched) -> None:
        await _paused(watched)

        def film() -> None:
            for _ in range(5):
                watched.streams[-1].film(64, 48)

        took_s, layer = await _photo(watched, film)
        assert took_s is not None
        assert took_s < 0.5
        assert layer is MEDIUM_LAYER
        assert watched.widths == [64]
        assert watched.publication.sending == [MEDIUM, HIGH, MEDIUM, None]
        assert watched.states[-1] is TrackState.PAUSED

    play(story)


def test_a_quick_photo_is_followed_by_a_larger_one() -> None:
    async def story(watched: Watched) -> None:
        await _paused(watched)
        await _photo(watched, lambda: watched.streams[-1].film(64, 48))
        _, layer = await _photo(watched, lambda: watched.streams[-1].film(128, 96))
        assert layer is HIGH_LAYER
        assert watched.widths == [64, 128]

    play(story)


def test_a_photo_that_does_not_come_whole_is_shown_as_it_is_and_the_next_one_is_smaller() -> None:
    async def story(watched: Watched) -> None:
        await _paused(watched)
        took_s, _ = await _photo(watched, lambda: watched.streams[-1].film(32, 24))
        assert took_s == pytest.approx(2.0)
        assert watched.widths == [32]
        _, layer = await _photo(watched, lambda: None)
        assert layer is LOW_LAYER

    play(story)


def test_a_photo_that_never_comes_is_told_and_leaves_the_last_one_on_screen() -> None:
    async def story(watched: Watched) -> None:
        await _paused(watched)
        took_s, _ = await _photo(watched, lambda: None)
        assert took_s is None
        assert watched.widths == []
        assert watched.publication.sending[-1] is None

    play(story)


def test_video_that_is_wanted_while_a_photo_is_taken_goes_on() -> None:
    async def story(watched: Watched) -> None:
        await _paused(watched)
        await _photo(watched, lambda: watched.video.want(PictureLayer.LOW))
        assert watched.publication.sending[-1] == LOW
        await watched.film_for(0.5)
        assert watched.states[-1] is TrackState.FLOWING

    play(story)


def test_photos_are_as_large_as_the_line_carries() -> None:
    size = PhotoSize()
    layers = []
    for took_s in (None, 0.3, 0.3, 1.0, 0.3, 1.0, 1.8, 0.3):
        layers.append(size.layer)
        size.took(took_s)
    assert layers == [
        MEDIUM_LAYER, LOW_LAYER, LOW_LAYER, MEDIUM_LAYER, MEDIUM_LAYER, HIGH_LAYER, HIGH_LAYER, MEDIUM_LAYER
    ]  # fmt: skip
    assert size.layer is HIGH_LAYER


def test_a_photo_too_large_for_the_line_is_not_tried_at_every_turn() -> None:
    """Each one takes the line away from the sound for two seconds."""
    size = PhotoSize()
    tried = 0
    for _ in range(60):
        tried += size.layer is not LOW_LAYER
        size.took(0.4 if size.layer is LOW_LAYER else None)
    assert 18 <= tried <= 22

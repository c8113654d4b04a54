"""A call on a weak network: what a mechanic sees and reads of it, and what the room is asked for."""

import asyncio
from dataclasses import replace

import pytest

from desktop.core.call import PictureLayer, Quality
from desktop.core.link import LinkStats, PictureWish, Rung, Verdict
from desktop.rtc.events import Disconnected, LostReason, PhotoTaken, QualityChanged
from tests.flows.call_fakes import CUSTOMER, MECHANIC, Stage, play

GOOD = LinkStats(
    rx_kbps=1700, round_trip_ms=40, frame_width=1280, frame_height=720, fps=29, sent_width=1280, sent_fps=28
)
CHOKED = replace(GOOD, rx_kbps=250, rx_loss=0.5, round_trip_ms=700, fps=0)
HOLED = replace(CHOKED, round_trip_ms=40)
"""What a customer's weak upload looks like from here: packets are missing, and the own way to the server is free."""
TIGHT = replace(GOOD, tx_loss=0.3, spare_out_kbps=80)


async def measure(stage: Stage, stats: LinkStats, seconds: int) -> None:
    for _ in range(seconds):
        stage.room.tell(stats)
        await asyncio.sleep(1)


async def settled(stage: Stage) -> None:
    """Bring a call to where it is measured: what comes in the first seconds of a room is no measure."""
    await stage.live()
    await measure(stage, GOOD, 4)


def limit(stage: Stage) -> PictureLayer:
    return stage.room.picture_limit


def films(stage: Stage) -> bool:
    return stage.room.is_camera_on


def test_a_good_call_says_good_and_shows_its_numbers() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, GOOD, 3)
        link = stage.screen.state.link
        assert (link.verdict, link.rung, link.stats) == (Verdict.GOOD, Rung.FULL, GOOD)
        assert limit(stage) is PictureLayer.HIGH

    play(story)


def test_a_link_that_breaks_down_gets_smaller_pictures_then_photos_and_each_is_said_once() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, GOOD, 10)
        stage.room.tell(QualityChanged(CUSTOMER, Quality.WEAK))
        await measure(stage, HOLED, 3)
        assert limit(stage) is PictureLayer.LOW
        await measure(stage, HOLED, 6)
        assert limit(stage) is PictureLayer.OFF
        band = (await stage.screen.until_band("photos")).band
        assert band is not None
        assert band.title == "Dana's upload is weak."
        assert band.text == "You now get sharp photos instead of video. Sound goes on."
        assert stage.screen.bands().count("photos") == 1

    play(story)


def test_a_customer_is_not_blamed_for_a_line_that_is_full_on_this_side() -> None:
    """The server may call the customer weak at the same time: a phone that is short of breath, or its word is late."""

    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, GOOD, 10)
        stage.room.tell(QualityChanged(CUSTOMER, Quality.WEAK))
        await measure(stage, CHOKED, 9)
        band = (await stage.screen.until_band("photos")).band
        assert band is not None
        assert band.title == "Your network is weak."
        assert stage.screen.state.link.verdict is Verdict.WEAK_OWN

    play(story)


@pytest.mark.parametrize(
    ("customer", "verdict", "title"),
    [
        (Quality.GOOD, Verdict.WEAK_OWN, "Your network is weak."),
        (Quality.WEAK, Verdict.SERVER, "The server is slow."),
    ],
)
def test_who_is_said_to_be_weak_follows_the_verdict_beside_it(customer: Quality, verdict: Verdict, title: str) -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, GOOD, 10)
        stage.room.tell(QualityChanged(CUSTOMER, Quality.WEAK))
        await measure(stage, HOLED, 9)
        await stage.screen.until_band("photos")
        stage.room.tell(QualityChanged(CUSTOMER, customer), QualityChanged(MECHANIC, Quality.WEAK))
        await measure(stage, GOOD, 3)
        link, band = stage.screen.state.link, stage.screen.state.band
        assert (link.verdict, link.rung) == (verdict, Rung.PHOTOS)
        assert band is not None
        assert band.title == title

    play(story)


def test_who_is_said_to_be_weak_for_one_bad_second_gives_way_to_the_verdict_that_stays() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, GOOD, 10)
        stage.room.tell(QualityChanged(CUSTOMER, Quality.WEAK))
        await measure(stage, HOLED, 5)
        while limit(stage) is not PictureLayer.OFF:
            await measure(stage, CHOKED, 1)
        await measure(stage, HOLED, 5)
        band = (await stage.screen.until_band("photos")).band
        assert stage.screen.state.link.verdict is Verdict.WEAK_THEIRS
        assert band is not None
        assert band.title == "Dana's upload is weak."

    play(story)


def test_only_as_much_is_asked_for_as_comes_over_an_own_link_that_the_server_calls_weak() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        small = replace(GOOD, rx_kbps=220, frame_width=320, frame_height=180, fps=15)
        await measure(stage, small, 10)
        assert limit(stage) is PictureLayer.HIGH, "a sender may make it small for reasons of its own"
        stage.room.tell(QualityChanged(MECHANIC, Quality.WEAK))
        await measure(stage, small, 4)
        assert limit(stage) is PictureLayer.LOW
        stage.room.tell(QualityChanged(MECHANIC, Quality.GOOD))
        await measure(stage, small, 9)
        assert limit(stage) is PictureLayer.MEDIUM
        await measure(stage, GOOD, 20)
        assert limit(stage) is PictureLayer.HIGH

    play(story)


def test_a_server_that_holds_a_picture_back_on_a_wide_line_is_asked_again() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, replace(CHOKED, rx_kbps=300), 3)
        assert limit(stage) is PictureLayer.LOW
        held = replace(GOOD, rx_kbps=230, frame_width=320, frame_height=180, fps=8, train_kbps=2500)
        await measure(stage, held, 5)
        assert limit(stage) is PictureLayer.MEDIUM
        assert stage.room.asked_again == 1

    play(story)


def test_what_a_sender_with_a_weak_line_sends_small_is_not_asked_for_anew() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, replace(CHOKED, rx_kbps=300), 3)
        stage.room.tell(QualityChanged(CUSTOMER, Quality.WEAK))
        small = replace(GOOD, rx_kbps=230, frame_width=320, frame_height=180, fps=8, train_kbps=2500, repeats=9)
        await measure(stage, small, 20)
        assert stage.room.asked_again == 0

    play(story)


def test_a_server_that_holds_the_frames_of_a_picture_back_is_asked_again_ever_more_rarely() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        slow = replace(GOOD, rx_kbps=260, fps=7, train_kbps=2500)
        await measure(stage, replace(slow, repeats=8), 60)
        assert stage.room.asked_again == 0, "nothing was ever narrow here"
        await measure(stage, replace(CHOKED, rx_kbps=300), 3)
        await measure(stage, slow, 60)
        assert limit(stage) is PictureLayer.HIGH
        assert stage.room.asked_again == 0, "a camera in the dark films no faster"
        await measure(stage, replace(slow, repeats=8), 2)
        assert stage.room.asked_again == 1
        await measure(stage, replace(slow, repeats=8), 600)
        assert stage.room.asked_again == 5

    play(story)


def test_a_server_that_sends_a_quarter_of_the_low_layer_over_a_line_that_carries_it_is_asked_for_all_of_it() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, replace(CHOKED, rx_kbps=300), 3)
        stage.room.tell(QualityChanged(MECHANIC, Quality.WEAK))
        await measure(stage, replace(GOOD, rx_kbps=130, frame_width=320, frame_height=180, fps=3.9, train_kbps=290), 5)
        assert limit(stage) is PictureLayer.LOW
        assert stage.room.asked_again == 1

    play(story)


def test_a_server_that_sends_a_quarter_of_the_low_layer_because_the_line_carries_no_more_is_left_in_peace() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, replace(CHOKED, rx_kbps=140), 3)
        stage.room.tell(QualityChanged(MECHANIC, Quality.WEAK))
        await measure(stage, replace(GOOD, rx_kbps=130, frame_width=320, frame_height=180, fps=3.9, train_kbps=130), 30)
        assert stage.room.asked_again == 0

    play(story)


def test_a_server_that_holds_a_picture_back_on_a_narrow_line_is_left_in_peace() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, replace(CHOKED, rx_kbps=300), 3)
        await measure(
            stage, replace(GOOD, rx_kbps=230, frame_width=320, frame_height=180, fps=8, train_kbps=290, repeats=9), 20
        )
        assert stage.room.asked_again == 0

    play(story)


def test_photos_come_every_four_seconds_and_carry_their_time() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, CHOKED, 9)
        still = replace(CHOKED, rx_loss=0.2)
        asked = stage.room.photos_asked
        await measure(stage, still, 12)
        assert 2 <= stage.room.photos_asked - asked <= 4
        stage.room.tell(PhotoTaken(CUSTOMER, 0.4, PictureLayer.MEDIUM))
        assert stage.screen.state.link.photo_at is not None

    play(story)


def test_video_comes_back_by_itself_and_it_is_said() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, CHOKED, 9)
        assert stage.screen.state.link.rung is Rung.PHOTOS
        await measure(stage, replace(GOOD, fps=0), 9)
        assert limit(stage) is PictureLayer.LOW
        await measure(stage, GOOD, 2)
        await stage.screen.until_band("video_back")
        await measure(stage, GOOD, 30)
        assert limit(stage) is PictureLayer.HIGH
        assert stage.screen.state.link.photo_at is None

    play(story)


def test_video_can_be_taken_back_by_hand() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, CHOKED, 9)
        await stage.screen.until_band("photos")
        stage.flow.act_on_band("photos")
        assert limit(stage) is PictureLayer.LOW
        stage.flow.wish_for_pictures(PictureWish.MORE_PICTURE)
        assert limit(stage) is PictureLayer.HIGH
        await measure(stage, CHOKED, 20)
        assert limit(stage) is PictureLayer.HIGH
        assert stage.screen.state.link.wish is PictureWish.MORE_PICTURE

    play(story)


def test_the_own_camera_goes_off_for_the_sound_and_comes_back() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, TIGHT, 6)
        assert not films(stage)
        band = (await stage.screen.until_band("camera_held")).band
        assert band is not None
        assert band.title == "Your network is weak."
        await measure(stage, replace(GOOD, sent_width=0, sent_fps=0), 30)
        assert films(stage)
        assert stage.screen.state.band is None or stage.screen.state.band.key != "camera_held"

    play(story)


def test_a_camera_that_its_owner_turned_off_stays_off_when_the_network_is_better() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, TIGHT, 6)
        stage.flow.set_camera(False)
        await measure(stage, replace(GOOD, sent_width=0, sent_fps=0), 30)
        assert not films(stage)

    play(story)


def test_a_camera_held_by_the_network_is_turned_on_by_one_tap() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, TIGHT, 6)
        stage.flow.set_camera(True)
        assert films(stage)

    play(story)


def test_a_new_room_gets_the_rung_and_the_held_camera_of_the_former_one() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        await measure(stage, replace(CHOKED, tx_loss=0.3), 9)
        assert limit(stage) is PictureLayer.OFF
        former = stage.room
        stage.rooms.people_inside = (CUSTOMER,)
        former.tell(Disconnected(LostReason.CONNECTION))
        await stage.screen.until(lambda: stage.room is not former and stage.room.connected_with)
        assert limit(stage) is PictureLayer.OFF
        assert not films(stage)

    play(story)


def test_the_verdict_names_the_own_network() -> None:
    async def story(stage: Stage) -> None:
        await settled(stage)
        stage.room.tell(QualityChanged(MECHANIC, Quality.WEAK))
        await measure(stage, GOOD, 3)
        assert stage.screen.state.link.verdict is Verdict.WEAK_OWN

    play(story)


def test_before_the_room_is_entered_there_is_no_verdict() -> None:
    async def story(stage: Stage) -> None:
        await stage.join()
        assert {state.link.verdict for state in stage.screen.states} == {Verdict.UNKNOWN}

    play(story)

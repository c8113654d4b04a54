"""The bandwidth ladder: what a mechanic sees of the picture while the network gets worse and better."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.link import PictureWish, Rung
from desktop.flows.ladder import Ladder, Sample

GOOD = Sample(loss=0.002, round_trip_ms=45, fps=29, frozen_ms=0, is_expected=True, is_weak=False)
DELAYED = replace(GOOD, loss=0.05, round_trip_ms=220, fps=13)
LOSSY = replace(GOOD, loss=0.10, round_trip_ms=220, fps=10, frozen_ms=300)
CHOKED = replace(GOOD, loss=0.45, round_trip_ms=700, fps=0, is_weak=True)
SLOW = replace(GOOD, loss=0.09, round_trip_ms=400, fps=12)
STILL = replace(GOOD, fps=0)
SEEN_AT = {Rung.FULL: 1700.0, Rung.MIDDLE: 550.0, Rung.LOW: 240.0, Rung.PHOTOS: 90.0, Rung.SOUND: 75.0}
"""What comes in with each rung, in kbit/s."""


class Watched:
    """A ladder under one sample a second, with what it did and when."""

    def __init__(self) -> None:
        self.ladder = Ladder()
        self.now = 100.0
        self.steps: list[tuple[float, Rung]] = []

    def rung(self) -> Rung:
        return self.ladder.rung

    def see(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            self.now += 1
            if self.ladder.take(sample, self.now):
                self.steps.append((self.now, self.rung()))

    def see_for(self, seconds: int, sample: Sample | Callable[[Rung], Sample]) -> None:
        for _ in range(seconds):
            self.see([sample if isinstance(sample, Sample) else sample(self.rung())])

    def photos(self, count: int, took_s: float | None) -> None:
        for _ in range(count):
            self.now += 4
            if self.ladder.photo_taken(took_s, self.now):
                self.steps.append((self.now, self.rung()))


def carries(least_bad: Rung) -> Callable[[Rung], Sample]:
    """Return a link on which this rung and all above it are too much, and everything below runs well."""
    return lambda rung: GOOD if rung > least_bad else CHOKED


def line(kbps: float, *, train_kbps: float | None = None) -> Callable[[Rung], Sample]:
    """Return a line of this width; what was sent together comes apart by it, or not (`train_kbps`)."""

    def sample(rung: Rung) -> Sample:
        train = kbps if train_kbps is None else train_kbps
        if SEEN_AT[rung] <= kbps:
            return replace(GOOD, rx_kbps=SEEN_AT[rung], train_kbps=train if rung.has_video else None)
        return replace(CHOKED, rx_kbps=kbps, train_kbps=train)

    return sample


def until_rung(watched: Watched, rung: Rung, sample: Callable[[Rung], Sample]) -> float:
    """Return how long it takes to a rung, or one above it."""
    began = watched.now
    while watched.rung() > rung:
        watched.see_for(1, sample)
        assert watched.now - began < 600
    return watched.now - began


def test_a_line_that_is_wide_again_is_used_within_five_seconds_however_often_it_narrows() -> None:
    watched = Watched()
    for _ in range(20):
        watched.see_for(16, line(300))
        assert watched.rung() >= Rung.MIDDLE
        assert until_rung(watched, Rung.MIDDLE, line(3000)) <= 6
        watched.see_for(6, line(3000))


def test_a_line_that_is_wide_again_after_an_hour_is_used_within_five_seconds_too() -> None:
    watched = Watched()
    watched.see_for(3600, line(300))
    assert until_rung(watched, Rung.MIDDLE, line(3000)) <= 6
    assert until_rung(watched, Rung.FULL, line(3000)) <= 6


def test_a_line_that_narrows_soon_after_a_try_that_worked_is_tried_again_as_soon_as_before() -> None:
    """Without packets to measure by: a try that carried much more for seconds has not failed when the line narrows."""

    def blind(kbps: float) -> Callable[[Rung], Sample]:
        return lambda rung: replace(line(kbps)(rung), train_kbps=None)

    watched = Watched()
    watched.see_for(16, blind(300))
    for _ in range(10):
        until_rung(watched, Rung.MIDDLE, blind(3000))
        watched.see_for(7, blind(3000))
        watched.see_for(8, blind(300))
    assert until_rung(watched, Rung.MIDDLE, blind(3000)) <= 10


@pytest.mark.parametrize("kbps", [300, 700])
@pytest.mark.parametrize("train_kbps", [None, 9000])
def test_a_line_that_stays_narrow_is_tried_more_and_more_rarely_even_if_short_bursts_pass_it(
    kbps: float, train_kbps: float | None
) -> None:
    watched = Watched()
    watched.see_for(1200, line(kbps, train_kbps=train_kbps))
    climbs = [at for (_, before), (at, after) in pairwise(watched.steps) if after < before]
    gaps = [later - earlier for earlier, later in pairwise(climbs)]
    assert len(climbs) <= 32
    assert max(gaps[-4:]) >= 60


def test_a_line_that_a_server_starves_soon_after_each_try_is_tried_more_and_more_rarely() -> None:
    """The server sends the low layer because the middle one is just too much: the line has not changed."""
    watched = Watched()
    watched.see_for(4, line(300))
    climbs = 0
    for _ in range(600):
        before = watched.rung()
        is_spent = before < Rung.LOW and watched.steps and watched.now - watched.steps[-1][0] >= 8
        low = replace(line(500)(Rung.LOW), is_weak=True, starved_at=Rung.LOW)
        watched.see_for(1, low if is_spent else line(600)(before))
        climbs += watched.rung() < before
    assert climbs <= 20


def test_a_narrow_line_that_looks_wide_for_one_second_is_not_tried_for_that() -> None:
    watched = Watched()
    watched.see_for(30, line(300))
    before = len(watched.steps)
    assert watched.rung() is Rung.LOW
    watched.see_for(1, line(300, train_kbps=9000))
    watched.see_for(1, line(300))
    watched.see_for(1, line(300, train_kbps=9000))
    assert len(watched.steps) == before


def test_a_low_layer_that_is_sent_slowly_over_a_clean_line_is_no_reason_for_photos() -> None:
    watched = Watched()
    watched.see_for(4, CHOKED)
    assert watched.rung() is Rung.LOW
    watched.see_for(8, replace(GOOD, fps=3.9, is_weak=True, starved_at=Rung.LOW))
    assert watched.rung() is Rung.LOW


def test_a_photo_that_chokes_the_line_is_no_reason_to_do_without_photos_nor_to_wait_longer_with_video() -> None:
    watched = Watched()
    watched.see_for(8, carries(Rung.LOW))
    burst = replace(CHOKED, is_photo=True)
    watched.see([GOOD, GOOD, burst, burst])
    assert watched.rung() is Rung.PHOTOS
    watched.see([GOOD, GOOD])
    assert watched.rung() is Rung.LOW


def test_a_line_that_photos_choke_and_that_brings_them_late_is_left_to_the_sound_within_seconds() -> None:
    watched = Watched()
    watched.see_for(8, carries(Rung.LOW))
    burst = replace(CHOKED, is_photo=True)
    watched.see_for(3, burst)
    assert watched.rung() is Rung.PHOTOS
    watched.photos(1, 2.0)
    watched.see_for(2, burst)
    assert watched.rung() is Rung.SOUND


def test_a_server_that_sends_less_than_is_asked_for_is_asked_for_that_and_tried_again_soon() -> None:
    watched = Watched()
    small = replace(GOOD, is_weak=True, starved_at=Rung.LOW)
    watched.see_for(3, small)
    assert watched.steps == [(103.0, Rung.LOW)]
    watched.see_for(30, GOOD)
    assert watched.steps[1] == (109.0, Rung.MIDDLE)
    assert watched.rung() is Rung.FULL


def test_a_small_picture_of_somebody_elses_making_is_no_reason_to_ask_for_less() -> None:
    watched = Watched()
    watched.see_for(60, replace(GOOD, fps=15, starved_at=None))
    assert watched.steps == []


def test_a_good_link_keeps_the_full_picture() -> None:
    watched = Watched()
    watched.see_for(600, GOOD)
    assert watched.steps == []


def test_five_percent_loss_and_a_delay_leave_the_picture_alone() -> None:
    watched = Watched()
    watched.see_for(120, DELAYED)
    assert watched.rung() is Rung.FULL


def test_ten_percent_loss_makes_the_picture_smaller_and_never_stops_it() -> None:
    watched = Watched()
    watched.see_for(300, LOSSY)
    assert watched.rung() is Rung.LOW


def test_a_link_that_breaks_down_gets_the_low_layer_within_three_seconds() -> None:
    watched = Watched()
    watched.see_for(20, GOOD)
    began = watched.now
    watched.see_for(3, CHOKED)
    assert watched.rung() is Rung.LOW
    assert watched.steps[0][0] - began <= 3


def test_photos_come_when_even_the_low_layer_does_not_move() -> None:
    watched = Watched()
    watched.see_for(20, CHOKED)
    assert [rung for _, rung in watched.steps] == [Rung.LOW, Rung.PHOTOS, Rung.SOUND][: len(watched.steps)]
    assert watched.rung() >= Rung.PHOTOS


def test_sound_alone_remains_when_no_photo_gets_through() -> None:
    watched = Watched()
    watched.see_for(12, carries(Rung.LOW))
    assert watched.rung() is Rung.PHOTOS
    watched.photos(3, None)
    assert watched.rung() is Rung.SOUND


def test_a_cap_that_is_lifted_gives_video_back_within_ten_seconds() -> None:
    watched = Watched()
    watched.see_for(20, GOOD)
    watched.see_for(12, CHOKED)
    while watched.rung().has_video:
        watched.see_for(1, CHOKED)
    watched.ladder.rung = Rung.PHOTOS
    lifted = watched.now
    watched.see_for(10, STILL)
    assert watched.rung().has_video
    assert next(at for at, rung in watched.steps if at > lifted and rung.has_video) - lifted <= 10
    watched.see_for(40, GOOD)
    assert watched.rung() is Rung.FULL


def test_two_quick_photos_bring_video_back_although_probes_have_failed_before() -> None:
    watched = Watched()
    watched.see_for(400, carries(Rung.LOW))
    while watched.rung() is not Rung.PHOTOS:
        watched.see_for(1, carries(Rung.LOW))
    watched.photos(2, 0.6)
    assert watched.rung() is Rung.LOW


def test_slow_photos_do_not() -> None:
    watched = Watched()
    watched.see_for(12, carries(Rung.LOW))
    assert watched.rung() is Rung.PHOTOS
    watched.photos(5, 2.5)
    assert watched.rung() is Rung.PHOTOS


@pytest.mark.parametrize("border", [Rung.FULL, Rung.MIDDLE, Rung.LOW])
def test_a_link_at_a_border_is_probed_more_and_more_rarely(border: Rung) -> None:
    watched = Watched()
    watched.see_for(1200, carries(border))
    climbs = [at for (_, before), (at, after) in pairwise(watched.steps) if after < before]
    gaps = [later - earlier for earlier, later in pairwise(climbs)]
    assert len(climbs) <= 32
    assert max(gaps[-4:]) >= 90


def test_a_link_that_hovers_around_the_limit_does_not_flap() -> None:
    watched = Watched()
    for _ in range(300):
        watched.see([SLOW, DELAYED, DELAYED])
    assert len(watched.steps) <= 2


def test_one_bad_second_changes_nothing() -> None:
    watched = Watched()
    for _ in range(60):
        watched.see([*[GOOD] * 9, CHOKED])
    assert watched.steps == []


def test_a_picture_that_stands_on_a_clean_link_is_not_blamed_on_the_link() -> None:
    watched = Watched()
    watched.see_for(60, STILL)
    assert watched.rung() is Rung.FULL


def test_a_camera_that_is_off_is_no_weak_link() -> None:
    watched = Watched()
    watched.see_for(60, replace(CHOKED, loss=0.0, round_trip_ms=60, is_expected=False))
    assert watched.rung() is Rung.FULL


def test_a_mechanic_who_wants_more_picture_gets_it_until_they_want_it_automatic_again() -> None:
    watched = Watched()
    watched.see_for(20, CHOKED)
    watched.ladder.wish_for(PictureWish.MORE_PICTURE, watched.now)
    assert watched.rung() is Rung.FULL
    watched.see_for(60, CHOKED)
    assert watched.rung() is Rung.FULL
    watched.ladder.wish_for(PictureWish.AUTOMATIC, watched.now)
    watched.see_for(8, CHOKED)
    assert watched.rung() > Rung.FULL


def test_video_taken_back_by_hand_stays_for_half_a_minute() -> None:
    watched = Watched()
    watched.see_for(20, CHOKED)
    watched.ladder.climb_by_hand(watched.now)
    assert watched.rung() is Rung.LOW
    watched.see_for(28, CHOKED)
    assert watched.rung() is Rung.LOW
    watched.see_for(10, CHOKED)
    assert not watched.rung().has_video


def test_a_new_connection_starts_with_a_clean_sheet() -> None:
    watched = Watched()
    watched.see([CHOKED])
    watched.ladder.start_over(watched.now)
    watched.see([CHOKED])
    assert watched.rung() is Rung.FULL


@given(
    st.lists(
        st.builds(
            Sample,
            loss=st.floats(0, 1),
            round_trip_ms=st.floats(0, 5000),
            fps=st.floats(0, 60),
            frozen_ms=st.floats(0, 1000),
            is_expected=st.booleans(),
            is_weak=st.booleans(),
        ),
        max_size=200,
    )
)
def test_whatever_is_measured_steps_are_seconds_apart_and_never_leave_the_ladder(samples: list[Sample]) -> None:
    watched = Watched()
    watched.see(samples)
    assert all(later - earlier >= 2 for (earlier, _), (later, _) in pairwise(watched.steps))
    assert all(after - before == -1 for (_, before), (_, after) in pairwise(watched.steps) if after < before)


def test_a_phone_that_films_slowly_in_the_dark_gets_its_full_picture_back() -> None:
    watched = Watched()
    watched.see_for(20, GOOD)
    watched.see_for(4, CHOKED)
    watched.see_for(30, replace(GOOD, fps=6))
    assert watched.rung() is Rung.FULL

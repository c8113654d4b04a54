"""The own camera under a weak upload: off so that the sound stays clear, and back by itself."""

from dataclasses import replace

from desktop.core.link import LinkStats
from desktop.flows.own_upload import OwnUpload

FINE = LinkStats(tx_loss=0.0, round_trip_ms=40, sent_width=1280, sent_height=720, sent_fps=28, spare_out_kbps=2400)
TIGHT = replace(FINE, tx_loss=0.2, round_trip_ms=700, sent_width=320, sent_fps=6, spare_out_kbps=90)
SILENT = replace(FINE, sent_width=0, sent_fps=0, spare_out_kbps=None)


class Watched:
    """An upload under one sample a second."""

    def __init__(self) -> None:
        self.upload = OwnUpload()
        self.now = 100.0
        self.changes: list[tuple[float, bool]] = []

    def see(self, seconds: int, stats: LinkStats) -> None:
        for _ in range(seconds):
            self.now += 1
            if self.upload.take(stats, self.now):
                self.changes.append((self.now, self.upload.is_held))


def test_a_good_upload_leaves_the_camera_alone() -> None:
    watched = Watched()
    watched.see(300, FINE)
    assert watched.changes == []


def test_a_weak_upload_turns_the_camera_off_within_five_seconds() -> None:
    watched = Watched()
    watched.see(20, FINE)
    watched.see(5, TIGHT)
    assert watched.upload.is_held


def test_a_bad_second_now_and_then_does_not() -> None:
    watched = Watched()
    for _ in range(60):
        watched.see(3, FINE)
        watched.see(2, TIGHT)
    assert watched.changes == []


def test_the_camera_comes_back_when_the_network_is_well_for_a_while() -> None:
    watched = Watched()
    watched.see(5, TIGHT)
    watched.see(30, SILENT)
    assert not watched.upload.is_held


def test_a_camera_that_cannot_stay_is_tried_more_and_more_rarely() -> None:
    watched = Watched()
    for _ in range(1200):
        watched.see(1, SILENT if watched.upload.is_held else TIGHT)
    freed = [at for at, held in watched.changes if not held]
    assert len(freed) <= 12
    assert freed[-1] - freed[-2] > 3 * (freed[1] - freed[0])


def test_a_camera_turned_on_by_hand_stays_on_for_a_minute() -> None:
    watched = Watched()
    watched.see(5, TIGHT)
    assert watched.upload.free_by_hand(watched.now)
    watched.see(59, TIGHT)
    assert not watched.upload.is_held
    watched.see(10, TIGHT)
    assert watched.upload.is_held


def test_a_camera_that_sends_nothing_is_not_turned_off() -> None:
    watched = Watched()
    watched.see(60, replace(SILENT, tx_loss=0.5))
    assert watched.changes == []

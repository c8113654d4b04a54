"""The bandwidth ladder: how much picture the link carries now - down fast, up slowly, never to and fro.

Pure: samples and times in, a rung out. Full picture, middle layer, low layer, a sharp photo every few seconds beside
the sound, sound alone. Going up is a probe: one that fails soon makes the wait for the next to the same rung longer;
packets that were sent together and arrive much closer together than a narrow line lets them cut it short.
"""

from dataclasses import dataclass

from desktop.core.link import PictureWish, Rung

_BAD_OF = 3
_BAD_NEEDED = 2
_SETTLE_S = 3.0
"""After a step the server needs this long to follow; what is measured meanwhile is the past."""
_PLAIN_S = 1.5
_PHOTO_AFTER_S = 5.0
"""The low layer gets this long to come and move before photos replace it."""
_FIRST_WAIT_S = 5.0
_LONGER = 1.5
_LONGEST_WAIT_S = 96.0
_PROBE_S = 15.0
_FRESH_S = 6.0
"""A try that fails sooner goes back to what worked before; what worked for longer breaks down as anything else."""
_PROVEN_S = 60.0
_CARRIED_NEEDED = 5
_NARROWED = 1.3
"""A line that chokes at so much less than it carried for seconds has changed: the step up had not been too much."""
_BY_HAND_S = 30.0
_QUICK_PHOTO_S = 1.5
_QUICK_PHOTOS = 2
_LATE_PHOTOS = 3
_MOVING_FPS = 4.0
_SLOWEST_FPS = 2.5
"""Where a line seems narrow the server sends a quarter of the low layer's 15 frames at first: slow, but it moves."""
_WIDER = 3.0
_WIDER_THAN_CHOKED = 2.5
"""Over a line of 300 kbit/s packets followed each other at 300 (99 of 100 seconds below 860), over 3000 at 2700."""
_WIDER_NEEDED = 2
"""One second may be far off on a busy machine; of 515 on a narrow line no two in a row were."""
_FIRST_WIDER_WAIT_S = 2.0
_STARVED_NEEDED = 3
_SMOOTH_FPS = 5.0
"""A phone in the dark films no faster than this and its link may still be good."""
_FROZEN_MS = 500.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One second of the link as the ladder sees it; shares from 0 to 1, times in milliseconds.

    `is_expected`: somebody's camera is on, so pictures should move. `is_weak`: the server calls the link weak.
    `starved_at`: the rung whose picture comes, whatever is asked for, while the server calls our own link weak.
    `rx_kbps`: all that came in, 0 where that is not known; while a line chokes that is what it carries.
    `train_kbps`: how fast packets arrived that were sent together, None where there were none.
    `is_photo`: a photo may have come, which is a burst: that it was too much says nothing of what else fits.
    """

    loss: float
    round_trip_ms: float
    fps: float
    frozen_ms: float
    is_expected: bool
    is_weak: bool
    starved_at: Rung | None = None
    rx_kbps: float = 0.0
    train_kbps: float | None = None
    is_photo: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether loss and delay are as on a good network."""
        return self.loss < 0.03 and self.round_trip_ms < 500  # noqa: PLR2004 - the bounds of "good"

    @property
    def is_choppy(self) -> bool:
        """Whether pictures should move and hardly do, with the link as a likely cause."""
        moves_fps = _SLOWEST_FPS if self.is_clean else _MOVING_FPS
        stands = self.is_expected and (self.fps < moves_fps or self.frozen_ms >= _FROZEN_MS)
        return stands and (self.is_weak or not self.is_clean)

    def is_bad_on(self, rung: Rung) -> bool:
        """Whether less picture would be better. Loss alone never takes a low layer away that still moves."""
        loss, round_trip_ms = _BAD[rung]
        return self.loss >= loss or self.round_trip_ms >= round_trip_ms or (rung.has_video and self.is_choppy)

    def is_fine_on(self, rung: Rung) -> bool:
        """Whether more picture may be tried."""
        moves = not self.is_expected or not rung.has_video or self.fps >= _SMOOTH_FPS
        # The server's word is seconds late: it would hold a picture down that fits again.
        return self.is_clean and moves and self.frozen_ms < _FROZEN_MS

    @property
    def is_severe(self) -> bool:
        """Whether a single step down would be too slow."""
        return self.loss >= 0.25 or (self.is_choppy and self.fps < 1)  # noqa: PLR2004 - a quarter of all packets


_BAD = {
    Rung.FULL: (0.08, 900.0),
    Rung.MIDDLE: (0.08, 900.0),
    Rung.LOW: (0.20, 2000.0),
    Rung.PHOTOS: (0.35, 4000.0),
    Rung.SOUND: (1.01, float("inf")),
}


class Ladder:
    """The rung of one call. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        """Start with the full picture."""
        self.rung = Rung.FULL
        self.wish = PictureWish.AUTOMATIC
        self._recent: list[bool] = []
        self._carried_kbps: list[float] = []
        self._starved = 0
        self._stepped_s = float("-inf")
        self._fine_since_s: float | None = None
        self._climbed_s: float | None = None
        self._waits_s = dict.fromkeys(Rung, _FIRST_WAIT_S)
        self._wider_waits_s = dict.fromkeys(Rung, _FIRST_WIDER_WAIT_S)
        self._choked_kbps = 0.0
        self._wider = 0
        self._train_kbps = self._climbed_train_kbps = 0.0
        self._trusts_wider = False
        self._held_until_s = float("-inf")
        self._quick_photos = 0
        self._late_photos = 0
        self._has_late_photo = False

    @property
    def is_wider(self) -> bool:
        """Whether the line seems to carry much more than what comes, and than what it had choked at."""
        return self._wider >= _WIDER_NEEDED

    def has_carried(self, kbps: float) -> bool:
        """Whether the line was seen to carry so much even while it choked."""
        return self._choked_kbps >= kbps

    def take(self, sample: Sample, now: float) -> bool:
        """Take a second of the link; say whether the rung changed."""
        if self.wish is PictureWish.MORE_PICTURE:
            return False
        if now - self._stepped_s >= _PROVEN_S:
            self._forgive()
        self._note_wider(sample)
        self._note_fine(sample, now)
        if sample.is_clean:
            self._carried_kbps = sorted([*self._carried_kbps, sample.rx_kbps])[-_CARRIED_NEEDED:]
        if now - self._stepped_s < _SETTLE_S:
            return self._is_failed_probe(sample, now) and self._fall(sample, now)
        if not self._is_excused(sample):
            self._recent = [*self._recent, sample.is_bad_on(self.rung)][-_BAD_OF:]
        if sum(self._recent) >= _BAD_NEEDED:
            return self._fall(sample, now)
        if sample.starved_at is not None and self._is_starved(sample.starved_at):
            self._note_failed_probe(now, has_narrowed=self._has_come_apart(sample))
            self._step(sample.starved_at, now)
            return True
        return self._climb_if_fine(now)

    def photo_taken(self, took_s: float | None, now: float) -> bool:
        """Take how long a sharp photo took, None for one that did not come; say whether the rung changed.

        A photo is a probe that costs nothing extra: two quick ones show that video fits again, whatever the wait.
        """
        if self.rung is not Rung.PHOTOS or self.wish is PictureWish.MORE_PICTURE:
            return False
        self._late_photos = self._late_photos + 1 if took_s is None else 0
        is_quick = took_s is not None and took_s <= _QUICK_PHOTO_S
        self._has_late_photo = not is_quick
        self._quick_photos = self._quick_photos + 1 if is_quick else 0
        if self._late_photos >= _LATE_PHOTOS:
            self._step(Rung.SOUND, now)
            return True
        if self._quick_photos >= _QUICK_PHOTOS and now - self._stepped_s >= _FIRST_WAIT_S:
            self._climb(Rung.LOW, now)
            return True
        return False

    def climb_by_hand(self, now: float) -> None:
        """Show video although it was taken away, and leave it for a while whatever is measured."""
        if not self.rung.has_video:
            self._step(Rung.LOW, now)
        self._held_until_s = now + _BY_HAND_S

    def wish_for(self, wish: PictureWish, now: float) -> None:
        """Let the mechanic decide, or the link again."""
        self.wish = wish
        self._step(Rung.FULL, now)
        self._climbed_s = None
        self._waits_s = dict.fromkeys(Rung, _FIRST_WAIT_S)
        self._wider_waits_s = dict.fromkeys(Rung, _FIRST_WIDER_WAIT_S)

    def start_over(self, now: float) -> None:
        """Forget what was measured: the connection is a new one. The rung stays."""
        self._stepped_s = now
        self._recent = []
        self._carried_kbps = []
        self._choked_kbps = self._train_kbps = 0.0
        self._starved = self._wider = 0
        self._fine_since_s = None

    def _is_failed_probe(self, sample: Sample, now: float) -> bool:
        """Say whether a step up was plainly too much: no need to wait for what is known already."""
        return self._climbed_s == self._stepped_s and now - self._stepped_s >= _PLAIN_S and sample.is_severe

    def _is_starved(self, starved_at: Rung) -> bool:
        """Say whether the server has sent less than was asked for long enough.

        Asked for more than it can send it was seen to send the low layer for a minute on a line that was wide again;
        asked for what comes, and then for more, it mostly sent that within a second or two.
        """
        self._starved = self._starved + 1 if starved_at > self.rung else 0
        return self._starved >= _STARVED_NEEDED

    def _is_excused(self, sample: Sample) -> bool:
        """Say whether only a photo may choke a line that carries the sound; one that came late excuses nothing."""
        return sample.is_photo and not self._has_late_photo

    def _note_fine(self, sample: Sample, now: float) -> None:
        if not sample.is_fine_on(self.rung):
            self._fine_since_s = self._fine_since_s if self._is_excused(sample) else None
        elif self._fine_since_s is None:
            self._fine_since_s = now

    def _note_wider(self, sample: Sample) -> None:
        """Count the seconds in a row in which the line seemed wider.

        One whose limit lets short bursts pass seems so whatever it carries: `_note_failed_probe` trusts that less.
        """
        if sample.train_kbps is None:
            return
        self._train_kbps = sample.train_kbps
        is_wider = sample.train_kbps >= max(_WIDER_THAN_CHOKED * self._choked_kbps, _WIDER * sample.rx_kbps)
        self._wider = self._wider + 1 if is_wider and sample.is_clean else 0

    def _forgive(self) -> None:
        """Let the next try of this rung come as soon as the first one."""
        self._waits_s[self.rung] = _FIRST_WAIT_S
        self._wider_waits_s[self.rung] = _FIRST_WIDER_WAIT_S

    def _fall(self, sample: Sample, now: float) -> bool:
        if self.rung is Rung.SOUND or (self.rung is Rung.LOW and self._may_not_stop_video(now)):
            return False
        is_try = self._note_failed_probe(now, has_narrowed=self._has_narrowed(sample))
        is_fresh = is_try and now - self._stepped_s <= _FRESH_S
        self._choked_kbps = sample.rx_kbps
        # A probe that fails goes back to what was known to work; a breakdown out of the blue goes far at once.
        is_breakdown = sample.is_severe and self.rung < Rung.LOW and not is_fresh
        self._step(Rung.LOW if is_breakdown else Rung(self.rung + 1), now)
        return True

    def _note_failed_probe(self, now: float, *, has_narrowed: bool) -> bool:
        """Say whether the rung that is left now was a try that failed, and wait longer before the next one.

        One that worked until the line narrowed did not fail, so the next one comes as soon as the first.
        """
        was_probe = self._climbed_s is not None and now - self._climbed_s <= _PROBE_S and not has_narrowed
        if has_narrowed:
            self._forgive()
        elif was_probe:
            self._waits_s[self.rung] = min(_LONGER * self._waits_s[self.rung], _LONGEST_WAIT_S)
        if was_probe and self._trusts_wider:
            self._wider_waits_s[self.rung] = min(2 * self._wider_waits_s[self.rung], _LONGEST_WAIT_S)
        self._climbed_s = None
        return was_probe

    def _has_narrowed(self, sample: Sample) -> bool:
        """Say whether the line carries far less now than it did for seconds on this very rung."""
        carried = self._carried_kbps
        return len(carried) == _CARRIED_NEEDED and carried[0] > _NARROWED * sample.rx_kbps > 0

    def _has_come_apart(self, sample: Sample) -> bool:
        """Say the same by packets that were sent together, where the rate is no measure: the server sends less."""
        return sample.train_kbps is not None and sample.train_kbps * _WIDER <= self._climbed_train_kbps

    def _may_not_stop_video(self, now: float) -> bool:
        return now < self._held_until_s or now - self._stepped_s < _PHOTO_AFTER_S

    def _climb_if_fine(self, now: float) -> bool:
        """Try more picture if the link has been fine for long enough; say whether it is tried."""
        if self.rung is Rung.FULL or self._fine_since_s is None:
            return False
        higher, fine_s = Rung(self.rung - 1), now - self._fine_since_s
        trusts_wider = self.is_wider and fine_s >= self._wider_waits_s[higher]
        if not trusts_wider and fine_s < self._waits_s[higher]:
            return False
        self._climb(higher, now)
        self._trusts_wider = trusts_wider
        return True

    def _climb(self, rung: Rung, now: float) -> None:
        # What is left upwards has worked; should it be left downwards once, the next try of it need not wait longer.
        self._forgive()
        self._step(rung, now)
        self._climbed_s = now
        self._climbed_train_kbps = self._train_kbps
        self._trusts_wider = False

    def _step(self, rung: Rung, now: float) -> None:
        self.rung = rung
        self._stepped_s = now
        self._recent = []
        self._carried_kbps = []
        self._starved = self._wider = 0
        self._fine_since_s = None
        self._quick_photos = self._late_photos = 0
        self._has_late_photo = False

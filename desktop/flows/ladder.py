"""The bandwidth ladder: how much picture the link carries now - down fast, up slowly, never to and fro.

Pure: samples and times in, a rung out. Full picture, middle layer, low layer, a sharp photo every few seconds beside
the sound, sound alone. Going up is a probe: one that fails soon makes the wait for the next to the same rung longer.
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
_BY_HAND_S = 30.0
_QUICK_PHOTO_S = 1.5
_QUICK_PHOTOS = 2
_LATE_PHOTOS = 3
_MOVING_FPS = 4.0
_STARVED_NEEDED = 3
_SMOOTH_FPS = 5.0
"""A phone in the dark films no faster than this and its link may still be good."""
_FROZEN_MS = 500.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One second of the link as the ladder sees it; shares from 0 to 1, times in milliseconds.

    `is_expected`: somebody's camera is on, so pictures should move. `is_weak`: the server calls the link weak.
    `starved_at`: the rung whose picture comes, whatever is asked for, while the server calls our own link weak.
    """

    loss: float
    round_trip_ms: float
    fps: float
    frozen_ms: float
    is_expected: bool
    is_weak: bool
    starved_at: Rung | None = None

    @property
    def is_clean(self) -> bool:
        """Whether loss and delay are as on a good network."""
        return self.loss < 0.03 and self.round_trip_ms < 500  # noqa: PLR2004 - the bounds of "good"

    @property
    def is_choppy(self) -> bool:
        """Whether pictures should move and hardly do, with the link as a likely cause."""
        stands = self.is_expected and (self.fps < _MOVING_FPS or self.frozen_ms >= _FROZEN_MS)
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
        self._starved = 0
        self._stepped_s = float("-inf")
        self._fine_since_s: float | None = None
        self._climbed_s: float | None = None
        self._waits_s = dict.fromkeys(Rung, _FIRST_WAIT_S)
        self._held_until_s = float("-inf")
        self._quick_photos = 0
        self._late_photos = 0

    def take(self, sample: Sample, now: float) -> bool:
        """Take a second of the link; say whether the rung changed."""
        if self.wish is PictureWish.MORE_PICTURE:
            return False
        if now - self._stepped_s >= _PROVEN_S:
            self._waits_s[self.rung] = _FIRST_WAIT_S
        self._note_fine(sample, now)
        if now - self._stepped_s < _SETTLE_S:
            return self._is_failed_probe(sample, now) and self._fall(sample, now)
        self._recent = [*self._recent, sample.is_bad_on(self.rung)][-_BAD_OF:]
        if sum(self._recent) >= _BAD_NEEDED:
            return self._fall(sample, now)
        if sample.starved_at is not None and self._is_starved(sample.starved_at):
            self._note_failed_probe(now)
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

    def start_over(self, now: float) -> None:
        """Forget what was measured: the connection is a new one. The rung stays."""
        self._stepped_s = now
        self._recent = []
        self._starved = 0
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

    def _note_fine(self, sample: Sample, now: float) -> None:
        if not sample.is_fine_on(self.rung):
            self._fine_since_s = None
        elif self._fine_since_s is None:
            self._fine_since_s = now

    def _fall(self, sample: Sample, now: float) -> bool:
        if self.rung is Rung.SOUND or (self.rung is Rung.LOW and self._may_not_stop_video(now)):
            return False
        is_fresh = self._note_failed_probe(now) and now - self._stepped_s <= _FRESH_S
        # A probe that fails goes back to what was known to work; a breakdown out of the blue goes far at once.
        is_breakdown = sample.is_severe and self.rung < Rung.LOW and not is_fresh
        self._step(Rung.LOW if is_breakdown else Rung(self.rung + 1), now)
        return True

    def _note_failed_probe(self, now: float) -> bool:
        """Say whether the rung that is left now was a try, and wait longer before the next one."""
        was_probe = self._climbed_s is not None and now - self._climbed_s <= _PROBE_S
        if was_probe:
            self._waits_s[self.rung] = min(_LONGER * self._waits_s[self.rung], _LONGEST_WAIT_S)
        self._climbed_s = None
        return was_probe

    def _may_not_stop_video(self, now: float) -> bool:
        return now < self._held_until_s or now - self._stepped_s < _PHOTO_AFTER_S

    def _climb_if_fine(self, now: float) -> bool:
        """Try more picture if the link has been fine for long enough; say whether it is tried."""
        if self.rung is Rung.FULL or self._fine_since_s is None:
            return False
        higher = Rung(self.rung - 1)
        if now - self._fine_since_s < self._waits_s[higher]:
            return False
        self._climb(higher, now)
        return True

    def _climb(self, rung: Rung, now: float) -> None:
        self._step(rung, now)
        self._climbed_s = now

    def _step(self, rung: Rung, now: float) -> None:
        self.rung = rung
        self._stepped_s = now
        self._recent = []
        self._starved = 0
        self._fine_since_s = None
        self._quick_photos = self._late_photos = 0

"""CallLink: what a call's connection means for it - verdict, how much picture is fetched, photos, the own camera."""

from dataclasses import replace
from typing import Protocol

from desktop.core.call import PictureLayer, Quality, TrackState
from desktop.core.link import LinkState, LinkStats, PictureWish, Rung, Verdict
from desktop.flows import call_bands
from desktop.flows.call_bands import BandRack
from desktop.flows.call_facts import CallFacts
from desktop.flows.ladder import Ladder, Sample
from desktop.flows.own_upload import OwnUpload
from desktop.flows.verdict import Evidence, SteadyVerdict, verdict_of
from desktop.rtc.events import PhotoTaken

PHOTO_EVERY_S = 4.0
_PHOTO_LONGEST_S = 3.0
_AFTER_PHOTO_S = 1.0
"""The second in which a photo ended, and what was sent again of it, are not over before this."""
_FOLLOWS_S = 1.5
_PROBED_S = 3.0
_FEW_FPS = 10.0
_HARDLY_MOVING_FPS = 5.0
_SLOW_NEEDED = 3
_WHOLE = 2.0
"""Sound and all frames of the low layer are less than twice what sound and a quarter of them are."""
_INSISTING_S = (5.0, 10.0, 20.0, 40.0, float("inf"))
"""After a step of the ladder, how long to leave a media server in peace that was asked again."""
_FIRST_PHOTO_S = 0.5
_STALE_S = 5.0
_MOVING_FPS = 4.0
_LIMITS = {
    Rung.FULL: PictureLayer.HIGH,
    Rung.MIDDLE: PictureLayer.MEDIUM,
    Rung.LOW: PictureLayer.LOW,
    Rung.PHOTOS: PictureLayer.OFF,
    Rung.SOUND: PictureLayer.OFF,
}
_COMES_AS = ((0.8, Rung.FULL), (0.4, Rung.MIDDLE))
"""Which rung a picture is of by its share of the largest that ever came: layers halve the sides."""
_EXPECTED = frozenset({TrackState.STARTING, TrackState.FLOWING, TrackState.STALLED})
_WEAK = frozenset({Quality.WEAK, Quality.LOST})
_BLAMING = frozenset({Verdict.WEAK_OWN, Verdict.WEAK_THEIRS, Verdict.SERVER})
_VERDICT_KNOWS_S = 3.0
"""The verdict on screen waits for two seconds: just after a step down only this moment's evidence knows why."""


class LinkDoor(Protocol):
    """What the link may ask of the room; kept for the next one by whoever stands behind it."""

    def limit_pictures(self, limit: PictureLayer) -> None:
        """Take the most that may be fetched of any picture."""
        ...

    def ask_again(self) -> None:
        """Let the media server think anew of how much of each picture it sends; a blink of them."""
        ...

    def hold_camera(self, held: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Keep the own camera off whatever its owner wishes, or not any more."""
        ...

    def take_photos(self) -> None:
        """Take one sharp photo of every large picture."""
        ...


SILENT_KBPS = 1.0
"""Below this nothing comes in, neither sound nor picture."""


class CallLink:
    """Watches one call's connection and acts on it. Times are the loop's seconds; bands go to the call's rack."""

    def __init__(self, facts: CallFacts, bands: BandRack, door: LinkDoor) -> None:
        """Start with the full picture and without a verdict."""
        self._facts, self._bands, self._door = facts, bands, door
        self._ladder = Ladder()
        self._upload = OwnUpload()
        self._verdict = SteadyVerdict()
        self._stats: LinkStats | None = None
        self._stats_s = float("-inf")
        self._photo_due_s = float("inf")
        self._photo_until_s = float("-inf")
        self._probed_s = float("-inf")
        self._insist_due_s = float("inf")
        self._insisted = 0
        self._slow = 0
        self._weak = Verdict.UNKNOWN
        self._stepped_s = float("-inf")
        self._usual_round_trip_ms: float | None = None
        self._video_is_back = False
        self._platform_is_down = False
        self._has_entered = False
        self._longest_side = 1
        self.state = LinkState()

    def take(self, event: LinkStats | PhotoTaken, now: float) -> None:
        """Take what was measured."""
        if isinstance(event, PhotoTaken):
            self._take_photo(event, now)
            return
        self._stats, self._stats_s = event, now
        self._note_round_trip(event.round_trip_ms)
        # Where nothing at all comes the network is away or the sender has stopped: less picture would help neither.
        if event.rx_kbps >= SILENT_KBPS and self._ladder.take(self._sample(event), now):
            self._follow_ladder(now)
        else:
            self._insist(event, now)
        if self._upload.take(event, now):
            self._door.hold_camera(self._upload.is_held)
        if self._video_is_back and event.fps >= _MOVING_FPS:
            self._video_is_back = False
            self._bands.put(call_bands.video_back(), now)

    def look(self, now: float, *, is_connected: bool, platform_is_down: bool) -> None:
        """Bring verdict, photos and notices up to date."""
        self._platform_is_down = platform_is_down
        verdict = self._verdict.take(self._evidence(now, is_connected=is_connected), now)
        if verdict in _BLAMING and now - self._stepped_s >= _VERDICT_KNOWS_S:
            # What is said of photos or sound alone does not contradict the verdict beside it.
            self._weak = verdict
        rung = self._ladder.rung
        if rung is Rung.PHOTOS and is_connected and now >= self._photo_due_s:
            self._photo_due_s = now + PHOTO_EVERY_S
            self._photo_until_s = now + _PHOTO_LONGEST_S
            self._door.take_photos()
        is_told = is_connected and self._facts.customer.in_room
        first = self._facts.customer_first
        self._bands.hold(call_bands.photos(first, self._weak), now, is_true=is_told and rung is Rung.PHOTOS)
        self._bands.hold(call_bands.sound_only(first, self._weak), now, is_true=is_told and rung is Rung.SOUND)
        self._bands.hold(call_bands.camera_held(), now, is_true=is_connected and self._upload.is_held)
        self.state = LinkState(
            verdict=verdict,
            rung=rung,
            wish=self._ladder.wish,
            camera_held=self._upload.is_held,
            photo_at=None if rung.has_video else self.state.photo_at,
            stats=self._fresh_stats(now) if is_connected else None,
        )

    def entered(self, now: float) -> None:
        """Go on in a new room."""
        self._has_entered = True
        self._stats = self._usual_round_trip_ms = None
        self._ladder.start_over(now)

    def wish_for(self, wish: PictureWish, now: float) -> None:
        """Let the mechanic decide how much picture comes, or the link again."""
        self._ladder.wish_for(wish, now)
        self._follow_ladder(now)

    def show_video(self, now: float) -> None:
        """Bring video back by hand where photos or sound have taken its place."""
        self._ladder.climb_by_hand(now)
        self._follow_ladder(now)

    def camera_wished(self, now: float) -> None:
        """Let the own camera on because the mechanic turned it on by hand."""
        if self._upload.free_by_hand(now):
            self._door.hold_camera(False)

    def _take_photo(self, photo: PhotoTaken, now: float) -> None:
        self._photo_until_s = now + _AFTER_PHOTO_S
        if photo.took_s is not None and not self._ladder.rung.has_video:
            self.state = replace(self.state, photo_at=self._facts.server_now(now))
        # Only a photo of the largest size shows that video fits again.
        took_s = photo.took_s if photo.layer is PictureLayer.HIGH or photo.took_s is None else float("inf")
        if self._ladder.photo_taken(took_s, now):
            self._follow_ladder(now)

    def _note_round_trip(self, took_ms: float) -> None:
        """Keep the shortest way to the server and back of this room: nothing queued up on it then."""
        if took_ms > 0:
            self._usual_round_trip_ms = min(took_ms, self._usual_round_trip_ms or took_ms)

    def _insist(self, stats: LinkStats, now: float) -> None:
        """Ask again where the line has room and the media server sends less than it was asked for.

        One that has seen a line choke sends no more than it believes that it carries, and corrects that by ever rarer
        probes of its own: for 40 s it was seen to hold back on a line that was wide again, and for 25 s to send a
        quarter of the low layer's frames over one that carries them all. Whether it is the server or a camera in the
        dark cannot be known for sure, so what does not help is tried a few times after a step of the ladder, no more;
        and not where the server calls the sender's own line weak.
        """
        if stats.repeats and not stats.rx_loss:
            self._probed_s = now
        is_slow = stats.fps < _HARDLY_MOVING_FPS and self._sample(stats).is_clean
        self._slow = self._slow + 1 if is_slow else 0
        is_automatic = self._ladder.wish is PictureWish.AUTOMATIC and self._ladder.rung.has_video
        is_starved_low = self._ladder.rung is Rung.LOW and self._slow >= _SLOW_NEEDED
        has_room = is_starved_low and self._ladder.has_carried(_WHOLE * stats.rx_kbps)
        if (
            is_automatic
            and (has_room or self._ladder.is_wider)
            and self._is_held_back(stats, now)
            and now >= self._insist_due_s
        ):
            self._insist_due_s = now + _INSISTING_S[self._insisted]
            self._insisted += 1
            self._door.ask_again()

    def _is_held_back(self, stats: LinkStats, now: float) -> bool:
        comes_as = self._comes_as(stats)
        if comes_as is None or self._facts.customer.quality in _WEAK:
            return False
        is_probed = now - self._probed_s <= _PROBED_S
        is_slow = stats.fps < (_FEW_FPS if is_probed else _HARDLY_MOVING_FPS)
        return comes_as > self._ladder.rung or is_slow

    def _follow_ladder(self, now: float) -> None:
        had_video, rung = self.state.rung.has_video, self._ladder.rung
        if rung > self.state.rung:
            self._weak, self._stepped_s = verdict_of(self._evidence(now, is_connected=True)), now
        self._video_is_back = rung.has_video and (self._video_is_back or not had_video)
        self._photo_due_s = now + _FIRST_PHOTO_S
        self._insist_due_s, self._insisted, self._slow = now + _FOLLOWS_S, 0, 0
        if rung is Rung.LOW and had_video and rung > self.state.rung:
            self._bands.put(call_bands.smaller_picture(), now)
        self._door.limit_pictures(_LIMITS[rung])

    def _sample(self, stats: LinkStats) -> Sample:
        customer = self._facts.customer
        own, comes_as = self._facts.people.mechanic().quality, self._comes_as(stats)
        return Sample(
            loss=stats.rx_loss,
            round_trip_ms=stats.round_trip_ms,
            fps=stats.fps,
            frozen_ms=stats.frozen_ms,
            is_expected=customer.in_room and not {customer.camera, customer.screen}.isdisjoint(_EXPECTED),
            is_weak=own in _WEAK or customer.quality in _WEAK,
            starved_at=comes_as if own in _WEAK else None,
            rx_kbps=stats.rx_kbps,
            train_kbps=stats.train_kbps,
            is_photo=not self._ladder.rung.has_video and self._stats_s <= self._photo_until_s,
        )

    def _comes_as(self, stats: LinkStats) -> Rung | None:
        """Return the rung whose picture comes now, None where none does."""
        side = max(stats.frame_width, stats.frame_height)
        self._longest_side = max(self._longest_side, side)
        if not side:
            return None
        return next((rung for share, rung in _COMES_AS if side >= share * self._longest_side), Rung.LOW)

    def _evidence(self, now: float, *, is_connected: bool) -> Evidence:
        people, customer = self._facts.people, self._facts.customer
        return Evidence(
            is_connected=is_connected or not self._has_entered,
            own=people.mechanic().quality,
            theirs=customer.quality if customer.in_room else Quality.UNKNOWN,
            stats=self._fresh_stats(now),
            usual_round_trip_ms=self._usual_round_trip_ms,
            platform_answers=False if self._platform_is_down else None,
        )

    def _fresh_stats(self, now: float) -> LinkStats | None:
        return self._stats if now - self._stats_s <= _STALE_S else None

"""Who has a picture on the stage: one seat for each camera and shared screen, and which of them is large."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop.core.call import CallState, OwnDevice, ParticipantView, TrackState, VideoKey, VideoSource
from desktop.ui.call.words import PICTURED_TRACKS, SHOWN_TRACKS, StageMode, camera_mode, is_away

OWN = VideoKey("")
"""The seat of one's own picture."""
_OWN_CAMERA_SHOWS = frozenset({OwnDevice.STARTING, OwnDevice.ON})
_LAST_PICTURE_STAYS = frozenset({StageMode.RECONNECTING, StageMode.DROPPED})


@dataclass(frozen=True, slots=True)
class Seat:
    """One picture of one person. `shows`: pictures of it may be seen now, the last one of a lost connection too."""

    key: VideoKey
    view: ParticipantView
    track: TrackState
    mode: StageMode

    @property
    def is_own(self) -> bool:
        """Whether it is the mechanic's own picture."""
        return self.key == OWN

    @property
    def is_screen(self) -> bool:
        """Whether it is a shared screen."""
        return self.key.source is VideoSource.SCREEN_SHARE

    @property
    def shows(self) -> bool:
        """Whether pictures may be seen."""
        return self.mode in {StageMode.PICTURE, StageMode.STARTING} | _LAST_PICTURE_STAYS

    @property
    def is_past(self) -> bool:
        """Whether its last picture is one of the past, because a connection is lost."""
        return self.mode in _LAST_PICTURE_STAYS

    @property
    def is_heard(self) -> bool:
        """Whether the microphone is on."""
        return self.view.microphone not in {TrackState.ABSENT, TrackState.MUTED}


def seats_of(state: CallState) -> tuple[Seat, ...]:
    """Return all seats: the customer's first, then the others' as they came, one's own at last."""
    remote = [seat for view in (state.customer, *state.others) for seat in _of_person(state, view)]
    shows_own = state.camera in _OWN_CAMERA_SHOWS
    own = Seat(
        OWN,
        state.mechanic,
        TrackState.FLOWING if shows_own else TrackState.ABSENT,
        StageMode.PICTURE if shows_own else StageMode.NO_CAMERA,
    )
    return (*remote, own)


def _of_person(state: CallState, view: ParticipantView) -> Iterator[Seat]:
    key = view.camera_key
    if key is None:
        return
    yield Seat(key, view, view.camera, camera_mode(state, view))
    if view.screen in SHOWN_TRACKS and (view.in_room or is_away(state)):
        mode = StageMode.RECONNECTING if is_away(state) else StageMode.PICTURE
        yield Seat(VideoKey(key.identity, VideoSource.SCREEN_SHARE), view, view.screen, mode)


def large_seat(customer: VideoKey | None, seats: Sequence[Seat], pinned: VideoKey | None) -> Seat | None:
    """Return whose picture is large: the pinned one, else a shared screen, else the customer's camera.

    Only where the customer is here without a picture does somebody else's picture take the place. None: the customer
    is not known to the room yet, and the place is for waiting.
    """
    seat_of = {seat.key: seat for seat in seats}
    chosen = seat_of.get(pinned) if pinned is not None else None
    if chosen is not None and (chosen.shows or not chosen.is_own):
        return chosen
    screen = next((seat for seat in seats if seat.is_screen), None)
    first = seat_of.get(customer) if customer is not None else None
    if screen is not None or first is None:
        return screen
    if first.mode is StageMode.NO_CAMERA:
        return next((seat for seat in seats if not seat.is_own and seat.track in PICTURED_TRACKS), first)
    return first

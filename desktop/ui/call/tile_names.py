"""Whose picture is in which tile, in words and frames: names, microphones, who speaks, and what is missing."""

import time
from collections.abc import Iterable

from desktop.core.call import CallState, ParticipantView
from desktop.ui.call.plates import Plate
from desktop.ui.call.seats import Seat
from desktop.ui.call.small_tile import SmallTile
from desktop.ui.call.words import StageMode, first_name, is_away, name_with_role, own_camera_words
from desktop.ui.theme import theme
from desktop.ui.video_tile import VideoTile

SPEAKING_HELD_S = 1.0


class Speaking:
    """Who speaks, held for a second, so that the frame does not flicker between two words. Times are monotonic."""

    def __init__(self) -> None:
        self._until_s: dict[str, float] = {}

    def follow(self, views: Iterable[ParticipantView]) -> None:
        """Note who speaks now."""
        now_s = time.monotonic()
        for view in views:
            identity = view.person.identity or ""
            if view.speaking:
                self._until_s[identity] = now_s + SPEAKING_HELD_S
            elif not view.in_room:
                self._until_s.pop(identity, None)

    def of(self, view: ParticipantView) -> bool:
        """Whether somebody in the room speaks, or did a moment ago."""
        until_s = self._until_s.get(view.person.identity or "", 0.0)
        return view.in_room and (view.speaking or time.monotonic() < until_s)


def name_large(
    state: CallState, seat: Seat | None, tile: VideoTile, plate: Plate, *, mode: StageMode, speaking: bool
) -> None:
    """Name the large picture, and frame it while that person speaks."""
    if seat is not None and seat.is_own:
        plate.show_words("You")
        plate.show()
        tile.setAccessibleName("Your own picture")
        tile.set_edge(None)
        return
    view = seat.view if seat is not None else state.customer
    name = name_with_role(state, view)
    if seat is not None and seat.is_screen:
        tile.setAccessibleName(f"Screen shared by {name}")
    else:
        tile.set_person(name, camera_on=mode is StageMode.PICTURE)
    is_heard = seat is not None and seat.is_heard
    plate.show_words(name, "mic" if is_heard else "mic-off", _spoken(name, is_heard=is_heard))
    plate.setVisible(view.in_room or view.was_in_room)
    tile.set_edge(theme().color("success") if speaking and not is_away(state) else None)


def name_own(state: CallState, tile: SmallTile, *, can_move: bool) -> None:
    """Name one's own picture, and say why there is none; a tap moves it on where it can."""
    tile.set_title("You")
    tile.set_words(own_camera_words(state))
    tile.set_pin("Move my picture to the next corner" if can_move else "")
    tile.set_grey(False)
    tile.set_speaking(False)
    tile.setAccessibleName("Your own picture")


def name_small(state: CallState, seat: Seat, tile: SmallTile, *, frozen: bool, speaking: bool) -> None:
    """Name somebody's small picture; a tap on it makes it large."""
    first, name = first_name(seat.view.person), name_with_role(state, seat.view)
    tile.set_grey(seat.is_past or frozen)
    tile.set_speaking(speaking and not seat.is_past and not seat.is_screen)
    words = _missing(seat, first, frozen=frozen)
    if seat.is_screen:
        tile.set_title(f"{first}'s screen")
        tile.set_words(words)
        tile.setAccessibleName(f"Screen shared by {name}")
        tile.set_pin(f"Show {first}'s screen large")
        return
    tile.set_title(name, "" if seat.is_heard else "mic-off", _spoken(name, is_heard=seat.is_heard))
    tile.set_words(words, seat.view.person)
    tile.set_person(name, camera_on=seat.mode is StageMode.PICTURE)
    tile.set_pin(f"Show {first} large")


def _spoken(name: str, *, is_heard: bool) -> str:
    return f"{name}, microphone {'on' if is_heard else 'off'}"


def _missing(seat: Seat, first: str, *, frozen: bool) -> str:
    if frozen or seat.mode is StageMode.RECONNECTING:
        return "Getting the picture back"
    if seat.mode is StageMode.DROPPED:
        return f"{first} lost the connection"
    return "" if seat.shows else f"{first}'s camera is off."

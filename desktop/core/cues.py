"""Cues: which notes go with which notice, so that a bay too loud or too bright for one sense has the other."""

from dataclasses import dataclass

from desktop.core.tones import Note

_LOW, _MIDDLE, _HIGH, _TOP = 330.0, 495.0, 660.0, 990.0
"""Low notes pass ear protection better than high ones; none lies outside 330 to 990 Hz."""
_SHORT_S, _NOTE_S, _LONG_S = 0.09, 0.16, 0.6


@dataclass(frozen=True, slots=True)
class Cue:
    """Notes to play, and how much they matter: of two that wait the more urgent is played.

    `again_every_s` repeats the last note while the notice stands; `at_most_every_s` keeps a notice that comes and goes
    from sounding each time.
    """

    notes: tuple[Note, ...]
    urgency: int = 1
    again_every_s: float | None = None
    at_most_every_s: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return sum(note.seconds for note in self.notes)


def _notes(*hertz: float, seconds: float = _NOTE_S) -> tuple[Note, ...]:
    return tuple(Note(each, seconds) for each in hertz)


_RISING = Cue(_notes(_MIDDLE, _HIGH))
_FALLING = Cue(_notes(_HIGH, _MIDDLE), urgency=2)
_ONE_LOW = Cue(_notes(_LOW), urgency=2)
_ONE = Cue(_notes(_MIDDLE))

CHAT_CUE = Cue(_notes(_MIDDLE, seconds=_SHORT_S), urgency=0)
"""A line came that nobody sees because the panel is closed."""
IDLE_CUE = Cue(_notes(_LOW, seconds=_SHORT_S))
"""The countdown page asks whether anybody is there."""
TALK_CUE = Cue(_notes(_MIDDLE, _HIGH, seconds=_SHORT_S), urgency=3)
"""The held key has opened the microphone."""
TALK_OVER_CUE = Cue(_notes(_HIGH, _MIDDLE, seconds=_SHORT_S), urgency=3)
"""The key was let go and the microphone is closed again."""

_CUES = {
    "customer_here": _RISING,
    "customer_dropped": _FALLING,
    "connection_lost": Cue(_notes(_LOW, _LOW, _LOW), urgency=3, again_every_s=30.0),
    "connected_again": _RISING,
    "talking_muted": Cue(_notes(_LOW), urgency=2, at_most_every_s=10.0),
    "five_minutes": Cue(_notes(_MIDDLE), urgency=2),
    "one_minute": Cue(_notes(_MIDDLE, _MIDDLE), urgency=3),
    "time_added": _ONE,
    "new_session": Cue(_notes(_LOW, _MIDDLE, _HIGH)),
    "device_gone": _ONE_LOW,
    "device_back": Cue(_notes(_HIGH)),
    "no_microphone": _ONE_LOW,
    "no_sound": _ONE_LOW,
    "joined_elsewhere": _FALLING,
    "session_ended": Cue((Note(_HIGH, _LONG_S, to_hertz=_LOW),), urgency=3),
}


def cue_of(band_key: str) -> Cue | None:
    """Return what sounds when a notice appears; None for one that is silent."""
    return _CUES.get(band_key)

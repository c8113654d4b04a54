"""Hearing: what the loudness of a microphone says about it - heard, too quiet, or nothing at all."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

SILENCE_DB = -100.0
"""The loudness of nothing; digital silence has no logarithm."""
_QUIETEST_DB = -50.0
_HEARD_DB = -42.0
_DEAD_DB = -78.0
_PATIENCE_S = 3.0
_HEARD_FOR_S = 8.0


class Hearing(StrEnum):
    """What to say about a microphone. LISTENING says nothing yet."""

    LISTENING = "listening"
    HEARD = "heard"
    QUIET = "quiet"
    SILENT = "silent"


def decibels(amplitude: float) -> float:
    """Return an amplitude of 0 to 1 in decibels below full scale, never less than `SILENCE_DB`."""
    return max(SILENCE_DB, 20 * math.log10(amplitude)) if amplitude > 0 else SILENCE_DB


def meter_share(loudness_db: float) -> float:
    """Return which share of a level meter is lit at a loudness in decibels: 0 to 1, speech near the middle."""
    return min(1.0, max(0.0, 1 - loudness_db / _QUIETEST_DB))


@dataclass(slots=True)
class Listener:
    """Listens to one microphone; `hear` is called for every reading, times are seconds of one clock."""

    _began_s: float | None = None
    _heard_s: float | None = None
    _recent: list[tuple[float, float]] = field(default_factory=list)

    def start_over(self) -> None:
        """Forget what was heard: another microphone, or it was switched on again."""
        self._began_s = self._heard_s = None
        self._recent.clear()

    def hear(self, loudness_db: float, now: float) -> Hearing:
        """Take a reading and return what it comes to."""
        self._began_s = now if self._began_s is None else self._began_s
        self._recent = [(when, loud) for when, loud in self._recent if now - when < _PATIENCE_S]
        self._recent.append((now, loudness_db))
        loudest = max(loud for _, loud in self._recent)
        if loudness_db >= _HEARD_DB:
            self._heard_s = now
        has_waited = now - self._began_s >= _PATIENCE_S
        if has_waited and loudest < _DEAD_DB:
            return Hearing.SILENT
        if self._heard_s is not None and now - self._heard_s < _HEARD_FOR_S:
            return Hearing.HEARD
        if has_waited and self._heard_s is None:
            return Hearing.QUIET
        return Hearing.LISTENING

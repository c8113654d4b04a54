"""VoiceDetector: tells a voice from the noise of the bay by loudness alone."""

from dataclasses import dataclass, field

VOICE_FOR_S = 0.3
"""How long it must be loud: a dropped spanner is not a voice."""
_ABOVE_FLOOR = 3.0
"""A voice at the microphone is about three times (10 dB) louder than what is always there."""
_LEAST_LEVEL = 0.02
_FLOOR_RISES_S = 4.0
_FLOOR_FALLS_S = 0.3


@dataclass(slots=True)
class VoiceDetector:
    """Fed with levels (RMS, 0 to 1), says when somebody has begun to speak, once for each time they speak.

    The floor follows quietly what is always there: down at once, up slowly, so that a grinder is floor after some
    seconds while a sentence is not.
    """

    _floor: float | None = None
    _loud_s: float = 0.0
    _is_told: bool = field(default=False)

    def feed(self, level: float, seconds: float) -> bool:
        """Take the level of the last `seconds`; return True at the moment when it has been a voice for long enough."""
        floor = self._floor = self._follow(level, seconds)
        if level < max(_LEAST_LEVEL, floor * _ABOVE_FLOOR):
            self._loud_s = max(0.0, self._loud_s - seconds)
            if self._loud_s <= 0.0:
                self._is_told = False
            return False
        self._loud_s = min(VOICE_FOR_S * 2, self._loud_s + seconds)
        if self._is_told or self._loud_s < VOICE_FOR_S:
            return False
        self._is_told = True
        return True

    def _follow(self, level: float, seconds: float) -> float:
        if self._floor is None:
            return min(level, _LEAST_LEVEL)
        pace_s = _FLOOR_RISES_S if level > self._floor else _FLOOR_FALLS_S
        return self._floor + (level - self._floor) * min(1.0, seconds / pace_s)

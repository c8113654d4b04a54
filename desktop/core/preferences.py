"""Preferences: what somebody chose for this PC - devices by name, sound switches, talk keys, cues."""

from dataclasses import dataclass

from desktop.core.corner import Corner

DEFAULT_LOUDNESS = 0.6


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices of one PC, the same for every mechanic at it.

    A device is named as Qt describes it; "" is the system's own choice. A device that is not plugged in keeps its
    name here, so that it is taken again when it returns. A key is the text that the key learner gave it; "" is
    none.
    `cue_loudness` runs from 0 (silent) to 1. `own_corner` is the corner of the stage in which one's own picture lies.
    """

    microphone: str = ""
    speaker: str = ""
    camera: str = ""
    echo_cancellation: bool = True
    noise_suppression: bool = True
    auto_gain: bool = True
    talk_key: str = ""
    mute_key: str = ""
    cue_loudness: float = DEFAULT_LOUDNESS
    flash: bool = False
    own_corner: str = Corner.LOWER_RIGHT.value

"""Devices: which microphones, speakers and cameras there are by name, which one is wished, and which one is used."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.core.corner import Corner
from desktop.core.preferences import DEFAULT_LOUDNESS

DEVICES_ACTION = "Devices"
"""The word on a band whose button leads to the choice of devices."""
SOUND_STOPPED = "sound_stopped"
"""The key of the band whose button starts the program again."""


class DeviceKind(StrEnum):
    """What a device is for."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Found:
    """The devices of one kind that exist now. `default` is the system's own choice; "" where it has none."""

    names: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class FoundDevices:
    """Everything that is plugged in now. Monitors of outputs are no microphones.

    `sound_restarts` counts how often the sound server was restarted: what was open then is silent, and nothing tells.
    """

    microphones: Found = field(default_factory=Found)
    speakers: Found = field(default_factory=Found)
    cameras: Found = field(default_factory=Found)
    sound_restarts: int = 0

    def of(self, kind: DeviceKind) -> Found:
        """Return the devices of one kind."""
        match kind:
            case DeviceKind.MICROPHONE:
                return self.microphones
            case DeviceKind.SPEAKER:
                return self.speakers
            case DeviceKind.CAMERA:
                return self.cameras


@dataclass(frozen=True, slots=True)
class DeviceList:
    """The devices of one kind, and the choice among them.

    `wished` is the remembered name, whether or not it is plugged in; "" leaves the choice to the system.
    """

    kind: DeviceKind
    names: tuple[str, ...] = ()
    wished: str = ""
    default: str = ""

    @property
    def used(self) -> str:
        """The name of the device in use: the wished one, else the system's, else the first; "" where there is none."""
        for name in (self.wished, self.default):
            if name and name in self.names:
                return name
        return self.names[0] if self.names else ""

    @property
    def is_missing(self) -> bool:
        """Whether there is no device of this kind at all."""
        return not self.names

    @property
    def has_fallen_back(self) -> bool:
        """Whether another one is used because the wished one is not plugged in."""
        return bool(self.wished) and self.wished not in self.names and bool(self.names)

    @property
    def next_name(self) -> str:
        """The device after the one in use, for a flip; the same one where there is no other."""
        if not self.names:
            return ""
        return self.names[(self.names.index(self.used) + 1) % len(self.names)]


@dataclass(frozen=True, slots=True)
class DevicesState:
    """All devices of this PC, how the sound of the microphone is treated, the keys that open it, cues and own picture.

    `talk_key` is held to be heard, `mute_key` to be silent; "" is none. `cue_loudness` runs from 0 to 1; `flash` asks
    for a pulse of light with every cue. `own_corner` is where one's own picture lies in a call. `sound_restarts` as in
    FoundDevices.
    """

    microphone: DeviceList = field(default_factory=lambda: DeviceList(DeviceKind.MICROPHONE))
    speaker: DeviceList = field(default_factory=lambda: DeviceList(DeviceKind.SPEAKER))
    camera: DeviceList = field(default_factory=lambda: DeviceList(DeviceKind.CAMERA))
    echo_cancellation: bool = True
    noise_suppression: bool = True
    auto_gain: bool = True
    talk_key: str = ""
    mute_key: str = ""
    cue_loudness: float = DEFAULT_LOUDNESS
    flash: bool = False
    own_corner: Corner = Corner.LOWER_RIGHT
    sound_restarts: int = 0

    def of(self, kind: DeviceKind) -> DeviceList:
        """Return the devices of one kind."""
        match kind:
            case DeviceKind.MICROPHONE:
                return self.microphone
            case DeviceKind.SPEAKER:
                return self.speaker
            case DeviceKind.CAMERA:
                return self.camera


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """A device came or went by itself. Exactly one of `lost` and `back` names it; `used` is in use now, "" is none.

    `back` is told of a device that is taken into use by its coming; others may come and go unsaid.
    """

    kind: DeviceKind
    used: str
    lost: str = ""
    back: str = ""


def change_between(before: DeviceList, after: DeviceList) -> DeviceChange | None:
    """Return what a mechanic must be told when the devices of one kind changed by themselves; None for nothing."""
    if before.used and before.used not in after.names:
        return DeviceChange(after.kind, after.used, lost=before.used)
    if after.used != before.used and after.used not in before.names:
        return DeviceChange(after.kind, after.used, back=after.used)
    return None

"""Which of the SDK's sound devices a name means: its ids are positions, so the name is looked up every time."""

from collections.abc import Sequence
from dataclasses import dataclass

from livekit.rtc.platform_audio import AudioDeviceInfo

from desktop.rtc.sound_devices import SoundDevices

_MONITOR = ".monitor"
_DEFAULT = "default: "


@dataclass(frozen=True, slots=True)
class Route:
    """One device of the SDK's list as it stood. The same route again needs no switch."""

    name: str
    id: str


def speaker_route(known: Sequence[AudioDeviceInfo], devices: SoundDevices) -> Route | None:
    """Return the output to play on. The system's own choice has no name here: it moves with the system by itself."""
    chosen = _named(known, devices.output)
    if chosen is not None:
        return chosen
    return system_route(known)


def system_route(known: Sequence[AudioDeviceInfo]) -> Route | None:
    """Return the output that the system prefers: the first of the list, where a new list starts."""
    return Route("", known[0].id) if known else None


def microphone_route(known: Sequence[AudioDeviceInfo], devices: SoundDevices) -> Route | None:
    """Return the input to record from; None where there is only the monitor of an output, which would echo the room."""
    microphones = [device for device in known if not device.name.endswith(_MONITOR)]
    chosen = _named(microphones, devices.input)
    if chosen is not None:
        return chosen
    return Route(microphones[0].name, microphones[0].id) if microphones else None


def is_dead(known: Sequence[AudioDeviceInfo]) -> bool:
    """Say whether the SDK has lost the sound server for good: it then lists one default without a name."""
    return [device.name for device in known] == [_DEFAULT]


def _named(known: Sequence[AudioDeviceInfo], name: str) -> Route | None:
    found = (device for device in known if device.name == name)
    return next((Route(device.name, device.id) for device in found if name), None)

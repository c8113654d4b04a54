"""States of the check page: everything fine, and everything that can be missing."""

from dataclasses import replace

from desktop.core.check import CheckState, Connection, Preview, Verdict, Visit
from desktop.core.devices import DeviceKind, DeviceList, DevicesState
from desktop.core.hearing import Hearing
from tests.ui.samples import NOW, SERVER_TIME, minutes

VISIT = Visit(
    "Dana Whitfield",
    "2016 Honda Civic EX, blue",
    "Coolant smell, runs hot in traffic",
    waiting_since=NOW - minutes(2),
    server_time=SERVER_TIME,
)
DEVICES = DevicesState(
    microphone=DeviceList(
        DeviceKind.MICROPHONE, ("Headset microphone", "Bay 3 microphone"), "Headset microphone", "Bay 3 microphone"
    ),
    speaker=DeviceList(DeviceKind.SPEAKER, ("Headset", "Bay 3 loudspeaker"), "Headset", "Bay 3 loudspeaker"),
    camera=DeviceList(DeviceKind.CAMERA, ("Bay 3 camera", "Inspection camera"), "", "Bay 3 camera"),
)
NO_CAMERA = DeviceList(DeviceKind.CAMERA)
NO_MICROPHONE = DeviceList(DeviceKind.MICROPHONE)
NO_SPEAKER = DeviceList(DeviceKind.SPEAKER)
FINE = CheckState(
    visit=VISIT,
    devices=DEVICES,
    preview=Preview.ON,
    hearing=Hearing.HEARD,
    connection=Connection(Verdict.GOOD, 42),
    bay_name="Bay 3",
)


def fine(**more: object) -> CheckState:
    """Return a check where all is well; anything may be set otherwise."""
    return replace(FINE, **more)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself


def devices(**more: object) -> DevicesState:
    """Return the devices of a bay; anything may be set otherwise."""
    return replace(DEVICES, **more)  # type: ignore[arg-type]  # as above

"""DeviceNotices: what a mechanic is told about the own devices in a call."""

from desktop.core.call import OwnDevice
from desktop.core.devices import DeviceChange, DeviceKind
from desktop.flows import device_bands
from desktop.flows.call_bands import BandRack
from desktop.flows.call_facts import CallFacts
from desktop.rtc.events import OwnDevices

_SILENCES = ("no_sound", "no_microphone")
_SOUND = frozenset({DeviceKind.MICROPHONE, DeviceKind.SPEAKER})


class DeviceNotices:
    """Says each trouble once when it begins, and takes it back with its end. Times are the loop's seconds."""

    def __init__(self, facts: CallFacts, bands: BandRack) -> None:
        """Start before the room is entered: nothing is said until then."""
        self._facts = facts
        self._bands = bands
        self._before: OwnDevices | None = None

    def changed(self, changes: tuple[DeviceChange, ...], now: float) -> None:
        """Say what came or went by itself. A loss that leaves no sound at all is said by its own sentence."""
        lost = tuple(change for change in changes if change.lost and (change.used or change.kind not in _SOUND))
        back = tuple(change for change in changes if change.back)
        if lost:
            self._bands.drop("device_back")
            self._bands.put(device_bands.devices_gone(lost, self._facts.customer_first), now)
        if back:
            self._bands.drop("device_gone")
            self._bands.put(device_bands.devices_back(back), now)

    def look(self, now: float) -> None:
        """Bring the notices up to date, in a call with pictures whose room has been entered."""
        own, before = self._facts.own, self._before
        if own == before or not (self._facts.grant.kind.has_video and self._facts.people.own_in_room):
            return
        self._before = own
        self._look_at_sound(own, before, now)
        self._look_at_camera(own, before, now)
        self._look_at_right(own, before, now)

    def _look_at_sound(self, own: OwnDevices, before: OwnDevices | None, now: float) -> None:
        if own.needs_new_start:
            self._drop_silences()
            self._bands.put(device_bands.sound_stopped(self._facts.customer_first), now)
            return
        missing = own.microphone is OwnDevice.MISSING, own.speaker is OwnDevice.MISSING
        was_missing = before is not None and (
            before.microphone is OwnDevice.MISSING,
            before.speaker is OwnDevice.MISSING,
        )
        if missing == was_missing:
            return
        self._drop_silences()
        if missing[0]:
            self._bands.put(device_bands.no_sound(self._facts.customer_first, speaker=not missing[1]), now)

    def _drop_silences(self) -> None:
        for key in _SILENCES:
            self._bands.drop(key)

    def _look_at_camera(self, own: OwnDevices, before: OwnDevices | None, now: float) -> None:
        if before is not None and own.camera is before.camera:
            return
        first = self._facts.customer_first
        for key in ("no_camera", "camera_taken"):
            self._bands.drop(key)
        if own.camera is OwnDevice.TAKEN:
            self._bands.put(device_bands.camera_taken(first), now)
        elif own.camera is OwnDevice.MISSING and before is None:
            is_heard = own.microphone is not OwnDevice.MISSING
            self._bands.put(device_bands.no_camera(first, is_heard=is_heard), now)

    def _look_at_right(self, own: OwnDevices, before: OwnDevices | None, now: float) -> None:
        sound, picture = own.microphone is OwnDevice.REFUSED, own.camera is OwnDevice.REFUSED
        first = self._facts.customer_first
        was_refused = before is not None and OwnDevice.REFUSED in {before.microphone, before.camera}
        if sound or picture:
            self._bands.put(device_bands.may_not_send(first, sound=sound, picture=picture), now)
        elif was_refused:
            self._bands.drop("may_not_send")
            self._bands.put(device_bands.may_send_again(), now)

"""DevicesFlow: which devices a call uses - the remembered ones by name, another one while they are away."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from desktop.core.corner import Corner, corner_named
from desktop.core.devices import DeviceChange, DeviceKind, DeviceList, DevicesState, FoundDevices, change_between
from desktop.flows.choices import Choices
from desktop.rtc.sound_devices import SoundDevices, SoundProcessing


class PcDevices(Protocol):
    """The devices of this PC, as somebody knows them who can look without risk; any thread may ask."""

    def found(self) -> FoundDevices:
        """Return what is plugged in now."""
        ...

    def use_camera(self, name: str) -> None:
        """Film with this camera from now on, also in the middle of a call."""
        ...


@dataclass(frozen=True, slots=True)
class DevicesListeners:
    """Who hears of devices; called on the loop."""

    publish: Callable[[DevicesState], None]
    used_changed: Callable[[tuple[DeviceChange, ...]], None]
    """Told whenever a call must look at its devices again; what came or went by itself is named."""


class DevicesFlow:
    """Keeps the state of all devices. Everything is called on the loop, except `sound` (any thread)."""

    def __init__(self, pc: PcDevices, choices: Choices, listeners: DevicesListeners) -> None:
        """Look once; nothing is told yet."""
        self._pc = pc
        self._choices = choices
        self._listeners = listeners
        self.state = self._now()
        self._pc.use_camera(self.state.camera.used)

    def start(self) -> None:
        """Tell the first state."""
        self._listeners.publish(self.state)

    def sound(self) -> SoundDevices:
        """Return the sound devices that exist and the ones to use; asked by every room, as often as it likes."""
        state = self.state
        return SoundDevices(
            outputs=state.speaker.names,
            inputs=state.microphone.names,
            output=_wished(state.speaker),
            input=_wished(state.microphone),
            processing=SoundProcessing(
                echo_cancellation=state.echo_cancellation,
                noise_suppression=state.noise_suppression,
                auto_gain=state.auto_gain,
            ),
            restarts=state.sound_restarts,
        )

    def look(self) -> None:
        """Look again: something was plugged in or out."""
        before, after = self.state, self._now()
        changes = tuple(
            change for kind in DeviceKind if (change := change_between(before.of(kind), after.of(kind))) is not None
        )
        self._take(after, changes)

    def choose(self, kind: DeviceKind, name: str) -> None:
        """Remember a device and use it at once; "" leaves the choice to the system."""
        known = self._choices.current
        match kind:
            case DeviceKind.MICROPHONE:
                known = replace(known, microphone=name)
            case DeviceKind.SPEAKER:
                known = replace(known, speaker=name)
            case DeviceKind.CAMERA:
                known = replace(known, camera=name)
        self._choices.keep(known)
        self._take(self._now(), ())

    def flip_camera(self) -> None:
        """Use the next camera, as from the front to the back one; nothing where there is only one."""
        camera = self.state.camera
        if camera.next_name != camera.used:
            self.choose(DeviceKind.CAMERA, camera.next_name)

    def set_switches(self, *, echo: bool, noise: bool, gain: bool) -> None:
        """Remember how the microphone's sound is treated, and treat it so at once."""
        known = replace(self._choices.current, echo_cancellation=echo, noise_suppression=noise, auto_gain=gain)
        self._choices.keep(known)
        self._take(self._now(), ())

    def set_keys(self, talk: str, mute: str) -> None:
        """Remember the key that is held to talk and the one to be silent; "" is none."""
        self._choices.keep(replace(self._choices.current, talk_key=talk, mute_key=mute))
        self._tell(self._now())

    def set_own_corner(self, corner: Corner) -> None:
        """Remember the corner in which one's own picture lies."""
        self._choices.keep(replace(self._choices.current, own_corner=corner.value))
        self._tell(self._now())

    def _tell(self, state: DevicesState) -> None:
        """Tell what concerns no device: nothing has to be opened anew."""
        if state != self.state:
            self.state = state
            self._listeners.publish(state)

    def _take(self, state: DevicesState, changes: tuple[DeviceChange, ...]) -> None:
        if state == self.state:
            return
        self.state = state
        self._pc.use_camera(state.camera.used)
        self._listeners.publish(state)
        self._listeners.used_changed(changes)

    def _now(self) -> DevicesState:
        found, chosen = self._pc.found(), self._choices.current

        def listed(kind: DeviceKind, wished: str) -> DeviceList:
            return DeviceList(kind, found.of(kind).names, wished, found.of(kind).default)

        return DevicesState(
            microphone=listed(DeviceKind.MICROPHONE, chosen.microphone),
            speaker=listed(DeviceKind.SPEAKER, chosen.speaker),
            camera=listed(DeviceKind.CAMERA, chosen.camera),
            echo_cancellation=chosen.echo_cancellation,
            noise_suppression=chosen.noise_suppression,
            auto_gain=chosen.auto_gain,
            talk_key=chosen.talk_key,
            mute_key=chosen.mute_key,
            cue_loudness=chosen.cue_loudness,
            flash=chosen.flash,
            own_corner=corner_named(chosen.own_corner),
            sound_restarts=found.sound_restarts,
        )


def _wished(devices: DeviceList) -> str:
    return devices.wished if devices.wished in devices.names else ""

"""The devices of a PC by name: remembered, replaced while they are away, taken again when they return."""

from dataclasses import replace

from desktop.core.corner import Corner
from desktop.core.devices import DeviceChange, DeviceKind, DevicesState, Found, FoundDevices
from desktop.core.preferences import Preferences
from desktop.flows.choices import Choices
from desktop.flows.devices import DevicesFlow, DevicesListeners
from desktop.rtc.sound_devices import SoundDevices, SoundProcessing

BUILT_IN = Found(("Bay 3 microphone",), "Bay 3 microphone")
WITH_HEADSET = Found(("Bay 3 microphone", "headset microphone"), "Bay 3 microphone")


class Place:
    def __init__(self, preferences: Preferences | None = None) -> None:
        self.saved = preferences or Preferences()

    def load(self) -> Preferences:
        return self.saved

    def save(self, preferences: Preferences) -> bool:
        self.saved = preferences
        return True


class Pc:
    def __init__(self, found: FoundDevices) -> None:
        self.now = found
        self.camera = "?"

    def found(self) -> FoundDevices:
        return self.now

    def use_camera(self, name: str) -> None:
        self.camera = name


class Desk:
    """A flow with everything around it; what it told is remembered."""

    def __init__(self, found: FoundDevices, preferences: Preferences | None = None) -> None:
        self.place, self.pc = Place(preferences), Pc(found)
        self.states: list[DevicesState] = []
        self.changes: list[tuple[DeviceChange, ...]] = []
        listeners = DevicesListeners(self.states.append, self.changes.append)
        self.flow = DevicesFlow(self.pc, Choices(self.place), listeners)

    def plug(self, **found: Found) -> None:
        self.pc.now = replace(self.pc.now, **found)  # type: ignore[arg-type]  # fields by name; one is no Found
        self.flow.look()

    def restart_sound(self) -> None:
        self.pc.now = replace(self.pc.now, sound_restarts=self.pc.now.sound_restarts + 1)
        self.flow.look()


def test_the_remembered_microphone_is_taken_although_the_system_prefers_another() -> None:
    desk = Desk(FoundDevices(microphones=WITH_HEADSET), Preferences(microphone="headset microphone"))
    assert desk.flow.state.microphone.used == "headset microphone"
    assert desk.flow.sound() == SoundDevices(inputs=WITH_HEADSET.names, input="headset microphone")


def test_without_a_choice_the_system_decides_and_the_sdk_is_left_with_its_default() -> None:
    desk = Desk(FoundDevices(microphones=WITH_HEADSET))
    assert desk.flow.state.microphone.used == "Bay 3 microphone"
    assert not desk.flow.sound().input


def test_an_unplugged_headset_is_said_and_taken_again_when_it_returns() -> None:
    desk = Desk(FoundDevices(microphones=WITH_HEADSET), Preferences(microphone="headset microphone"))
    desk.plug(microphones=BUILT_IN)
    assert desk.changes == [
        (DeviceChange(DeviceKind.MICROPHONE, "Bay 3 microphone", lost="headset microphone"),),
    ]
    assert desk.flow.state.microphone.has_fallen_back
    assert desk.place.saved.microphone == "headset microphone"
    desk.plug(microphones=WITH_HEADSET)
    assert desk.changes[1:] == [
        (DeviceChange(DeviceKind.MICROPHONE, "headset microphone", back="headset microphone"),),
    ]
    assert desk.flow.sound().input == "headset microphone"


def test_the_last_device_is_said_to_be_gone_and_nothing_is_used() -> None:
    desk = Desk(FoundDevices(microphones=BUILT_IN))
    desk.plug(microphones=Found())
    assert desk.changes == [(DeviceChange(DeviceKind.MICROPHONE, "", lost="Bay 3 microphone"),)]
    assert desk.flow.state.microphone.is_missing


def test_a_sound_server_that_was_restarted_with_the_same_devices_makes_the_call_look_without_a_word() -> None:
    desk = Desk(FoundDevices(microphones=WITH_HEADSET))
    before = desk.flow.sound()
    desk.restart_sound()
    assert desk.changes == [()]
    assert desk.flow.sound() == replace(before, restarts=1)


def test_a_device_that_nobody_uses_comes_and_goes_without_a_word() -> None:
    desk = Desk(FoundDevices(microphones=BUILT_IN))
    desk.plug(microphones=WITH_HEADSET)
    desk.plug(microphones=BUILT_IN)
    assert desk.changes == [(), ()]
    assert len(desk.states) == 2


def test_a_choice_is_used_at_once_and_is_no_news_to_who_made_it() -> None:
    desk = Desk(FoundDevices(microphones=WITH_HEADSET))
    desk.flow.choose(DeviceKind.MICROPHONE, "headset microphone")
    assert desk.place.saved.microphone == "headset microphone"
    assert desk.states[-1].microphone.used == "headset microphone"
    assert desk.changes == [()]


def test_choosing_what_is_chosen_disturbs_no_call() -> None:
    desk = Desk(FoundDevices(microphones=WITH_HEADSET))
    desk.flow.choose(DeviceKind.MICROPHONE, "")
    desk.flow.look()
    assert desk.changes == []


def test_a_flip_goes_to_the_other_camera_and_back() -> None:
    desk = Desk(FoundDevices(cameras=Found(("front", "back"), "front")))
    assert desk.pc.camera == "front"
    desk.flow.flip_camera()
    assert (desk.pc.camera, desk.place.saved.camera) == ("back", "back")
    desk.flow.flip_camera()
    assert desk.pc.camera == "front"


def test_a_single_camera_cannot_be_flipped() -> None:
    desk = Desk(FoundDevices(cameras=Found(("front",), "front")))
    desk.flow.flip_camera()
    assert desk.changes == []


def test_the_sound_switches_are_remembered_and_reach_the_call() -> None:
    desk = Desk(FoundDevices(microphones=BUILT_IN))
    desk.flow.set_switches(echo=True, noise=False, gain=False)
    assert desk.flow.sound().processing == SoundProcessing(noise_suppression=False, auto_gain=False)
    assert (desk.place.saved.noise_suppression, desk.place.saved.auto_gain) == (False, False)
    assert desk.changes == [()]


def test_the_corner_of_ones_own_picture_is_remembered_and_disturbs_no_call() -> None:
    desk = Desk(FoundDevices(), Preferences(own_corner="upper left"))
    assert desk.flow.state.own_corner is Corner.UPPER_LEFT
    desk.flow.set_own_corner(Corner.LOWER_LEFT)
    assert desk.place.saved.own_corner == "lower left"
    assert [state.own_corner for state in desk.states] == [Corner.LOWER_LEFT]
    assert desk.changes == []

"""Keys that are held to talk or to be silent do what they say, and never leave a microphone open or closed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtMultimedia import QAudioDevice
from pytestqt.qtbot import QtBot

from desktop.core.call import CallPhase, CallState, OwnDevice
from desktop.core.cues import TALK_CUE, TALK_OVER_CUE, Cue
from desktop.core.devices import DeviceKind, DeviceList, DevicesState
from desktop.talk_desk import TalkDesk
from desktop.ui.talk_keys import TalkKeys
from tests.ui.call.states import state


class FakeVoice(QObject):
    """An ear that notes what it was asked to hear."""

    voice_heard = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.devices: list[QAudioDevice | None] = []

    def listen(self, device: QAudioDevice | None) -> None:
        self.devices.append(device)


class Bench:
    """A desk in a call whose microphone obeys at once, as the loop does a moment later."""

    def __init__(self) -> None:
        self.keys = TalkKeys()
        self.voice = FakeVoice()
        self.tones: list[Cue] = []
        self.wishes: list[bool] = []
        self.said = 0
        self.desk = TalkDesk(
            self.keys,
            self.voice,  # type: ignore[arg-type]  # the two members that are used
            lambda _name: QAudioDevice(),
            self.tones.append,
        )
        self.desk.mute_wished.connect(self._mute)
        self.desk.spoke_muted.connect(self._said)
        self.desk.devices_changed(DevicesState(microphone=DeviceList(DeviceKind.MICROPHONE, ("Bay 3",))))
        self.call: CallState = state()

    def show(self, microphone: OwnDevice, phase: CallPhase = CallPhase.LIVE) -> None:
        self.call = replace(self.call, microphone=microphone, phase=phase)
        self.desk.call_changed(self.call)

    def _mute(self, muted: bool) -> None:
        self.wishes.append(muted)
        self.show(OwnDevice.OFF if muted else OwnDevice.ON, self.call.phase)

    def _said(self) -> None:
        self.said += 1


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    assert qtbot is not None
    return Bench()


def test_held_while_muted_it_opens_the_microphone_until_it_is_let_go(bench: Bench) -> None:
    bench.show(OwnDevice.OFF)
    bench.keys.talk_changed.emit(True)
    assert (bench.wishes, bench.tones) == ([False], [TALK_CUE])
    bench.keys.talk_changed.emit(False)
    assert (bench.wishes, bench.tones) == ([False, True], [TALK_CUE, TALK_OVER_CUE])


def test_held_while_heard_it_changes_nothing(bench: Bench) -> None:
    bench.show(OwnDevice.ON)
    bench.keys.talk_changed.emit(True)
    bench.keys.talk_changed.emit(False)
    assert (bench.wishes, bench.tones) == ([], [])


def test_the_other_key_silences_while_it_is_held(bench: Bench) -> None:
    bench.show(OwnDevice.ON)
    bench.keys.mute_changed.emit(True)
    bench.keys.mute_changed.emit(False)
    assert bench.wishes == [True, False]


@pytest.mark.parametrize("microphone", [OwnDevice.MISSING, OwnDevice.REFUSED, OwnDevice.STARTING])
def test_without_a_microphone_the_keys_are_left_alone(bench: Bench, microphone: OwnDevice) -> None:
    obeyed: list[bool] = []
    for shown, phase in (
        (microphone, CallPhase.LIVE),
        (OwnDevice.OFF, CallPhase.LIVE),
        (OwnDevice.OFF, CallPhase.ENDED),
    ):
        bench.show(shown, phase)
        obeyed.append(bench.keys.is_active)
    assert obeyed == [False, True, False]


def test_a_voice_is_listened_for_only_while_a_running_call_is_muted(bench: Bench) -> None:
    bench.show(OwnDevice.ON)
    assert bench.voice.devices == []
    bench.show(OwnDevice.OFF)
    assert len(bench.voice.devices) == 1
    bench.voice.voice_heard.emit()
    assert bench.said == 1
    bench.show(OwnDevice.ON)
    assert bench.voice.devices[-1] is None
    bench.voice.voice_heard.emit()
    assert bench.said == 1


def test_the_own_microphone_is_not_held_while_the_key_opens_it(bench: Bench) -> None:
    bench.show(OwnDevice.OFF)
    bench.keys.talk_changed.emit(True)
    assert bench.voice.devices[-1] is None
    bench.keys.talk_changed.emit(False)
    assert bench.voice.devices[-1] is not None


def test_after_the_sign_out_no_microphone_is_held(bench: Bench) -> None:
    bench.show(OwnDevice.OFF)
    bench.desk.leave()
    assert bench.voice.devices[-1] is None
    assert not bench.keys.is_active

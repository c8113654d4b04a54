"""The desk behind Check and join: what is opened and when, what is wished on the way in, and how trouble is told."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from desktop.bridge.call import CallGateway
from desktop.bridge.check import CheckGateway
from desktop.bridge.devices import DevicesGateway
from desktop.bridge.loop_thread import LoopThread
from desktop.check_desk import CheckDesk
from desktop.core.bands import Band, BandLevel
from desktop.core.call import CallPhase, OwnDevice
from desktop.core.check import CheckFacts, Connection, EchoPhase, Preview, Verdict
from desktop.core.devices import DEVICES_ACTION
from desktop.core.join_wish import JoinWish
from desktop.core.restart import RestartPhase, RestartState
from desktop.core.session import SessionKind
from desktop.rtc.mailboxes import Mailboxes
from desktop.ui.plain_label import PlainLabel
from tests.ui.call.states import state as call_state
from tests.ui.check.states import NO_MICROPHONE, devices
from tests.ui.hands import find, tap
from tests.ui.samples import DAY

DANA = DAY[0]
ON_THE_WAY = RestartState(RestartPhase.ASKING, DANA.id, "Marco Reyes")


class FakeSound(QObject):
    """Stands in for the sound of a PC, and notes what is asked of it."""

    measured = Signal(float)
    microphone_failed = Signal()
    echo_changed = Signal(object)
    tone_ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.listens_to: list[str] = []
        self.tones: list[str] = []
        self.echoes: list[str] = []
        self.releases = 0

    @Slot(str)
    def listen(self, name: str) -> None:
        self.listens_to.append(name)

    @Slot(str)
    def play_tone(self, name: str) -> None:
        self.tones.append(name)

    @Slot(str)
    def start_echo(self, name: str) -> None:
        self.echoes.append(name)

    @Slot()
    def release(self) -> None:
        self.releases += 1

    def close(self) -> None:
        return


class Desk:
    """A desk with gateways that lead nowhere, and a sound of which everything is known."""

    def __init__(self) -> None:
        thread, self.parent = LoopThread(), QObject()
        self.calls = CallGateway(thread, Mailboxes(), self.parent)
        self.devices = DevicesGateway(thread, self.parent)
        self.checks = CheckGateway(thread, self.parent)
        self.desk = CheckDesk(self.calls, self.devices, self.checks, "Bay 3", self.parent)
        self.sound = FakeSound(self.parent)
        self.desk.use_sound(self.sound)  # type: ignore[arg-type]  # the same signals and methods
        self.devices.state_changed.emit(devices())

    def says(self, name: str) -> str:
        return find(self.desk.page, PlainLabel, name).text()

    def press(self, name: str) -> None:
        tap(find(self.desk.page, QAbstractButton, name))


@pytest.fixture
def at(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk()
    qtbot.addWidget(desk.desk.page)
    desk.desk.page.resize(1366, 768)
    desk.desk.page.show()
    yield desk
    desk.desk.close_page()
    desk.parent.deleteLater()


def test_nothing_is_opened_while_the_page_is_closed(at: Desk) -> None:
    at.devices.state_changed.emit(devices())
    assert at.sound.listens_to == []


def test_the_page_listens_to_the_microphone_in_use_and_lets_go_with_it(at: Desk) -> None:
    at.desk.open_for(DANA)
    assert at.sound.listens_to == ["Headset microphone"]
    at.desk.close_page()
    assert at.sound.releases == 1
    assert at.says("visitName") == ""


def test_a_microphone_that_is_unplugged_is_told_and_the_next_one_heard(at: Desk) -> None:
    at.desk.open_for(DANA)
    at.devices.state_changed.emit(devices(microphone=NO_MICROPHONE))
    assert at.sound.listens_to[-1] == ""
    assert "No microphone found" in at.says("hearingLead")
    at.devices.state_changed.emit(devices())
    assert at.sound.listens_to[-1] == "Headset microphone"


def test_a_microphone_that_does_not_answer_is_told_and_tried_again(at: Desk, qtbot: QtBot) -> None:
    at.desk.open_for(DANA)
    at.sound.microphone_failed.emit()
    assert "does not answer" in at.says("hearingLead")
    count = len(at.sound.listens_to)
    qtbot.waitUntil(lambda: len(at.sound.listens_to) > count, timeout=6000)
    at.sound.measured.emit(-20.0)
    assert at.says("hearingVerdict") == "We hear you"


def test_muting_before_the_call_closes_the_microphone_and_joins_muted(at: Desk, qtbot: QtBot) -> None:
    at.desk.open_for(DANA)
    at.press("checkMute")
    assert at.sound.listens_to[-1] == ""
    with qtbot.waitSignal(at.desk.join_requested) as joined:
        at.press("joinButton")
    assert joined.args == [DANA.id, JoinWish(muted=True)]
    assert find(at.desk.page, QAbstractButton, "joinButton").text() == "Joining"


@pytest.mark.parametrize(
    ("button", "wish"),
    [
        ("joinButton", JoinWish()),
        ("joinBlindButton", JoinWish(camera_on=False)),
        ("chatOnlyButton", JoinWish(chat_only=True)),
    ],
)
def test_each_way_in_is_wished_as_it_reads(at: Desk, qtbot: QtBot, button: str, wish: JoinWish) -> None:
    at.desk.open_for(DANA)
    with qtbot.waitSignal(at.desk.join_requested) as joined:
        at.press(button)
    assert joined.args == [DANA.id, wish]


def test_a_camera_that_was_switched_off_here_stays_off_in_the_call(at: Desk, qtbot: QtBot) -> None:
    at.desk.open_for(DANA)
    at.checks.facts_changed.emit(CheckFacts(preview=Preview.ON))
    at.press("checkCamera")
    assert "Your camera is off" in at.says("previewWords")
    with qtbot.waitSignal(at.desk.join_requested) as joined:
        at.press("joinButton")
    assert joined.args[1] == JoinWish(camera_on=False)


def test_the_tone_is_played_at_the_speaker_in_use_once_at_a_time(at: Desk) -> None:
    at.desk.open_for(DANA)
    at.press("toneButton")
    assert at.sound.tones == ["Headset"]
    assert not find(at.desk.page, QAbstractButton, "toneButton").isEnabled()
    at.sound.tone_ended.emit()
    assert find(at.desk.page, QAbstractButton, "toneButton").isEnabled()


def test_one_says_something_and_hears_it_back(at: Desk) -> None:
    at.desk.open_for(DANA)
    at.press("echoButton")
    assert at.sound.echoes == ["Headset"]
    at.sound.echo_changed.emit(EchoPhase.RECORDING)
    assert at.says("hearingLead") == "Speak now"
    at.sound.echo_changed.emit(EchoPhase.PLAYING)
    assert at.says("hearingLead") == "This is how you sound"


def test_the_connection_is_told(at: Desk) -> None:
    at.desk.open_for(DANA)
    at.checks.facts_changed.emit(CheckFacts(Connection(Verdict.WEAK, 740)))
    assert at.says("connectionRowValue") == "Weak, 740 ms"


def test_in_a_call_the_microphone_is_left_to_the_room_and_its_level_shown(at: Desk, qtbot: QtBot) -> None:
    at.desk.open_in_call(call_state(microphone=OwnDevice.ON, camera=OwnDevice.ON))
    assert at.sound.listens_to == []
    at.checks.level_changed.emit(-20.0)
    assert at.says("hearingVerdict") == "We hear you"
    with qtbot.waitSignal(at.desk.changed):
        at.press("doneButton")
    assert not at.desk.is_open


def test_the_calls_notices_are_read_here_too_but_do_not_lead_in_a_circle(at: Desk) -> None:
    band = Band("no_microphone", BandLevel.WARNING, "mic-off", "No microphone found.", action=DEVICES_ACTION)
    at.desk.open_in_call(call_state(band=band))
    assert "No microphone found." in at.says("bandText")
    assert not find(at.desk.page, QAbstractButton, "bandAction").isVisible()


def test_the_page_gives_way_to_a_call_that_opens_and_goes_with_one_that_ends(at: Desk) -> None:
    seen: list[bool] = []
    at.desk.changed.connect(lambda: seen.append(at.desk.is_open))
    call = call_state()
    at.desk.open_for(DANA)
    at.desk.call_changed(call)
    at.desk.open_in_call(call)
    at.desk.call_changed(replace(call, camera=OwnDevice.OFF))
    assert seen == [True, False, True]
    at.desk.call_changed(replace(call, phase=CallPhase.ENDED))
    assert seen == [True, False, True, False]


def test_devices_can_be_checked_without_a_session(at: Desk) -> None:
    at.desk.open_for(None)
    assert at.says("checkTitle") == "Check devices"
    assert at.sound.listens_to == ["Headset microphone"]


def test_on_the_way_back_into_a_call_the_page_leads_nowhere_but_back(at: Desk) -> None:
    at.desk.open_on_way_back(ON_THE_WAY)
    assert at.says("checkTitle") == "Devices"
    assert at.sound.listens_to == ["Headset microphone"]
    shown = {button.objectName() for button in at.desk.page.findChildren(QAbstractButton) if button.isVisible()}
    assert "doneButton" in shown
    assert not shown & {"joinButton", "joinBlindButton", "chatOnlyButton", "checkBack"}
    at.desk.way_back_changed(replace(ON_THE_WAY, phase=RestartPhase.ENTERING, customer=call_state().customer.person))
    assert at.says("visitName") == "Dana Whitfield"
    at.press("doneButton")
    assert not at.desk.is_open


def test_the_call_that_the_way_back_leads_to_takes_the_devices_over(at: Desk) -> None:
    at.desk.open_on_way_back(ON_THE_WAY)
    at.desk.call_changed(call_state(microphone=OwnDevice.ON, camera=OwnDevice.OFF))
    assert at.desk.is_open
    assert at.sound.releases == 1
    assert "Your camera is off" in at.says("previewWords")
    at.desk.way_back_changed(RestartState())
    assert at.desk.is_open
    at.desk.call_changed(replace(call_state(), phase=CallPhase.ENDED))
    assert not at.desk.is_open


def test_who_was_muted_and_unseen_is_so_on_the_way_back_too(at: Desk) -> None:
    at.desk.open_on_way_back(replace(ON_THE_WAY, wish=JoinWish(muted=True, camera_on=False)))
    assert at.says("hearingLead") == "You are muted"
    assert at.sound.listens_to == [""]
    at.checks.facts_changed.emit(CheckFacts(preview=Preview.ON))
    assert "Your camera is off" in at.says("previewWords")


@pytest.mark.parametrize(
    "phase", [RestartPhase.ENDED, RestartPhase.OFF], ids=["the session ended meanwhile", "the way back was closed"]
)
def test_a_way_back_that_leads_nowhere_takes_its_devices_page_with_it(at: Desk, phase: RestartPhase) -> None:
    at.desk.open_on_way_back(ON_THE_WAY)
    at.desk.join_refused()
    assert at.desk.is_open, "it is tried again"
    at.desk.way_back_changed(replace(ON_THE_WAY, phase=phase))
    assert not at.desk.is_open


def test_a_session_entered_as_a_chat_has_no_devices_to_come_to(at: Desk) -> None:
    at.desk.open_on_way_back(ON_THE_WAY)
    at.desk.call_changed(call_state(kind=SessionKind.CHAT))
    assert not at.desk.is_open

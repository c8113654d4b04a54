"""The desk asks in time, with three soft notes, and leaves the program alone in every session."""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase, CallState
from desktop.core.cues import IDLE_CUE, Cue
from desktop.core.people import MechanicId
from desktop.core.restart import RestartState
from desktop.core.session import Mechanic
from desktop.idle_desk import IdleDesk, seconds_also_asleep
from desktop.ui.countdown_ring import CountdownRing
from desktop.ui.plain_label import PlainLabel
from tests.core.test_route import CALL
from tests.fixtures.hand_clock import HandClock
from tests.ui.hands import find, tap

MARCO = AccountState(AccountPhase.SIGNED_IN, Mechanic(MechanicId("m"), "Marco Reyes"))
NOBODY = AccountState(AccountPhase.SIGNED_OUT)


class Bench:
    """A desk whose mechanic is signed in, and what it asked for."""

    def __init__(self, qtbot: QtBot, minutes: int = 10) -> None:
        self.clock = HandClock()
        self.parent = QObject()
        self.desk = IdleDesk(minutes, self.parent, clock=self.clock)
        qtbot.addWidget(self.desk.page)
        self.told: list[str] = []
        self.cues: list[Cue] = []
        self.desk.changed.connect(lambda: self.told.append("shown" if self.desk.is_shown else "gone"))
        self.desk.sign_out_requested.connect(lambda: self.told.append("sign out"))
        self.desk.cue_due.connect(self.cues.append)
        self.are(MARCO)

    def are(self, account: AccountState, call: CallState | None = None, *, joining: bool = False) -> None:
        self.desk.states_changed(account, call, RestartState(), joining=joining)

    def wait(self, seconds: float) -> None:
        """Let seconds pass, looked at as often as the desk itself does."""
        for _ in range(round(seconds)):
            self.clock.advance(1)
            self.desk.look()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.desk.close()


def test_it_asks_by_first_name_and_signs_out_once(bench: Bench) -> None:
    bench.wait(569)
    assert bench.told == []
    bench.wait(1)
    assert bench.told == ["shown"]
    bench.wait(6)
    assert find(bench.desk.page, PlainLabel, "idleTitle").text() == "Still there, Marco?"
    assert find(bench.desk.page, CountdownRing).seconds == 24
    bench.wait(60)
    assert bench.told == ["shown", "sign out"]
    bench.are(NOBODY)
    assert bench.told == ["shown", "sign out", "gone"]
    assert "Marco" not in find(bench.desk.page, PlainLabel, "idleTitle").text()


def test_a_soft_note_sounds_at_thirty_ten_and_five_seconds(bench: Bench) -> None:
    bench.wait(569)
    heard = []
    for _ in range(31):
        before = len(bench.cues)
        bench.wait(1)
        if len(bench.cues) > before:
            heard.append(find(bench.desk.page, CountdownRing).seconds)
    assert heard == [30, 10, 5]
    assert set(bench.cues) == {IDLE_CUE}


def test_the_page_stays_until_the_touch_on_it_is_over(bench: Bench) -> None:
    bench.wait(599)
    bench.desk.page.pressed.emit()
    bench.wait(5)
    assert bench.told == ["shown"], "held down for longer than what was left"
    bench.desk.page.stay_requested.emit()
    assert bench.told == ["shown", "gone"]
    bench.wait(569)
    assert bench.told == ["shown", "gone"]
    bench.wait(1)
    assert bench.told[-1] == "shown"


def test_a_touch_that_wakes_a_pc_past_the_end_stays_nobody(bench: Bench) -> None:
    bench.wait(580)
    bench.clock.advance(8 * 3_600)
    bench.desk.page.pressed.emit()
    bench.desk.page.stay_requested.emit()
    assert bench.told == ["shown", "sign out"]
    assert bench.desk.is_shown


def test_input_anywhere_postpones_it(bench: Bench, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    bench.wait(500)
    tap(window)
    bench.wait(560)
    assert bench.told == []
    QTest.keyClick(window, Qt.Key.Key_A)
    bench.wait(569)
    assert bench.told == []


@pytest.mark.parametrize("phase", [CallPhase.JOINING, CallPhase.WAITING, CallPhase.LIVE, CallPhase.RECONNECTING])
def test_sr_38_a_session_is_never_asked_and_stops_the_question(bench: Bench, phase: CallPhase) -> None:
    bench.wait(580)
    bench.are(MARCO, replace(CALL, phase=phase))
    assert bench.told == ["shown", "gone"]
    bench.wait(4_000)
    assert bench.told == ["shown", "gone"]
    assert bench.desk._input.is_active is False, "in a session no event of the program costs anything"
    bench.are(MARCO, replace(CALL, phase=CallPhase.ENDED))
    bench.wait(569)
    assert bench.told == ["shown", "gone"]
    bench.wait(1)
    assert bench.told[-1] == "shown"


def test_a_join_under_way_stops_the_question(bench: Bench) -> None:
    bench.wait(580)
    bench.are(MARCO, joining=True)
    assert bench.told == ["shown", "gone"]


def test_it_can_be_switched_off(qtbot: QtBot) -> None:
    bench = Bench(qtbot, minutes=0)
    bench.wait(2_000)
    assert bench.told == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere another clock counts a sleep")
def test_the_time_that_the_pc_sleeps_counts() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= seconds_also_asleep() <= time.clock_gettime(time.CLOCK_BOOTTIME)

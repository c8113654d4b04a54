"""Which tones a mechanic hears as notices come and go: each once, none missing, and never a second time for nothing."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core.bands import Band, BandLevel
from desktop.core.board import NEW_SESSION, BoardState
from desktop.core.call import CallPhase, CallState, EndReason
from desktop.core.cues import CHAT_CUE, Cue, cue_of
from desktop.core.devices import DevicesState
from desktop.cue_desk import CueDesk
from desktop.flows import call_bands
from desktop.ui.edge_flash import EdgeFlash
from tests.ui.call.states import state


class Bench:
    """A desk, what it played, and the window whose edge flashes."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.flash = EdgeFlash(self.window)
        self.played: list[tuple[Cue, float]] = []
        self.desk = CueDesk(lambda cue, loudness: self.played.append((cue, loudness)), self.flash)
        self.call: CallState = state()

    @property
    def cues(self) -> list[Cue]:
        return [cue for cue, _ in self.played]

    def show(self, band: Band | None, **changes: object) -> None:
        self.call = replace(self.call, band=band, **changes)  # type: ignore[arg-type]  # fields of CallState only
        self.desk.call_changed(self.call)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_a_notice_sounds_when_it_appears_and_not_with_every_state(bench: Bench) -> None:
    band = call_bands.customer_dropped("Dana")
    for _ in range(5):
        bench.show(band)
    assert bench.cues == [cue_of("customer_dropped")]
    bench.show(None)
    bench.show(band)
    assert bench.cues == [cue_of("customer_dropped")] * 2


def test_a_notice_that_was_covered_for_a_moment_does_not_sound_again(bench: Bench) -> None:
    lost = call_bands.customer_dropped("Dana")
    bench.show(lost)
    bench.show(call_bands.minutes_left("one_minute"))
    bench.show(lost)
    assert bench.cues == [cue_of("customer_dropped"), cue_of("one_minute")]


def test_a_silent_notice_is_silent(bench: Bench) -> None:
    bench.show(call_bands.no_picture("Dana"))
    assert bench.cues == []


def test_who_is_told_to_be_muted_again_and_again_hears_it_once_in_ten_seconds(bench: Bench) -> None:
    for _ in range(4):
        bench.show(call_bands.talking_muted("Dana"))
        bench.show(None)
    assert bench.cues == [cue_of("talking_muted")]


def test_a_lost_connection_reminds_every_half_minute_until_it_is_back(bench: Bench) -> None:
    bench.show(call_bands.connection_lost(0.0))
    timer = bench.desk.reminder
    assert timer.isActive()
    assert timer.interval() == 30_000
    timer.timeout.emit()
    assert [len(cue.notes) for cue in bench.cues] == [3, 1]
    bench.show(call_bands.connected_again(31))
    assert not timer.isActive()
    assert bench.cues[-1] == cue_of("connected_again")


def test_the_end_of_a_session_sounds_once_and_leaving_is_silent(bench: Bench) -> None:
    bench.show(None)
    for _ in range(3):
        bench.show(None, phase=CallPhase.ENDED, end_reason=EndReason.ENDED)
    assert bench.cues == [cue_of("session_ended")]
    bench.show(None, phase=CallPhase.LIVE, end_reason=None)
    bench.show(None, phase=CallPhase.ENDED, end_reason=EndReason.LEFT)
    assert bench.cues == [cue_of("session_ended")]


def test_a_new_session_in_the_list_sounds_and_what_was_heard_in_the_call_does_not(bench: Bench) -> None:
    bench.desk.board_changed(BoardState(band=call_bands.joined_elsewhere()))
    assert bench.cues == []
    band = Band(NEW_SESSION, BandLevel.ACCENT, "bell", "New session: Dana Whitfield.")
    bench.desk.board_changed(BoardState(band=band))
    bench.desk.board_changed(BoardState(band=band))
    assert bench.cues == [cue_of(NEW_SESSION)]


def test_an_unseen_line_sounds_softly(bench: Bench) -> None:
    bench.desk.line_unseen()
    assert bench.cues == [CHAT_CUE]


def test_loudness_and_flash_are_as_chosen(bench: Bench) -> None:
    bench.show(call_bands.minutes_left("one_minute"))
    assert not bench.flash.isVisible()
    bench.show(None)
    bench.desk.devices_changed(DevicesState(cue_loudness=0.25, flash=True))
    bench.show(call_bands.minutes_left("one_minute"))
    assert bench.played[-1] == (cue_of("one_minute"), 0.25)
    assert bench.flash.isVisible()
    assert bench.flash.geometry() == bench.window.rect()


def test_a_flash_is_over_at_once_and_in_nobodys_way(bench: Bench, qtbot: QtBot) -> None:
    bench.flash.flash(BandLevel.DANGER)
    middle = bench.window.rect().center()
    assert bench.window.childAt(middle) is None
    qtbot.waitUntil(lambda: not bench.flash.isVisible())

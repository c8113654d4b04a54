"""The quality chip and the numbers behind it, by hand and by eye."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.call import CallPhase, CallState
from desktop.core.link import Limit, LinkState, PictureWish, Rung, Verdict
from desktop.flows import call_bands
from desktop.ui.buttons import Button
from desktop.ui.call.call_page import CallPage
from desktop.ui.call.link_words import quality_chip
from desktop.ui.call.quality_chip import QualityChip
from desktop.ui.message_bar import MessageBar
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import set_surface, theme
from tests.ui import walk
from tests.ui.call.states import STATS, chat, customer, state
from tests.ui.conftest import Dress
from tests.ui.hands import find, press, tap
from tests.ui.snapshots import SnapshotCheck

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
BOTH = ("kiosk-bay", "desktop-bay", "kiosk-door")
WEAK = LinkState(
    Verdict.WEAK_OWN,
    Rung.LOW,
    camera_held=True,
    stats=replace(STATS, rx_kbps=212, rx_loss=0.143, round_trip_ms=812, frame_width=320, frame_height=180, fps=9),
)


def linked(link: LinkState) -> CallState:
    return state(link=link)


@pytest.fixture
def page(shown: Shown) -> CallPage:
    made = CallPage(chat())
    made.render_state(state())
    shown(made, (1366, 768))
    return made


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.GOOD, "Good"),
        (Verdict.FAIR, "Fair"),
        (Verdict.WEAK_OWN, "Weak: your network"),
        (Verdict.WEAK_THEIRS, "Weak: their upload"),
        (Verdict.SERVER, "Weak: the server"),
        (Verdict.NONE, "No connection"),
    ],
)
def test_the_chip_says_whose_side_is_weak(page: CallPage, verdict: Verdict, words: str) -> None:
    page.render_state(linked(LinkState(verdict)))
    chip = find(page, QualityChip)
    assert chip.isVisible()
    assert chip.text() == words
    assert words in chip.accessibleName()


def test_the_chip_says_nothing_before_something_is_known_or_without_a_customer(page: CallPage) -> None:
    page.render_state(linked(LinkState()))
    assert not find(page, QualityChip).isVisible()
    page.render_state(state(customer=customer(in_room=False)))
    assert not find(page, QualityChip).isVisible()
    page.render_state(state(phase=CallPhase.REJOINING))
    assert find(page, QualityChip).text() == "No connection"


def test_a_tap_on_the_chip_shows_the_numbers_and_done_brings_the_panel_back(page: CallPage) -> None:
    tap(find(page, QualityChip))
    assert page.numbers.isVisible()
    assert not page.panel.isVisible()
    assert find(page, PlainLabel, "number Receiving").text() == "1.7 Mbit/s"
    assert find(page, PlainLabel, "number Picture from them").text() == "1280 × 720, 30 a second"
    assert find(page, PlainLabel, "number Lost on the way here").text() == "0.2 %"
    tap(page.numbers.done)
    assert page.panel.isVisible()
    assert not page.numbers.isVisible()


def test_the_numbers_run_on_while_they_are_looked_at(page: CallPage) -> None:
    tap(find(page, QualityChip))
    page.render_state(linked(WEAK))
    assert find(page, PlainLabel, "number Delay there and back").text() == "812 ms"
    assert find(page, PlainLabel, "number Your picture").text() == "Off for now, so that the sound stays clear"
    assert find(page, PlainLabel, "number What is fetched").text() == "Small picture for now"
    assert "cable" in find(page, PlainLabel, "numbersAdvice").text()
    page.render_state(linked(LinkState(Verdict.NONE)))
    assert find(page, PlainLabel, "number Receiving").text() == "Not measured"


def test_a_tab_of_the_panel_or_escape_takes_the_numbers_away(page: CallPage) -> None:
    page.toggle_numbers()
    page.toggle_panel("chat")
    assert not page.numbers.isVisible()
    page.toggle_numbers()
    press(page, Qt.Key.Key_Escape)
    assert not page.numbers.isVisible()


def test_more_picture_is_a_wish_and_shown_when_it_is_true(page: CallPage, qtbot: QtBot) -> None:
    page.toggle_numbers()
    switch = find(page, QCheckBox, "morePicture")
    with qtbot.waitSignal(page.numbers.picture_wished) as wished:
        switch.click()
    assert wished.args == [PictureWish.MORE_PICTURE.value]
    page.render_state(linked(replace(WEAK, wish=PictureWish.AUTOMATIC)))
    assert not switch.isChecked()


def test_the_report_is_asked_for_by_one_tap_and_answered_in_words(page: CallPage, qtbot: QtBot) -> None:
    page.toggle_numbers()
    with qtbot.waitSignal(page.numbers.report_requested):
        tap(find(page, Button, "copyReport"))
    page.numbers.show_saying("The report is on the clipboard.")
    assert find(page, PlainLabel, "reportSaying").text() == "The report is on the clipboard."


def test_everything_is_reached_and_named(page: CallPage) -> None:
    page.toggle_numbers()
    assert walk.unnamed_controls(page) == []
    assert walk.unreachable_controls(page) == []
    assert walk.markup_risks(page) == []


def test_everything_is_large_enough_for_a_glove(dress: Dress, shown: Shown) -> None:
    size = dress("kiosk-bay")
    made = CallPage(chat())
    made.render_state(state())
    made.toggle_numbers()
    shown(made, size)
    assert find(made, QualityChip).height() >= theme().touch_floor()
    assert walk.too_small(made, theme().touch_floor()) == []


@pytest.mark.parametrize("look", BOTH)
def test_the_chips_look_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    dress(look)
    board = QWidget()
    set_surface(board, "raised")
    column = QVBoxLayout(board)
    for verdict in (Verdict.GOOD, Verdict.FAIR, Verdict.WEAK_OWN, Verdict.WEAK_THEIRS, Verdict.SERVER, Verdict.NONE):
        chip = QualityChip(board)
        fact = quality_chip(linked(LinkState(verdict)))
        assert fact is not None
        chip.show_fact(fact)
        column.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
    shown(board, (420, 480))
    snapshot(board, f"quality-chips-{look}")


@pytest.mark.parametrize("look", BOTH)
@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("good", LinkState(Verdict.GOOD, stats=STATS)),
        ("weak", replace(WEAK, camera_held=False, stats=replace(WEAK.stats or STATS, limit=Limit.BANDWIDTH))),
    ],
)
def test_the_numbers_look_as_drawn(
    look: str, name: str, link: LinkState, dress: Dress, shown: Shown, snapshot: SnapshotCheck
) -> None:
    size = dress(look)
    made = CallPage(chat())
    made.render_state(linked(link))
    made.toggle_numbers()
    shown(made, size)
    made.numbers.show_saying("The report is on the clipboard.")
    snapshot(made, f"numbers-{name}-{look}")


@pytest.mark.parametrize("look", BOTH)
def test_the_bands_of_a_weak_link_look_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    width, _ = dress(look)
    board = QWidget()
    column = QVBoxLayout(board)
    for band in (
        call_bands.smaller_picture(),
        call_bands.photos("Dana", Verdict.WEAK_THEIRS),
        call_bands.photos("Dana", Verdict.WEAK_OWN),
        call_bands.sound_only("Dana", Verdict.WEAK_THEIRS),
        call_bands.camera_held(),
        call_bands.video_back(),
    ):
        bar = MessageBar(board)
        bar.show_band(replace(band, passing=False))
        column.addWidget(bar)
    shown(board, (width, 640))
    snapshot(board, f"bands-weak-link-{look}")

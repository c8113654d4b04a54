"""The check page under a mechanic's hands: what it says, what it wishes, and that nothing ever blocks the way in."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.check import CheckState, Connection, MediaReach, Preview, Verdict
from desktop.core.devices import DeviceKind, DeviceList
from desktop.core.frames import LatestFrame
from desktop.core.hearing import SILENCE_DB
from desktop.ui.check.check_page import CheckPage
from desktop.ui.check.level_meter import LevelMeter
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import theme
from desktop.ui.video_tile import VideoTile
from tests.ui.call.states import picture
from tests.ui.check.states import NO_CAMERA, NO_MICROPHONE, NO_SPEAKER, VISIT, devices, fine
from tests.ui.conftest import Dress
from tests.ui.hands import find, press, tap
from tests.ui.samples import HOSTILE_CONCERN, HOSTILE_NAMES, monotonic
from tests.ui.walk import markup_risks, shown_texts, tab_stops, too_close, too_small, unnamed_controls

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
_EVERY_LACK = (
    fine(devices=devices(camera=NO_CAMERA), preview=Preview.MISSING),
    fine(preview=Preview.REFUSED),
    fine(preview=Preview.FAILED),
    fine(devices=devices(microphone=NO_MICROPHONE)),
    fine(devices=devices(microphone=NO_MICROPHONE, speaker=NO_SPEAKER, camera=NO_CAMERA), preview=Preview.MISSING),
    fine(microphone_refused=True),
    fine(connection=Connection(Verdict.NONE)),
    fine(connection=Connection(Verdict.GOOD, 12, MediaReach.AWAY)),
    fine(connection=Connection()),
)


@pytest.fixture
def open_page(shown: Shown, dress: Dress) -> Callable[..., CheckPage]:
    """Show the page in a state and a look."""

    def make(state: CheckState, look: str = "desktop-bay", dpi: float = 96.0) -> CheckPage:
        size = dress(look, dpi)
        page = CheckPage(monotonic=monotonic)
        page.set_own_video(LatestFrame())
        page.render_state(state)
        shown(page, size)
        page.focus_entry()
        return page

    return make


Open = Callable[..., CheckPage]


def says(page: CheckPage, name: str) -> str:
    """Return what a label of the page says."""
    return find(page, PlainLabel, name).text()


def button(page: CheckPage, name: str) -> QAbstractButton:
    """Return a button of the page."""
    return find(page, QAbstractButton, name)


@pytest.mark.parametrize("state", _EVERY_LACK)
def test_nothing_that_is_missing_blocks_the_way_in(open_page: Open, state: CheckState) -> None:
    page = open_page(state)
    for name in ("joinButton", "joinBlindButton", "chatOnlyButton"):
        assert button(page, name).isEnabled()
        assert button(page, name).isVisible()


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("joinButton", "join_requested"),
        ("joinBlindButton", "join_without_camera_requested"),
        ("chatOnlyButton", "chat_only_requested"),
        ("checkBack", "back_requested"),
        ("checkFlip", "flip_requested"),
        ("toneButton", "tone_requested"),
        ("echoButton", "echo_requested"),
        ("testButton", "connection_test_requested"),
        ("keysButton", "keys_requested"),
    ],
)
def test_each_button_wishes_its_own(open_page: Open, qtbot: QtBot, name: str, signal: str) -> None:
    page = open_page(fine())
    with qtbot.waitSignal(getattr(page, signal)):
        tap(button(page, name))


def test_enter_joins_because_the_focus_starts_there(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine())
    assert button(page, "joinButton").hasFocus()
    with qtbot.waitSignal(page.join_requested):
        press(button(page, "joinButton"), Qt.Key.Key_Space)


def test_escape_goes_back(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine())
    with qtbot.waitSignal(page.back_requested):
        press(page, Qt.Key.Key_Escape)


def test_while_joining_nobody_can_join_twice(open_page: Open) -> None:
    page = open_page(fine(is_joining=True))
    assert button(page, "joinButton").text() == "Joining"
    assert not button(page, "joinButton").isEnabled()
    assert not button(page, "chatOnlyButton").isEnabled()


@pytest.mark.parametrize(
    ("state", "name", "words"),
    [
        (_EVERY_LACK[0], "previewWords", "No camera found. Dana will hear you but not see you."),
        (_EVERY_LACK[1], "previewWords", "This PC does not allow the camera. Ask your workshop manager."),
        (_EVERY_LACK[2], "previewWords", "Another program may be using it"),
        (_EVERY_LACK[3], "hearingLead", "No microphone found. Dana cannot hear you. Chat still works."),
        (_EVERY_LACK[4], "hearingLead", "This PC has no sound. You and Dana cannot hear each other. Chat still works."),
        (_EVERY_LACK[5], "hearingLead", "The microphone does not answer"),
        (_EVERY_LACK[6], "connectionRowValue", "No connection"),
        (_EVERY_LACK[7], "connectionRowNote", "Picture and sound are not reachable. Chat still works."),
        (_EVERY_LACK[8], "connectionRowValue", "Testing"),
        (fine(connection=Connection(Verdict.FAIR, 320)), "connectionRowValue", "Fair, 320 ms"),
        (fine(devices=devices(speaker=NO_SPEAKER)), "speakerRowNote", "You cannot hear Dana."),
        (fine(is_muted=True), "hearingVerdict", "Dana cannot hear you"),
        (fine(devices=devices(camera=NO_CAMERA)), "cameraRowValue", "In use"),
    ],
)
def test_every_lack_has_its_sentence(open_page: Open, state: CheckState, name: str, words: str) -> None:
    assert words in says(open_page(state), name)


def test_without_a_speaker_there_is_no_tone_to_play_and_no_voice_to_hear_back(open_page: Open) -> None:
    page = open_page(fine(devices=devices(speaker=NO_SPEAKER)))
    assert not button(page, "toneButton").isVisible()
    assert not button(page, "echoButton").isVisible()


def test_a_microphone_is_chosen_from_the_list_in_its_row(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine())
    tap(button(page, "microphoneChange"))
    choices = [button(page, f"microphoneChoice{at}") for at in range(3)]
    assert [choice.text() for choice in choices] == ["The system’s choice", "Headset microphone", "Bay 3 microphone"]
    assert [choice.isChecked() for choice in choices] == [False, True, False]
    with qtbot.waitSignal(page.device_chosen) as chosen:
        tap(choices[2])
    assert chosen.args == [DeviceKind.MICROPHONE, "Bay 3 microphone"]
    assert not choices[2].isVisible(), "the list closes when somebody has chosen"


def test_one_list_is_open_at_a_time(open_page: Open) -> None:
    page = open_page(fine())
    tap(button(page, "microphoneChange"))
    tap(button(page, "cameraChange"))
    assert button(page, "cameraChoice0").isVisible()
    assert not button(page, "microphoneChoice0").isVisible()


def test_an_unplugged_choice_is_named_and_kept(open_page: Open) -> None:
    away = DeviceList(DeviceKind.MICROPHONE, ("Bay 3 microphone",), "Headset microphone", "Bay 3 microphone")
    page = open_page(fine(devices=devices(microphone=away)))
    assert says(page, "microphoneRowValue") == "Bay 3 microphone"
    assert says(page, "microphoneRowNote") == "Headset microphone is not plugged in."


def test_the_list_follows_what_is_plugged_in_while_it_is_open(open_page: Open) -> None:
    page = open_page(fine())
    tap(button(page, "microphoneChange"))
    more = DeviceList(DeviceKind.MICROPHONE, ("A", "B", "C"), "", "A")
    page.render_state(fine(devices=devices(microphone=more)))
    QApplication.processEvents()
    assert button(page, "microphoneChoice3").isVisible()
    page.render_state(fine(devices=devices(microphone=NO_MICROPHONE)))
    assert not button(page, "microphoneChange").isVisible()


def test_a_switch_is_wished_with_the_others_as_they_stand(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine(devices=devices(auto_gain=False)))
    with qtbot.waitSignal(page.switches_changed) as wished:
        tap(button(page, "noiseSwitch"))
    assert wished.args == [True, False, False]


def test_the_words_beside_a_switch_belong_to_it(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine())
    row = button(page, "noiseSwitch").parentWidget()
    assert row is not None
    with qtbot.waitSignal(page.switches_changed) as wished:
        tap(row, QPoint(30, row.height() // 2))
    assert wished.args == [True, False, True]


@pytest.mark.parametrize(("muted", "wish"), [(False, True), (True, False)])
def test_mute_wishes_the_opposite(open_page: Open, qtbot: QtBot, muted: bool, wish: bool) -> None:
    page = open_page(fine(is_muted=muted))
    with qtbot.waitSignal(page.mute_requested) as wished:
        tap(button(page, "checkMute"))
    assert wished.args == [wish]


@pytest.mark.parametrize(("preview", "wish"), [(Preview.ON, False), (Preview.STARTING, False), (Preview.OFF, True)])
def test_camera_wishes_the_opposite(open_page: Open, qtbot: QtBot, preview: Preview, wish: bool) -> None:
    page = open_page(fine(preview=preview))
    with qtbot.waitSignal(page.camera_requested) as wished:
        tap(button(page, "checkCamera"))
    assert wished.args == [wish]


def test_one_camera_cannot_be_flipped(open_page: Open) -> None:
    page = open_page(fine(devices=devices(camera=DeviceList(DeviceKind.CAMERA, ("Bay 3 camera",)))))
    assert not button(page, "checkFlip").isVisible()


def test_the_own_picture_is_painted_and_goes_when_the_camera_is_switched_off(open_page: Open) -> None:
    page = open_page(fine())
    own = LatestFrame()
    page.set_own_video(own)
    own.put(picture())
    page.own_frame_ready()
    assert find(page, VideoTile, "previewTile").has_picture
    page.render_state(fine(preview=Preview.OFF))
    assert not find(page, VideoTile, "previewTile").has_picture
    assert "Your camera is off" in says(page, "previewWords")


def test_the_meter_moves_with_speech_and_goes_out_when_muted(open_page: Open) -> None:
    page = open_page(fine())
    meter = find(page, LevelMeter)
    page.show_level(SILENCE_DB)
    assert meter.lit == 0
    page.show_level(-25)
    assert meter.lit == meter.lights // 2
    page.show_level(SILENCE_DB)
    assert 0 < meter.lit < meter.lights // 2, "it falls step by step"
    page.render_state(fine(is_muted=True))
    page.show_level(-10)
    assert meter.lit == 0


def test_the_meter_repaints_itself_alone(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine())
    painted: list[str] = []
    for widget in (page, find(page, QWidget, "levelBar"), find(page, QWidget, "checkPanel")):
        widget.installEventFilter(_Painted(widget, painted))
    qtbot.waitUntil(page.isVisible)
    QApplication.processEvents()
    painted.clear()
    for step in range(10):
        page.show_level(-40 + 3 * step)
        find(page, LevelMeter).repaint()
    assert painted == []


def test_in_a_call_the_page_leads_back_to_it(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(fine(in_call=True))
    assert says(page, "checkTitle") == "Devices"
    for name in ("joinButton", "joinBlindButton", "chatOnlyButton", "checkBack", "echoButton"):
        assert not button(page, name).isVisible()
    assert button(page, "doneButton").hasFocus()
    with qtbot.waitSignal(page.back_requested):
        tap(button(page, "doneButton"))


def test_without_a_session_there_is_only_the_way_back(open_page: Open) -> None:
    page = open_page(fine(visit=None))
    assert says(page, "checkTitle") == "Check devices"
    assert button(page, "doneButton").isVisible()
    assert not button(page, "joinButton").isVisible()
    assert "None" not in " ".join(shown_texts(page))


def test_tab_goes_from_join_over_the_picture_to_the_rows_and_then_the_others(open_page: Open) -> None:
    names = [stop.objectName() for stop in tab_stops(open_page(fine()))]
    first = names.index("joinButton")
    assert [*names[first:], *names[:first]] == [
        "joinButton",
        "checkMute",
        "checkCamera",
        "checkFlip",
        "echoButton",
        "cameraChange",
        "microphoneChange",
        "toneButton",
        "speakerChange",
        "testButton",
        "keysButton",
        "noiseSwitch",
        "echoSwitch",
        "gainSwitch",
        "chatOnlyButton",
        "joinBlindButton",
        "checkBack",
    ]


@pytest.mark.parametrize("dpi", [96.0, 140.0])
def test_everything_can_be_touched_with_gloves(open_page: Open, dpi: float) -> None:
    page = open_page(fine(), "kiosk-bay", dpi)
    tap(button(page, "microphoneChange"))
    QApplication.processEvents()
    assert too_small(page, theme().touch_floor()) == []
    for region in ("previewStage", "checkPanel", "checkBar"):
        assert too_close(find(page, QWidget, region), theme().size("gap")) == []


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_every_control_has_a_name_and_nothing_reads_markup(open_page: Open, look: str) -> None:
    page = open_page(fine(), look)
    tap(button(page, "speakerChange"))
    assert unnamed_controls(page) == []
    assert markup_risks(page) == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_difficult_names_are_drawn_literally(open_page: Open, name: str) -> None:
    from dataclasses import replace  # noqa: PLC0415 - one test needs it

    visit = replace(VISIT, customer_name=name, vehicle="<b>Ram</b>", concern=HOSTILE_CONCERN)
    odd = DeviceList(DeviceKind.MICROPHONE, ("<img src=x>\u202eMic", "&amp;"), "", "&amp;")
    page = open_page(fine(visit=visit, devices=devices(microphone=odd)))
    assert says(page, "visitName") == name
    assert "\u202e" not in "".join(shown_texts(page))
    assert button(page, "joinButton").isVisible()


class _Painted(QWidget):
    """Notes which widget was painted."""

    def __init__(self, watched: QWidget, painted: list[str]) -> None:
        super().__init__(watched)
        self._painted = painted
        self.hide()

    def eventFilter(self, watched: object, event: object) -> bool:
        from PySide6.QtCore import QEvent  # noqa: PLC0415 - the filter's own

        if isinstance(event, QEvent) and event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            self._painted.append(watched.objectName())
        return False

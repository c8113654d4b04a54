"""The call page as a mechanic meets it: real names, clear states, and an end that cannot happen by accident."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.bands import Band, BandLevel
from desktop.core.call import CallPhase, CallState, OwnDevice, TrackState, VideoKey, VideoSource
from desktop.core.chat import ChatChange, Transcript
from desktop.core.clock import SessionTimer
from desktop.core.files import FilesState
from desktop.core.frames import LatestFrame
from desktop.core.people import Role, SessionId
from desktop.models.chat import ChatModel
from desktop.ui.call.call_page import CallPage
from desktop.ui.call.confirm_bar import ConfirmBar
from desktop.ui.text_area import TextArea
from desktop.ui.theme import theme
from tests.ui import walk
from tests.ui.call.states import (
    CUSTOMER,
    CUSTOMER_ID,
    MECHANIC_ID,
    chat,
    customer,
    message,
    picture,
    reconnecting,
    record,
    state,
    timer,
    waiting,
)
from tests.ui.conftest import Dress
from tests.ui.hands import find
from tests.ui.samples import HOSTILE_CONCERN, HOSTILE_NAMES

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
LEFT = Qt.MouseButton.LeftButton


class Call:
    """A shown call page with its pictures."""

    def __init__(self, model: ChatModel | None = None) -> None:
        self.model = model or chat()
        self.page = CallPage(self.model)
        self.videos: dict[VideoKey, LatestFrame] = {}
        self.own = LatestFrame()
        self.page.set_videos(self.video, self.own)

    def video(self, key: VideoKey) -> LatestFrame:
        return self.videos.setdefault(key, LatestFrame())

    def sees(self, colour: str = "#00ff00", source: VideoSource = VideoSource.CAMERA) -> None:
        """Let a picture of the customer arrive."""
        key = VideoKey(CUSTOMER_ID, source)
        self.video(key).put(picture(colour=colour))
        self.page.frame_ready(key)
        settle()

    def button(self, name: str) -> QAbstractButton:
        found = self.page.findChild(QAbstractButton, name)
        assert isinstance(found, QAbstractButton), name
        return found

    def tap(self, name: str) -> None:
        """Press where the button is, as a finger does: whatever lies there now gets it."""
        button = self.button(name)
        place = button.mapTo(self.page, button.rect().center())
        press_at(self.page, place)

    def text(self, name: str) -> str:
        found = self.page.findChild(QWidget, name)
        assert found is not None, name
        return found.accessibleName()

    def is_shown(self, name: str) -> bool:
        found = self.page.findChild(QWidget, name)
        assert found is not None, name
        return found.isVisible()

    def is_grey(self) -> bool:
        return self.page.stage.main_tile.is_grey

    def colour_in_the_middle(self) -> QColor:
        tile = self.page.stage.main_tile
        return tile.grab().toImage().pixelColor(tile.rect().center())


def press_at(page: QWidget, place: QPoint) -> None:
    target = page.childAt(place) or page
    QTest.mouseClick(target, LEFT, Qt.KeyboardModifier.NoModifier, target.mapFrom(page, place))
    settle()


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


@pytest.fixture
def opened(shown: Shown) -> Callable[[CallState], Call]:
    """Open a call page in a state, in a desktop window."""

    def open_in(first: CallState, size: tuple[int, int] = (1366, 768)) -> Call:
        call = Call()
        call.page.render_state(first)
        shown(call.page, size)
        settle()
        return call

    return open_in


Opened = Callable[[CallState], Call]


def test_the_first_state_draws_the_page_completely(opened: Opened) -> None:
    call = opened(replace(state(), phase=CallPhase.JOINING, customer=replace(customer(), in_room=False)))
    texts = " ".join(walk.shown_texts(call.page))
    assert "Dana Whitfield" in texts
    assert "2016 Honda Civic EX, blue  ·  Standard Video  ·  Sweet smell" in texts
    assert "left of 45 min" in call.text("sessionTimer")
    assert "There is something green under the clamp!" in texts
    call.page.panel.show_tab("vehicle")
    settle()
    texts = " ".join(walk.shown_texts(call.page))
    assert "2HGFC2F51GH512387" in texts
    assert "KTR 4192" in texts


def test_the_waiting_room_names_who_is_missing_and_can_be_left_at_once(opened: Opened, qtbot: QtBot) -> None:
    call = opened(waiting())
    texts = walk.shown_texts(call.page)
    assert "Waiting for Dana Whitfield" in texts
    assert re.fullmatch(r"You have waited 1:2[4-9]", call.text("stageChip1"))
    assert call.text("stageText").endswith("You will hear a tone.")
    assert call.text("stageChip2") == "45 min planned"
    assert call.text("sessionTimer") == "Time 0:00 starts with both of you"
    assert call.page.panel.tab == "vehicle"
    assert not call.is_shown("endButton")
    with qtbot.waitSignal(call.page.leave_requested):
        call.tap("leaveButton")


def test_after_ten_minutes_the_waiting_room_says_that_one_may_go(opened: Opened) -> None:
    call = opened(waiting(waited_s=601))
    assert call.text("stageText").startswith("Still nobody. You can leave;")


def test_writing_first_leads_to_the_composer(opened: Opened) -> None:
    call = opened(waiting())
    call.tap("writeFirst")
    assert call.page.panel.tab == "chat"
    assert call.is_shown("composerField")


def test_the_call_opens_on_the_chat_once_both_are_in(opened: Opened) -> None:
    call = opened(waiting())
    call.page.render_state(state())
    assert call.page.panel.tab == "chat"
    call.page.panel.show_tab("files")
    call.page.render_state(state(customer=customer(speaking=True)))
    assert call.page.panel.tab == "files"


def test_the_customers_picture_fills_the_stage_whole(opened: Opened) -> None:
    call = opened(state())
    assert call.is_shown("stageNotice")
    call.sees("#00ff00")
    assert not call.is_shown("stageNotice")
    assert call.colour_in_the_middle() == QColor("#00ff00")
    tile = call.page.stage.main_tile
    rect = tile.picture_rect()
    assert abs(rect.width() / rect.height() - 16 / 9) < 0.01
    assert tile.rect().contains(rect)
    assert tile.accessibleName() == "Video from Dana Whitfield, camera on"


def test_a_camera_that_is_off_says_so_and_shows_no_old_picture(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    call.page.render_state(state(customer=customer(camera=TrackState.MUTED)))
    assert call.text("stageText") == "Dana's camera is off."
    assert call.colour_in_the_middle() != QColor("#00ff00")
    assert call.page.stage.main_tile.accessibleName() == "Video from Dana Whitfield, camera off"
    call.page.render_state(state())
    call.sees("#0000ff")
    assert call.colour_in_the_middle() == QColor("#0000ff")


def test_pictures_that_came_before_their_state_are_not_lost(opened: Opened) -> None:
    call = opened(waiting())
    key = VideoKey(CUSTOMER_ID)
    call.video(key).put(picture(colour="#00ff00"))
    call.page.frame_ready(key)
    call.page.render_state(state(customer=customer(camera=TrackState.MUTED), camera=OwnDevice.OFF))
    assert call.video(key).put(picture(colour="#00ff00"))
    call.page.frame_ready(key)
    call.own.put(picture(colour="#ff0000"))
    call.page.own_frame_ready()
    settle()
    assert call.colour_in_the_middle() != QColor("#00ff00")
    call.page.render_state(state())
    settle()
    assert call.colour_in_the_middle() == QColor("#00ff00")
    own = call.page.stage.own_tile
    assert own.grab().toImage().pixelColor(own.rect().center()) == QColor("#ff0000")
    assert call.video(key).put(picture())
    assert call.own.put(picture())


def test_a_transcript_read_again_keeps_the_names(opened: Opened) -> None:
    call = opened(state())
    call.model.clear()
    call.model.apply(ChatChange("added", 0, message(Role.CUSTOMER, "c1", "Hello again", 0)))
    assert call.model.row(0).name == "Dana Whitfield"


def test_a_history_that_arrives_is_not_counted_as_new(opened: Opened) -> None:
    call = opened(waiting())
    call.model.clear()
    call.model.apply(*Transcript().merge_all(message(Role.CUSTOMER, f"k{at}", "x", at) for at in range(3)))
    assert call.text("chatButton") == "Chat"
    assert not call.is_shown("messagePreview")


def test_a_stalled_picture_stays(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    call.page.render_state(state(customer=customer(camera=TrackState.STALLED)))
    assert call.colour_in_the_middle() == QColor("#00ff00")


def test_a_shared_screen_takes_the_stage_and_the_camera_becomes_small(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    call.page.render_state(state(customer=customer(screen=TrackState.FLOWING)))
    call.sees("#123456", VideoSource.SCREEN_SHARE)
    call.sees("#00ff00")
    assert call.colour_in_the_middle() == QColor("#123456")
    assert call.is_shown("secondVideo")
    call.page.render_state(state())
    call.sees("#00ff00")
    assert call.colour_in_the_middle() == QColor("#00ff00")
    assert not call.is_shown("secondVideo")


def test_own_and_remote_picture_can_be_swapped_and_the_own_one_hidden(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    call.own.put(picture(colour="#ff0000"))
    call.page.own_frame_ready()
    settle()
    call.tap("swapPictures")
    assert call.colour_in_the_middle() == QColor("#ff0000")
    assert call.text("remotePlate") == "You"
    assert call.text("ownVideoPlate") == "Dana Whitfield, microphone on"
    QTest.keyClick(call.page, Qt.Key.Key_P)
    assert call.colour_in_the_middle() == QColor("#00ff00")
    call.tap("hideOwnPicture")
    assert not call.is_shown("ownVideo")
    call.page.render_state(reconnecting())
    call.page.render_state(state())
    assert not call.is_shown("ownVideo")
    call.tap("showOwnPicture")
    assert call.is_shown("ownVideo")


@pytest.mark.parametrize(
    ("camera", "microphone", "words"),
    [
        (OwnDevice.MISSING, OwnDevice.ON, "No camera found. Dana will hear you but not see you."),
        (OwnDevice.MISSING, OwnDevice.MISSING, "No camera found. Dana cannot see you."),
        (OwnDevice.OFF, OwnDevice.ON, "Your camera is off."),
        (OwnDevice.REFUSED, OwnDevice.REFUSED, "This session shows no picture of you."),
        (OwnDevice.STARTING, OwnDevice.ON, "Your camera is starting."),
    ],
)
def test_the_own_tile_says_why_it_is_empty(
    opened: Opened, camera: OwnDevice, microphone: OwnDevice, words: str
) -> None:
    call = opened(state(camera=camera, microphone=microphone))
    own = call.page.findChild(QWidget, "ownVideo")
    assert own is not None
    assert own.accessibleDescription() == words


def test_who_speaks_and_who_is_muted_is_to_be_seen(opened: Opened) -> None:
    call = opened(state(customer=customer(speaking=True)))
    call.sees()
    tile = call.page.stage.main_tile
    assert tile.grab().toImage().pixelColor(1, tile.height() // 2) == theme().color("success")
    assert call.text("remotePlate") == "Dana Whitfield, microphone on"
    call.page.render_state(state(customer=customer(microphone=TrackState.MUTED)))
    assert call.text("remotePlate") == "Dana Whitfield, microphone off"


def test_the_picture_turns_grey_under_a_plate_while_reconnecting_and_comes_back(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    call.page.render_state(reconnecting())
    settle()
    assert call.is_grey()
    assert call.text("picturePlateTitle") == "Getting the picture back"
    assert call.text("picturePlateText") == "The session stays open."
    assert "No connection" in call.text("qualityChip")
    assert call.text("bandText").startswith("Connection lost. Reconnecting by itself.")
    assert all(call.button(name).isEnabled() for name in ("muteButton", "chatButton", "endButton"))
    call.page.render_state(state())
    settle()
    assert not call.is_grey()
    assert not call.is_shown("picturePlate")


def test_a_dropped_customer_is_named_and_the_picture_is_one_of_the_past(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    call.page.render_state(state(customer=customer(in_room=False)))
    assert call.text("picturePlateTitle") == "Dana lost the connection"
    assert call.is_grey()


def test_draft_tab_and_scroll_survive_a_reconnect(opened: Opened) -> None:
    call = opened(state())
    assert call.page.panel.chat is not None
    call.page.panel.chat.composer.set_draft("half a li")
    call.page.render_state(reconnecting())
    call.page.render_state(state())
    assert call.page.panel.chat.composer.draft() == "half a li"


def test_the_next_session_starts_with_an_empty_draft_and_no_old_picture(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    assert call.page.panel.chat is not None
    call.page.panel.chat.composer.set_draft("half a li")
    call.page.render_state(state(session_id=SessionId("other")))
    settle()
    assert call.page.panel.chat.composer.draft() == ""
    assert call.colour_in_the_middle() != QColor("#00ff00")


def test_a_rename_shows_everywhere_while_the_picture_goes_on(opened: Opened) -> None:
    call = opened(state())
    call.sees("#00ff00")
    painted = call.page.stage.main_tile.frames_painted
    call.page.render_state(state(customer=customer(person=replace(CUSTOMER, display_name="Dana W. Osei"))))
    settle()
    seen = " ".join(widget.accessibleName() for widget in walk.visible(call.page))
    everything = " ".join(walk.shown_texts(call.page)) + seen
    assert "Whitfield" not in everything
    assert call.text("callName") == call.text("remotePlate").split(",")[0] == "Dana W. Osei"
    assert call.model.row(0).name == "Dana W. Osei"
    assert call.page.stage.main_tile.frames_painted == painted
    assert call.colour_in_the_middle() == QColor("#00ff00")


def all_names(page: QWidget) -> str:
    return " ".join(widget.accessibleName() + widget.accessibleDescription() for widget in walk.widgets(page))


@pytest.mark.parametrize("make", [state, waiting, reconnecting])
def test_no_identity_or_id_is_ever_shown(opened: Opened, make: Callable[[], CallState]) -> None:
    call = opened(make())
    for tab in ("chat", "vehicle", "files"):
        call.page.panel.show_tab(tab)
        everything = " ".join(walk.shown_texts(call.page)) + all_names(call.page)
        assert not {MECHANIC_ID, CUSTOMER_ID, "5d1f4f8e", "1b7d3a52", "7c6a1c80"} & set(everything.split())
        assert "-4b0c-" not in everything
        assert "-4c57-" not in everything


def test_two_people_of_one_name_are_told_apart(opened: Opened) -> None:
    call = opened(state(customer=customer(person=replace(CUSTOMER, display_name="Marco Reyes"))))
    assert call.text("callName") == "Marco Reyes · Customer"
    assert call.text("remotePlate") == "Marco Reyes · Customer, microphone on"


# Microphone, camera, panel


def test_mute_and_camera_are_asked_for_and_show_what_the_state_says(opened: Opened, qtbot: QtBot) -> None:
    call = opened(state())
    with qtbot.waitSignal(call.page.mute_requested) as mute:
        call.tap("muteButton")
    with qtbot.waitSignal(call.page.camera_requested) as camera:
        call.tap("cameraButton")
    assert (mute.args, camera.args) == ([True], [False])
    assert call.text("muteButton") == "Mute microphone"
    call.page.render_state(state(microphone=OwnDevice.OFF, camera=OwnDevice.OFF))
    assert (call.button("muteButton").text(), call.text("muteButton")) == ("Muted", "Unmute microphone")
    assert (call.button("cameraButton").text(), call.text("cameraButton")) == ("Camera off", "Turn camera on")
    with qtbot.waitSignal(call.page.mute_requested) as unmute:
        QTest.keyClick(call.page, Qt.Key.Key_M)
    with qtbot.waitSignal(call.page.camera_requested) as camera_on:
        QTest.keyClick(call.page, Qt.Key.Key_V)
    assert (unmute.args, camera_on.args) == ([False], [True])


def test_what_this_pc_does_not_have_cannot_be_switched(opened: Opened, qtbot: QtBot) -> None:
    call = opened(state(microphone=OwnDevice.MISSING, camera=OwnDevice.MISSING))
    assert not call.button("muteButton").isEnabled()
    assert not call.button("cameraButton").isEnabled()
    with qtbot.assertNotEmitted(call.page.mute_requested, wait=20):
        QTest.keyClick(call.page, Qt.Key.Key_M)


def test_letters_are_letters_while_somebody_types(opened: Opened, qtbot: QtBot) -> None:
    call = opened(state())
    assert call.page.panel.chat is not None
    field = call.page.panel.chat.composer.field
    field.setFocus()
    with qtbot.assertNotEmitted(call.page.mute_requested, wait=20):
        QTest.keyClicks(field, "vm wc")
    assert field.toPlainText() == "vm wc"
    assert call.is_shown("sidePanel")


def test_the_chat_button_closes_the_panel_and_counts_what_comes_then(opened: Opened) -> None:
    call = opened(state())
    call.tap("chatButton")
    assert not call.is_shown("sidePanel")
    call.model.apply(ChatChange("added", 3, message(Role.CUSTOMER, "c9", "It drips!", 4)))
    settle()
    assert call.text("chatButton") == "Chat, 1 new"
    assert call.text("messagePreview") == "Dana: It drips!"
    assert call.is_shown("messagePreview")
    call.model.apply(ChatChange("added", 4, message(Role.MECHANIC, "m9", "I see", 5)))
    assert call.text("chatButton") == "Chat, 1 new"
    QTest.keyClick(call.page, Qt.Key.Key_C)
    assert call.text("chatButton") == "Chat"
    assert not call.is_shown("messagePreview")


def test_the_full_picture_hides_header_and_panel_and_leads_back(opened: Opened) -> None:
    call = opened(state())
    call.tap("fullPictureButton")
    assert not call.is_shown("callHeader")
    assert not call.is_shown("sidePanel")
    assert call.is_shown("controlBar")
    call.tap("normalView")
    assert call.is_shown("callHeader")
    assert call.is_shown("sidePanel")
    QTest.keyClick(call.page, Qt.Key.Key_W)
    assert not call.is_shown("callHeader")
    QTest.keyClick(call.page, Qt.Key.Key_Escape)
    assert call.is_shown("callHeader")


def test_a_narrow_window_gives_the_picture_its_room(opened: Opened) -> None:
    call = opened(state())
    call.page.resize(1200, 768)
    settle()
    assert not call.is_shown("sidePanel")
    call.page.resize(1366, 768)
    settle()
    assert call.is_shown("sidePanel")


def test_notes_are_there_to_go_on_with(opened: Opened, qtbot: QtBot) -> None:
    call = opened(state())
    call.page.render_record(record("Hose hard near the clamp."))
    call.tap("notesButton")
    editor = find(call.page, TextArea, "notesEditor")
    assert editor.toPlainText() == "Hose hard near the clamp."
    with qtbot.waitSignal(call.page.panel.notes.notes_edited) as written:
        QTest.keyClicks(editor, "n")
    assert written.args == ["nHose hard near the clamp."]


def test_a_file_is_attached_beside_the_line_of_the_chat(opened: Opened) -> None:
    call = opened(state())
    call.tap("attachButton")
    dialog = find(call.page, QWidget, "fileDialog")
    assert (dialog.isVisible(), call.page.panel.tab) == (True, "files")
    dialog.close()


def test_files_are_listed_by_their_labels(opened: Opened) -> None:
    call = opened(state())
    call.page.panel.show_tab("files")
    call.page.render_record(record())
    settle()
    texts = walk.shown_texts(call.page)
    assert "under-the-hood.jpg" in texts
    assert "Dana Whitfield  ·  1.2 MB  ·  13:47" in texts
    call.page.render_record(record(files=FilesState()))
    settle()
    assert "No files yet." in walk.shown_texts(call.page)


def test_a_bands_button_says_which_band_it_was(opened: Opened, qtbot: QtBot) -> None:
    band = Band("muted_talk", BandLevel.WARNING, "mic-off", "You are muted.", "Dana cannot hear you.", action="Unmute")
    call = opened(state(band=band))
    with qtbot.waitSignal(call.page.band_action_requested) as pressed:
        call.tap("bandAction")
    assert pressed.args == ["muted_talk"]


# Time and quality


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: timer(used_s=45 * 60 - 299), "Time 4:59 left of 45 min"),
        (lambda: SessionTimer(planned_minutes=45), "Time 0:00 starts with both of you"),
        (lambda: replace(timer(), is_paused=True, paused_left_s=754), "Time 12:34 Paused"),
        (lambda: timer(used_s=46 * 60), "Time 0:00 Time is up"),
        (lambda: replace(timer(used_s=125), ends_at=None, planned_minutes=None), "Time 2:05 so far"),
    ],
)
def test_the_timer_says_what_its_figures_mean(opened: Opened, made: Callable[[], SessionTimer], words: str) -> None:
    call = opened(state(timer=made()))
    # Opening a page may take its time on a busy machine: the figures are those of this moment.
    call.page.header.timer.set_timer(made())
    assert call.text("sessionTimer") == words


@pytest.mark.parametrize(
    ("used_s", "role"), [(600, "text"), (45 * 60 - 290, "warning-fg"), (45 * 60 - 50, "danger-fg")]
)
def test_the_timer_turns_amber_and_red(opened: Opened, used_s: float, role: str) -> None:
    call = opened(state(timer=timer(used_s=used_s)))
    view = call.page.header.timer
    picture_of_it = view.grab().toImage()
    inks = {
        picture_of_it.pixelColor(x, y).name()
        for x in range(picture_of_it.width())
        for y in range(picture_of_it.height())
    }
    assert theme().color(role).name() in inks
    others = {"text", "warning-fg", "danger-fg"} - {role}
    assert not inks & {theme().color(other).name() for other in others}


# The end


def test_ending_is_asked_first_and_happens_once(opened: Opened, qtbot: QtBot) -> None:
    call = opened(state(timer=timer(used_s=31 * 60 + 8)))
    with qtbot.assertNotEmitted(call.page.end_requested, wait=20):
        call.tap("endButton")
    assert call.text("endQuestionTitle") == "End the session for both of you?"
    assert call.text("endQuestionText") == (
        "Dana is still here and will see that you ended it. You have used 31 of 45 minutes. "
        "A session that has ended cannot be opened again."
    )
    asked: list[int] = []
    call.page.end_requested.connect(lambda: asked.append(1))
    place = call.button("endNow").mapTo(call.page, call.button("endNow").rect().center())
    press_at(call.page, place)
    press_at(call.page, place)
    assert asked == [1]
    assert call.button("endButton").text() == "Ending"


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay", "kiosk-door"])
def test_a_double_tap_on_end_never_ends(opened: Opened, dress: Dress, qtbot: QtBot, look: str) -> None:
    size = dress(look)
    call = opened(state())
    call.page.resize(*size)
    settle()
    end = call.button("endButton")
    place = end.mapTo(call.page, end.rect().center())
    with qtbot.assertNotEmitted(call.page.end_requested, wait=20):
        press_at(call.page, place)
        press_at(call.page, place)
    assert not call.page.bar.is_asking
    press_at(call.page, place)
    end_now, keep = call.button("endNow"), call.button("keepTalking")
    right_of_end_now = end_now.mapTo(call.page, end_now.rect().topRight()).x()
    assert end.mapTo(call.page, QPoint(0, 0)).x() - right_of_end_now >= 200
    assert keep.rect().contains(keep.mapFrom(call.page, place))
    assert QApplication.focusWidget() is keep or call.page.focusWidget() is keep


def test_escape_keeps_on_talking(opened: Opened) -> None:
    call = opened(state())
    QTest.keyClick(call.page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert call.page.bar.is_asking
    QTest.keyClick(call.page, Qt.Key.Key_Escape)
    assert not call.page.bar.is_asking


def test_no_answer_means_keep_on_talking(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.ui.call.confirm_bar.KEEPS_TALKING_AFTER_MS", 30)
    bar = ConfirmBar()
    qtbot.addWidget(bar)
    with qtbot.waitSignal(bar.kept, timeout=2000):
        bar.ask("End?", "Really")


def test_the_question_stays_while_states_keep_coming(opened: Opened) -> None:
    call = opened(state())
    call.page.bar.ask_end()
    call.page.render_state(state(customer=customer(speaking=True)))
    assert call.page.bar.is_asking
    call.page.render_state(state(phase=CallPhase.ENDING))
    assert not call.page.bar.is_asking


def test_while_ending_everything_is_off_and_a_late_answer_is_mentioned(opened: Opened) -> None:
    call = opened(state(phase=CallPhase.ENDING, end_unconfirmed=True))
    assert call.button("endButton").text() == "Ending"
    assert not any(call.button(name).isEnabled() for name in ("muteButton", "cameraButton", "chatButton", "endButton"))
    assert call.text("barWord") == "Baylink has not confirmed yet. Trying again."


# Law


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_every_control_is_named_reached_by_tab_and_free_of_markup(opened: Opened, dress: Dress, look: str) -> None:
    size = dress(look)
    call = opened(state())
    call.page.render_record(record("x"))
    call.page.resize(*size)
    call.sees()
    for tab in ("chat", "notes", "vehicle", "files"):
        call.page.panel.show_tab(tab)
        settle()
        assert walk.unnamed_controls(call.page) == []
        assert walk.unreachable_controls(call.page) == []
        assert walk.markup_risks(call.page) == []


@pytest.mark.parametrize("make", [state, waiting, reconnecting])
def test_controls_are_large_and_apart_enough_for_gloves(
    opened: Opened, dress: Dress, make: Callable[[], CallState]
) -> None:
    size = dress("kiosk-bay")
    call = opened(make())
    call.page.resize(*size)
    settle()
    assert walk.too_small(call.page, 46) == []
    near = [pair for pair in walk.too_close(call.page, 12) if pair.count("tab") != 2]
    assert near == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_literally_everywhere_without_a_stall(opened: Opened, name: str) -> None:
    hostile = state(
        customer=customer(person=replace(CUSTOMER, display_name=name)),
        concern=HOSTILE_CONCERN,
        plan_name="<b>Big</b> Plan x",
    )
    call = opened(state())
    call.page.render_record(record(HOSTILE_CONCERN))
    slowest = 0.0
    for shown_state in (hostile, replace(hostile, phase=CallPhase.RECONNECTING), replace(waiting(), customer=customer(
        person=replace(CUSTOMER, display_name=name), in_room=False, was_in_room=False
    ))):  # fmt: skip
        started_s = time.thread_time()
        call.page.render_state(shown_state)
        call.page.grab()
        slowest = max(slowest, time.thread_time() - started_s)
    assert call.text("callName") == name
    assert walk.markup_risks(call.page) == []
    assert call.page.width() == 1366
    assert slowest < 0.5


def test_sent_lines_and_retries_are_wishes_of_the_page(opened: Opened, qtbot: QtBot) -> None:
    call = opened(state())
    assert call.page.panel.chat is not None
    with qtbot.waitSignal(call.page.send_requested) as sent:
        QTest.keyClicks(call.page.panel.chat.composer.field, "Switch it off\r")
    assert sent.args == ["Switch it off"]
    with qtbot.waitSignal(call.page.retry_requested) as again:
        call.page.panel.chat.messages.retry_requested.emit("m1")
    assert again.args == ["m1"]


def test_a_long_talk_is_opened_at_its_end_on_the_first_look(shown: Shown) -> None:
    model, transcript = ChatModel(), Transcript()
    call = Call(model)
    model.apply(*transcript.merge_all(message(Role.CUSTOMER, f"k{at}", f"Line {at}", at - 60) for at in range(60)))
    call.page.render_state(state())
    shown(call.page, (1366, 768))
    settle()
    assert call.page.panel.chat is not None
    bar = call.page.panel.chat.messages.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0

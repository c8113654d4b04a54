"""The chat-only session: the same chat, nothing of camera or microphone, and the same careful end."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.call import CallState
from desktop.core.files import FilesState
from desktop.core.people import SessionId
from desktop.core.session import SessionKind
from desktop.ui.chat_page import ChatPage
from desktop.ui.theme import Theme, apply_theme, theme
from desktop.ui.tokens import Profile
from tests.ui import walk
from tests.ui.call.states import CUSTOMER, chat, customer, record, state, waiting
from tests.ui.conftest import Dress
from tests.ui.samples import HOSTILE_CONCERN, HOSTILE_NAMES

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
Opened = Callable[[CallState], ChatPage]


def chat_state(**more: object) -> CallState:
    return state(kind=SessionKind.CHAT, plan_name="Quick Chat", **more)


@pytest.fixture
def opened(shown: Shown) -> Opened:
    def open_in(first: CallState) -> ChatPage:
        page = ChatPage(chat())
        page.render_state(first)
        shown(page, (1366, 768))
        settle()
        return page

    return open_in


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def part(page: QWidget, name: str) -> QWidget:
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found


def press(page: QWidget, name: str) -> None:
    button = part(page, name)
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    settle()


def test_nothing_of_camera_or_microphone_is_there(opened: Opened) -> None:
    page = opened(chat_state())
    for name in ("muteButton", "cameraButton", "fullPictureButton"):
        assert not part(page, name).isVisible()
    assert page.findChild(QWidget, "remoteVideo") is None


def test_the_first_state_draws_names_plan_car_time_and_talk(opened: Opened) -> None:
    page = opened(chat_state())
    texts = " ".join(walk.shown_texts(page))
    for fact in ("Dana Whitfield", "Quick Chat", "2016 Honda Civic EX", "KTR 4192", "Like this?"):
        assert fact in texts
    assert part(page, "stateChip").accessibleName() == "Dana is here"
    assert part(page, "sessionTimer").accessibleName().startswith("Time 32:")


def test_one_may_write_before_the_customer_comes(opened: Opened, qtbot: QtBot) -> None:
    page = opened(replace(waiting(), kind=SessionKind.CHAT))
    assert part(page, "stateChip").accessibleName() == "Dana is away"
    assert "Dana is not here yet. You can write; it will be read when they come." in walk.shown_texts(page)
    with qtbot.waitSignal(page.send_requested) as sent:
        QTest.keyClicks(page.chat.composer.field, "Hello\r")
    assert sent.args == ["Hello"]
    with qtbot.waitSignal(page.leave_requested):
        press(page, "leaveButton")


def test_ending_is_asked_first(opened: Opened, qtbot: QtBot) -> None:
    page = opened(chat_state())
    with qtbot.assertNotEmitted(page.end_requested, wait=20):
        press(page, "endButton")
    with qtbot.waitSignal(page.end_requested):
        press(page, "endNow")


def test_an_ended_session_is_read_only_and_says_so(opened: Opened) -> None:
    page = opened(chat_state())
    page.render_state(chat_state(chat_open=False))
    settle()
    assert not part(page, "composerField").isVisible()
    assert "This session has ended. You can read it here." in walk.shown_texts(page)


def test_the_vehicle_panel_opens_and_closes_and_the_chat_stays_centred(opened: Opened) -> None:
    page = opened(chat_state())
    for is_open in (True, False, True):
        assert part(page, "sidePanel").isVisible() is is_open
        room = page.width() - (page.panel.width() if is_open else 0)
        assert abs(page.chat.geometry().center().x() - room // 2) <= 2
        assert page.chat.width() <= 820
        press(page, "vehicleButton")


def test_photo_and_vin_are_asked_for_by_one_tap_and_once(opened: Opened, qtbot: QtBot) -> None:
    page = opened(chat_state())
    sent: list[str] = []
    page.send_requested.connect(sent.append)
    for name in ("askPhoto", "askPhoto", "askVin"):
        press(page, name)
    assert [("photo" in line, "VIN" in line) for line in sent] == [(True, False), (False, True)]
    page.render_state(chat_state(chat_open=False))
    assert not part(page, "askVin").isEnabled()


def test_a_file_is_attached_beside_the_line_and_its_way_is_to_be_seen(opened: Opened, dress: Dress) -> None:
    page = opened(chat_state())
    press(page, "attachButton")
    dialog = part(page.window(), "fileDialog")
    assert dialog.isVisible()
    assert page.panel.tab == "files"
    dialog.close()
    page.render_record(record(files=FilesState(can_send=False)))
    assert not part(page, "attachButton").isVisible()
    dress("kiosk-bay")
    assert part(opened(chat_state()), "attachButton").isHidden()


def test_the_next_session_starts_with_an_empty_line(opened: Opened) -> None:
    page = opened(chat_state())
    page.chat.composer.set_draft("half")
    page.render_state(chat_state(customer=customer(in_room=False)))
    assert page.chat.composer.draft() == "half"
    page.render_state(chat_state(session_id=SessionId("next")))
    assert page.chat.composer.draft() == ""


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_every_control_is_named_and_reached_by_tab(opened: Opened, dress: Dress, look: str) -> None:
    size = dress(look)
    page = opened(chat_state())
    page.render_record(record("x"))
    page.resize(*size)
    settle()
    assert walk.unnamed_controls(page) == []
    assert walk.unreachable_controls(page) == []
    assert walk.markup_risks(page) == []
    if look.startswith("kiosk"):
        assert walk.too_small(page, 46) == []


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_are_shown_literally(opened: Opened, name: str) -> None:
    page = opened(chat_state(customer=customer(person=replace(CUSTOMER, display_name=name)), concern=HOSTILE_CONCERN))
    assert part(page, "callName").accessibleName() == name
    assert page.chat.messages.model().rowCount() == 3
    assert page.width() == 1366


def test_a_wide_window_can_be_made_narrow_again(opened: Opened) -> None:
    page = opened(chat_state())
    page.resize(2400, 900)
    settle()
    assert page.minimumSizeHint().width() <= 1180


@pytest.mark.parametrize("dpi", [96, 130, 220])
def test_controls_grow_with_the_screens_density(opened: Opened, qapp: QApplication, dpi: float) -> None:
    apply_theme(qapp, Theme(profile=Profile.KIOSK, dpi=dpi, reduced_motion=True))
    page = opened(chat_state())
    page.resize(round(20 * dpi), round(12 * dpi))
    settle()
    assert walk.too_small(page, theme().touch_floor()) == []
    near = [pair for pair in walk.too_close(page, theme().size("gap")) if pair.count("tab") != 2]
    assert near == []

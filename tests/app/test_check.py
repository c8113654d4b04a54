"""Check and join in the whole app: before a session, over a call, alone; and nothing stays open behind the page."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.core.call import OwnDevice
from desktop.core.route import Page
from desktop.practice.camera import I420Frame, SyntheticCamera
from desktop.ui.plain_label import PlainLabel
from desktop.ui.video_tile import VideoTile
from tests.app.test_restart import noted
from tests.fixtures.bay import Bay, open_bay
from tests.fixtures.joinserver import MARISOL, session_key
from tests.fixtures.served import ServedJoinServer
from tests.ui.hands import find

S01 = session_key("S01")


class CountedCamera(SyntheticCamera):
    """A camera that knows how many read from it."""

    def __init__(self) -> None:
        super().__init__("mechanic", width=320, height=180, fps=15, still=True)
        self.readers = 0

    async def frames(self) -> AsyncIterator[I420Frame]:
        self.readers += 1
        try:
            async for frame in super().frames():
                yield frame
        finally:
            self.readers -= 1


@pytest.fixture
def camera() -> CountedCamera:
    return CountedCamera()


@pytest.fixture
def _killed(tmp_path: Path) -> None:
    """Leave on disk what a program leaves that was killed in Marisol's session."""
    asyncio.run(noted(tmp_path))


@pytest.fixture
def bay(qtbot: QtBot, served: ServedJoinServer, tmp_path: Path, camera: CountedCamera) -> Iterator[Bay]:
    with open_bay(qtbot, served.url, tmp_path, camera=lambda: camera) as sitting:
        yield sitting


def check(bay: Bay, session_id: str = S01) -> None:
    """Open the page for a session as its button in the detail does."""
    bay.until(lambda: bay.row(session_id) is not None)
    bay.app.sessions_page.check_requested.emit(session_id)
    bay.until_seen("checkPage")


def nobody_is_left(bay: Bay) -> bool:
    """Say whether the closed page has forgotten whom it was for."""
    texts = [label.text() for label in bay.app.check.page.findChildren(PlainLabel)]
    return not any("Dana" in text for text in texts)


def test_the_button_in_the_detail_opens_the_page_for_that_session(bay: Bay, camera: CountedCamera) -> None:
    bay.sign_in()
    bay.until_seen("checkDevices")
    name = bay.says("detailName")
    bay.robot.click("checkDevices")
    bay.until_seen("checkPage")
    assert bay.says("visitName") == name
    assert bay.app.page is Page.CHECK
    bay.until(lambda: camera.readers == 1)
    bay.until(lambda: find(bay.app.check.page, VideoTile, "previewTile").has_picture)
    bay.until_says("connectionRowValue", "Good")


def test_leaving_the_page_lets_go_of_the_camera_and_shows_the_list(bay: Bay, camera: CountedCamera) -> None:
    bay.sign_in()
    check(bay)
    bay.until(lambda: camera.readers == 1)
    bay.robot.click("checkBack")
    bay.until_seen("sessionsPage")
    bay.until(lambda: camera.readers == 0)
    assert nobody_is_left(bay)


def test_joining_from_the_page_opens_the_call_and_hands_the_camera_over(bay: Bay, camera: CountedCamera) -> None:
    bay.sign_in()
    check(bay)
    bay.robot.click("joinButton")
    bay.until_seen("callPage")
    bay.until(lambda: camera.readers == 0)
    assert not bay.app.check.is_open


def test_joining_without_camera_begins_with_the_camera_off(bay: Bay) -> None:
    bay.sign_in()
    check(bay)
    bay.robot.click("joinBlindButton")
    bay.until_seen("callPage")
    bay.until(lambda: (call := bay.app._call) is not None and call.camera is OwnDevice.OFF)
    assert bay.says("cameraButton") == "Turn camera on"


def test_chat_only_opens_a_video_session_as_a_chat(bay: Bay, camera: CountedCamera) -> None:
    bay.sign_in()
    check(bay)
    bay.robot.click("chatOnlyButton")
    bay.until_seen("chatPage")
    bay.until(lambda: camera.readers == 0)
    bay.write_line("Can you hear the noise when you brake?")
    bay.until(lambda: any("when you brake" in row.text for row in bay.bubbles()))


def test_one_tap_on_a_row_still_joins_at_once(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S01")
    assert not bay.app.check.is_open


def test_a_refused_join_leads_to_the_list_with_its_sentence(bay: Bay, served: ServedJoinServer) -> None:
    bay.sign_in()
    check(bay)
    served.fault("POST /api/mechanic/sessions/*/join", status=404)
    bay.robot.click("joinButton")
    bay.until_seen("sessionsPage")
    bay.until_seen("messageBar")


def test_devices_lie_over_the_call_which_goes_on(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("devicesButton")
    bay.until_seen("checkPage")
    assert bay.says("checkTitle") == "Devices"
    assert bay.app._call is not None
    assert bay.app._parts is not None
    assert bay.app._parts.call.is_in_call
    bay.robot.click("doneButton")
    bay.until_seen("callPage")
    assert bay.app._parts.call.is_in_call


def test_a_call_that_ends_takes_its_devices_page_with_it(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S01")
    bay.robot.click("devicesButton")
    bay.until_seen("checkPage")
    bay.app.call_gateway.end()
    bay.until_seen("completionPage")
    assert not bay.app.check.is_open


@pytest.mark.usefixtures("_killed")
def test_devices_can_be_looked_at_on_the_way_back_and_a_camera_switched_off_there_stays_off(
    bay: Bay, served: ServedJoinServer, camera: CountedCamera
) -> None:
    served.fault("GET /api/sessions/*/state", status=503)
    bay.try_sign_in(MARISOL)
    bay.until_seen("rejoiningDevices")
    bay.robot.click("rejoiningDevices")
    bay.until_says("checkTitle", "Devices")
    bay.until(lambda: camera.readers == 1)
    bay.robot.click("doneButton")
    bay.until_seen("rejoiningPage")
    bay.until(lambda: camera.readers == 0)
    bay.robot.click("rejoiningDevices")
    bay.robot.click("checkCamera")
    served.heal()
    bay.until(lambda: (call := bay.app._call) is not None and call.camera is OwnDevice.OFF)
    assert bay.app.page is Page.CHECK
    bay.robot.click("doneButton")
    bay.until_seen("callPage")
    assert bay.says("cameraButton") == "Turn camera on"
    assert camera.readers == 0


def test_signing_out_closes_the_page_and_forgets_whom_it_was_for(bay: Bay, camera: CountedCamera) -> None:
    bay.sign_in()
    check(bay)
    bay.until(lambda: camera.readers == 1)
    bay.app.account_gateway.sign_out()
    bay.until_seen("signInPage")
    bay.until(lambda: camera.readers == 0)
    assert nobody_is_left(bay)


def test_the_app_can_be_closed_while_the_page_is_open(bay: Bay, camera: CountedCamera) -> None:
    bay.sign_in()
    check(bay)
    bay.until(lambda: camera.readers == 1)
    bay.stop()
    assert camera.readers == 0

"""Check and join on the real servers: tried before the session, joined from the page, and opened over the call."""

from PySide6.QtCore import Qt

from desktop.practice.robot import Robot, Script, Until
from desktop.practice.sights import picture_code, preview_tile, remote_tile
from tests.end2end.conftest import Stage


def test_devices_are_tried_before_the_call_and_in_it_while_it_goes_on(stage: Stage) -> None:
    day = stage.script

    def join_from_the_page(robot: Robot) -> Script:
        robot.click("joinButton")
        yield robot.until_seen("callPage")
        yield Until(lambda: picture_code(robot), "the customer's picture", 20)
        return "in the call"

    def look_at_the_devices(robot: Robot) -> Script:
        painted = remote_tile(robot).frames_painted
        yield Until(lambda: robot.find("ownVideo"), "the own picture in the call", 20)
        robot.click("devicesButton")
        yield robot.until_says("checkTitle", "Devices")
        seen = preview_tile(robot).frames_painted
        yield Until(lambda: preview_tile(robot).frames_painted > seen + 5, "the own picture on the page", 20)
        yield robot.until_says("connectionRowValue", "ms")
        robot.press("checkPage", Qt.Key.Key_Escape)
        yield robot.until_seen("callPage")
        yield Until(lambda: remote_tile(robot).frames_painted > painted + 5, "the customer's picture to go on")
        return "and back"

    stage.play(day.sign_in, day.see_sessions, day.check_devices, join_from_the_page, day.be_seen, look_at_the_devices)

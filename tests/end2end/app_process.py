"""One start of the real program in a process of its own: a robot signs in, enters a session and obeys.

`python -m tests.end2end.app_process join|return` reads the settings as the program does, with the login filled in. It
tells JSON lines on its output and takes commands on its input: `{"say": text}`, `{"start_again": line}` to begin a
line and press the button of the band that offers a new start, `{"quit": true}`. "return" presses nothing but the
sign-in.
"""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QListView

from desktop.__main__ import AGAIN, run, start_again
from desktop.app import App
from desktop.core.call import OwnDevice
from desktop.core.devices import SOUND_STOPPED
from desktop.log import state_folder
from desktop.models.chat import ChatDataRole
from desktop.models.chat_row import ChatRow
from desktop.practice.camera import mechanic_camera
from desktop.practice.day import BRAKES
from desktop.practice.robot import Robot, Script, StepResult, Until
from desktop.practice.sights import picture_code, press_row_button, row_says
from desktop.settings import Settings

_PATIENCE_S = 120.0
_STARTED_S = time.monotonic()


def tell(event: str, **fields: object) -> None:
    """Tell one line."""
    sys.stdout.write(json.dumps({"event": event, "after_s": time.monotonic() - _STARTED_S, **fields}) + "\n")
    sys.stdout.flush()


class Driver:
    """The robot's steps for one start of the program."""

    def __init__(self, app: App, *, joins: bool) -> None:
        """Drive `app`; `joins` says whether it presses the row's button itself."""
        self._app = app
        self._joins = joins
        self._seen: list[str] = []
        app.window._pages.currentChanged.connect(self._note_page)
        self._commands: queue.Queue[dict[str, object]] = queue.Queue()
        threading.Thread(target=self._listen, name="commands", daemon=True).start()
        steps: list[tuple[str, Callable[[Robot], Script]]] = [
            ("sign in", self.sign_in),
            ("enter", self.enter),
            ("obey", self.obey),
        ]
        self._robot = Robot(steps, Path(state_folder()) / "pictures", self._told)
        self._robot.start()

    def sign_in(self, robot: Robot) -> Script:
        """Press the button of the sign-in page."""
        yield Until(lambda: (button := robot.find("signInButton")) is not None and button.isEnabled(), "sign-in", 60)
        tell("sign-in page")
        robot.click("signInButton")
        yield Until(lambda: robot.find("signInPage") is None, "the page after the sign-in", 60)
        return "signed in"

    def enter(self, robot: Robot) -> Script:
        """Get into the session, by a tap or without one, and tell what is there with its picture."""
        if self._joins:
            way = ("sessionList", "rejoiningPage", "callPage")
            yield Until(lambda: any(robot.find(name) for name in way), "a list, or a way back", 60)
        if self._joins and robot.find("sessionList"):
            yield Until(lambda: row_says(robot, BRAKES, "is here"), "the customer's presence", 60)
            press_row_button(robot, BRAKES)
        yield robot.until_seen("callPage", 60)
        tell("page", pages=self._seen, lines=self._lines(robot))
        yield Until(lambda: picture_code(robot), "a picture", 60)
        tell("in session", pages=self._seen, lines=self._lines(robot))
        if "PULSE_SERVER" in os.environ:
            yield Until(self._has_sound, "a microphone and a speaker", 60)
            tell("with sound", draft=self._app.session_pages.call.draft())
        return "in the session"

    def obey(self, robot: Robot) -> Script:
        """Do what is asked until told to quit."""
        while True:
            yield Until(lambda: not self._commands.empty(), "a command", _PATIENCE_S)
            command = self._commands.get()
            if "say" in command:
                if robot.find("composerField") is None:
                    robot.click("tabChat")
                robot.write("composerField", str(command["say"]))
                robot.click("sendButton")
                tell("said", lines=self._lines(robot))
            if "start_again" in command:
                yield Until(self._may_start_again, "the offer of a new start", 60)
                tell("offered")
                if robot.find("composerField") is None:
                    robot.click("tabChat")
                robot.write("composerField", str(command["start_again"]))
                robot.click("bandAction")
                return "started again"
            if "quit" in command:
                self._app.stop()
                return "told to quit"

    def _has_sound(self) -> bool:
        call = self._app._call
        return call is not None and call.microphone is OwnDevice.ON and call.speaker is OwnDevice.ON

    def _may_start_again(self) -> bool:
        call = self._app._call
        return call is not None and call.band is not None and call.band.key == SOUND_STOPPED

    def _note_page(self) -> None:
        page = self._app.window.page
        if page is not None:
            self._seen.append(page.objectName())

    def _lines(self, robot: Robot) -> list[tuple[str, str]]:
        view = robot.find("chatList")
        if not isinstance(view, QListView):
            return []
        model = view.model()
        rows = [model.index(number, 0).data(ChatDataRole.ROW) for number in range(model.rowCount())]
        return [(row.text, row.status) for row in rows if isinstance(row, ChatRow)]

    def _told(self, result: StepResult) -> None:
        if not result.passed:
            tell("failed", step=result.name, seen=result.seen)

    def _listen(self) -> None:
        for line in sys.stdin:
            self._commands.put(json.loads(line))


def main() -> int:
    """Run the program."""
    drivers: list[Driver] = []
    joins = sys.argv[1] == "join"
    return run(Settings(), camera=mechanic_camera, ready=lambda app: drivers.append(Driver(app, joins=joins)))


if __name__ == "__main__":
    code = main()
    if code == AGAIN:
        start_again()
    sys.exit(code)

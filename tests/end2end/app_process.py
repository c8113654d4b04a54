"""One start of the real program in a process of its own: a robot signs in, enters a session and obeys.

`python -m tests.end2end.app_process join|return` reads the settings as the program does, with the login filled in. It
tells JSON lines on its output and takes commands on its input: `{"say": text}`, `{"quit": true}`. "return" presses
nothing but the sign-in.
"""

import json
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QListView

from desktop.__main__ import run
from desktop.app import App
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
            yield robot.until_seen("sessionList", 60)
            yield Until(lambda: row_says(robot, BRAKES, "is here"), "the customer's presence", 60)
            press_row_button(robot, BRAKES)
        yield robot.until_seen("callPage", 60)
        tell("page", pages=self._seen, lines=self._lines(robot))
        yield Until(lambda: picture_code(robot), "a picture", 60)
        tell("in session", pages=self._seen, lines=self._lines(robot))
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
            if "quit" in command:
                self._app.stop()
                return "told to quit"

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
    sys.exit(main())

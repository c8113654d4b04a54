"""The robot at the window does what a person would, notices what is missing, and never blocks the window."""

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.practice.picture_code import PictureCode, paint
from desktop.practice.robot import Robot, Script, StepFailedError, StepResult, Until

# The offscreen platform says so of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


class Counter(QWidget):
    """A small window of its own: a field, a button that greets, and a painted picture code."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.name, self.button, self.words = QLineEdit(), QPushButton("Greet"), QLabel("")
        self.name.setObjectName("nameField")
        self.button.setObjectName("greetButton")
        self.words.setObjectName("greeting")
        self.picture = Picture()
        column = QVBoxLayout(self)
        for part in (self.name, self.button, self.words, self.picture):
            column.addWidget(part)
        self.button.clicked.connect(self.greet)

    def greet(self) -> None:
        self.words.setText(f"Hello {self.name.text()}")


class Picture(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("picture")
        self.setFixedSize(640, 400)
        luma = np.full((360, 640), 100, dtype=np.uint8)
        paint(luma, PictureCode(42, 123_456))
        self.image = QImage(luma.tobytes(), 640, 360, 640, QImage.Format.Format_Grayscale8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(Qt.GlobalColor.black))
            painter.drawImage(0, 20, self.image)


def play(qtbot: QtBot, folder: Path, *steps: tuple[str, object]) -> tuple[Robot, list[StepResult]]:
    told: list[StepResult] = []
    robot = Robot(list(steps), folder, told.append)  # type: ignore[arg-type]  # the tests' steps are scripts
    with qtbot.waitSignal(robot.finished, timeout=20_000):
        robot.start()
    return robot, told


def greet(robot: Robot) -> Script:
    robot.write("nameField", "Dana")
    robot.click("greetButton")
    yield robot.until_says("greeting", "Hello Dana", 2)
    return "greeted"


def read_picture(robot: Robot) -> Script:
    code = yield Until(lambda: robot.read_code(robot.see("picture"), QRect(0, 20, 640, 360)), "a code", 2)
    assert code == PictureCode(42, 123_456)
    return f"frame {code.counter}"


def wait_in_vain(_robot: Robot) -> Script:
    yield Until(lambda: False, "the moon", 0.05)
    return "never"


def test_it_types_clicks_reads_and_leaves_pictures(qtbot: QtBot, tmp_path: Path) -> None:
    window = Counter()
    qtbot.addWidget(window)
    window.show()
    robot, told = play(qtbot, tmp_path, ("Greet", greet), ("Read the picture", read_picture))
    assert robot.passed
    assert [result.seen for result in told] == ["greeted", "frame 42"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01-greet.png", "02-read-the-picture.png"]


def test_what_does_not_happen_fails_the_step_and_ends_the_play(qtbot: QtBot, tmp_path: Path) -> None:
    window = Counter()
    qtbot.addWidget(window)
    window.show()
    robot, told = play(qtbot, tmp_path, ("Wait", wait_in_vain), ("Greet", greet))
    assert not robot.passed
    assert told[0].seen == "waited 0.05 s in vain for the moon"
    assert robot.not_reached == ["Greet"]
    assert (tmp_path / "01-wait-FAILED.png").is_file()


def test_a_disabled_button_cannot_be_pressed_by_a_robot_either(qtbot: QtBot, tmp_path: Path) -> None:
    window = Counter()
    qtbot.addWidget(window)
    window.show()
    window.button.setEnabled(False)
    robot, told = play(qtbot, tmp_path, ("Greet", greet))
    assert not robot.passed
    assert told[0].seen == "greetButton cannot be pressed"


def test_an_id_or_address_on_screen_fails_the_step(qtbot: QtBot, tmp_path: Path) -> None:
    window = Counter()
    qtbot.addWidget(window)
    window.show()

    def show_identity(_robot: Robot) -> Script:
        window.words.setText("customer-0f6b2c1e is typing")
        yield Until(lambda: True, "nothing")
        return "shown"

    robot, told = play(qtbot, tmp_path, ("Show", show_identity))
    assert not robot.passed
    assert "customer-0f6b2c1e" in told[0].seen


def test_the_window_goes_on_while_the_robot_waits(qtbot: QtBot, tmp_path: Path) -> None:
    window = Counter()
    qtbot.addWidget(window)
    window.show()
    began = time.monotonic()

    def wait_for_greeting(robot: Robot) -> Script:
        try:
            robot.see("nothing")
        except StepFailedError:
            window.greet()
        yield robot.until_says("greeting", "Hello")
        return "the window works"

    robot, _ = play(qtbot, tmp_path, ("Wait", wait_for_greeting))
    assert robot.passed
    assert time.monotonic() - began < 10

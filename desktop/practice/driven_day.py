"""A practice day without a person: the robot drives the real app, and a table says what was seen and how fast."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.practice.app_settings import keep_to_this_day, practice_settings
from desktop.practice.camera import mechanic_camera
from desktop.practice.day import PracticeDay
from desktop.practice.day_thread import DayThread

if TYPE_CHECKING:
    from desktop.app import App
    from desktop.practice.robot import Robot, StepResult

_NAME_WIDTH = 44


def driven_day(say: Callable[[str], None], pictures: Path) -> int:
    """Run the day, leave a picture of each step in `pictures`, print the table; return 0 if every step happened."""
    shutil.rmtree(pictures, ignore_errors=True)
    with DayThread(lambda: PracticeDay(say)) as thread:
        folder = thread.day.folder
        keep_to_this_day(os.environ, folder)
        os.environ.update(thread.call(thread.day.add_display()))
        os.environ.update(thread.call(thread.day.add_sound()))
        passed = _drive(thread, say, pictures)
        if not passed:
            _keep_logs(folder, pictures / "logs")
    return 0 if passed else 1


def _drive(thread: DayThread, say: Callable[[str], None], pictures: Path) -> bool:
    # Qt reads the environment when it is loaded: it comes after the display and the sound are there.
    from desktop.__main__ import run  # noqa: PLC0415 - see above
    from desktop.practice.robot import Robot  # noqa: PLC0415 - the same
    from desktop.practice.shop_day import ShopDay  # noqa: PLC0415 - the same

    script = ShopDay(thread)
    robots: list[Robot] = []

    def ready(app: "App") -> None:
        robot = Robot(script.steps(), pictures, lambda result: say(_line(result)))
        robots.append(robot)
        robot.finished.connect(app.stop)
        robot.start()

    mechanic_camera()
    say("Driving the app:")
    code = run(practice_settings(thread.day, prefilled=False), camera=mechanic_camera, ready=ready)
    robot = robots[0] if robots else None
    if robot is None:
        say("The app did not start.")
        return False
    for line in _table(robot, script.measured, pictures):
        say(line)
    return code == 0 and robot.passed


def _line(result: "StepResult") -> str:
    verdict = "ok    " if result.passed else "FAILED"
    return f"  {verdict} {result.name:<{_NAME_WIDTH}} {result.seconds:6.2f} s  {result.seen}"


def _table(robot: "Robot", measured: dict[str, float], pictures: Path) -> list[str]:
    lines = ["", "Measured on the way:"]
    lines += [f"         {name:<{_NAME_WIDTH}} {value:6.0f} ms" for name, value in measured.items()]
    lines += [f"  not reached: {name}" for name in robot.not_reached]
    verdict = "Every step really happened." if robot.passed else "Not every step happened."
    return [*lines, f"{verdict} Pictures of each step are in {pictures}."]


def _keep_logs(folder: Path, kept: Path) -> None:
    """Keep the logs of a day that failed; the folder itself goes with the day."""
    kept.mkdir(parents=True, exist_ok=True)
    for log in folder.rglob("*.log"):
        shutil.copy(log, kept / log.name)

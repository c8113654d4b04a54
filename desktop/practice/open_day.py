"""A practice day for a person at a display: servers, customers who come one after the other, and the app's window."""

import os
from collections.abc import Callable

from PySide6.QtCore import QTimer

from desktop.__main__ import run
from desktop.app import App
from desktop.practice.app_settings import keep_to_this_day, practice_settings
from desktop.practice.camera import mechanic_camera
from desktop.practice.customer_process import Event
from desktop.practice.day import BRAKES, MISFIRE, OIL_LIGHT, PracticeDay, PracticeSession
from desktop.practice.day_thread import DayThread

_SIGNALS_LOOKED_AT_MS = 200


def open_day(say: Callable[[str], None]) -> int:
    """Run the day until the window is closed; return the app's exit code."""
    with DayThread(lambda: PracticeDay(say)) as thread:
        day = thread.day
        keep_to_this_day(os.environ, day.folder)
        for line in ((BRAKES, MISFIRE), (OIL_LIGHT,)):
            thread.call(_enter_in_turn(day, line))
        say("Opening the window. Closing it ends the practice day.")
        return run(practice_settings(day), camera=mechanic_camera, ready=let_python_look)


def let_python_look(app: App) -> None:
    """Let Python run now and then while Qt waits: it looks at signals (Ctrl+C) only then."""
    beat = QTimer(app, interval=_SIGNALS_LOOKED_AT_MS)
    beat.timeout.connect(_nothing)
    beat.start()


async def _enter_in_turn(day: PracticeDay, line: tuple[PracticeSession, ...]) -> None:
    """Let the first of a line of customers enter now, and each next one when the session before has ended."""
    if not line:
        return

    def told(event: Event) -> None:
        if event["event"] == "session_ended":
            day.keep(_enter_in_turn(day, line[1:]))

    await day.add_customer(line[0], on_event=told)


def _nothing() -> None:
    """Only be called."""

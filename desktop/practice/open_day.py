"""A practice day for a person at a display: servers, customers who come one after the other, and the app's window."""

import os
from collections.abc import Callable

from desktop.practice.app_settings import keep_to_this_day, practice_settings
from desktop.practice.customer_process import Event
from desktop.practice.day import BRAKES, MISFIRE, OIL_LIGHT, PracticeDay, PracticeSession
from desktop.practice.day_thread import DayThread


def open_day(say: Callable[[str], None]) -> int:
    """Run the day until the window is closed; return the app's exit code."""
    thread = DayThread(lambda: PracticeDay(say))
    thread.start()
    try:
        # The window's programs are loaded while the servers start.
        import desktop.app  # noqa: F401, PLC0415 - see above
        from desktop.__main__ import run  # noqa: PLC0415 - the same
        from desktop.practice.camera import mechanic_camera  # noqa: PLC0415 - the same

        mechanic_camera()
        thread.wait_until_ready()
        day = thread.day
        keep_to_this_day(os.environ, day.folder)
        for line in ((BRAKES, MISFIRE), (OIL_LIGHT,)):
            thread.submit(_enter_in_turn(day, line))
        say("Opening the window. Closing it ends the practice day.")
        return run(practice_settings(day), camera=mechanic_camera)
    finally:
        thread.stop()


async def _enter_in_turn(day: PracticeDay, line: tuple[PracticeSession, ...]) -> None:
    """Let the first of a line of customers enter now, and each next one when the session before has ended."""
    if not line:
        return

    def told(event: Event) -> None:
        if event["event"] == "session_ended":
            day.keep(_enter_in_turn(day, line[1:]))

    await day.add_customer(line[0], on_event=told)

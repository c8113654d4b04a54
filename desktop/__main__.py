"""`python -m desktop` and the console script `baylink`: reads the settings, installs the log, runs the app."""

import argparse
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from desktop.core.session_link import session_link
from desktop.memory import keep_small

if TYPE_CHECKING:
    from desktop.app import App
    from desktop.instance import Instance
    from desktop.rtc.camera_source import CameraSource
    from desktop.settings import Settings

BAD_CONFIGURATION = 78
NO_ANSWER = 75
AGAIN = 10
"""The exit code of a program that is to be started again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app until its window is closed, or give its link to the one that runs; return the exit code.

    That is 0, 78 for settings that cannot be used, 75 where one runs already and does not answer, or 10 where the
    program is to be started again.
    """
    parser = argparse.ArgumentParser(prog="baylink", description="Live sessions between a mechanic and a car owner.")
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    parser.add_argument("--kiosk", action="store_true", help="fill the screen, with sizes for gloves")
    parser.add_argument("--verbose", action="store_true", help="write more to the log")
    parser.add_argument("link", nargs="?", default="", help="open a session: baylink://video/ID or baylink://chat/ID")
    options = parser.parse_args(arguments)
    if options.link and session_link(options.link) is None:
        parser.error("this is no link to a session")
    if options.version:
        from desktop.log import version  # noqa: PLC0415 - only what this answer needs

        sys.stdout.write(f"baylink {version()}\n")
        return 0
    from desktop.settings import Settings  # noqa: PLC0415 - `--version` and `--help` answer without it

    try:
        settings = Settings(profile="kiosk") if options.kiosk else Settings()
        camera = film_of(settings)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"baylink: the settings cannot be used. {error}\n")
        return BAD_CONFIGURATION
    return run(settings, verbose=options.verbose, link=options.link, camera=camera)


def film_of(settings: "Settings") -> "Callable[[], CameraSource] | None":
    """Return the film that replaces this PC's cameras, if one is set; raises ValueError or OSError for a bad one."""
    if settings.camera_file is None:
        return None
    from desktop.media.file_camera import FileCamera  # noqa: PLC0415 - only where a film is set

    film = FileCamera(settings.camera_file)
    return lambda: film


def run(
    settings: "Settings",
    *,
    verbose: bool = False,
    link: str | None = None,
    camera: "Callable[[], CameraSource | None] | None" = None,
    ready: "Callable[[App], None] | None" = None,
) -> int:
    """Run the app in this process and thread until it has stopped; return the exit code.

    With a `link`, which may be empty, it is the only one of its user: where one runs already, that one is given the
    link and the window, and this returns at once. `camera` replaces this PC's cameras; `ready` gets the started app,
    as the practice day drives it.
    """
    keep_small()
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - after the arguments are known to be right

    from desktop.log import Log, state_folder, version  # noqa: PLC0415 - as above
    from desktop.ui.application import Application  # noqa: PLC0415 - as above

    app_qt = QApplication.instance() or Application(["baylink"])
    app_qt.setApplicationName("Baylink")
    instance = None
    if link is not None:
        from desktop.instance import Instance  # noqa: PLC0415 - as above

        instance = Instance(state_folder())
        if not instance.claim():
            return _hand_over(instance, link)
    log = Log(state_folder(), verbose=verbose)
    from desktop.app import App  # noqa: PLC0415 - as above

    try:
        app = App(settings, state_folder=state_folder(), version=version(), on_loop_error=log.loop_error, camera=camera)
        app.stopped.connect(app_qt.quit)
        # What is there by then stays to the end: never looking through it again makes 10 ms of each pause of 170.
        app.built.connect(gc.freeze)
        stop_on_signals(app)
        if isinstance(app_qt, Application):
            app_qt.link_opened.connect(app.links.open)
        app.start()
        if instance is not None:
            instance.link_received.connect(app.links.open)
        if link:
            app.links.open(link)
        if ready is not None:
            ready(app)
        code = int(app_qt.exec())
        return AGAIN if app.wants_new_start else code
    finally:
        log.close()
        if instance is not None:
            instance.close()


def _hand_over(instance: "Instance", link: str) -> int:
    if instance.hand_over(link):
        return 0
    sys.stderr.write("baylink: it is running already, and does not answer.\n")
    return NO_ANSWER


def stop_on_signals(app: "App") -> None:
    """Stop the app on SIGINT and SIGTERM, at once also while Qt waits: each signal wakes Qt through a socket."""
    import socket  # noqa: PLC0415 - as above

    from PySide6.QtCore import QSocketNotifier  # noqa: PLC0415 - as above

    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read, app)
    # The handler itself runs as soon as this wakes the interpreter.
    notifier.activated.connect(lambda: woken.recv(64))
    app.stopped.connect(lambda: signal.set_wakeup_fd(-1))
    # A bound method would be held weakly, its socket collected, and the notifier would then fire without end.
    app.stopped.connect(lambda: wakes.close())  # noqa: PLW0108 - the closure keeps the socket
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.stop())


def console() -> None:
    """Run `main` and end the process at once: native threads of the SDK must not meet a dying interpreter."""
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    if code == AGAIN:
        start_again()
    os._exit(code)


def start_again() -> NoReturn:
    """Begin anew in this process, with the same arguments but for a link, which was opened long ago."""
    arguments = [argument for argument in sys.orig_argv[1:] if session_link(argument) is None]
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 - this program's own start, without a shell


if __name__ == "__main__":
    console()

"""`python -m desktop.practice`: a practice day with the app's window, or driven by a robot without a display."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.practice.children import ChildFailedError
from desktop.practice.livekit_server import LiveKitServerMissingError
from desktop.practice.virtual_display import has_display

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the day; return the exit code: 0 if all went well, 1 if a step or a server failed, 130 if interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m desktop.practice", description="A whole shop day on this PC: servers, a customer and the app."
    )
    parser.add_argument("--drive", action="store_true", help="let a robot do the mechanic's work, and check each step")
    parser.add_argument("--pictures", type=Path, default=Path("build/demo"), help="where the robot's pictures go")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if options.drive or not has_display():
            from desktop.practice.driven_day import driven_day  # noqa: PLC0415 - only one of the two is needed

            return driven_day(say, options.pictures)
        from desktop.practice.open_day import open_day  # noqa: PLC0415 - as above

        return open_day(say)
    except KeyboardInterrupt:
        say("Interrupted; everything was stopped.")
        return _INTERRUPTED
    except (ChildFailedError, LiveKitServerMissingError) as error:
        say(str(error))
        return 1


def say(line: str) -> None:
    """Print a line of progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # The SDK's native threads must not meet a dying interpreter.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

"""`python -m benchmarks.app_under_test`: the real app, as `python -m desktop` runs it, with a probe inside."""

import os
import sys
from typing import TYPE_CHECKING

from desktop.__main__ import film_of, run
from desktop.settings import Settings

if TYPE_CHECKING:
    from desktop.app import App


def main() -> int:
    """Run the app that the environment sets up until it is told to quit; return its exit code."""
    probes: list[object] = []

    def put_probe_in(app: "App") -> None:
        from benchmarks.probe import Probe  # noqa: PLC0415 - the app's start is measured, so it comes first

        probes.append(Probe(app))

    settings = Settings()
    return run(settings, camera=film_of(settings), ready=put_probe_in)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # As `baylink` ends: native threads of the SDK must not meet a dying interpreter.
    os._exit(code)

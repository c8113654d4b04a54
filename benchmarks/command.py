"""The command line of a benchmark that stands for itself: its rounds, its seconds, and where its rows go."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.browser_peer import BrowserMissingError
from benchmarks.report import Row, add_rows, table
from desktop.practice.children import ChildFailedError
from desktop.practice.livekit_server import LiveKitServerMissingError

BUILD = Path("build")

type Measurement = Callable[[int, float], Coroutine[Any, Any, list[Row]]]
"""Takes how many rounds and how many seconds; returns the rows."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long something is measured unless told otherwise, and what it is."""

    usual: float
    meaning: str


def command(name: str, description: str | None, measure: Measurement, *, rounds: int, seconds: Seconds) -> int:
    """Take the options, measure, print the rows and add them to the file; return the exit code.

    What stops a measurement is said in one line: a program that is missing or died, or a RuntimeError of its own.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seconds", type=float, default=seconds.usual, help=seconds.meaning)
    parser.add_argument("--output", type=Path, default=BUILD / "bench.json")
    options = parser.parse_args()
    try:
        rows = asyncio.run(measure(options.rounds, options.seconds))
    except (BrowserMissingError, LiveKitServerMissingError, ChildFailedError, RuntimeError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    add_rows(options.output, rows)
    print(f"\n{table(rows)}\n")
    return 0

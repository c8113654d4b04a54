"""`python -m benchmarks`: measure the app beside a browser, print the table, write `build/bench.json`."""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.app_side import AppOpener
from benchmarks.browser_peer import BrowserMissingError, BrowserOpener, find_chromium, prepare
from benchmarks.pointer import Pointer
from benchmarks.report import MEASURES, Row, rows_of, table, to_json
from benchmarks.rounds import QUICK, Plan, Rounds
from benchmarks.screen import virtual_screen
from benchmarks.side import Side, SignIn
from desktop.practice.children import ChildFailedError
from desktop.practice.day import PracticeDay, PracticeSession
from desktop.practice.livekit_server import LiveKitServerMissingError

_BUILD = Path("build")
_SCREEN = (2560, 1440)
_SESSION = PracticeSession("S01", "C1")
# One stream and nothing beside it: the comparison is about a picture of 720p30 in VP8.
_CUSTOMER = ("--no-simulcast", "--no-dynacast", "--no-audio", "--no-greet", "--no-answer", "--no-watch")
_CUSTOMER_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for."""

    plan: Plan
    wanted: frozenset[str]
    output: Path


def main() -> int:
    """Measure; return the exit code: 0 when everything wanted was measured, whatever the figures say."""
    options = _options(sys.argv[1:])
    began = time.monotonic()
    try:
        rows = asyncio.run(_measure(options))
    except (BrowserMissingError, LiveKitServerMissingError, ChildFailedError, RuntimeError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(to_json(rows), encoding="utf-8")
    print(f"\n{table(rows)}\n")
    print(f"{_machine()}; {time.monotonic() - began:.0f} s; written to {options.output}")
    return 0 if options.wanted <= {row.measure.name for row in rows} else 1


async def _measure(options: Options) -> list[Row]:
    browser = find_chromium()
    print("Preparing the browser's page ...", flush=True)
    script = prepare(_BUILD)
    print(f"Measuring beside {_version(browser)}", flush=True)
    async with PracticeDay(_say) as day, virtual_screen(*_SCREEN, day.folder) as screen:
        customer = await day.add_customer(_SESSION, *_CUSTOMER)
        await customer.wait_for("published", timeout_s=_CUSTOMER_TIMEOUT_S)
        sign_in = SignIn(day.login.email, day.login.password, _SESSION.id)
        with Pointer(screen.display) as pointer:
            apps = AppOpener(screen, day.folder)
            browsers = BrowserOpener(screen, pointer, script, day.folder)

            def app(size: tuple[int, int]) -> AbstractAsyncContextManager[Side]:
                return apps.open(size, day.join_server.url, sign_in)

            def peer(size: tuple[int, int]) -> AbstractAsyncContextManager[Side]:
                return browsers.open(size, day.join_server.url, sign_in)

            rounds = Rounds(screen, pointer, options.plan, options.wanted, _say)
            await rounds.run(app, peer)
    return rows_of(rounds.ours.by_name, rounds.peer.by_name)


def _say(line: str) -> None:
    print(line, flush=True)


def _machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, load at the end {load}"


def _version(browser: str) -> str:
    answer = subprocess.run([browser, "--version"], check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def _options(arguments: list[str]) -> Options:
    names = [measure.name for measure in MEASURES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=names, help=f"only some of: {', '.join(names)}")
    parser.add_argument("--output", type=Path, default=_BUILD / "bench.json")
    parsed = parser.parse_args(arguments)
    return Options(QUICK if parsed.quick else Plan(), frozenset(parsed.only or names), parsed.output)


if __name__ == "__main__":
    sys.exit(main())

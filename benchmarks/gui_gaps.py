"""`python -m benchmarks.gui_gaps`: how long the window stands still while a call begins, is lost and found, and ends.

The real app on a virtual screen. In every round it joins, loses livekit-server by SIGKILL and gets it back on the same
port, and leaves; the longest gap between two beats of the GUI thread is noted for each. The rows are added to
`build/bench.json`.
"""

import argparse
import asyncio
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from benchmarks.app_side import AppOpener, AppSide
from benchmarks.figures import median
from benchmarks.pointer import Pointer
from benchmarks.report import Aim, Measure, Row, add_rows, table
from benchmarks.screen import virtual_screen
from benchmarks.side import SignIn
from desktop.practice.children import ChildFailedError
from desktop.practice.day import BRAKES, PracticeDay
from desktop.practice.join_server import WEBHOOK_PATH
from desktop.practice.livekit_server import LiveKitServer, LiveKitServerMissingError

_NAMES = ("join", "reconnect", "leave")
_SCREEN = (2560, 1440)
_SIZE = (1280, 720)
_JOIN_S = 5.0
_LEAVE_S = 3.0
_RECONNECT_S = 12.0
_DOWN_S = 1.0


def main() -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gui_gaps", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args()
    try:
        longest = asyncio.run(_measure(options.rounds))
    except (LiveKitServerMissingError, ChildFailedError, RuntimeError) as error:
        print(f"The benchmark stopped: {error}", file=sys.stderr)
        return 1
    rows = [
        Row(Measure(f"gui_gap_{name}{kind}_ms", "ms", Aim(limit=100)), figure(longest[name]), None, len(longest[name]))
        for kind, figure in (("", median), ("_worst", max))
        for name in _NAMES
    ]
    add_rows(options.output, rows)
    print(f"\n{table(rows)}\n")
    return 0


async def _measure(rounds: int) -> dict[str, list[float]]:
    longest: dict[str, list[float]] = defaultdict(list)
    async with PracticeDay(_say) as day, virtual_screen(*_SCREEN, day.folder) as screen:
        customer = await day.add_customer(BRAKES, "--no-audio", "--no-greet", "--no-answer")
        await customer.wait_for("published", timeout_s=30)
        server = _Restarted(day)
        sign_in = SignIn(day.login.email, day.login.password, BRAKES.id)
        try:
            with Pointer(screen.display) as pointer:
                async with AppOpener(screen, day.folder).open(_SIZE, day.join_server.url, sign_in) as app:
                    for number in range(rounds):
                        await _round(app, pointer, server, longest)
                        _say(f"Round {number + 1} of {rounds}: " + _newest(longest))
        finally:
            await server.stop()
    return longest


async def _round(app: AppSide, pointer: Pointer, server: "_Restarted", longest: dict[str, list[float]]) -> None:
    ready = await app.ask({"do": "choose", "session": BRAKES.id}, "ready")
    x, y = cast("list[int]", ready["button"])
    await asyncio.to_thread(pointer.move, x, y)

    async def tap() -> None:
        await asyncio.to_thread(pointer.tap)

    async def leave() -> None:
        app.tell({"do": "leave"})

    longest["join"].append(await _longest_during(app, _JOIN_S, tap))
    await app.ask({"do": "flow"}, "flowing")
    longest["reconnect"].append(await _longest_during(app, _RECONNECT_S, server.restart))
    await app.ask({"do": "flow"}, "flowing")
    longest["leave"].append(await _longest_during(app, _LEAVE_S, leave))


async def _longest_during(app: AppSide, seconds: float, act: Callable[[], Coroutine[object, object, None]]) -> float:
    """Return the longest gap in ms from just before something happens until `seconds` later."""
    async with asyncio.TaskGroup() as both:
        measuring = both.create_task(app.gaps(seconds))
        both.create_task(act())
    return max(measuring.result())


class _Restarted:
    """The day's livekit-server, killed and started again on its port as often as wanted."""

    def __init__(self, day: PracticeDay) -> None:
        self._day = day
        self._numbers = count(1)
        self._now = day.livekit

    async def restart(self) -> None:
        """Kill the server; it is back after a moment."""
        port = urlsplit(self._day.livekit.url).port
        await self._now.child.stop(first=signal.SIGKILL)
        await asyncio.sleep(_DOWN_S)
        webhook = f"{self._day.join_server.url}{WEBHOOK_PATH}"
        folder = self._day.folder / f"livekit-{next(self._numbers)}"
        folder.mkdir()
        self._now = await LiveKitServer.start(folder, keys=self._day.livekit.keys, webhook_url=webhook, port=port)

    async def stop(self) -> None:
        """End what was started here; the day ends its own."""
        if self._now is not self._day.livekit:
            await self._now.stop()


def _newest(longest: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {longest[name][-1]:.0f} ms" for name in _NAMES)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

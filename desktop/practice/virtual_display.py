"""A virtual display (Xvfb) for a machine without one, so that the real window can be driven and seen."""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from desktop.practice.children import Child, start_child

_READY_WITHIN_S = 15.0


def has_display() -> bool:
    """Whether a window can be shown to a person here."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class VirtualDisplay:
    """A running Xvfb; `environment` is for programs that shall use it. Make it with `start`, end it with `stop`."""

    def __init__(self, child: Child, number: int) -> None:
        """Hold a display that answers."""
        self.child, self.number = child, number

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that send a Qt program to this display."""
        return {"DISPLAY": f":{self.number}", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "xcb"}

    @staticmethod
    def is_available() -> bool:
        """Whether Xvfb is installed."""
        return shutil.which("Xvfb") is not None

    @classmethod
    async def start(cls, folder: Path, *, size: tuple[int, int] = (1366, 768)) -> "VirtualDisplay":
        """Start a display of a free number and of `size` pixels, reachable by this machine's users only."""
        width, height = size
        arguments = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
        child = await start_child("Xvfb", arguments, log=folder / "display.log", talks=True)
        assert child.process.stdout is not None  # noqa: S101 - started with `talks`
        try:
            line = await asyncio.wait_for(child.process.stdout.readline(), _READY_WITHIN_S)
            number = int(line)
        except (TimeoutError, ValueError):
            await child.stop()
            raise child.failure("did not start") from None
        except BaseException:
            await child.stop()
            raise
        return cls(child, number)

    async def stop(self) -> None:
        """End the display."""
        await self.child.stop()

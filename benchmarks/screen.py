"""A virtual screen whose pixels can be read without asking anybody: Xvfb with its picture mapped into memory."""

import asyncio
import contextlib
import mmap
import shutil
import struct
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop.practice.children import start_child

type Pixels = NDArray[np.uint8]
"""The screen as it is now, shape (height, width, 4), B G R x; it changes under the reader's eyes."""

_HEADER = struct.Struct(">25I")
_BYTES_PER_COLOUR = 12
_START_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Screen:
    """A running virtual screen with a window manager: `display` for DISPLAY, `pixels` the live picture."""

    display: str
    pixels: Pixels = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the variables that put a program on this screen."""
        return {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "XDG_SESSION_TYPE": "x11"}


@contextlib.asynccontextmanager
async def virtual_screen(width: int, height: int, logs: Path) -> AsyncIterator[Screen]:
    """Start a screen of that size with openbox on it; stop both afterwards. Raises RuntimeError if it does not come."""
    memory = Path("/dev/shm")  # noqa: S108 - the screen's picture must lie in memory, not on a disk
    folder = Path(tempfile.mkdtemp(prefix="baylink-screen-", dir=memory if memory.is_dir() else None))  # noqa: ASYNC240 - once
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder)]
    server = await start_child("Xvfb", [*command, "-nolisten", "tcp", "-dpi", "96"], log=logs / "xvfb.log", talks=True)
    try:
        assert server.process.stdout is not None
        number = await asyncio.wait_for(server.process.stdout.readline(), _START_TIMEOUT_S)
        if not number.strip():
            raise server.failure("did not start")
        screen = Screen(f":{number.decode().strip()}", _mapped(folder / "Xvfb_screen0"))
        manager = await start_child("openbox", ["openbox"], log=logs / "openbox.log", environment=screen.environment())
        try:
            yield screen
        finally:
            await manager.stop()
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _mapped(path: Path) -> Pixels:
    """Return the picture in Xvfb's file, which has the layout of an XWD dump."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    header = _HEADER.unpack_from(data)
    header_size, width, height, bytes_per_line, colours = header[0], header[4], header[5], header[12], header[19]
    start = header_size + colours * _BYTES_PER_COLOUR
    rows = np.frombuffer(data, dtype=np.uint8, count=bytes_per_line * height, offset=start)
    return rows.reshape(height, bytes_per_line)[:, : width * 4].reshape(height, width, 4)

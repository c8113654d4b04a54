"""A new file that only this user can read: made, written and closed off the loop, whatever is cancelled meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO


@asynccontextmanager
async def private_file(path: Path) -> AsyncIterator[BinaryIO]:
    """Make a file in the place of an older one, and close it at the end; raises OSError.

    Making and closing go on to their end however often the task is cancelled: else the file would appear after
    everything was tidied up, or stay open.
    """
    loop = asyncio.get_running_loop()
    making = loop.run_in_executor(None, _make, path)
    try:
        file = await _to_the_end(making)
    except asyncio.CancelledError:
        if making.exception() is None:
            making.result().close()
        raise
    try:
        yield file
    finally:
        await _to_the_end(loop.run_in_executor(None, file.close))


async def _to_the_end[Result](work: asyncio.Future[Result]) -> Result:
    """Return what a thread works out; a cancellation is raised when it has ended."""
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait((work,))
        raise


def _make(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    return path.open("wb")

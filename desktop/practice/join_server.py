"""The bundled join server as a child process with the demo data, on loopback and in development mode."""

import asyncio
import contextlib
import re
import sys
from pathlib import Path

from desktop.practice.children import Child, free_port, start_child
from desktop.practice.livekit_server import LiveKitKeys

WEBHOOK_PATH = "/api/livekit/webhook"
_READY = re.compile(rb"Baylink join server: (http://127\.0\.0\.1:\d+)")
_READY_WITHIN_S = 60.0


class JoinServer:
    """A running join server; `url` is the base of its API. Make it with `start`, end it with `stop`."""

    def __init__(self, child: Child, url: str, reader: asyncio.Task[None]) -> None:
        """Hold a server that answers, and the task that keeps its output moving into the log."""
        self.child, self.url, self._reader = child, url, reader

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        port: int | None = None,
        livekit_url: str,
        keys: LiveKitKeys,
        lean: bool = False,
        extra: tuple[str, ...] = (),
    ) -> "JoinServer":
        """Start the server on a database in `folder` and return when it serves. `lean` answers as the platform does."""
        arguments = [
            sys.executable, "-m", "desktop.joinserver", "--dev", "--demo-data",
            "--host", "127.0.0.1", "--port", str(port or free_port()),
            "--data-dir", str(folder / "join-server"),
            "--database", f"sqlite:///{folder / 'join-server.sqlite3'}",
            "--livekit-url", livekit_url, *(["--lean"] if lean else []), *extra,
        ]  # fmt: skip
        environment = {
            "BAYLINK_LIVEKIT_API_KEY": keys.api_key,
            "BAYLINK_LIVEKIT_API_SECRET": keys.api_secret,
            "PYTHONUNBUFFERED": "1",
        }
        child = await start_child(
            "join server", arguments, log=folder / "join-server.log", environment=environment, talks=True
        )
        try:
            url = await asyncio.wait_for(_url_from(child), _READY_WITHIN_S)
        except TimeoutError:
            await child.stop()
            raise child.failure(f"did not serve within {_READY_WITHIN_S:g} s") from None
        except BaseException:
            await child.stop()
            raise
        return cls(child, url, asyncio.create_task(_to_log(child)))

    async def stop(self) -> None:
        """End the server."""
        await self.child.stop(wait_s=4.0)
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader


async def _url_from(child: Child) -> str:
    """Read the child's output up to the line that names its URL."""
    output = child.process.stdout
    assert output is not None  # noqa: S101 - started with `talks`
    while line := await output.readline():
        _append(child.log, line)
        if ready := _READY.search(line):
            return ready.group(1).decode()
    await child.process.wait()
    raise child.failure(f"ended with code {child.process.returncode} before it served")


async def _to_log(child: Child) -> None:
    output = child.process.stdout
    assert output is not None  # noqa: S101 - started with `talks`
    while line := await output.readline():
        _append(child.log, line)


def _append(log: Path, line: bytes) -> None:
    with log.open("ab") as file:
        file.write(line)

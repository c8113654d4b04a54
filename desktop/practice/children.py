"""Child processes of a practice day: started in a group of their own, ended with it, dead when their parent is dead."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_TERM_WAIT_S = 2.0
_CAP_SETPCAP = 8
_SERVED_PORTS = range(20_000, 32_000)
_given_ports: set[int] = set()


class ChildFailedError(RuntimeError):
    """A child ended too early or did not become ready; the text holds the end of what it wrote."""


class Child:
    """One process started by us. Its error stream (and output, unless read) goes to `log`.

    The child leads a process group, so that `stop` reaches what it started itself. On Linux the kernel ends it when
    the thread that started it dies. Make it with `start_child`.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        """Hold a running process."""
        self.name, self.process, self.log = name, process, log

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self.process.returncode is None

    async def stop(self, *, first: signal.Signals = signal.SIGTERM, wait_s: float = _TERM_WAIT_S) -> int:
        """End the process and its group: `first`, then SIGKILL after `wait_s` seconds. Return its exit code."""
        if self.is_running:
            self.send(first)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), wait_s)
        self.send(signal.SIGKILL)
        return await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and its group; nothing happens if it is gone."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def log_end(self, lines: int = 15) -> str:
        """Return the last lines the child wrote to its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def failure(self, what: str) -> ChildFailedError:
        """Return the error that tells what went wrong with this child."""
        return ChildFailedError(f"{self.name} {what}\n{self.log_end()}".rstrip())


async def start_child(
    name: str,
    arguments: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    talks: bool = False,
) -> Child:
    """Start a process; with `talks` its input and output are pipes of ours, else its output goes to `log` too.

    `environment` is added to our own. Secrets belong there or into files, never into `arguments`.
    """
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            *_bound(arguments),
            stdin=asyncio.subprocess.PIPE if talks else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if talks else sink,
            stderr=sink,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            limit=1 << 20,
        )
    return Child(name, process, log)


def _bound(arguments: Sequence[str]) -> list[str]:
    """Return the command that binds a child first, where `setpriv` (util-linux) is there.

    It asks the kernel for SIGKILL on our death (a `preexec_fn` would do the same, but forks a process that has
    threads), and root gives up the right to real-time priority: with it the encoders of a practice customer, which
    stand for a phone elsewhere, took every core of this machine from the app. Nobody else ever has it.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return [*arguments]
    real_time = ["--bounding-set", "-sys_nice"] if _may_give_up_rights() else []
    return [setpriv, "--pdeathsig", "KILL", *real_time, *arguments]


def _may_give_up_rights() -> bool:
    """Whether this process is root with the right to give others up (capabilities(7): CAP_SETPCAP)."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return False
    effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    return os.geteuid() == 0 and bool(int(effective, 16) >> _CAP_SETPCAP & 1)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a loopback port that nobody uses now, and never the same one twice; whoever wants it should take it soon.

    It lies below the range that Linux, macOS and Windows take outgoing connections from: a port out of that range may
    be gone a moment later, to a connection of whoever, and a connection to it while nobody serves may meet itself.
    """
    while True:
        port = random.choice(_SERVED_PORTS)  # noqa: S311 - no secret
        if port in _given_ports:
            continue
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given_ports.add(port)
            return port


async def wait_for_port(child: Child, port: int, *, timeout_s: float = 20.0) -> None:
    """Return when something on loopback listens on `port`; raise if the child ends or the time is over."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while asyncio.get_running_loop().time() < deadline:
        if not child.is_running:
            raise child.failure(f"ended with code {child.process.returncode} before it served")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            return
        await asyncio.sleep(0.03)
    raise child.failure(f"did not serve within {timeout_s:g} s")


def open_private(path: Path) -> IO[str]:
    """Open a new file for writing that only this user may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w")

"""A sound server of our own (PulseAudio with a silent speaker and microphone) for a machine without sound."""

import asyncio
import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from desktop.practice.children import Child, start_child

_READY_WITHIN_S = 10.0
_PROGRAM = "pulseaudio"


class VirtualSound:
    """A running PulseAudio; `environment` is for programs that shall use it. Make it with `start`."""

    def __init__(self, child: Child, socket: Path) -> None:
        """Hold a sound server that answers."""
        self.child, self._socket = child, socket

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that send a program to this sound server."""
        return {"PULSE_SERVER": f"unix:{self._socket}"}

    @staticmethod
    def is_available() -> bool:
        """Whether PulseAudio is installed."""
        return shutil.which(_PROGRAM) is not None

    @classmethod
    async def start(cls, folder: Path) -> "VirtualSound":
        """Start the server with one output and one microphone, both silent; its socket lies in `folder`."""
        home = folder / "sound"
        home.mkdir(mode=0o700)
        socket = home / "native"
        modules = (
            f"module-native-protocol-unix socket={socket} auth-anonymous=1",
            "module-null-sink sink_name=speaker sink_properties=device.description=Practice-speaker",
            "module-null-sink sink_name=voice",
            # A plain monitor is not taken for a microphone; a source made from it is.
            (
                "module-remap-source master=voice.monitor source_name=microphone "
                "source_properties=device.description=Practice-microphone"
            ),
        )
        loads = [part for module in modules for part in ("-L", module)]
        child = await start_child(
            _PROGRAM,
            [_PROGRAM, "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error", *loads],
            log=folder / "sound.log",
            environment={"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PULSE_RUNTIME_PATH": str(home)},
        )
        try:
            await _wait_for_socket(child, socket)
        except BaseException:
            await child.stop()
            raise
        return cls(child, socket)

    async def stop(self) -> None:
        """End the sound server."""
        await self.child.stop()


async def _wait_for_socket(child: Child, socket: Path) -> None:
    deadline = asyncio.get_running_loop().time() + _READY_WITHIN_S
    while asyncio.get_running_loop().time() < deadline:
        if not child.is_running:
            raise child.failure(f"ended with code {child.process.returncode}")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_unix_connection(socket)
            writer.close()
            return
        await asyncio.sleep(0.03)
    raise child.failure("did not start")

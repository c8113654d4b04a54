"""A real livekit-server on loopback for one day or test: own ports and keys, rooms made by the join server only."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path

from desktop.practice.children import Child, free_port, open_private, start_child, wait_for_port

_FILE_NAME = "livekit-server"
_VARIABLE = "BAYLINK_LIVEKIT_SERVER"
_ATTEMPTS = 4
_DRAIN_S = 0.1


class LiveKitServerMissingError(RuntimeError):
    """No livekit-server program was found on this machine."""

    def __init__(self) -> None:
        """Say where it was looked for and what to do."""
        super().__init__(
            f"livekit-server was not found: not in ${_VARIABLE}, not on PATH, not in the cache. `make demo` builds it."
        )


def find_livekit_server() -> Path:
    """Return the livekit-server program: $BAYLINK_LIVEKIT_SERVER, else the project's cache, else PATH."""
    named = os.environ.get(_VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "baylink"
    found = shutil.which(_FILE_NAME)
    candidates = [Path(named)] if named else [*sorted(cache.glob(f"{_FILE_NAME}-*/{_FILE_NAME}"), reverse=True)]
    if found and not named:
        candidates.append(Path(found))
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate
    raise LiveKitServerMissingError


@dataclass(frozen=True, slots=True)
class LiveKitKeys:
    """The key pair of one server run; made anew each time."""

    api_key: str
    api_secret: str = field(repr=False)

    @classmethod
    def fresh(cls) -> "LiveKitKeys":
        """Make a random pair."""
        return cls(f"BL{secrets.token_hex(6)}", secrets.token_urlsafe(32))


class LiveKitServer:
    """A running livekit-server; `url` is what clients connect to. Make it with `start`, end it with `stop`."""

    def __init__(self, child: Child, port: int, keys: LiveKitKeys, config: Path) -> None:
        """Hold a server that answers."""
        self.child, self.port, self.keys, self._config = child, port, keys, config

    @property
    def url(self) -> str:
        """The WebSocket URL on loopback."""
        return f"ws://127.0.0.1:{self.port}"

    @classmethod
    async def start(
        cls,
        folder: Path,
        *,
        keys: LiveKitKeys | None = None,
        webhook_url: str | None = None,
        port: int | None = None,
        redis: str | None = None,
    ) -> "LiveKitServer":
        """Start a server whose files lie in `folder` and return when it serves. `webhook_url` gets its room events.

        Ports that are not given are chosen, and chosen again if somebody else was faster. Servers with the same keys
        and the same `redis` (host:port) are nodes of one cluster.
        """
        program = find_livekit_server()
        pair = keys or LiveKitKeys.fresh()
        for attempt in range(_ATTEMPTS):
            chosen = port or free_port()
            config = folder / f"livekit-{chosen}-{attempt}.json"
            with open_private(config) as file:
                json.dump(_config(chosen, pair, webhook_url, redis), file)
            child = await start_child(_FILE_NAME, [str(program), "--config", str(config)], log=folder / "livekit.log")
            try:
                await wait_for_port(child, chosen)
            except BaseException as error:
                await child.stop()
                config.unlink(missing_ok=True)
                taken = isinstance(error, RuntimeError) and "address already in use" in child.log_end(40)
                if taken and attempt + 1 < _ATTEMPTS:
                    continue
                raise
            return cls(child, chosen, pair, config)
        raise AssertionError  # the last attempt returns or raises

    async def stop(self) -> None:
        """End the server. One signal with people inside would make it drain for ever; the second ends it at once."""
        self.child.send(signal.SIGTERM)
        await asyncio.sleep(_DRAIN_S)
        await self.child.stop(wait_s=1.0)
        self._config.unlink(missing_ok=True)


def _config(port: int, keys: LiveKitKeys, webhook_url: str | None, redis: str | None) -> dict[str, object]:
    """Return the server's configuration: everything on loopback, and no room that the join server did not make."""
    config: dict[str, object] = {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "tcp_port": free_port(),
            "udp_port": free_port(socket.SOCK_DGRAM),
            "use_external_ip": False,
            "node_ip": "127.0.0.1",
            "enable_loopback_candidate": True,
            "use_ice_lite": True,
            "interfaces": {"includes": ["lo"]},
            # An address, not a name: look-ups would hang in a shop without outside DNS, a thread each.
            "stun_servers": ["127.0.0.1:3478"],
        },
        "room": {"auto_create": False},
        "keys": {keys.api_key: keys.api_secret},
        "logging": {"level": "info", "json": False},
    }
    if redis:
        config["redis"] = {"address": redis}
    if webhook_url:
        config["webhook"] = {"api_key": keys.api_key, "urls": [webhook_url]}
    return config

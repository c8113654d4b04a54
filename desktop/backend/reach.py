"""Reach: how far away the platform is, and whether the media server answers this PC; asked before a call."""

import time
from collections.abc import Awaitable, Callable

from desktop.backend import wire
from desktop.backend.calls import parsed
from desktop.backend.refusals import Endpoint
from desktop.backend.transport import Answer, Exchange, Transport
from desktop.core.check import Connection, MediaReach, connection_of
from desktop.core.errors import BaylinkError, OfflineError

_TRIES = 4
_PATIENCE_S = 5.0
_DOWN = "down"


class Reach:
    """Measures by the health endpoint; a platform without one answers too, and that is all that is needed."""

    def __init__(
        self,
        transport: Transport,
        media_alive: Callable[[str], Awaitable[bool]],
        media_url: Callable[[], str | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it; `media_url` says where the media server is, as far as anybody has told."""
        self._transport = transport
        self._media_alive = media_alive
        self._media_url = media_url
        self._monotonic = monotonic

    async def test(self) -> Connection:
        """Measure now, within about five seconds; never raises.

        The first answer pays for opening the connection, so the shortest of a few counts.
        """
        shortest: float | None = None
        last: Answer | None = None
        for _ in range(_TRIES):
            began = self._monotonic()
            exchange = Exchange(Endpoint.HEALTH, "GET", "/api/health", timeout_s=_PATIENCE_S)
            try:
                last = await self._transport.send(exchange)
            except OfflineError:
                if shortest is None:
                    return connection_of(None, MediaReach.UNKNOWN)
                break
            except BaylinkError:
                last = None
            took = self._monotonic() - began
            shortest = took if shortest is None else min(shortest, took)
        media = await self._media(last)
        return connection_of(None if shortest is None else max(1, round(shortest * 1000)), media)

    async def _media(self, health: Answer | None) -> MediaReach:
        url = self._media_url()
        if url is not None:
            return MediaReach.REACHED if await self._media_alive(url) else MediaReach.AWAY
        if health is not None and _says_down(health):
            return MediaReach.AWAY
        return MediaReach.UNKNOWN


def _says_down(health: Answer) -> bool:
    """Say whether the platform itself misses its media server; a lean one tells nothing about that."""
    try:
        livekit = parsed(wire.HealthAnswer, health).checks.livekit
    except BaylinkError:
        return False
    return livekit is not None and livekit.status == _DOWN

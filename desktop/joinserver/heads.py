"""HTTP on one connection that waits only so long for a request's head: whoever never ends one holds no place for ever.

What a body may take is counted in `middleware`; between two whole requests the web server's own keep-alive time holds.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S: Final = 20.0


class HeadInTime(H11Protocol):
    """Closes a connection whose first byte, or whose begun head, is not followed by a whole head in time."""

    head_within_s: float = HEAD_WITHIN_S
    _head_is_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn types it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a begun head that goes on slowly gets no more time by it."""
        super().data_received(data)
        # Without a request under way, what came is a piece of the next head.
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]  # None before the first
            self._wait_for_head()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._head_is_due is None:
            self._head_is_due = self.loop.call_later(self.head_within_s, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._head_is_due is not None:
            self._head_is_due.cancel()
            self._head_is_due = None

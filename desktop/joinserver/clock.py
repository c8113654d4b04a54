"""What time it is for the server: the machine's clock plus an offset that development may set."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from desktop.joinserver.tables import to_milliseconds


def _machine_time() -> datetime:
    return datetime.now(UTC)


class WallClock:
    """The server's time, aware and in UTC, cut to milliseconds. `source` is replaced in tests."""

    def __init__(self, source: Callable[[], datetime] = _machine_time) -> None:
        """Start without an offset."""
        self._source = source
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the time."""
        return to_milliseconds(self._source() + self.offset)

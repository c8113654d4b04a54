"""Server time on a PC whose own clock may be wrong: an offset to the monotonic clock, and the session timer."""

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

AMBER_BELOW_S = 5 * 60
RED_BELOW_S = 60
_SAMPLES = 10
_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class ServerTime:
    """Where server time stands relative to the monotonic clock: epoch seconds = monotonic seconds + `offset_s`."""

    offset_s: float

    def epoch_at(self, monotonic_s: float) -> float:
        """Return the server's epoch seconds at a reading of `time.monotonic()`."""
        return monotonic_s + self.offset_s

    def datetime_at(self, monotonic_s: float) -> datetime:
        """Return the server's time (UTC) at a reading of `time.monotonic()`."""
        return datetime.fromtimestamp(self.epoch_at(monotonic_s), UTC)


class ServerClock:
    """Estimates server time: of the last ten answers, the one with the shortest round trip (contract section 1)."""

    def __init__(self) -> None:
        """Start without a sample."""
        self._samples: deque[tuple[float, float]] = deque(maxlen=_SAMPLES)

    def add(self, sent_s: float, received_s: float, server: datetime) -> None:
        """Take one answer: monotonic seconds at sending and receiving, and the server's time in it (aware)."""
        middle = (sent_s + received_s) / 2
        self._samples.append((received_s - sent_s, server.timestamp() - middle))

    def estimate(self) -> ServerTime | None:
        """Return the best estimate, or None before the first answer."""
        if not self._samples:
            return None
        return ServerTime(min(self._samples)[1])


class TimerMode(StrEnum):
    """What the figures of a session timer mean."""

    NOT_STARTED = "not_started"
    LEFT = "left"
    ELAPSED = "elapsed"
    PAUSED = "paused"


class TimerUrgency(StrEnum):
    """How pressing the time is: amber under five minutes, red under one."""

    NORMAL = "normal"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class TimerReading:
    """What a timer shows at one moment: whole `seconds`, never negative; `fraction_used` is 0..1 if an end is known."""

    mode: TimerMode
    seconds: int
    urgency: TimerUrgency
    fraction_used: float | None

    @property
    def figures(self) -> str:
        """The time as m:ss, or h:mm:ss from one hour on."""
        return format_seconds(self.seconds)


def format_seconds(seconds: int) -> str:
    """Return whole seconds as m:ss, or h:mm:ss from one hour on."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def waiting_words(seconds: float) -> str:
    """Return a waiting time as a sentence says it: seconds below a minute, else whole minutes, rounded up."""
    if seconds < _MINUTE_S:
        whole = max(1, math.ceil(seconds))
        return f"{whole} second" if whole == 1 else f"{whole} seconds"
    minutes = math.ceil(seconds / _MINUTE_S)
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"


@dataclass(frozen=True, slots=True)
class SessionTimer:
    """The clock of a session as the server keeps it; `read` turns it into figures by server time.

    `ends_at` None means that the server names no end: the timer counts up. The app has no duration table of its own.
    """

    started_at: datetime | None = None
    ends_at: datetime | None = None
    planned_minutes: int | None = None
    extension_minutes: int = 0
    is_paused: bool = False
    paused_left_s: int | None = None
    server_time: ServerTime = ServerTime(0.0)

    def read(self, monotonic_s: float) -> TimerReading:
        """Return what to show at a reading of `time.monotonic()`."""
        if self.started_at is None:
            return TimerReading(TimerMode.NOT_STARTED, 0, TimerUrgency.NORMAL, None)
        now = self.server_time.epoch_at(monotonic_s)
        elapsed = max(0.0, now - self.started_at.timestamp())
        if self.ends_at is None:
            mode = TimerMode.PAUSED if self.is_paused else TimerMode.ELAPSED
            return TimerReading(mode, int(elapsed), TimerUrgency.NORMAL, None)
        left = self.ends_at.timestamp() - now
        if self.is_paused and self.paused_left_s is not None:
            left = float(self.paused_left_s)
        seconds = max(0, round(left))
        total = max(1.0, self.ends_at.timestamp() - self.started_at.timestamp())
        mode = TimerMode.PAUSED if self.is_paused else TimerMode.LEFT
        used = min(1.0, max(0.0, 1 - left / total))
        return TimerReading(mode, seconds, _urgency(seconds), used)


def _urgency(seconds: int) -> TimerUrgency:
    if seconds < RED_BELOW_S:
        return TimerUrgency.RED
    return TimerUrgency.AMBER if seconds < AMBER_BELOW_S else TimerUrgency.NORMAL

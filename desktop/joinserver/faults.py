"""Faults that were asked for: once-only ones by route and count, and standing ones that a seed makes repeatable."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final, Literal

FaultKind = Literal["status", "delay", "drop", "truncate", "lose"]
_STEPS: Final = 2**53


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `route` is `METHOD /path` or `/path`, with `*` for any run of characters; `count` calls are hit.

    `drop` breaks the answer off before anything was done, `lose` after it was done and committed.
    """

    route: str
    kind: FaultKind
    count: int = 1
    status: int = 500
    delay_s: float = 3.0

    def hits(self, method: str, path: str) -> bool:
        """Whether a request is one of those to spoil."""
        return fnmatchcase(f"{method} {path}", self.route) or fnmatchcase(path, self.route)


@dataclass(frozen=True, slots=True)
class Standing:
    """Faults that go on until they are taken back; rates are shares of the requests that `route` matches."""

    route: str = "*"
    latency_ms: int = 0
    latency_spread_ms: int = 0
    error_rate: float = 0.0
    error_status: int = 503
    lose_rate: float = 0.0
    livekit_away: bool = False


class Faults:
    """The faults still to happen. Used on the event loop only.

    What a standing fault does to the nth request of a path depends on the seed alone, whatever else is under way.
    """

    def __init__(self, seed: int = 0) -> None:
        """Start without any."""
        self.seed = seed
        self.standing = Standing()
        self._waiting: list[Fault] = []
        self._seen: Counter[str] = Counter()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The once-only faults still to come."""
        return tuple(self._waiting)

    def add(self, fault: Fault) -> None:
        """Ask for a fault; with a count of 0 every fault of that route is taken back."""
        self._waiting = [known for known in self._waiting if known.route != fault.route or fault.count > 0]
        if fault.count > 0:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Take every fault back, and begin the seed anew."""
        self.standing = Standing()
        self._waiting.clear()
        self._seen.clear()

    def next_for(self, method: str, path: str) -> Fault | None:
        """Return the once-only fault that this request meets, and count it."""
        for index, fault in enumerate(self._waiting):
            if fault.hits(method, path):
                if fault.count > 1:
                    self._waiting[index] = replace(fault, count=fault.count - 1)
                else:
                    del self._waiting[index]
                return fault
        return None

    def drawn_for(self, method: str, path: str) -> tuple[Fault, ...]:
        """Return what the standing faults do to this request: first the delay, then at most one way to fail."""
        standing = self.standing
        if standing == Standing() or not Fault(standing.route, "status").hits(method, path):
            return ()
        call = f"{method} {path}"
        number = self._seen[call]
        self._seen[call] += 1

        def draw(kind: str) -> float:
            digest = hashlib.sha256(f"{self.seed}\n{kind}\n{call}\n{number}".encode()).digest()
            return int.from_bytes(digest[:8], "big") % _STEPS / _STEPS

        drawn = []
        delay_ms = standing.latency_ms + standing.latency_spread_ms * draw("latency")
        if delay_ms > 0:
            drawn.append(Fault(standing.route, "delay", delay_s=delay_ms / 1_000))
        if draw("error") < standing.error_rate:
            drawn.append(Fault(standing.route, "status", status=standing.error_status))
        elif draw("lose") < standing.lose_rate:
            drawn.append(Fault(standing.route, "lose"))
        return tuple(drawn)

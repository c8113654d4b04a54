"""Faults that development asks for: a route answers wrongly, late, or breaks off, a given number of times."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

FaultKind = Literal["status", "delay", "drop", "truncate"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `route` is `METHOD /path` or `/path`, with `*` for any run of characters; `count` calls are hit."""

    route: str
    kind: FaultKind
    count: int = 1
    status: int = 500
    delay_s: float = 3.0

    def hits(self, method: str, path: str) -> bool:
        """Whether a request is one of those to spoil."""
        return fnmatchcase(f"{method} {path}", self.route) or fnmatchcase(path, self.route)


class Faults:
    """The faults still to happen. Used on the event loop only."""

    def __init__(self) -> None:
        """Start without any."""
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Ask for a fault; with a count of 0 every fault of that route is taken back."""
        self._waiting = [known for known in self._waiting if known.route != fault.route or fault.count > 0]
        if fault.count > 0:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Take every fault back."""
        self._waiting.clear()

    def next_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, and count it."""
        for index, fault in enumerate(self._waiting):
            if fault.hits(method, path):
                if fault.count > 1:
                    self._waiting[index] = replace(fault, count=fault.count - 1)
                else:
                    del self._waiting[index]
                return fault
        return None

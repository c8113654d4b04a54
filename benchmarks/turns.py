"""Two sides that are measured in turn, and the figures of each."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from benchmarks.figures import median
from benchmarks.report import Measure, Row
from benchmarks.side import SignIn

type Opener[S] = Callable[[tuple[int, int], str, SignIn], AbstractAsyncContextManager[S]]
"""Opens a side in a picture of a size, at a platform, ready to be joined by a tap."""


@dataclass(slots=True)
class Samples:
    """One figure a round and measure, of one side."""

    by_name: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        """Take one figure."""
        self.by_name[name].append(value)


def in_turn[S](
    rounds: int, sides: tuple[Opener[S], Opener[S]], samples: tuple[Samples, Samples]
) -> Iterator[tuple[int, str, Opener[S], Samples]]:
    """Give each round's number, side, way in and figures: the app and the browser, who begins in turn."""
    both = list(zip(("app", "browser"), sides, samples, strict=True))
    for number in range(rounds):
        for name, opener, figures in reversed(both) if number % 2 else both:
            yield number + 1, name, opener, figures


def rows_of(measures: Iterable[Measure], ours: Samples, peer: Samples) -> list[Row]:
    """Return the medians of both sides."""
    return [
        Row(each, median(ours.by_name[each.name]), median(peer.by_name[each.name]), len(ours.by_name[each.name]))
        for each in measures
    ]

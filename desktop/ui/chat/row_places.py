"""Where the rows of a long list lie: heights asked for once and kept, so that a change costs what changed."""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate


class RowPlaces:
    """Rows of any height, one below the other without gaps, in pixels from the top of the first one."""

    def __init__(self, height_of: Callable[[int], int]) -> None:
        """Start without rows; `height_of` says how high a row is, and is asked only for one that is new or changed."""
        self._height_of = height_of
        self._heights: list[int | None] = []
        self._ends: list[int] | None = []

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._heights)

    def start_over(self, count: int) -> None:
        """Take `count` rows of which nothing is known."""
        self._heights = [None] * count
        self._ends = None

    def insert(self, first: int, last: int) -> None:
        """Make room for new rows; their neighbours are asked again, as they may have been at an end of the list."""
        self._heights[first:first] = [None] * (last + 1 - first)
        self.forget(first - 1, last + 1)

    def move(self, first: int, last: int, before: int) -> None:
        """Move rows to where `before` was, counted as Qt does, before the removal."""
        moved = self._heights[first : last + 1]
        del self._heights[first : last + 1]
        at = before - len(moved) if before > first else before
        self._heights[at:at] = moved
        self.forget(min(first, at) - 1, max(last, at + len(moved)) + 1)

    def forget(self, first: int, last: int) -> None:
        """Ask again how high these rows are; places outside of the list are passed over."""
        first, last = max(0, first), min(last, len(self._heights) - 1)
        self._heights[first : last + 1] = [None] * (last + 1 - first)
        self._ends = None

    @property
    def total(self) -> int:
        """How high all rows are together."""
        ends = self._settled()
        return ends[-1] if ends else 0

    def place(self, row: int) -> tuple[int, int]:
        """Return where a row begins, and where the next one does."""
        ends = self._settled()
        return (ends[row - 1] if row else 0), ends[row]

    def row_at(self, y: int) -> int:
        """Return the row at a place; -1 above the first one, and the number of rows below the last."""
        return bisect_right(self._settled(), y) if y >= 0 else -1

    def _settled(self) -> list[int]:
        if self._ends is None:
            heights = [self._height_of(row) if known is None else known for row, known in enumerate(self._heights)]
            self._heights = list(heights)
            self._ends = list(accumulate(heights))
        return self._ends

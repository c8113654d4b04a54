"""Where the rows of a long list lie: as if all had been asked again, while only the changed ones are."""

import random

import pytest

from desktop.ui.chat.row_places import RowPlaces


@pytest.mark.parametrize("seed", range(5))
def test_rows_lie_where_they_would_if_every_one_was_asked_again(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same cases each time
    heights: list[int] = []
    places = RowPlaces(lambda row: heights[row])
    for _ in range(200):
        count, first = len(heights), chance.randint(0, len(heights))
        action = chance.choice(["insert", "move", "change", "look"])
        if action == "insert":
            new = [chance.randint(1, 90) for _ in range(chance.randint(1, 4))]
            heights[first:first] = new
            places.insert(first, first + len(new) - 1)
        elif action == "change" and first < count:
            heights[first] = chance.randint(1, 90)
            places.forget(first, first)
        elif action == "move" and first < count:
            last = chance.randint(first, count - 1)
            before = chance.choice([row for row in range(count + 1) if not first <= row <= last + 1] or [first])
            if before != first:
                moved = heights[first : last + 1]
                at = before - len(moved) if before > first else before
                del heights[first : last + 1]
                heights[at:at] = moved
                places.move(first, last, before)
        elif heights:
            row = chance.randrange(len(heights))
            assert places.place(row) == (sum(heights[:row]), sum(heights[: row + 1]))
            assert places.row_at(sum(heights[:row])) == places.row_at(sum(heights[: row + 1]) - 1) == row
    assert places.total == sum(heights)
    assert places.row_at(-1) == -1
    assert places.row_at(places.total) == len(heights)

"""Plain statistics of repeated measurements."""

from collections.abc import Sequence
from math import floor


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which `percent` (0 to 100) of `values` lie, linearly between neighbours.

    Raises ValueError for no values or a percentage outside its range.
    """
    if not values:
        raise ValueError("no values to take a percentile of")
    if not 0 <= percent <= 100:
        raise ValueError("a percentile lies between 0 and 100")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values: Sequence[float]) -> float:
    """Return the middle of `values`. Raises ValueError for no values."""
    return percentile(values, 50)

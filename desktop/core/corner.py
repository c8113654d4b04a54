"""Which corner of the stage the small picture lies in, and which corner is next to it."""

from enum import StrEnum


class Corner(StrEnum):
    """A corner of the stage, by the word that is remembered for it."""

    UPPER_LEFT = "upper left"
    UPPER_RIGHT = "upper right"
    LOWER_RIGHT = "lower right"
    LOWER_LEFT = "lower left"

    @property
    def is_left(self) -> bool:
        """Whether it is on the left side."""
        return self in {Corner.UPPER_LEFT, Corner.LOWER_LEFT}

    @property
    def is_upper(self) -> bool:
        """Whether it is on the upper side."""
        return self in {Corner.UPPER_LEFT, Corner.UPPER_RIGHT}

    @property
    def following(self) -> "Corner":
        """The next corner, clockwise."""
        round_trip = tuple(Corner)
        return round_trip[(round_trip.index(self) + 1) % len(round_trip)]


def corner_at(*, left: bool, upper: bool) -> Corner:
    """Return the corner of two sides."""
    if upper:
        return Corner.UPPER_LEFT if left else Corner.UPPER_RIGHT
    return Corner.LOWER_LEFT if left else Corner.LOWER_RIGHT


def corner_named(name: str) -> Corner:
    """Return the corner that was remembered; the usual one for a name that nobody knows."""
    return Corner(name) if name in set(Corner) else Corner.LOWER_RIGHT

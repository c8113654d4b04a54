"""What both sides of the comparison have in common, as the rounds see them."""

from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.process_tree import ProcessTree
from desktop.practice.picture_code import Rect


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who signs in and which session they join."""

    email: str
    password: str = field(repr=False)
    session_id: str


class Side(Protocol):
    """A running client, signed in, one tap away from the session."""

    @property
    def tree(self) -> ProcessTree:
        """Its processes."""

    @property
    def join_button(self) -> tuple[int, int]:
        """Where a tap on the screen joins."""

    @property
    def picture_rects(self) -> tuple[Rect, ...]:
        """Where on the screen the customer's picture may appear."""

    async def prepare(self, size: tuple[int, int]) -> None:
        """In the call: show the picture in that size, as `picture_rects` then says; raise if there is no call."""

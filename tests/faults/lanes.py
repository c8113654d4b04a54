"""Stories of faults, told at the same time: lanes run side by side, the stories of a lane one after the other.

A fault takes many seconds of waiting and little work. So the stories of a file are played together, once, and each
test then says how its own story went.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fixtures.fault_rig import Call


@dataclass
class Notes:
    """What a story measured, in seconds unless its name says otherwise."""

    figures: dict[str, float] = field(default_factory=dict)

    def note(self, **figures: float) -> None:
        """Keep figures by name."""
        self.figures.update({name: round(value, 2) for name, value in figures.items()})


type Story = Callable[[Call, Notes], Awaitable[None]]
type Opening = Callable[[Path], AbstractAsyncContextManager[dict[str, Call]]]
"""Opens the calls of a file, by the name of their lane."""


@dataclass
class Outcome:
    """How a story went."""

    notes: Notes
    error: BaseException | None = None


class Lanes:
    """The stories of one file. Decorate each with `story`, and give `play` to a fixture."""

    def __init__(self, opening: Opening) -> None:
        """Start without stories."""
        self._opening = opening
        self._stories: dict[str, list[tuple[str, Story]]] = {}

    def story(self, lane: str) -> Callable[[Story], Callable[[dict[str, Outcome]], None]]:
        """Make a test of a story: it is played in a lane after those above it, and told by the test's own result."""

        def taken(story: Story) -> Callable[[dict[str, Outcome]], None]:
            name = story.__name__
            self._stories.setdefault(lane, []).append((name, story))

            def test(outcomes: dict[str, Outcome]) -> None:
                outcome = outcomes[name]
                print(f"\n{name}: {outcome.notes.figures}")  # noqa: T201 - how long it took, shown by -s or -rA
                if outcome.error is not None:
                    raise outcome.error

            # Not functools.wraps: pytest would ask for the story's own arguments.
            test.__name__, test.__qualname__, test.__module__ = name, name, story.__module__
            return test

        return taken

    def play(self, request: pytest.FixtureRequest, folder: Path) -> dict[str, Outcome]:
        """Play the stories whose tests were asked for, and return how each went."""
        wanted = {item.name for item in request.session.items}
        return asyncio.run(self._play(wanted, folder))

    async def _play(self, wanted: set[str], folder: Path) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        async with self._opening(folder) as calls:
            await asyncio.gather(*(self._play_lane(name, call, wanted, outcomes) for name, call in calls.items()))
        return outcomes

    async def _play_lane(self, lane: str, call: Call, wanted: set[str], outcomes: dict[str, Outcome]) -> None:
        for name, story in self._stories.get(lane, ()):
            if name not in wanted:
                continue
            outcome = outcomes[name] = Outcome(Notes())
            try:
                await story(call, outcome.notes)
            except Exception as error:  # noqa: BLE001 - whatever went wrong is the test's to tell
                outcome.error = error
                call.network.up()

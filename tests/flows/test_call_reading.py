"""What the platform has stored comes to the screen, whichever copy or hint of it got lost: stories on virtual time."""

import asyncio

import pytest

from tests.flows.call_fakes import Stage, play


@pytest.mark.parametrize("comes_first", [True, False])
def test_a_customers_line_of_which_neither_copy_nor_hint_came_shows_beside_the_own_one_that_was_stored_after_it(
    *, comes_first: bool
) -> None:
    """A line too narrow for the voice loses both for long; the own line's place in the order tells of the hole."""

    async def story(stage: Stage) -> None:
        await stage.live()
        if comes_first:
            stage.platform.store("it grinds when I brake", "owner-line-1")
        stage.flow.send("what do you hear?")
        await stage.screen.until(lambda: stage.screen.transcript and stage.screen.transcript[0].seq, 5)
        if not comes_first:
            stage.platform.store("it grinds when I brake", "owner-line-1")
        await stage.screen.until(lambda: len(stage.screen.texts) == 2, 12)
        reads = stage.platform.calls.count("messages")
        await asyncio.sleep(60)
        assert stage.platform.calls.count("messages") == reads, "messages are read although none is missing"

    play(story)

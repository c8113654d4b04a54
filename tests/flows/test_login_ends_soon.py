"""A sign-in that cannot be renewed is told of wherever the mechanic is, while there is still time."""

from desktop.core.board import BoardState
from desktop.flows.account import LOGIN_ENDS_SOON, AccountFlow
from desktop.flows.board import BoardFlow
from tests.flows.call_fakes import Stage, play
from tests.flows.fakes import FakeAccountBackend, FakeBoardBackend, FakeKeeper
from tests.virtual_time import VirtualClock, in_loop


def test_the_warning_stands_in_the_session_that_is_open() -> None:
    async def story(stage: Stage) -> None:
        stage.flow.show_band(LOGIN_ENDS_SOON)
        await stage.live()
        stage.flow.show_band(LOGIN_ENDS_SOON)
        state = await stage.screen.until_band("login_ends_soon")
        assert state.band is not None
        assert state.band.title == "Please sign in again soon."

    play(story)


@in_loop
async def test_the_warning_stands_over_the_list() -> None:
    states: list[BoardState] = []
    board = BoardFlow(FakeBoardBackend(), states.append, clock=VirtualClock(), chance=lambda: 0.5)
    account = AccountFlow(
        FakeAccountBackend(), FakeKeeper(), lambda _state: None, ends_soon=lambda: board.show_band(LOGIN_ENDS_SOON)
    )
    account.login_ends_soon()
    assert states[-1].band == LOGIN_ENDS_SOON
    await account.aclose()
    await board.aclose()

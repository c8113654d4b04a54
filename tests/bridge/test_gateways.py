"""The gateways: wishes return at once, states arrive in the GUI thread, and a busy GUI gets only the newest."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from desktop.bridge.account import AccountGateway
from desktop.bridge.board import BoardGateway
from desktop.bridge.errands import sentence_of
from desktop.bridge.loop_thread import LoopThread
from desktop.core.account import AccountPhase, AccountState
from desktop.core.board import BoardState, Freshness
from desktop.core.errors import RefusedError
from desktop.flows.account import AccountFlow
from desktop.flows.board import BoardFlow
from tests.flows.fakes import MARISOL, FakeAccountBackend, FakeBoardBackend, FakeKeeper, row, signed_in


class Page(QObject):
    """Notes what arrives, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[object] = []
        self.threads: set[QThread] = set()

    @Slot(object)
    def render(self, state: object) -> None:
        """Take a state."""
        self.states.append(state)
        self.threads.add(QThread.currentThread())


@pytest.fixture
def loop_thread() -> Iterator[LoopThread]:
    thread = LoopThread(last_words_s=0)
    thread.start()
    yield thread
    assert thread.stop()


def test_a_sign_in_goes_to_the_loop_and_its_state_comes_back_to_the_gui(qtbot: QtBot, loop_thread: LoopThread) -> None:
    gateway, page = AccountGateway(loop_thread), Page()
    gateway.state_changed.connect(page.render)
    flow = AccountFlow(FakeAccountBackend(MARISOL), FakeKeeper(), gateway.publish)
    gateway.serve(flow)
    gateway.sign_in("marisol@shop.example", "demo-torque-42")
    assert page.states == []
    qtbot.waitUntil(lambda: bool(page.states) and page.states[-1].phase is AccountPhase.SIGNED_IN)  # type: ignore[attr-defined] # AccountStates only
    assert page.threads == {QThread.currentThread()}
    gateway.sign_out()
    qtbot.waitUntil(lambda: page.states[-1].phase is AccountPhase.SIGNED_OUT)  # type: ignore[attr-defined] # AccountStates only
    loop_thread.submit(flow.aclose()).result(5)


def test_a_sign_in_asked_for_while_the_program_still_starts_is_done_as_soon_as_it_can(
    qtbot: QtBot, loop_thread: LoopThread
) -> None:
    gateway, page = AccountGateway(loop_thread), Page()
    gateway.state_changed.connect(page.render)
    gateway.sign_in("marisol@shop.example", "demo-torque-42")
    flow = AccountFlow(FakeAccountBackend(MARISOL), FakeKeeper(), gateway.publish)
    gateway.serve(flow)
    gateway.start()
    qtbot.waitUntil(lambda: bool(page.states) and page.states[-1].phase is AccountPhase.SIGNED_IN)  # type: ignore[attr-defined] # AccountStates only
    loop_thread.submit(flow.aclose()).result(5)


def test_a_busy_gui_gets_only_the_newest_state(qtbot: QtBot, loop_thread: LoopThread) -> None:
    gateway, page = AccountGateway(loop_thread), Page()
    gateway.state_changed.connect(page.render)

    def many() -> None:
        for number in range(10_000):
            gateway.publish(AccountState(email=f"{number}@shop.example"))

    flood = threading.Thread(target=many)
    flood.start()
    flood.join()
    qtbot.waitUntil(lambda: bool(page.states))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
    assert page.states == [AccountState(email="9999@shop.example")]


def test_a_failure_that_nobody_expected_is_a_plain_sentence_with_a_reference(
    qtbot: QtBot, loop_thread: LoopThread, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeKeeper):
        async def load(self) -> str | None:
            raise ZeroDivisionError("customer 77aa-secret")

    gateway = AccountGateway(loop_thread)
    gateway.serve(AccountFlow(FakeAccountBackend(), Broken(), gateway.publish))
    with qtbot.waitSignal(gateway.failed) as failed:
        gateway.start()
    sentence = failed.args[0]
    assert sentence.startswith("Something went wrong (")
    assert "secret" not in sentence
    reference = sentence.partition("(")[2].partition(")")[0]
    assert reference in caplog.text


def test_a_refusal_keeps_its_own_sentence() -> None:
    assert sentence_of(RefusedError("not_found", 404)) == "This session is not available to you."


def test_the_list_comes_and_its_wishes_go(qtbot: QtBot, loop_thread: LoopThread) -> None:
    gateway, page = BoardGateway(loop_thread), Page()
    gateway.state_changed.connect(page.render)
    backend = FakeBoardBackend(row("Dana"))
    flow = BoardFlow(backend, gateway.publish)
    gateway.serve(flow)

    async def sign_in() -> None:
        flow.account_changed(signed_in())

    def shown() -> BoardState:
        state = page.states[-1] if page.states else BoardState()
        assert isinstance(state, BoardState)
        return state

    loop_thread.submit(sign_in()).result(5)
    qtbot.waitUntil(lambda: shown().freshness is Freshness.FRESH)
    gateway.join_started("s-dana")
    qtbot.waitUntil(lambda: shown().joining == "s-dana")
    gateway.join_refused(RefusedError("not_found", 404))
    qtbot.waitUntil(lambda: shown().band is not None)
    gateway.close_band()
    qtbot.waitUntil(lambda: shown().band is None)
    gateway.tell("Something went wrong (1f2e3d4c).")
    qtbot.waitUntil(lambda: shown().band is not None)
    gateway.join_started("s-dana")
    gateway.join_finished()
    gateway.call_changed(True)
    qtbot.waitUntil(lambda: shown().joining is None)
    loop_thread.submit(flow.aclose()).result(5)

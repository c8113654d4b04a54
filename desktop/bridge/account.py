"""AccountGateway: the sign-in page's wishes go to AccountFlow, its states come back."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.core.account import AccountState
from desktop.flows.account import AccountFlow


class AccountGateway(QObject):
    """Lives in the GUI thread; every method returns at once.

    `state_changed` carries an AccountState, only the newest when the GUI is busy; `failed` carries a sentence for
    something that nobody expected.
    """

    state_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, loop_thread: LoopThread, parent: QObject | None = None) -> None:
        """Make the gateway; give its `publish` to the flow, then the flow to `serve`."""
        super().__init__(parent)
        self._states = Newest[AccountState](self)
        self._states.arrived.connect(self.state_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: AccountFlow | None = None
        self._early: tuple[str, str] | None = None

    def publish(self, state: AccountState) -> None:
        """Leave a state for the GUI thread; from any thread."""
        self._states.put(state)

    def serve(self, flow: AccountFlow) -> None:
        """Send the wishes to `flow` from now on."""
        self._flow = flow

    def start(self) -> None:
        """Begin: with the sign-in that was already asked for, else with what was kept, else ask for one."""
        early, self._early = self._early, None
        if self._flow is not None:
            self._errands.run(self._flow.start() if early is None else self._flow.sign_in(*early))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in; a wish that comes before the flow is there is kept for it."""
        if self._flow is None:
            self._early = (email, password)
        else:
            self._errands.run(self._flow.sign_in(email, password))

    def cancel(self) -> None:
        """Give up the sign-in under way."""
        if self._flow is not None:
            self._errands.run(self._flow.cancel())

    def sign_out(self) -> None:
        """Sign out and wipe what was kept."""
        if self._flow is not None:
            self._errands.run(self._flow.sign_out())

    def call_changed(self, in_call: bool) -> None:  # noqa: FBT001 - a slot's one argument
        """Take note of whether a session is on screen: it goes on while the mechanic signs in again."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.call_changed, in_call=in_call))

"""RestartGateway: the wishes of the rejoining page go to RestartFlow, its states come back."""

from PySide6.QtCore import QObject, Signal, Slot

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.core.restart import RestartState
from desktop.flows.restart import RestartFlow


class RestartGateway(QObject):
    """Lives in the GUI thread; every method returns at once.

    `state_changed` carries a RestartState, only the newest when the GUI is busy; `failed` carries a sentence for
    something that nobody expected.
    """

    state_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, loop_thread: LoopThread, parent: QObject | None = None) -> None:
        """Make the gateway; give its `publish` to the flow, then the flow to `serve`."""
        super().__init__(parent)
        self._states = Newest[RestartState](self)
        self._states.arrived.connect(self.state_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: RestartFlow | None = None

    def publish(self, state: RestartState) -> None:
        """Leave a state for the GUI thread; from any thread."""
        self._states.put(state)

    def serve(self, flow: RestartFlow) -> None:
        """Send the wishes to `flow` from now on."""
        self._flow = flow

    @Slot()
    def back(self) -> None:
        """Give up the way back."""
        if self._flow is not None:
            self._errands.run(self._flow.back())

    def arrived(self) -> None:
        """Take note that the session's page has everything."""
        if self._flow is not None:
            self._errands.call(self._flow.arrived)

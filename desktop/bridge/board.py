"""BoardGateway: the sessions page's wishes go to BoardFlow, its states come back."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.core.bands import Band, BandLevel
from desktop.core.board import BoardState
from desktop.core.errors import BaylinkError
from desktop.core.people import SessionId
from desktop.flows.board import BoardFlow


class BoardGateway(QObject):
    """Lives in the GUI thread; every method returns at once.

    `state_changed` carries a BoardState, only the newest when the GUI is busy; `failed` carries a sentence for
    something that nobody expected.
    """

    state_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, loop_thread: LoopThread, parent: QObject | None = None) -> None:
        """Make the gateway; give its `publish` to the flow, then the flow to `serve`."""
        super().__init__(parent)
        self._states = Newest[BoardState](self)
        self._states.arrived.connect(self.state_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: BoardFlow | None = None

    def publish(self, state: BoardState) -> None:
        """Leave a state for the GUI thread; from any thread."""
        self._states.put(state)

    def serve(self, flow: BoardFlow) -> None:
        """Send the wishes to `flow` from now on."""
        self._flow = flow

    def refresh(self) -> None:
        """Read the list again now."""
        if self._flow is not None:
            self._errands.call(self._flow.refresh_now)

    def accept(self, session_id: str) -> None:
        """Accept an open request."""
        if self._flow is not None:
            self._errands.run(self._flow.accept(SessionId(session_id)))

    def join_started(self, session_id: str) -> None:
        """Show on its row that a join is under way."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.join_started, SessionId(session_id)))

    def join_finished(self) -> None:
        """Take the progress off the row: the session opened, or the join was given up."""
        if self._flow is not None:
            self._errands.call(self._flow.join_finished)

    def join_refused(self, error: BaylinkError) -> None:
        """Say why a session did not open."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.join_refused, error))

    def show_band(self, band: Band) -> None:
        """Show a sentence that another story left behind."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.show_band, band))

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Show the sentence of something that nobody expected."""
        self.show_band(Band("unexpected", BandLevel.WARNING, "triangle-alert", sentence))

    def call_changed(self, in_call: bool) -> None:  # noqa: FBT001 - a slot's one argument
        """Take note of whether a session is on screen."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.call_changed, in_call=in_call))

    def close_band(self) -> None:
        """Take the notice away: it was read."""
        if self._flow is not None:
            self._errands.call(self._flow.close_band)

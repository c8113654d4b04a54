"""CheckGateway: the wishes of the check page go to CheckFlow, its facts and the level in a call come back."""

from PySide6.QtCore import QObject, Signal, Slot

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.core.check import CheckFacts
from desktop.flows.check import CheckFlow


class CheckGateway(QObject):
    """Lives in the GUI thread; every method returns at once.

    `facts_changed` carries CheckFacts, `level_changed` decibels: only the newest of each when the GUI is busy.
    `failed` carries a sentence for something that nobody expected.
    """

    facts_changed = Signal(object)
    level_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, loop_thread: LoopThread, parent: QObject | None = None) -> None:
        """Make the gateway; give its `publish` and `tell_level` to the flow, then the flow to `serve`."""
        super().__init__(parent)
        self._facts = Newest[CheckFacts](self)
        self._facts.arrived.connect(self.facts_changed)
        self._levels = Newest[float](self)
        self._levels.arrived.connect(self.level_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: CheckFlow | None = None

    def publish(self, facts: CheckFacts) -> None:
        """Leave facts for the GUI thread; from any thread."""
        self._facts.put(facts)

    def tell_level(self, loudness_db: float) -> None:
        """Leave a reading for the GUI thread; from any thread."""
        self._levels.put(loudness_db)

    def serve(self, flow: CheckFlow) -> None:
        """Send the wishes to `flow` from now on."""
        self._flow = flow

    def open(self, *, in_call: bool, camera_on: bool) -> None:
        """Begin a check."""
        if self._flow is not None:
            self._errands.run(self._flow.open(in_call=in_call, camera_on=camera_on))

    def close(self) -> None:
        """End the check and let go of the camera."""
        if self._flow is not None:
            self._errands.run(self._flow.close())

    def set_camera(self, *, on: bool) -> None:
        """Switch the own picture on or off before a call."""
        if self._flow is not None:
            self._errands.run(self._flow.set_camera(on=on))

    @Slot()
    def test_connection(self) -> None:
        """Measure the connection again."""
        if self._flow is not None:
            self._errands.call(self._flow.test_connection)

    @Slot(object)
    def devices_changed(self, _state: object) -> None:
        """Look whether there is a camera now."""
        if self._flow is not None:
            self._errands.call(self._flow.devices_changed)

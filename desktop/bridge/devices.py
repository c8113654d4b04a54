"""DevicesGateway: the wishes of the devices page go to DevicesFlow, its states come back."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.core.corner import Corner
from desktop.core.devices import DeviceKind, DevicesState
from desktop.flows.devices import DevicesFlow


class DevicesGateway(QObject):
    """Lives in the GUI thread; every method returns at once.

    `state_changed` carries a DevicesState, only the newest when the GUI is busy; `failed` carries a sentence for
    something that nobody expected.
    """

    state_changed = Signal(object)
    failed = Signal(object)

    def __init__(self, loop_thread: LoopThread, parent: QObject | None = None) -> None:
        """Make the gateway; give its `publish` to the flow, then the flow to `serve`."""
        super().__init__(parent)
        self._states = Newest[DevicesState](self)
        self._states.arrived.connect(self.state_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: DevicesFlow | None = None

    def publish(self, state: DevicesState) -> None:
        """Leave a state for the GUI thread; from any thread."""
        self._states.put(state)

    def serve(self, flow: DevicesFlow) -> None:
        """Send the wishes to `flow` from now on, and let it tell its first state."""
        self._flow = flow
        self._errands.call(flow.start)

    @Slot()
    def look(self) -> None:
        """Look at the devices again: something was plugged in or out."""
        if self._flow is not None:
            self._errands.call(self._flow.look)

    @Slot(object, str)
    def choose(self, kind: DeviceKind, name: str) -> None:
        """Remember a device by name and use it at once; "" leaves the choice to the system."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.choose, kind, name))

    @Slot()
    def flip_camera(self) -> None:
        """Use the next camera."""
        if self._flow is not None:
            self._errands.call(self._flow.flip_camera)

    @Slot(str, str)
    def set_keys(self, talk: str, mute: str) -> None:
        """Remember the key that is held to talk and the one to be silent; "" is none."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.set_keys, talk, mute))

    @Slot(object)
    def set_own_corner(self, corner: Corner) -> None:
        """Remember the corner in which one's own picture lies."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.set_own_corner, corner))

    @Slot(bool, bool, bool)
    def set_switches(self, echo: bool, noise: bool, gain: bool) -> None:  # noqa: FBT001 - a slot's arguments
        """Remember how the microphone's sound is treated."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.set_switches, echo=echo, noise=noise, gain=gain))

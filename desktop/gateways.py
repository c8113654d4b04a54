"""Gateways: the doors between the window and the loop, and how the parts behind them are made after the first paint."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.bridge.account import AccountGateway
from desktop.bridge.board import BoardGateway
from desktop.bridge.call import CallGateway
from desktop.bridge.check import CheckGateway
from desktop.bridge.devices import DevicesGateway
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.record import RecordGateway
from desktop.bridge.restart import RestartGateway
from desktop.rtc.mailboxes import Mailboxes
from desktop.settings import Settings

if TYPE_CHECKING:
    from desktop.media.devices import Devices
    from desktop.parts import Parts
    from desktop.rtc.camera_source import CameraSource


class Gateways:
    """One gateway for each flow; made in the GUI thread, and each of them lives there as a child of `parent`."""

    def __init__(self, loop_thread: LoopThread, parent: QObject) -> None:
        """Make them, closed: what is wished before `serve` is lost."""
        self._mailboxes = Mailboxes()
        self.account = AccountGateway(loop_thread, parent)
        self.board = BoardGateway(loop_thread, parent)
        self.call = CallGateway(loop_thread, self._mailboxes, parent)
        self.record = RecordGateway(loop_thread, parent)
        self.devices = DevicesGateway(loop_thread, parent)
        self.restart = RestartGateway(loop_thread, parent)
        self.check = CheckGateway(loop_thread, parent)
        for gateway in (self.account, self.board, self.call, self.record, self.check):
            gateway.failed.connect(self.board.tell)

    def make_parts(
        self,
        settings: Settings,
        devices: "Devices",
        camera: "Callable[[], CameraSource | None] | None",
        *,
        version: str,
        fingerprint: str,
        state_folder: Path,
    ) -> "Parts":
        """Build what is behind the doors, on the loop it lives in; BaylinkError for an address that is not safe."""
        from desktop.flows.check import CheckListeners  # noqa: PLC0415 - with the flows
        from desktop.parts import Hardware, Listeners, make_parts  # noqa: PLC0415 - HTTP and LiveKit come after the first paint

        listeners = Listeners(
            self.account.publish,
            self.board.publish,
            self.call,
            self.record.publish,
            self.devices.publish,
            self.restart.publish,
            CheckListeners(self.check.publish, self.check.tell_level),
        )
        return make_parts(
            settings,
            listeners,
            Hardware(devices, camera or devices.camera),
            self._mailboxes,
            version=version,
            fingerprint=fingerprint,
            state_folder=state_folder,
        )

    def serve(self, parts: "Parts") -> None:
        """Open the doors, and begin with the sign-in."""
        self.board.serve(parts.board)
        self.call.serve(parts.call)
        self.record.serve(parts.record)
        self.check.serve(parts.check)
        self.devices.serve(parts.devices)
        self.restart.serve(parts.restart)
        self.account.serve(parts.account)
        self.account.start()

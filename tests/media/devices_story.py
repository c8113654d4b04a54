"""What Qt tells of devices that are plugged in and out, in a process of its own: Qt finds one sound server in its life.

`python -m tests.media.devices_story` prints what is found as JSON, one line at the start and one at every change, until
its input ends; `server` says whether the sound server itself has answered.
"""

import json
import sys
from dataclasses import asdict

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, Slot

from desktop.media.devices import Devices


class Teller(QObject):
    """Prints what is found, whenever it changes."""

    def __init__(self, devices: Devices) -> None:
        super().__init__()
        self._devices = devices
        devices.changed.connect(self.tell)
        devices._server.changed.connect(self.tell)

    @Slot()
    def tell(self) -> None:
        server = self._devices._server.names is not None
        sys.stdout.write(json.dumps(asdict(self._devices.found()) | {"server": server}) + "\n")
        sys.stdout.flush()


def main() -> None:
    app = QCoreApplication(["devices-story"])
    devices = Devices()
    teller = Teller(devices)
    end = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    end.activated.connect(app.quit)
    teller.tell()
    app.exec()
    devices.close()


if __name__ == "__main__":
    main()

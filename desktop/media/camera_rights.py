"""Whether the system keeps its cameras from this program: Qt then names none, as if there were none."""

import os
import sys
from pathlib import Path


def cameras_are_refused() -> bool:
    """Say whether this PC has cameras and none of them may be opened; known on Linux, False elsewhere."""
    if sys.platform != "linux":
        return False
    devices = tuple(Path("/dev").glob("video*"))
    return bool(devices) and not any(os.access(device, os.R_OK | os.W_OK) for device in devices)

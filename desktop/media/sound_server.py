"""Whether the sound server still answers: asked before sound is opened, because Qt ends the process where it died."""

import os
import socket
import sys
from pathlib import Path

_ANSWERS_WITHIN_S = 0.2


class SoundServer:
    """The PulseAudio server (or what stands in for it) of this session; make it early, ask it before every opening.

    Opening a source or a sink after the death of the server that Qt speaks to ends the process inside libpulse
    (Qt 6.12), and Qt goes on naming the devices that it knew. Any thread may ask.
    """

    def __init__(self) -> None:
        """Look whether there is one; where none was ever seen, another system plays and Qt may be asked."""
        self._address = _address() if sys.platform == "linux" else None
        self._was_there = self._answers()

    def is_gone(self) -> bool:
        """Say whether a server that was there answers no more; takes 0.2 s at most."""
        answers = self._answers()
        self._was_there = self._was_there or answers
        return self._was_there and not answers

    def _answers(self) -> bool:
        if self._address is None:
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWERS_WITHIN_S)
            try:
                probe.connect(str(self._address))
            except OSError:
                return False
        return True


def _address() -> Path | None:
    """Return the socket that libpulse uses; None where it uses none."""
    if told := os.environ.get("PULSE_SERVER"):
        place = told.rpartition("}")[2].removeprefix("unix:")
        return Path(place) if place.startswith("/") else None
    if home := os.environ.get("PULSE_RUNTIME_PATH"):
        return Path(home) / "native"
    home = os.environ.get("XDG_RUNTIME_DIR")
    return Path(home) / "pulse" / "native" if home else None

"""CueDesk: gives every notice its tone, and its flash where that was chosen."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from desktop.core.bands import Band, BandLevel
from desktop.core.board import BoardState
from desktop.core.call import CallPhase, CallState, EndReason
from desktop.core.cues import CHAT_CUE, Cue, cue_of
from desktop.core.devices import DevicesState
from desktop.ui.edge_flash import EdgeFlash

_ENDED = Band("session_ended", BandLevel.DANGER, "octagon-alert", "")


class CueDesk(QObject):
    """Hears states and says what sounds; in the GUI thread. `play` gets a cue and its loudness.

    A notice sounds when it appears, once: while another one covers it for a time, and when it is told again, it is
    silent. Only when no notice at all stood for a moment may the same one sound again.
    """

    def __init__(self, play: Callable[[Cue, float], None], flash: EdgeFlash, parent: QObject | None = None) -> None:
        """Start with silence known; `flash` lies over the window."""
        super().__init__(parent)
        self._play = play
        self._flash = flash
        self._devices = DevicesState()
        self._heard: set[str] = set()
        self._last_s: dict[str, float] = {}
        self._standing: str | None = None
        self._is_open = False
        self.reminder = QTimer(self)
        self.reminder.timeout.connect(self._repeat)

    @Slot(object)
    def devices_changed(self, devices: DevicesState) -> None:
        """Take loudness and flash as they were chosen."""
        self._devices = devices

    @Slot(object)
    def call_changed(self, state: CallState) -> None:
        """Sound for the band of a call, and for its end."""
        was_open, self._is_open = self._is_open, state.phase is not CallPhase.ENDED
        self._show(state.band)
        if was_open and state.end_reason is EndReason.ENDED:
            self._show(_ENDED)
            self._show(None)

    @Slot(object)
    def board_changed(self, state: BoardState) -> None:
        """Sound for a new session in the list; whatever else stands over the list was heard where it arose."""
        band = state.band
        if band is not None and band.key == "new_session":
            self._show(band)
        elif self._standing == "new_session":
            self._show(None)

    @Slot()
    def line_unseen(self) -> None:
        """Sound for a line of chat that came while the panel was closed."""
        self.play(CHAT_CUE)

    def play(self, cue: Cue) -> None:
        """Play a cue as loud as was chosen."""
        self._play(cue, self._devices.cue_loudness)

    def _show(self, band: Band | None) -> None:
        if band is None:
            self._heard.clear()
            self._standing = None
            self.reminder.stop()
            return
        if band.key != self._standing:
            self.reminder.stop()
            self._standing = band.key
            if band.key not in self._heard:
                self._heard.add(band.key)
                self._appear(band)

    def _appear(self, band: Band) -> None:
        cue = cue_of(band.key)
        now = time.monotonic()
        if cue is None or now - self._last_s.get(band.key, -cue.at_most_every_s) < cue.at_most_every_s:
            return
        self._last_s[band.key] = now
        self.play(cue)
        if self._devices.flash:
            self._flash.flash(band.level)
        if cue.again_every_s is not None:
            self.reminder.start(round(cue.again_every_s * 1000))

    @Slot()
    def _repeat(self) -> None:
        cue = cue_of(self._standing) if self._standing is not None else None
        if cue is not None:
            self.play(Cue(cue.notes[-1:], cue.urgency))

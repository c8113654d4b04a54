"""IdleDesk: asks a mechanic who does nothing whether they are there, and has them signed out if nobody answers."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop.core.account import AccountState
from desktop.core.call import CallState
from desktop.core.cues import IDLE_CUE
from desktop.core.idle import IdlePhase, IdleState, IdleTime, idle_counts
from desktop.core.restart import RestartState
from desktop.core.text import first_word
from desktop.ui.idle_page import IdlePage
from desktop.ui.input_watch import InputWatch

# Linux has a clock of its own that goes on in a suspended PC; macOS and Windows have that in a usual one.
_NAMES = ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC")
_CLOCK: int | None = next((getattr(time, name) for name in _NAMES if hasattr(time, name)), None)


def seconds_also_asleep() -> float:
    """Return seconds that no change of the time of day moves and that go on while the PC sleeps."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class IdleDesk(QObject):
    """In the GUI thread. Nothing of the program's events is looked at unless idle time counts.

    `changed` says that the page came or went. It covers everything, so it comes before what it covers may be seen
    again by somebody else: after a sleep past the end it stands until the sign-out is through.
    """

    changed = Signal()
    came = Signal()
    sign_out_requested = Signal()
    cue_due = Signal(object)

    def __init__(self, minutes: int, parent: QObject, *, clock: Callable[[], float] = seconds_also_asleep) -> None:
        """Make the page, not shown; `minutes` without any input end in a sign-out, 0 never do."""
        super().__init__(parent)
        self._is_used = minutes > 0
        self._time = IdleTime(minutes * 60)
        self._clock = clock
        self._input = InputWatch(self._noticed, clock, self)
        self._first_name = ""
        self._is_signing_out = False
        self.is_shown = False
        self.page = IdlePage()
        self.page.pressed.connect(self._pressed)
        self.page.stay_requested.connect(self._stay)
        self.page.sign_out_requested.connect(self.sign_out_requested)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.look)

    def states_changed(
        self, account: AccountState, call: CallState | None, restart: RestartState, *, joining: bool
    ) -> None:
        """Hear of everything that says whether idle time counts; `joining` that a session is being opened."""
        self._first_name = first_word(account.mechanic.name) if account.mechanic is not None else ""
        counts = self._is_used and idle_counts(account, call, restart, joining=joining)
        if counts is not self._input.is_active:
            self._input.set_active(counts)
            self._time.count(counts, self._clock())
            self._is_signing_out = False
            if counts:
                self.look()
            else:
                self._again.stop()
                self._show(shown=False)

    @Slot()
    def look(self) -> None:
        """Look at the clock and draw what it says; it is looked at again in time by itself."""
        reading = self._time.read(self._clock())
        if reading.again_in_s is not None:
            self._again.start(round(reading.again_in_s * 1000) + 1)
        if reading.phase is IdlePhase.PRESENT:
            return
        self.page.render_state(IdleState(self._first_name, reading.seconds_left))
        self._show(shown=True)
        if reading.sounds:
            self.cue_due.emit(IDLE_CUE)
        if reading.phase is IdlePhase.OVER and not self._is_signing_out:
            self._is_signing_out = True
            self.sign_out_requested.emit()

    def close(self) -> None:
        """Look at nothing any more; at the end of the program."""
        self._is_used = False
        self._input.set_active(False)
        self._again.stop()

    def _noticed(self) -> bool:
        """Take an input anywhere; one that comes after the end goes to nobody, one on the page is told by the page."""
        if self.is_shown:
            return False
        self._time.touch(self._clock())
        self.look()
        return self._is_signing_out

    @Slot()
    def _pressed(self) -> None:
        self._time.touch(self._clock())
        self.look()

    @Slot()
    def _stay(self) -> None:
        if not self._is_signing_out:
            self._pressed()
            self._show(shown=self._is_signing_out)

    def _show(self, *, shown: bool) -> None:
        if shown is self.is_shown:
            return
        self.is_shown = shown
        if shown:
            self.came.emit()
        self.changed.emit()
        if not shown:
            self.page.render_state(IdleState())

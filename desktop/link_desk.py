"""LinkDesk: a link to a session waits here until somebody is signed in, and brings the window to the front."""

import logging

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from desktop.core.account import AccountPhase, AccountState
from desktop.core.session_link import SessionLink, session_link

_log = logging.getLogger(__name__)


class LinkDesk(QObject):
    """Lives in the GUI thread. `open_requested` carries a session's id and the view that the link asks for."""

    open_requested = Signal(str, str)

    def __init__(self, window: QWidget, parent: QObject | None = None) -> None:
        """Start without a link and with nobody signed in."""
        super().__init__(parent)
        self._window = window
        self._waiting: SessionLink | None = None
        self._is_signed_in = False

    @Slot(str)
    def open(self, text: str) -> None:
        """Take a link, or an empty text from somebody who only looks for the window."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        link = session_link(text)
        if link is None:
            if text:
                _log.warning("something was opened that is no link to a session")
            return
        self._waiting = link
        self._go_on()

    def account_changed(self, state: AccountState) -> None:
        """Go on with a link that waits for a sign-in."""
        self._is_signed_in = state.phase is AccountPhase.SIGNED_IN
        self._go_on()

    def _go_on(self) -> None:
        if self._is_signed_in and self._waiting is not None:
            link, self._waiting = self._waiting, None
            self.open_requested.emit(link.session_id, link.view)

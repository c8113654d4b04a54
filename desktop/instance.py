"""One running program for each user and state folder: a second start hands its link over and leaves."""

import getpass
import hashlib
import logging
import time
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop.core.session_link import LONGEST_LINK, session_link

_log = logging.getLogger(__name__)

_ANSWER = b"ok\n"
_STEP_MS = 200
_PATIENCE_S = 5.0
"""How long a second start waits for the first one, which may itself have begun a moment ago."""


class Instance(QObject):
    """The claim to be the running program; lives in the GUI thread and needs a QApplication.

    `link_received` carries the link of a later start, or an empty text from one without a link, which only wants the
    window. A program that was killed leaves no claim behind.
    """

    link_received = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Prepare for the program whose state lies in `folder`."""
        super().__init__(parent)
        self._folder = folder
        self._name = _name(folder)
        self._lock = QLockFile(str(folder / "running.lock"))
        # A program runs for days: only the end of its process makes its claim stale.
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer_next)

    def claim(self) -> bool:
        """Become the running program; return False where there is one already."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.tryLock(0):
            return self._lock.error() is not QLockFile.LockError.LockFailedError
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            _log.warning("later starts cannot reach this one: %s", self._server.errorString())
        return True

    def hand_over(self, link: str) -> bool:
        """Give `link`, or nothing but the wish for its window, to the running program; return whether it answered.

        Blocks for as long as that takes, five seconds at most: there is no window to keep alive.
        """
        until_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until_s:
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(_STEP_MS):
                socket.write(link.encode() + b"\n")
                socket.waitForBytesWritten(_STEP_MS)
                if socket.waitForReadyRead(int(_PATIENCE_S * 1000)):
                    return bytes(socket.readAll().data()) == _ANSWER
            time.sleep(_STEP_MS / 1000)
        return False

    def close(self) -> None:
        """Give the claim up."""
        self._server.close()
        self._lock.unlock()

    @Slot()
    def _answer_next(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)

    @Slot()
    def _read(self) -> None:
        socket = self.sender()
        if not isinstance(socket, QLocalSocket):
            return
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST_LINK:
                socket.abort()
            return
        text = bytes(socket.readLine(LONGEST_LINK + 2).data()).decode("utf-8", "replace").removesuffix("\n")
        if text and session_link(text) is None:
            _log.warning("a later start asked for something that is no link to a session")
            socket.abort()
            return
        socket.write(_ANSWER)
        socket.flush()
        self.link_received.emit(text)


def _name(folder: Path) -> str:
    """Return the socket's name: the same for every start of one user with one state folder, and for nobody else's."""
    who = f"{getpass.getuser()}\0{folder.resolve()}"
    return f"baylink-{hashlib.sha256(who.encode()).hexdigest()[:24]}"

"""ReportDesk: keeps the history of the call on screen, and puts a report of it on the clipboard and into a file."""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from desktop.core.call import CallState
from desktop.core.report import CallHistory, report_text

_log = logging.getLogger(__name__)

_KEPT = 5
_TAIL_BYTES = 60_000


class ReportDesk(QObject):
    """In the GUI thread. Nothing is sent anywhere: who tapped decides to whom the text is passed on.

    `copied` carries the sentence for who tapped.
    """

    copied = Signal(str)

    def __init__(
        self, state_folder: Path, version: str, texts: Callable[[], Iterable[str]], parent: QObject | None = None
    ) -> None:
        """Keep files below `state_folder`, where the log lies too; `texts` are the lines of chat on this screen."""
        super().__init__(parent)
        self._folder = state_folder
        self._version = version
        self._texts = texts
        self.history = CallHistory()

    @Slot(object)
    def call_changed(self, state: CallState) -> None:
        """Hear of the call on screen."""
        self.history.take(state, datetime.now(UTC))

    def forget(self) -> None:
        """Keep nothing of the one who was signed in."""
        self.history.clear()

    @Slot()
    def copy(self) -> None:
        """Put the report on the clipboard and into a file, and say so."""
        now = datetime.now(UTC)
        text = report_text(
            self.history, version=self._version, log=self._log_tail(), texts=tuple(self._texts()), now=now
        )
        QGuiApplication.clipboard().setText(text)
        try:
            self._write(text, now)
        except OSError as error:
            _log.warning("the report was not written: %s", type(error).__name__)
        self.copied.emit("The report is on the clipboard, without names and passwords.")

    def _log_tail(self) -> list[str]:
        path = self._folder / "baylink.log"
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
                return file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return []

    def _write(self, text: str, now: datetime) -> None:
        reports = self._folder / "reports"
        reports.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = reports / f"report-{now:%Y%m%d-%H%M%S-%f}.txt"
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        for old in sorted(reports.glob("report-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)

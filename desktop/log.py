"""The log: a rotating file and the terminal, without secrets; what nobody caught ends in it and in a crash bundle.

Tokens and passwords are taken out by the formatter, after everything else of a line is known: message, arguments and
traceback alike. Installed by the composition root alone.
"""

import asyncio
import json
import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections import deque
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from desktop.core.redaction import redact

_log = logging.getLogger(__name__)

_FILE_BYTES = 2_000_000
_FILES = 3
_BUNDLES = 5
_TAIL_LINES = 200
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Formats a record whole and then takes the secrets out, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line to write."""
        return redact(super().format(record))


class _Tail(logging.Handler):
    """Keeps the last lines for the crash bundle."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_TAIL_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Log:
    """The installed log; `close` takes the handlers and hooks away again."""

    def __init__(self, folder: Path, *, verbose: bool = False) -> None:
        """Install handlers and hooks; `folder` is made if needed and readable by its user only."""
        self._folder = folder
        self._tail = _Tail()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(
            folder / "baylink.log", maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
        )
        terminal = logging.StreamHandler(sys.stderr)
        # Who started the program in a terminal wants to hear of trouble; the file keeps the whole story.
        terminal.setLevel(logging.DEBUG if verbose else logging.WARNING)
        self._handlers: tuple[logging.Handler, ...] = (file, terminal, self._tail)
        root = logging.getLogger()
        self._former_level = root.level
        root.setLevel(logging.DEBUG if verbose else logging.INFO)
        for handler in self._handlers:
            handler.setFormatter(RedactingFormatter(_FORMAT))
            root.addHandler(handler)
        self._quieten()
        self._install_hooks()

    @staticmethod
    def _quieten() -> None:
        """Send the SDK's own handlers through ours, and keep chatty libraries from telling headers and URLs."""
        livekit = logging.getLogger("livekit")
        livekit.handlers.clear()
        livekit.propagate = True
        for name in ("httpx", "httpcore", "asyncio"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def close(self) -> None:
        """Take handlers and hooks away."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)
        root = logging.getLogger()
        root.setLevel(self._former_level)
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()

    # ---- hooks ------------------------------------------------------------------------------------------------------

    def _install_hooks(self) -> None:
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(_qt_message)

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._report("uncaught", error)

    def _uncaught_in_thread(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
            name = hook.thread.name if hook.thread is not None else "unknown"
            self._report(f"uncaught in thread {name}", hook.exc_value)

    def _unraisable(self, hook: "sys.UnraisableHookArgs") -> None:
        if hook.exc_value is not None:
            _log.error("not raisable: %s", hook.err_msg or "in a destructor", exc_info=hook.exc_value)

    def loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Take an error that no task awaits: the fourth hook, given to the loop thread."""
        del loop
        message = str(context.get("message", "an error in the loop"))
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._report(message, error)
        else:
            _log.error("%s", message)

    def _report(self, what: str, error: BaseException) -> None:
        _log.critical("%s", what, exc_info=error)
        try:
            self._write_bundle(what, error)
        except OSError as failure:
            _log.warning("no crash bundle: %s", type(failure).__name__)

    def _write_bundle(self, what: str, error: BaseException) -> None:
        """Write what is needed to understand a crash, on this machine only and without secrets."""
        bundles = self._folder / "crashes"
        bundles.mkdir(mode=0o700, exist_ok=True)
        now = datetime.now(UTC)
        bundle = {
            "what": redact(what),
            "at": now.isoformat(timespec="milliseconds"),
            "baylink": version(),
            "python": platform.python_version(),
            "system": platform.platform(),
            "traceback": [redact(line) for line in traceback.format_exception(error)],
            "log": list(self._tail.lines),
        }
        path = bundles / f"crash-{now:%Y%m%d-%H%M%S-%f}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(bundle, indent=1, ensure_ascii=False), encoding="utf-8")
        for old in sorted(bundles.glob("crash-*.json"))[:-_BUNDLES]:
            old.unlink(missing_ok=True)


_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _qt_message(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)


def version() -> str:
    """Return the program's version."""
    try:
        return metadata.version("baylink")
    except metadata.PackageNotFoundError:
        return "0"


def state_folder() -> Path:
    """Return the folder for logs and crash bundles of this user."""
    return platformdirs.user_state_path("baylink", appauthor=False)

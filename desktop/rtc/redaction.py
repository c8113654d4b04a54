"""What the SDK may write to the log: no token, which its 401 texts repeat whole, and no line at a stranger's wish."""

import logging
import re

_TOKEN = re.compile(r"eyJ[\w.-]+")
_SDK_LOGGERS = ("livekit",)
_STRANGERS_LINES = ("ignoring text stream", "ignoring byte stream")


def redact(text: str) -> str:
    """Return `text` without anything shaped like a token."""
    return _TOKEN.sub("<token>", text)


class _TokenFilter(logging.Filter):
    """Cuts tokens out of the records of a logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; every record passes."""
        message = record.getMessage()
        if "eyJ" in message:
            record.msg, record.args = redact(message), None
        return True


class _StrangersFilter(logging.Filter):
    """Drops the line that the SDK writes for each stream nobody reads: its words are the sender's, and it may flood."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record may pass."""
        return not str(record.msg).startswith(_STRANGERS_LINES)


_FILTER = _TokenFilter()
_STRANGERS = _StrangersFilter()


def guard_sdk_logs() -> None:
    """Put the filters on the loggers that the SDK writes to, the root among them; doing it again changes nothing."""
    logging.getLogger().addFilter(_STRANGERS)
    for name in _SDK_LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)

"""No token leaves the room: LiveKit's 401 texts and log lines repeat the whole token, so they are cut here."""

import logging
import re

_TOKEN = re.compile(r"eyJ[\w.-]+")
_SDK_LOGGERS = ("livekit",)


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


_FILTER = _TokenFilter()


def guard_sdk_logs() -> None:
    """Put the filter on the SDK's loggers; doing it again changes nothing."""
    for name in _SDK_LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)

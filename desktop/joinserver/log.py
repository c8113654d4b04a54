"""The server's log: one JSON object a line on stderr, with the request's id, and no token ever (SR-11, SR-27)."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

from desktop.joinserver.middleware import request_id

_SECRET = re.compile(r"eyJ[\w.-]+|bl_[ar]t_[\w-]+|(?<=sig=)[0-9a-f]+")


def redacted(text: str) -> str:
    """Return a text with every token and signature blotted out."""
    return _SECRET.sub("[redacted]", text)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "request": request_id.get(),
            "text": redacted(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def install(level: int = logging.INFO) -> None:
    """Send everything to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)

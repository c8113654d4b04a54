"""The name of this machine towards the platform: random, made once, kept for good."""

import logging
import re
import secrets
from pathlib import Path

_log = logging.getLogger(__name__)

_FILE = "machine"
_SHAPE = re.compile(r"^[A-Za-z0-9._:-]{8,128}$")


def fingerprint(folder: Path) -> str:
    """Return this machine's fingerprint (contract section 4.3), kept in `folder`.

    It holds nothing of the machine or its user. Where the folder cannot be written a new one is used until the next
    start, and the log says so.
    """
    path = folder / _FILE
    try:
        known = path.read_text(encoding="ascii").strip()
        if _SHAPE.match(known):
            return known
    except (OSError, UnicodeDecodeError):
        _log.info("this machine has no name yet")
    made = f"baylink-{secrets.token_hex(12)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(made, encoding="ascii")
    except OSError as error:
        _log.warning("the machine's name could not be kept: %s", type(error).__name__)
    return made

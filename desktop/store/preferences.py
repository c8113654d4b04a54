"""PreferenceStore: the choices of this PC in one small JSON file that survives anything but the disk."""

import json
import logging
from dataclasses import asdict, fields
from pathlib import Path

from desktop.core.preferences import Preferences

_log = logging.getLogger(__name__)

_LONGEST = 200


class PreferenceStore:
    """Reads and writes preferences; both block for the time of one small file.

    A file that is missing, broken or from another version gives the defaults for what it lacks.
    """

    def __init__(self, path: Path) -> None:
        """Use the file at `path`; its folder is made when something is saved."""
        self._path = path

    def load(self) -> Preferences:
        """Return what was saved; never raises."""
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("the choices of this PC could not be read: %s", type(error).__name__)
            return Preferences()
        if not isinstance(known, dict):
            return Preferences()
        sound = {field.name: known[field.name] for field in fields(Preferences) if _fits(field.name, known)}
        return Preferences(**sound)

    def save(self, preferences: Preferences) -> bool:
        """Write everything at once or nothing; return whether it worked (a full disk must not stop a call)."""
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(preferences), indent=1), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            _log.warning("the choices of this PC could not be saved: %s", type(error).__name__)
            return False
        return True


def _fits(name: str, known: dict[str, object]) -> bool:
    """Say whether a saved value has the type of its default, and a sane size."""
    if name not in known:
        return False
    value, default = known[name], getattr(Preferences(), name)
    if isinstance(default, str):
        return isinstance(value, str) and len(value) <= _LONGEST
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return isinstance(value, bool)

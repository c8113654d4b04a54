"""Choices: the one holder of this PC's preferences, so that no story overwrites what another one changed."""

from collections.abc import Callable
from typing import Protocol

from desktop.core.preferences import Preferences


class PreferencePlace(Protocol):
    """Where preferences outlive the program."""

    def load(self) -> Preferences:
        """Return what was saved."""
        ...

    def save(self, preferences: Preferences) -> bool:
        """Save everything; say whether it worked."""
        ...


class Choices:
    """Holds the preferences; all methods are called on the loop, reading is allowed from any thread."""

    def __init__(self, place: PreferencePlace, tell: Callable[[Preferences], None] = lambda _now: None) -> None:
        """Load what was saved; `tell` hears every change after it was saved."""
        self._place = place
        self._tell = tell
        self.current = place.load()

    def keep(self, preferences: Preferences) -> None:
        """Take these preferences and save them. Change a field by `keep(replace(choices.current, ...))`."""
        if preferences != self.current:
            self.current = preferences
            self._place.save(preferences)
            self._tell(preferences)

"""LeanLines: which lines are the same on a platform that keeps no ids of ours: told by its own ids, else by text."""

from datetime import datetime, timedelta

from desktop.core.chat import ChatMessage, Transcript
from desktop.core.people import Role

_SAME_WITHIN = timedelta(minutes=2)


class LeanLines:
    """Pairs each stored line with at most one live line of the same side and text (contract section 7, lean)."""

    def __init__(self, transcript: Transcript) -> None:
        """Look at one call's transcript."""
        self._transcript = transcript
        self._stored_ids: set[str] = set()
        self._paired: set[tuple[str, str]] = set()

    def note_stored(self, message: ChatMessage) -> None:
        """Remember that a stored line is on screen."""
        if message.stored_id is not None:
            self._stored_ids.add(message.stored_id)

    def is_known(self, stored: ChatMessage) -> bool:
        """Say whether a stored line is on screen already; a live one that it belongs to is paired with it."""
        if stored.stored_id is None or stored.stored_id in self._stored_ids:
            return stored.stored_id is not None
        self.note_stored(stored)
        return self._pair(stored.role, stored.text, stored.sent_at, want_stored=False)

    def is_stored_already(self, role: Role, text: str, now: datetime) -> bool:
        """Say whether a live line has come in its stored form before; the two are paired."""
        return self._pair(role, text, now, want_stored=True)

    def _pair(self, role: Role, text: str, moment: datetime, *, want_stored: bool) -> bool:
        for line in self._transcript:
            is_candidate = (line.stored_id is not None) is want_stored and line.key not in self._paired
            is_same = line.role is role and line.text == text and abs(line.sent_at - moment) <= _SAME_WITHIN
            if is_candidate and is_same:
                self._paired.add(line.key)
                return True
        return False

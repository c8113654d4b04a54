"""Repeats: own lines that may have gone to nobody, said again under their ids to who comes back."""

from desktop.flows.call_chat import CallChat
from desktop.flows.call_room import RoomDoor
from desktop.rtc.events import ParticipantJoined, ParticipantLeft, RoomEvent

_BEFORE_OWN_LOSS_S = 20.0
"""A send that returned is no message delivered: this long a lost connection goes unnoticed."""
_BEFORE_THEIR_LOSS_S = 25.0
"""Somebody who is cut off stays in the room as a ghost for so long."""


class Repeats:
    """Says lines again in the room, whoever was away; receivers know them by sender and id. Times are the loop's.

    After a server's restart the one who returns first talks to nobody, so a repeat is due whenever somebody comes.
    """

    def __init__(self, chat: CallChat, door: RoomDoor) -> None:
        """Make it for one call; nothing is in doubt yet."""
        self._chat, self._door = chat, door
        self._since_s: float | None = None

    def own_loss(self, at_s: float) -> None:
        """Note since when the own connection was gone."""
        self._doubt(at_s - _BEFORE_OWN_LOSS_S)

    def take(self, event: RoomEvent, now: float, *, everybody_is_here: bool) -> None:
        """Note who leaves, and say again to who comes what they may not have got; other events are nothing to it."""
        if isinstance(event, ParticipantLeft):
            self._doubt(now - _BEFORE_THEIR_LOSS_S)
        elif isinstance(event, ParticipantJoined):
            self.say(everybody_is_here=everybody_is_here)

    def say(self, *, everybody_is_here: bool) -> None:
        """Say the doubtful lines again; once everybody hears it, nothing is in doubt any more."""
        if self._since_s is None:
            return
        for message in self._chat.written_since(self._since_s):
            self._door.send_chat(message.text, message.id)
        if everybody_is_here and self._door.is_connected:
            self._since_s = None

    def _doubt(self, since_s: float) -> None:
        self._since_s = since_s if self._since_s is None else min(self._since_s, since_s)

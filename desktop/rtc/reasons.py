"""LiveKit's reasons for a lost room, as far as the app acts differently on them."""

from collections.abc import Mapping
from types import MappingProxyType

from livekit import rtc

from desktop.rtc.events import LostReason

_REASONS: Mapping[int, LostReason] = MappingProxyType(
    {
        rtc.DisconnectReason.DUPLICATE_IDENTITY: LostReason.DUPLICATE_IDENTITY,
        rtc.DisconnectReason.ROOM_DELETED: LostReason.ROOM_CLOSED,
        rtc.DisconnectReason.ROOM_CLOSED: LostReason.ROOM_CLOSED,
        rtc.DisconnectReason.PARTICIPANT_REMOVED: LostReason.REMOVED,
        rtc.DisconnectReason.JOIN_FAILURE: LostReason.ACCESS,
        rtc.DisconnectReason.SERVER_SHUTDOWN: LostReason.SHUTDOWN,
        rtc.DisconnectReason.UNKNOWN_REASON: LostReason.CONNECTION,
        rtc.DisconnectReason.CLIENT_INITIATED: LostReason.CONNECTION,
        rtc.DisconnectReason.STATE_MISMATCH: LostReason.CONNECTION,
        rtc.DisconnectReason.MIGRATION: LostReason.CONNECTION,
        rtc.DisconnectReason.SIGNAL_CLOSE: LostReason.CONNECTION,
        rtc.DisconnectReason.CONNECTION_TIMEOUT: LostReason.CONNECTION,
        rtc.DisconnectReason.MEDIA_FAILURE: LostReason.CONNECTION,
    }
)
"""An own `leave` is silent, so CLIENT_INITIATED is somebody else's doing here. What is missing is refused by number."""


def lost_reason(number: int) -> LostReason:
    """Return what LiveKit's disconnect reason means."""
    return _REASONS.get(number, LostReason.REFUSED)

"""What each of LiveKit's reasons for a lost room means to a call, the unknown ones included."""

import pytest
from livekit import rtc

from desktop.rtc.events import LostReason
from desktop.rtc.reasons import lost_reason

_KNOWN = {
    "UNKNOWN_REASON": LostReason.CONNECTION,
    "CLIENT_INITIATED": LostReason.CONNECTION,
    "DUPLICATE_IDENTITY": LostReason.DUPLICATE_IDENTITY,
    "SERVER_SHUTDOWN": LostReason.SHUTDOWN,
    "PARTICIPANT_REMOVED": LostReason.REMOVED,
    "ROOM_DELETED": LostReason.ROOM_CLOSED,
    "STATE_MISMATCH": LostReason.CONNECTION,
    "JOIN_FAILURE": LostReason.ACCESS,
    "MIGRATION": LostReason.CONNECTION,
    "SIGNAL_CLOSE": LostReason.CONNECTION,
    "ROOM_CLOSED": LostReason.ROOM_CLOSED,
    "CONNECTION_TIMEOUT": LostReason.CONNECTION,
    "MEDIA_FAILURE": LostReason.CONNECTION,
}


@pytest.mark.parametrize("name", rtc.DisconnectReason.keys())
def test_every_reason_of_livekit_is_decided(name: str) -> None:
    assert lost_reason(rtc.DisconnectReason.Value(name)) is _KNOWN.get(name, LostReason.REFUSED)


def test_a_reason_of_a_later_livekit_stops_and_is_not_taken_for_a_network_fault() -> None:
    assert lost_reason(99) is LostReason.REFUSED

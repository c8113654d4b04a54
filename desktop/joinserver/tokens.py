"""LiveKit tokens: identity, room, role and grants from the database alone, never a name (SR-13, SR-14)."""

from datetime import timedelta
from typing import Final

from livekit import api

from desktop.joinserver import plans

LIFETIME_S: Final = 3_600
_VIDEO_SOURCES: Final = ["camera", "microphone", "screen_share", "screen_share_audio"]


class TokenMaker:
    """Signs LiveKit tokens with the server's key."""

    def __init__(self, key: str, secret: str) -> None:
        """Keep the key pair."""
        self._key = key
        self._secret = secret

    def token(self, room: str, identity: str, kind: str) -> str:
        """Return a token for one room and one identity; in chat sessions it may publish data only."""
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_subscribe=True,
            can_publish=kind != plans.CHAT,
            can_publish_data=True,
            can_publish_sources=None if kind == plans.CHAT else _VIDEO_SOURCES,
            can_update_own_metadata=False,
        )
        maker = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants)
        return maker.with_ttl(timedelta(seconds=LIFETIME_S)).to_jwt()

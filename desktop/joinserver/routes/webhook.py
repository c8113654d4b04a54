"""LiveKit's own words on who came and who left, taken only with its signature over the raw body (SR-16)."""

import logging
from typing import Final

from fastapi import APIRouter, Request
from livekit import api
from starlette.responses import Response

from desktop.backend.wire import SuccessAnswer
from desktop.joinserver import desk, presence
from desktop.joinserver.described import described
from desktop.joinserver.errors import ApiError

router = APIRouter()
_log = logging.getLogger(__name__)
_LIMIT: Final = 256 * 1024


@router.post("/api/livekit/webhook", **described(SuccessAnswer))
async def webhook(request: Request) -> Response:
    """Take one event; a repeat changes nothing."""
    house = desk.house_of(request)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _LIMIT:
            raise ApiError("body_too_large")
    receiver = api.WebhookReceiver(api.TokenVerifier(house.livekit_key, house.livekit_secret))
    try:
        event = receiver.receive(raw.decode(), request.headers.get("authorization", ""))
    except Exception as error:  # the SDK raises bare exceptions for a wrong hash, others for a wrong token
        _log.warning("webhook refused: %s", type(error).__name__)
        raise ApiError("not_signed_in") from error
    if event.event == presence.ROOM_FINISHED:
        house.rooms.forget(event.room.name)
    await house.db.write(
        lambda unit: presence.handle_webhook(
            unit, event.id, event.event, event.room.name, event.participant.identity, event.participant.sid
        )
    )
    return desk.reply(request, SuccessAnswer())

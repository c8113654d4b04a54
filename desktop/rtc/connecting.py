"""Joining a LiveKit room without ever cancelling the SDK's connect, and telling its failures apart by their text."""

import asyncio
import logging
import re

from livekit import rtc

from desktop.core.errors import RoomConnectError
from desktop.rtc.redaction import guard_sdk_logs, redact

_log = logging.getLogger(__name__)

_TRY_S = 3.0
_STREAM_CAP_BYTES = 1_000_000
_LAST_WORDS_S = 25.0
_STATUS = re.compile(r"(?:client error|server error|handshake error): (\d{3})")
_late: set[asyncio.Future[object]] = set()


async def connect(room: rtc.Room, url: str, token: str, stop: asyncio.Event, *, media: bool) -> bool:
    """Connect `room` and return True, or raise RoomConnectError; return False as soon as `stop` is set.

    A cancelled connect can end the process half a minute later. So it always runs to its end; when nobody wants it
    any more, the room is left again as soon as it stands.
    """
    guard_sdk_logs()
    options = rtc.RoomOptions(
        auto_subscribe=media,
        dynacast=True,
        connect_timeout=_TRY_S,
        # With one peer connection for both ways, beginning to publish can kill a picture that flows, without a word:
        # measured in 9 of 90 joins, and in none of 70 with two. It also halves the memory that each join leaves behind.
        single_peer_connection=False,
        data_stream=rtc.DataStreamOptions(max_payload_byte_length=_STREAM_CAP_BYTES),
    )
    attempt: asyncio.Future[object] = asyncio.ensure_future(room.connect(url, token, options))
    stopped: asyncio.Future[object] = asyncio.ensure_future(stop.wait())
    _late.add(attempt)
    handed_over = False
    try:
        await asyncio.wait({attempt, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            return False
        handed_over = True
        attempt.result()
    except rtc.ConnectError as error:
        _log.warning("the room could not be joined: %s", redact(str(error.message)))
        raise connect_failure(str(error.message)) from None
    else:
        return True
    finally:
        stopped.cancel()
        if handed_over:
            _late.discard(attempt)
        else:
            attempt.add_done_callback(lambda done: _leave_again(room, done))


def _leave_again(room: rtc.Room, attempt: asyncio.Future[object]) -> None:
    _late.discard(attempt)
    if attempt.cancelled() or attempt.exception() is not None:
        return
    leaving: asyncio.Future[object] = asyncio.ensure_future(room.disconnect())
    _late.add(leaving)
    leaving.add_done_callback(_late.discard)


async def settled() -> None:
    """Return when no connection attempt is under way any more: to be awaited before the loop ends."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _LAST_WORDS_S
    while pending := {future for future in _late if future.get_loop() is loop and not future.done()}:
        _, unfinished = await asyncio.wait(pending, timeout=max(0.0, deadline - loop.time()))
        if unfinished and loop.time() >= deadline:
            return


def connect_failure(text: str) -> RoomConnectError:
    """Return what a connect error's text means: whether a fresh token may help, and whether nothing will."""
    lowered = text.lower()
    if "certificate" in lowered:
        return RoomConnectError("tls", final=True)
    if "failed to parse" in lowered or "invalidcontenttype" in lowered:
        return RoomConnectError("media_setup", final=True)
    status = _STATUS.search(lowered)
    match status.group(1) if status else "":
        case "401":
            return RoomConnectError("access_changed", needs_token=True)
        case "404":
            # The room is gone, which the next join answer cures, or this is no media server at all.
            return RoomConnectError("media_setup", needs_token=True, final=True)
        case "400":
            return RoomConnectError("media_setup", final=True)
        case _:
            return RoomConnectError()

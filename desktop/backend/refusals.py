"""From an answer that is not a success to the one error that the flows and the mechanic understand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus

from pydantic import ValidationError

from desktop.backend import wire
from desktop.core.clock import waiting_words
from desktop.core.errors import BaylinkError, RefusedError, ServerTroubleError


class Endpoint(StrEnum):
    """What a request was for: an answer without a code is read by it and by the HTTP status."""

    LOGIN = "login"
    SET_SESSION = "set_session"
    REFRESH = "refresh"
    LOGOUT = "logout"
    ME = "me"
    LIST = "list"
    QUEUE = "queue"
    HISTORY = "history"
    ACCEPT = "accept"
    EVENTS = "events"
    HEALTH = "health"
    JOIN = "join"
    START = "start"
    STATE = "state"
    END = "end"
    SESSION_INFO = "session_info"
    MESSAGES = "messages"
    SEND_MESSAGE = "send_message"
    NOTES = "notes"
    FILES = "files"
    UPLOAD = "upload"
    FILE_CONTENT = "file_content"
    SUMMARY = "summary"
    SEND_SUMMARY = "send_summary"


OPTIONAL = frozenset(
    {
        Endpoint.SET_SESSION,
        Endpoint.QUEUE,
        Endpoint.HISTORY,
        Endpoint.ACCEPT,
        Endpoint.EVENTS,
        Endpoint.START,
        Endpoint.STATE,
        Endpoint.SESSION_INFO,
        Endpoint.MESSAGES,
        Endpoint.SEND_MESSAGE,
        Endpoint.NOTES,
        Endpoint.FILES,
        Endpoint.UPLOAD,
        Endpoint.SUMMARY,
        Endpoint.SEND_SUMMARY,
    }
)
"""What a lean platform may lack; anything else it must have."""

_ABSENT = frozenset({404, 405, 500, 501})
_NO_RENEWAL = frozenset({404, 405, 501})
"""What says that sign-ins are not renewed there; any other failure of a renewal is a failure."""

_BY_ENDPOINT: Mapping[tuple[Endpoint, int], str] = {
    (Endpoint.LOGIN, 400): "bad_credentials",
    (Endpoint.LOGIN, 401): "bad_credentials",
    (Endpoint.LOGIN, 403): "not_a_mechanic",
    (Endpoint.REFRESH, 400): "refresh_invalid",
    (Endpoint.REFRESH, 401): "refresh_invalid",
    (Endpoint.REFRESH, 403): "refresh_invalid",
    (Endpoint.REFRESH, 404): "refresh_invalid",
    (Endpoint.JOIN, 400): "not_open_for_joining",
    (Endpoint.JOIN, 403): "not_found",
    (Endpoint.JOIN, 409): "illegal_transition",
    (Endpoint.START, 409): "not_both_present",
    (Endpoint.END, 409): "illegal_transition",
    (Endpoint.UPLOAD, 413): "file_too_large",
    (Endpoint.UPLOAD, 415): "file_type_not_allowed",
    (Endpoint.SEND_SUMMARY, 413): "file_too_large",
    (Endpoint.SEND_SUMMARY, 415): "file_type_not_allowed",
    (Endpoint.FILE_CONTENT, 404): "file_gone",
}

_BY_STATUS: Mapping[int, str] = {
    400: "invalid_request",
    401: "not_signed_in",
    404: "not_found",
    405: "method_not_allowed",
    410: "session_ended",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    429: "rate_limited",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is needed of an answer that was not a success."""

    endpoint: Endpoint
    status: int
    body: bytes
    reference: str
    retry_after: str | None
    is_lean: bool
    received_at: datetime


def error_of(refusal: Refusal) -> BaylinkError:
    """Return the error of an answer: by its code, else by endpoint and status, else the fallback (contract 7)."""
    body = _body(refusal.body)
    code = (body.code or "").lower()
    status = refusal.status
    is_absent = refusal.endpoint in OPTIONAL and status in _ABSENT
    is_absent = is_absent or (refusal.endpoint is Endpoint.REFRESH and status in _NO_RENEWAL)
    if not code and refusal.is_lean and is_absent:
        return RefusedError(
            "feature_missing", status, reference=refusal.reference, details={"feature": refusal.endpoint.value}
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerTroubleError(code or "internal", reference=refusal.reference)
    if status < HTTPStatus.BAD_REQUEST:
        # A redirect is not followed (SR-32), and a strange success is no contract of ours.
        return ServerTroubleError("internal", reference=refusal.reference)
    known = code or _BY_ENDPOINT.get((refusal.endpoint, status)) or _BY_STATUS.get(status) or "unexpected"
    return RefusedError(known, status, reference=refusal.reference, details=_details(refusal, body))


def _body(raw: bytes) -> wire.ErrorBody:
    try:
        return wire.ErrorBody.from_json(raw)
    except (ValidationError, ValueError):
        return wire.ErrorBody()


def _details(refusal: Refusal, body: wire.ErrorBody) -> dict[str, object]:
    """Return the few details that sentences and flows use; nothing else of a server's text goes further."""
    extra = body.model_extra or {}
    details: dict[str, object] = {}
    opens_at = extra.get("opensAt")
    if isinstance(opens_at, str):
        details.update(_opening(opens_at))
    for field, name in (("activeSessionId", "active_session_id"), ("status", "status"), ("current", "current")):
        value = extra.get(field)
        if isinstance(value, str):
            details[name] = value
    notes, version = extra.get("notes"), extra.get("version")
    if isinstance(notes, str) and isinstance(version, int):
        # The mechanic's own words from another screen, shown beside the ones refused.
        details.update(notes=notes, version=version)
    present = extra.get("present")
    if isinstance(present, list):
        details["present"] = tuple(role for role in present if isinstance(role, str))
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = _retry_after(refusal.retry_after, refusal.received_at)
        if seconds is not None:
            details.update(retry_after_s=seconds, wait=waiting_words(seconds))
    return details


def _opening(text: str) -> dict[str, object]:
    try:
        moment = wire.parse_timestamp(text)
    except ValueError:
        return {}
    return {"opens_at": f"{moment.astimezone():%H:%M}", "opens_at_time": moment}


def _retry_after(text: str | None, now: datetime) -> float | None:
    if text is None:
        return None
    if text.isdecimal():
        return float(min(int(text), 24 * 3600))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())

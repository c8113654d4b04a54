"""Every refusal of the server: its code, status and text (contract section 7)."""

from collections.abc import Mapping

_REFUSALS: Mapping[str, tuple[int, str]] = {
    "invalid_request": (400, "Invalid request"),
    "bad_cursor": (400, "Invalid request"),
    "empty_message": (400, "Empty"),
    "bad_content": (400, "Bad content"),
    "message_too_long": (400, "Too long"),
    "bad_attachment": (400, "Bad attachment"),
    "file_empty": (400, "Not allowed"),
    "bad_credentials": (401, "Wrong e-mail or password"),
    "not_signed_in": (401, "Not signed in"),
    "token_expired": (401, "Token expired"),
    "refresh_invalid": (401, "Not signed in"),
    "refresh_reused": (401, "Session revoked"),
    "not_a_mechanic": (403, "Mechanic access required"),
    "not_an_admin": (403, "Administrator access required"),
    "account_not_approved": (403, "Account not approved"),
    "account_suspended": (403, "Account suspended"),
    "origin_not_allowed": (403, "Origin not allowed"),
    "accept_not_allowed": (403, "Not allowed to accept"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Invalid request"),
    "request_timeout": (408, "Request took too long"),
    "not_accepted": (409, "Assignment not accepted"),
    "too_early": (409, "Join window not open"),
    "waiver_unsigned": (409, "Waiver not signed"),
    "mechanic_has_active_session": (409, "Another session is active"),
    "assignment_taken": (409, "Already taken"),
    "assignment_gone": (409, "No longer open"),
    "assignment_expired": (409, "No longer open"),
    "not_both_present": (409, "Both must be present"),
    "illegal_transition": (409, "Illegal transition"),
    "read_only": (409, "Read-only"),
    "notes_conflict": (409, "Notes changed elsewhere"),
    "session_not_ended": (409, "Not ended"),
    "summary_exists": (409, "Already submitted"),
    "session_storage_full": (409, "Storage full"),
    "already_in_state": (409, "Already in that state"),
    "session_ended": (410, "Session has ended"),
    "body_too_large": (413, "Invalid request"),
    "file_too_large": (413, "Too large"),
    "file_type_not_allowed": (415, "Not allowed"),
    "file_type_mismatch": (415, "Not allowed"),
    "image_too_big": (415, "Not allowed"),
    "unsupported_media_type": (415, "Invalid request"),
    "rate_limited": (429, "Too many requests"),
    "internal": (500, "Server error"),
    "database_unavailable": (503, "Database unavailable"),
}


class ApiError(Exception):
    """A refusal with a code of the contract; `details` are further fields of the body, as JSON values."""

    def __init__(self, code: str, *, retry_after_s: int | None = None, **details: object) -> None:
        """Make the refusal `code`, which must be one of the contract's."""
        super().__init__(code)
        self.code = code
        self.status, self.text = _REFUSALS[code]
        self.retry_after_s = retry_after_s
        self.details = details

    def body(self) -> dict[str, object]:
        """Return the body as it goes out."""
        return {"error": self.text, "code": self.code, **self.details}


def not_found() -> ApiError:
    """Return the one answer for unknown, foreign, malformed and wrong-side ids (SR-2)."""
    return ApiError("not_found")

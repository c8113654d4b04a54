"""Everything that can go wrong for a mechanic, each with the one sentence that says what to do next.

`backend` and `rtc` raise these, flows decide what follows, pages show `sentence`. Server texts, ids and exception
names never reach a screen (contract section 7).
"""

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "bad_credentials": "That e-mail and password do not match.",
        "rate_limited": "Too many tries. You can try again in {wait}.",
        "not_a_mechanic": "This login is not a mechanic's. Use a mechanic account.",
        "account_not_approved": "This account is not approved yet.",
        "account_suspended": "This account is paused. Ask the shop office.",
        "token_expired": "Please sign in again. Your notes and unsent messages are kept.",
        "not_signed_in": "Please sign in again. Your notes and unsent messages are kept.",
        "refresh_invalid": "Please sign in again. Your notes and unsent messages are kept.",
        "ends_soon": "Please sign in again soon.",
        "refresh_reused": "This login was used in two places, so it was closed. Please sign in again.",
        "origin_not_allowed": "The server refused this app. Ask the shop office.",
        "not_found": "This session is not available to you.",
        "session_ended": "This session has ended. You can still read it.",
        "not_accepted": "Accept this request first.",
        "too_early": "You can join from {opens_at}.",
        "waiver_unsigned": "{customer} has not signed the waiver yet.",
        "mechanic_has_active_session": ("You are still in a session with {customer}. End it before opening another."),
        "assignment_taken": "Another mechanic took this one.",
        "assignment_gone": "This request is no longer open.",
        "assignment_expired": "This request is no longer open.",
        "accept_not_allowed": "Your account cannot take new requests. Ask the shop office.",
        "not_both_present": "Waiting for {missing}.",
        "illegal_transition": "The session has changed. Here is how it stands now.",
        "read_only": "This record is closed.",
        "session_not_ended": "You can write the summary after the session.",
        "summary_exists": "The summary was already sent.",
        "notes_conflict": "These notes were changed on another screen. Both versions are here.",
        "empty_message": "There is nothing to send.",
        "bad_content": "This text cannot be sent.",
        "message_too_long": "That is {excess} characters too long.",
        "bad_attachment": "The attachment is missing. Please add it again.",
        "file_too_large": "Files can be up to 25 MB.",
        "session_storage_full": "This session cannot hold more files.",
        "file_type_not_allowed": "This file cannot be sent. Photos, PDF, text and MP4 work.",
        "file_type_mismatch": "This file cannot be sent. Photos, PDF, text and MP4 work.",
        "file_empty": "This file cannot be sent. Photos, PDF, text and MP4 work.",
        "image_too_big": "This file cannot be sent. Photos, PDF, text and MP4 work.",
        "file_unreadable": "This file could not be read on this PC.",
        "file_gone": "This file is no longer there.",
        "disk_full": "The file could not be kept. The disk of this PC is full.",
        "invalid_request": "The app and the server did not understand each other.",
        "bad_cursor": "The app and the server did not understand each other.",
        "body_too_large": "The app and the server did not understand each other.",
        "method_not_allowed": "The app and the server did not understand each other.",
        "unsupported_media_type": "The app and the server did not understand each other.",
        "internal": "The server has a problem. Trying again.",
        "database_unavailable": "The server has a problem. Trying again.",
        "offline": "No connection to Baylink. Check the network cable or Wi-Fi. Trying again by itself.",
        "tls": "The server's identity could not be checked. Nothing was sent.",
        "insecure_url": "The server's address is not a safe one. Ask the shop office.",
        "bad_media_host": "The server named an unknown media host. The call was not opened.",
        "no_media_server": "No media server is set. Ask the shop office.",
        "not_open_for_joining": "This session is not open for joining.",
        "api_too_new": "This app is too old for the server. Ask the shop office for an update.",
        "unknown_kind": "This kind of session needs a newer app.",
        "joined_elsewhere": "You opened this session on another screen.",
        "room_lost": "The connection to the session was lost. Join it again from the list.",
        "media_unavailable": "Picture and sound are not reachable. Chat still works. Trying again by itself.",
        "access_changed": "Your access to this session has changed. Open it again from the list.",
        "removed": "You were taken out of this session. Open it again from the list.",
        "closed_by_server": (
            "The server closed this connection (reason {number}). Open the session again from the list."
        ),
        "media_setup": "Picture and sound are set up wrongly here. Chat still works. Tell the shop office.",
        "feature_missing": "This is not available here.",
    }
)
_FALLBACK = "Something went wrong ({reference})."


class BaylinkError(Exception):
    """A failure with a stable `code`; `sentence` is what the mechanic reads.

    `reference` is the request id that the log holds too; `details` are the answer's extra fields, as data.
    """

    def __init__(self, code: str, *, reference: str | None = None, details: Mapping[str, object] | None = None) -> None:
        """Make the failure for `code`; unknown codes are allowed and read as the fallback sentence."""
        super().__init__(code)
        self.code = code
        self.reference = reference
        self.details: Mapping[str, object] = MappingProxyType(dict(details or {}))

    @property
    def sentence(self) -> str:
        """The sentence for the screen, with the details filled in; never a code, an id of a person or a traceback."""
        template = SENTENCES.get(self.code.lower())
        if template is None:
            return _FALLBACK.format(reference=self.reference or "no reference")
        try:
            return template.format_map(dict(self.details))
        except (KeyError, IndexError, ValueError):
            return _plain(template)


def _plain(template: str) -> str:
    """Return a template that lacks its details as a sentence that still reads well."""
    for placeholder, words in (
        ("in {wait}", "in a few minutes"),
        ("from {opens_at}", "10 minutes before the start"),
        ("{customer}", "the customer"),
        ("{missing}", "the other side"),
        ("{excess} characters ", ""),
        (" (reason {number})", ""),
    ):
        template = template.replace(placeholder, words)
    return template[0].upper() + template[1:]


class OfflineError(BaylinkError):
    """Nothing answered: no network, the server is away, or the answer did not arrive in time."""

    def __init__(self, code: str = "offline", *, reference: str | None = None) -> None:
        """Make the failure; `code` is `offline` or `tls`."""
        super().__init__(code, reference=reference)


class RefusedError(BaylinkError):
    """The server answered with a 4xx: the request, as it stands, will not succeed. `status` is the HTTP status."""

    def __init__(
        self, code: str, status: int, *, reference: str | None = None, details: Mapping[str, object] | None = None
    ) -> None:
        """Make the failure for a refused request."""
        super().__init__(code, reference=reference, details=details)
        self.status = status


class SignedOutError(RefusedError):
    """The login is over: a refused refresh, a suspended account, or a token that the server no longer knows."""


class ServerTroubleError(BaylinkError):
    """The server answered with a 5xx, or with something that is not its contract: worth trying again."""


class RoomConnectError(BaylinkError):
    """A LiveKit room could not be joined.

    `needs_token` says that a fresh token may help, `final` that something is set up wrongly, so that time will not.
    """

    def __init__(self, code: str = "media_unavailable", *, needs_token: bool = False, final: bool = False) -> None:
        """Make the failure from what the SDK's text allows to tell."""
        super().__init__(code)
        self.needs_token = needs_token
        self.final = final

"""The car owner's side of the HTTP contract: sign in, join, say, read, end; and the development switches of a rename.

One short connection per call, on loopback only, blocking calls in a worker thread. The tokens stay in this object.
"""

import asyncio
import http.client
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from desktop.backend import wire

_TIMEOUT_S = 10.0
_OK_BELOW = 400
_PAGE = 200


class OwnerRefusedError(RuntimeError):
    """The server refused a call of the owner: HTTP `status`, the contract's `code`, and `details` from the body."""

    def __init__(self, status: int, code: str, details: Mapping[str, object]) -> None:
        """Make the error of an answer."""
        super().__init__(f"{status} {code}")
        self.status, self.code, self.details = status, code, details


class OwnerClient:
    """Speaks for one signed-in owner. All methods raise OwnerRefusedError, or OSError when nobody answers."""

    def __init__(self, base_url: str) -> None:
        """Speak to the join server at `base_url` (http on loopback)."""
        parts = urlsplit(base_url)
        if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("a practice customer speaks to a join server on loopback only")
        self._host, self._port = parts.hostname, parts.port or 80
        self._token: str | None = None
        self.user_id = ""

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in by the password grant."""
        request = wire.LoginRequest(email=email, password=password)
        answer = await self._call("POST", "/auth/v1/token?grant_type=password", request.to_wire())
        tokens = wire.TokenAnswer.from_wire(answer)
        self._token = tokens.access_token
        self.user_id = tokens.user.id if tokens.user else ""

    async def join(self, session_id: str, fingerprint: str) -> wire.JoinAnswer:
        """Join a session as its customer; the answer holds a fresh LiveKit token."""
        request = wire.JoinRequest(device_fingerprint=fingerprint)
        answer = await self._call("POST", f"/api/customer/sessions/{session_id}/join", request.to_wire())
        return wire.JoinAnswer.from_wire(answer)

    async def state(self, session_id: str) -> wire.StateAnswer:
        """Return where the session stands."""
        return wire.StateAnswer.from_wire(await self._call("GET", f"/api/sessions/{session_id}/state"))

    async def messages(self, session_id: str) -> tuple[wire.Message, ...]:
        """Return every stored message, ascending; read in pages, the newest first."""
        path = f"/api/sessions/{session_id}/messages?limit={_PAGE}"
        found: tuple[wire.Message, ...] = ()
        before = ""
        while True:
            page = wire.MessagesAnswer.from_wire(await self._call("GET", path + before))
            found = page.messages + found
            if not page.has_more or page.cursors is None or page.cursors.before is None:
                return found
            before = f"&before={page.cursors.before}"

    async def store_message(self, session_id: str, text: str, temp_id: str) -> None:
        """Store a message under the sender's `temp_id`."""
        body: dict[str, object] = {"sessionId": session_id, "content": text, "attachments": [], "tempId": temp_id}
        await self._call("POST", "/api/chat/send-message", body)

    async def end(self, session_id: str) -> wire.EndAnswer:
        """End the session, for both sides."""
        return wire.EndAnswer.from_wire(await self._call("POST", f"/api/sessions/{session_id}/end", {}))

    async def rename(self, name: str, user_id: str | None = None) -> None:
        """Change the full name of the owner (or of `user_id`) by the development endpoint."""
        await self._call("PATCH", f"/api/dev/profiles/{user_id or self.user_id}", {"full_name": name})

    async def set_start(self, session_id: str, started_at: datetime) -> None:
        """Let a live session have begun at another time (aware), by the development endpoint."""
        body: dict[str, object] = {"startedAt": wire.format_timestamp(started_at)}
        await self._call("PATCH", f"/api/dev/sessions/{session_id}", body)

    async def reset(self) -> None:
        """Load the demo data anew, by the development endpoint: every session is as in the morning again."""
        await self._call("POST", "/api/dev/reset", {})

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        return await asyncio.to_thread(self._call_now, method, path, body)

    def _call_now(self, method: str, path: str, body: Mapping[str, object] | None) -> dict[str, object]:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_S)
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            raw = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(type(error).__name__) from None
        finally:
            connection.close()
        decoded = _decoded(raw)
        if answer.status >= _OK_BELOW:
            raise OwnerRefusedError(answer.status, str(decoded.get("code", "")), decoded)
        return decoded


def _decoded(raw: bytes) -> dict[str, object]:
    try:
        value = json.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}

"""InsistingBackend: the platform as a call speaks to it, without calls that hang on after a loss of the network."""

from collections.abc import Callable, Coroutine
from typing import Literal

from desktop.core.chat import ChatMessage, MessagePage
from desktop.core.people import SessionId
from desktop.core.session import Completion, JoinGrant, SessionRow, SessionState
from desktop.flows.call_ports import CallBackend
from desktop.flows.call_probe import Probe


class InsistingBackend:
    """Hands every call on to the platform, and again when the platform is back after a call may have got stuck.

    What a smaller platform would do twice (`send_message`, `end`) is made once there.
    """

    def __init__(self, backend: CallBackend, probe: Probe, *, is_lean: bool) -> None:
        """Stand before a platform that `probe` asks too."""
        self._backend = backend
        self._probe = probe
        self._is_lean = is_lean

    async def join(
        self, session_id: SessionId, fingerprint: str, view: Literal["chat", "video"] | None = None
    ) -> JoinGrant:
        """Enter a session."""
        return await self._probe.insisting(lambda: self._backend.join(session_id, fingerprint, view))

    async def start(self, session_id: SessionId) -> SessionState:
        """Start the clock."""
        return await self._probe.insisting(lambda: self._backend.start(session_id))

    async def state(self, session_id: SessionId) -> SessionState:
        """Return where the session stands."""
        return await self._probe.insisting(lambda: self._backend.state(session_id))

    async def end(self, session_id: SessionId) -> Completion:
        """End the session for both."""
        return await self._repeatable(lambda: self._backend.end(session_id))

    async def send_message(self, session_id: SessionId, text: str, temp_id: str) -> ChatMessage:
        """Store a message."""
        return await self._repeatable(lambda: self._backend.send_message(session_id, text, temp_id))

    async def messages(
        self, session_id: SessionId, *, after: str | None = None, before: str | None = None
    ) -> MessagePage:
        """Return stored messages."""
        return await self._probe.insisting(lambda: self._backend.messages(session_id, after=after, before=before))

    async def alive(self) -> bool:
        """Whether the platform answers at all."""
        return await self._backend.alive()

    async def media_alive(self, url: str) -> bool:
        """Whether the media server answers at all."""
        return await self._backend.media_alive(url)

    def listed(self, session_id: SessionId) -> SessionRow | None:
        """Return the session's row in the list that was read last."""
        return self._backend.listed(session_id)

    async def _repeatable[Answer](self, ask: Callable[[], Coroutine[object, object, Answer]]) -> Answer:
        return await ask() if self._is_lean else await self._probe.insisting(ask)

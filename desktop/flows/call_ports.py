"""What a call needs of the outside: the platform, the rooms, and somebody who listens; nothing more of either."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from desktop.core.call import CallState, PictureLayer, VideoKey
from desktop.core.chat import ChatChange, ChatMessage, MessagePage
from desktop.core.errors import BaylinkError
from desktop.core.people import SessionId
from desktop.core.session import Completion, JoinGrant, SessionRow, SessionState
from desktop.rtc.events import OwnDevices, RoomEvent


class CallBackend(Protocol):
    """The platform as a call uses it. Every method raises BaylinkError and its children only."""

    async def join(
        self, session_id: SessionId, fingerprint: str, view: Literal["chat", "video"] | None = None
    ) -> JoinGrant:
        """Enter a session: a new token and everything its page needs."""
        ...

    async def start(self, session_id: SessionId) -> SessionState:
        """Start the clock, if both are present; return where the session stands."""
        ...

    async def state(self, session_id: SessionId) -> SessionState:
        """Return where the session stands."""
        ...

    async def end(self, session_id: SessionId) -> Completion:
        """End the session for both; a repeat gives the same end."""
        ...

    async def send_message(self, session_id: SessionId, text: str, temp_id: str) -> ChatMessage:
        """Store a message; the same `temp_id` gives the same stored message."""
        ...

    async def messages(
        self, session_id: SessionId, *, after: str | None = None, before: str | None = None
    ) -> MessagePage:
        """Return stored messages after or before a cursor, oldest first; the newest ones without a cursor."""
        ...

    async def alive(self) -> bool:
        """Whether the platform answers at all; soon, and never with an error."""
        ...

    async def media_alive(self, url: str) -> bool:
        """Whether the media server of a join answer answers at all; soon, and never with an error."""
        ...

    def listed(self, session_id: SessionId) -> SessionRow | None:
        """Return the session's row in the list that was read last, if it has one."""
        ...


class CallRoom(Protocol):
    """One connection to a room, from `connect` to `leave`."""

    @property
    def own_devices(self) -> OwnDevices:
        """The own devices, known before anything is connected."""
        ...

    async def connect(self, url: str, token: str) -> None:
        """Join the room; raises RoomConnectError."""
        ...

    async def leave(self) -> None:
        """Leave and release everything; no event follows."""
        ...

    def send_chat(self, text: str, temp_id: str) -> None:
        """Queue a line for everybody in the room."""
        ...

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the own microphone."""
        ...

    async def own_level(self) -> float | None:
        """Return how loud the own microphone is in decibels; None while nothing is published."""
        ...

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the own camera on or off."""
        ...

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Take how much of each picture is wanted; one that is not named is wanted whole."""
        ...

    def limit_pictures(self, limit: PictureLayer) -> None:
        """Take the most that may be fetched of any picture."""
        ...

    def ask_again(self) -> None:
        """Let the media server think anew of how much of each picture it sends; a blink of them."""
        ...

    def hold_pictures(self, held: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Fetch no dried up picture anew while the network is known to be away."""
        ...

    def take_photos(self) -> None:
        """Take one sharp photo of every large picture while all are paused."""
        ...

    def devices_changed(self) -> None:
        """Look at the devices again."""
        ...


class CallRooms(Protocol):
    """Where rooms come from."""

    def open(self, on_event: Callable[[RoomEvent], None], *, media: bool) -> CallRoom:
        """Make the client of a new connection, without connecting it."""
        ...

    async def settled(self) -> None:
        """Return when no connection attempt is under way any more."""
        ...


class CallListener(Protocol):
    """Who is told; called on the loop, in order."""

    def open_chat(self, messages: tuple[ChatMessage, ...]) -> None:
        """Open a call's transcript with these messages; told before its first state."""
        ...

    def change_chat(self, changes: tuple[ChatChange, ...]) -> None:
        """Change the transcript; none may be dropped."""
        ...

    def publish(self, state: CallState) -> None:
        """Take everything the call's pages need; the newest alone matters."""
        ...

    def refuse_join(self, error: BaylinkError) -> None:
        """Take the reason why a join came to nothing."""
        ...

"""CallGateway: the call pages' wishes go to CallFlow; states, transcript and picture wake-ups come back."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from desktop.bridge.errands import Errands
from desktop.bridge.loop_thread import LoopThread
from desktop.bridge.newest import Newest
from desktop.core.call import CallState, PictureLayer, VideoKey
from desktop.core.chat import ChatChange, ChatMessage
from desktop.core.devices import SOUND_STOPPED
from desktop.core.errors import BaylinkError
from desktop.core.frames import LatestFrame
from desktop.core.join_wish import JoinWish, View
from desktop.core.link import PictureWish
from desktop.core.people import SessionId
from desktop.flows.call import CallFlow
from desktop.rtc.mailboxes import OWN_PICTURE, Mailboxes


class CallGateway(QObject):
    """Lives in the GUI thread; every method returns at once. It is the flow's `CallListener`, called on the loop.

    `state_changed` carries a CallState, only the newest when the GUI is busy. `transcript_reset` carries a tuple of
    ChatMessage when a call opens, before its first state; `chat_changed` a tuple of ChatChange, in order, none dropped.
    `join_refused` carries a BaylinkError. `frame_ready` carries the VideoKey of a mailbox that was empty and nothing
    else: the picture is taken from `video(key)`; `own_frame_ready` says the same of `own_video()`. `failed` carries a
    sentence for something that nobody expected. `new_start_requested`: a band's button asks for a new start of the
    program.
    """

    state_changed = Signal(object)
    transcript_reset = Signal(object)
    chat_changed = Signal(object)
    join_refused = Signal(object)
    frame_ready = Signal(object)
    own_frame_ready = Signal()
    new_start_requested = Signal()
    failed = Signal(object)

    _reset_crossed = Signal(object)
    _chat_crossed = Signal(object)
    _refusal_crossed = Signal(object)
    _wake_crossed = Signal(object)

    def __init__(self, loop_thread: LoopThread, mailboxes: Mailboxes, parent: QObject | None = None) -> None:
        """Make the gateway; give it to the flow as its listener, then the flow to `serve`."""
        super().__init__(parent)
        self._mailboxes = mailboxes
        self._states = Newest[CallState](self)
        self._states.arrived.connect(self.state_changed)
        self._failures = Newest[str](self)
        self._failures.arrived.connect(self.failed)
        self._errands = Errands(loop_thread, self._failures.put)
        self._flow: CallFlow | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._reset_crossed.connect(self._deliver_reset, queued)
        self._chat_crossed.connect(self._deliver_chat, queued)
        self._refusal_crossed.connect(self._deliver_refusal, queued)
        self._wake_crossed.connect(self._deliver_wake, queued)
        mailboxes.on_wake = self._wake_crossed.emit

    def serve(self, flow: CallFlow) -> None:
        """Send the wishes to `flow` from now on."""
        self._flow = flow

    # ---- wishes, from the GUI thread --------------------------------------------------------------------------------

    @Slot(str)
    def join(self, session_id: str) -> None:
        """Open a session; what comes of it arrives as `state_changed` or `join_refused`."""
        if self._flow is not None:
            self._errands.run(self._flow.join(SessionId(session_id)))

    def join_as(self, session_id: str, wish: JoinWish) -> None:
        """Open a session as it was wished on the page that checks devices."""
        if self._flow is not None:
            self._errands.run(self._flow.join(SessionId(session_id), wish))

    @Slot(str, str)
    def open_link(self, session_id: str, view: str) -> None:
        """Open the session of a link in its view, `chat` or `video`."""
        if self._flow is not None:
            wanted: View = "chat" if view == "chat" else "video"
            self._errands.run(self._flow.open_link(SessionId(session_id), wanted))

    @Slot(str)
    def review(self, session_id: str) -> None:
        """Open an ended session to read it."""
        if self._flow is not None:
            self._errands.run(self._flow.review(SessionId(session_id)))

    @Slot()
    def leave(self) -> None:
        """Leave without ending."""
        if self._flow is not None:
            self._errands.run(self._flow.leave())

    @Slot()
    def end(self) -> None:
        """End the session for both sides."""
        if self._flow is not None:
            self._errands.call(self._flow.end)

    @Slot(str)
    def send(self, text: str) -> None:
        """Say something in the chat."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.send, text))

    @Slot(str)
    def retry(self, message_id: str) -> None:
        """Try a line that was not sent again."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.retry, message_id))

    @Slot()
    def read_older(self) -> None:
        """Read a page of earlier messages."""
        if self._flow is not None:
            self._errands.call(self._flow.read_older)

    @Slot(bool)
    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - a slot's one argument
        """Mute or unmute the own microphone."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.set_muted, muted))

    @Slot(bool)
    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - a slot's one argument
        """Turn the own camera on or off."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.set_camera, on))

    @Slot(object)
    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Say how much of each picture the screen shows; one that is not named is wanted whole."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.want_pictures, dict(wishes)))

    @Slot()
    def voice_while_muted(self) -> None:
        """Say that somebody talks while the microphone is closed."""
        if self._flow is not None:
            self._errands.call(self._flow.voice_while_muted)

    @Slot(str)
    def wish_for_pictures(self, wish: str) -> None:
        """Let the mechanic decide how much picture comes, or the measured link again: a PictureWish's value."""
        if self._flow is not None:
            self._errands.call(partial(self._flow.wish_for_pictures, PictureWish(wish)))

    @Slot(str)
    def act_on_band(self, key: str) -> None:
        """Do what the button on a band says."""
        if key == SOUND_STOPPED:
            self.new_start_requested.emit()
        elif self._flow is not None:
            self._errands.call(partial(self._flow.act_on_band, key))

    def video(self, key: VideoKey) -> LatestFrame:
        """Return the mailbox of somebody's picture; the same object for the life of the program."""
        return self._mailboxes.of(key)

    def own_video(self) -> LatestFrame:
        """Return the mailbox of the own picture, mirrored."""
        return self._mailboxes.of(OWN_PICTURE)

    # ---- news, from the loop thread ---------------------------------------------------------------------------------

    def publish(self, state: CallState) -> None:
        """Leave a state for the GUI thread."""
        self._states.put(state)

    def open_chat(self, messages: tuple[ChatMessage, ...]) -> None:
        """Send a new call's transcript to the GUI thread."""
        self._mailboxes.clear()
        self._reset_crossed.emit(messages)

    def change_chat(self, changes: tuple[ChatChange, ...]) -> None:
        """Send changes of the transcript to the GUI thread."""
        self._chat_crossed.emit(changes)

    def refuse_join(self, error: BaylinkError) -> None:
        """Send the reason of a refused join to the GUI thread."""
        self._refusal_crossed.emit(error)

    # ---- in the GUI thread ------------------------------------------------------------------------------------------

    @Slot(object)
    def _deliver_reset(self, messages: object) -> None:
        self.transcript_reset.emit(messages)

    @Slot(object)
    def _deliver_chat(self, changes: object) -> None:
        self.chat_changed.emit(changes)

    @Slot(object)
    def _deliver_refusal(self, error: object) -> None:
        self.join_refused.emit(error)

    @Slot(object)
    def _deliver_wake(self, key: object) -> None:
        if key == OWN_PICTURE:
            self.own_frame_ready.emit()
        else:
            self.frame_ready.emit(key)

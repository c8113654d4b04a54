"""CallFlow: the one call on this screen, from the tap on join to its end."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from desktop.core.bands import Band
from desktop.core.call import PictureLayer, VideoKey
from desktop.core.devices import DeviceChange
from desktop.core.errors import BaylinkError
from desktop.core.join_wish import JoinWish, View
from desktop.core.link import PictureWish
from desktop.core.people import SessionId
from desktop.core.session import SessionKind
from desktop.flows import call_bands
from desktop.flows.call_chat import CallChat
from desktop.flows.call_journal import CallJournal, SessionJournal
from desktop.flows.call_ports import CallBackend, CallListener, CallRooms
from desktop.flows.call_review import reviewed
from desktop.flows.call_session import CallSession
from desktop.flows.record_ports import CallRecord

_log = logging.getLogger(__name__)

_ASK = "I cannot see your picture. Is your camera on?"


class CallFlow:
    """Joins, and passes wishes on to the session that is open. All methods are called on the loop.

    `listener` hears everything: first the transcript, then the first whole state, made from the join answer alone.
    """

    def __init__(
        self,
        backend: CallBackend,
        rooms: CallRooms,
        listener: CallListener,
        *,
        device_fingerprint: str,
        record: CallRecord | None = None,
        journal: CallJournal | None = None,
    ) -> None:
        """Make the flow; `device_fingerprint` names this PC to the platform, `record` keeps what is written.

        `journal` keeps what a restart of the program must find again.
        """
        self._backend = backend
        self._record = record
        self._journal = journal
        self._reviewed: CallChat | None = None
        self._rooms = rooms
        self._listener = listener
        self._fingerprint = device_fingerprint
        self._session: CallSession | None = None
        self._joining: asyncio.Task[None] | None = None
        self._wishes: set[asyncio.Task[None]] = set()

    @property
    def is_in_call(self) -> bool:
        """Whether a session is open or being opened: idle rules and list polling slow down then."""
        is_joining = self._joining is not None and not self._joining.done()
        return is_joining or (self._session is not None and not self._session.is_over)

    async def join(self, session_id: SessionId, wish: JoinWish | None = None) -> None:
        """Open a session as it is wished. A second tap while one is open or opening changes nothing."""
        if self.is_in_call:
            return
        self._joining = asyncio.create_task(self._join(session_id, wish or JoinWish()), name="call-join")
        await asyncio.wait({self._joining})

    async def open_link(self, session_id: SessionId, view: View) -> None:
        """Open the session of a link; while another one is open, say that there."""
        if not self.is_in_call:
            await self.join(session_id, JoinWish(view=view))
        elif self._session is not None and self._session.session_id != session_id:
            self._session.refuse_other()

    def show_band(self, band: Band) -> None:
        """Show a notice of another story in the session that is open, if one is."""
        if self._session is not None and not self._session.is_over:
            self._session.show(band)

    async def review(self, session_id: SessionId) -> None:
        """Open an ended session to read it: its transcript and how it ended. Nothing is joined."""
        if not self.is_in_call:
            await self._review(session_id)

    async def _review(self, session_id: SessionId, band: Band | None = None) -> None:
        try:
            state = await self._backend.state(session_id)
            page = await self._backend.messages(session_id)
        except BaylinkError as error:
            _log.info("an ended session could not be opened: %s, request %s", error.code, error.reference)
            self._listener.refuse_join(error)
            return
        if not state.status.is_terminal:
            self._listener.refuse_join(BaylinkError("illegal_transition"))
            return
        journal = self._journal_of(session_id)
        kept = await journal.lines() if journal is not None else ()
        self._reviewed = chat = CallChat(
            session_id,
            self._backend,
            identity="",
            after=None,
            before=page.before,
            tell=self._listener.change_chat,
            server_now=lambda: datetime.now(UTC),
            read_every_s=lambda: None,
        )
        if self._record is not None:
            self._record.reviewed(session_id, state.status)
        self._listener.open_chat(chat.open(page.messages, kept, may_send=False))
        self._listener.publish(replace(reviewed(session_id, state, self._backend.listed(session_id)), band=band))

    async def leave(self) -> None:
        """Leave without ending; before the answer to a join, forget the join."""
        if self._joining is not None:
            self._joining.cancel()
            await asyncio.wait({self._joining})
        if self._session is not None:
            await self._session.leave()

    def end(self) -> None:
        """End the session for both sides."""
        if self._session is not None:
            self._session.end()

    def send(self, text: str) -> None:
        """Say something; empty lines are not sent."""
        if self._session is not None and text.strip():
            self._session.say(text)

    def read_older(self) -> None:
        """Read a page of earlier messages of the session on screen."""
        if self._reviewed is not None:
            self._keep(self._reviewed.read_older())
        elif self._session is not None:
            self._keep(self._session.older())

    def retry(self, message_id: str) -> None:
        """Try a failed line again, under its old id."""
        if self._session is not None:
            self._session.retry(message_id)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the own microphone."""
        if self._session is not None:
            self._session.set_muted(muted)

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the own camera on or off."""
        if self._session is not None:
            self._session.set_camera(on)

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Take how much of each picture the screen shows; one that is not named is wanted whole."""
        if self._session is not None:
            self._session.want_pictures(wishes)

    def wish_for_pictures(self, wish: PictureWish) -> None:
        """Let the mechanic decide how much picture comes, or the measured link again."""
        if self._session is not None:
            self._session.wish_for_pictures(wish)

    def devices_changed(self, changes: tuple[DeviceChange, ...] = ()) -> None:
        """Use the devices that are chosen now; `changes` came or went by themselves and are said."""
        if self._session is not None:
            self._session.devices_changed(changes)

    def voice_while_muted(self) -> None:
        """Say that somebody talks while the microphone is closed."""
        if self._session is not None:
            self._session.voice_while_muted()

    async def own_level(self) -> float | None:
        """Return how loud the own microphone is in decibels; None outside of a call, or with nothing published."""
        return await self._session.own_level() if self._session is not None else None

    def act_on_band(self, key: str) -> None:
        """Do what the button on a band says."""
        session = self._session
        if session is None:
            return
        if key == "no_picture":
            session.say(_ASK)
            session.dismiss(key)
        elif key == "talking_muted":
            session.set_muted(False)
        elif key in {"photos", "sound_only"}:
            session.show_video()
        elif key == "joined_elsewhere" and session.is_over:
            self._keep(self.join(session.session_id))

    async def stop(self, *, draft: str | None = None) -> None:
        """Leave whatever is open, and return only when no connection attempt of the SDK is under way.

        With a `draft` of a line, which may be empty, the next start of the program leads back to it and its session.
        """
        if draft is not None and self._session is not None:
            self._session.stay_noted(draft)
        await self.leave()
        for task in self._wishes:
            task.cancel()
        await asyncio.gather(*self._wishes, return_exceptions=True)
        await self._rooms.settled()

    async def _join(self, session_id: SessionId, wish: JoinWish) -> None:
        try:
            grant = await self._backend.join(session_id, self._fingerprint, wish.view)
        except BaylinkError as error:
            _log.info("a join was refused: %s, request %s", error.code, error.reference)
            self._listener.refuse_join(error)
            if error.code == "session_ended":
                # It ended behind a list that did not know yet: what is left of it is there to read (AC-12).
                await self._review(session_id, call_bands.ended_before(error.sentence))
            return
        if self._session is not None:
            await self._session.closed()
        if wish.chat_only:
            # Everything that follows from the kind follows then: its page, its room, and what is touched of this PC.
            grant = replace(grant, kind=SessionKind.CHAT)
        journal = self._journal_of(session_id)
        kept = await journal.lines() if journal is not None else ()
        self._reviewed = None
        self._session = CallSession(
            grant,
            self._backend,
            self._rooms,
            self._listener,
            device_fingerprint=self._fingerprint,
            files_changed=self._files_changed,
            journal=journal,
            wish=wish,
        )
        if self._record is not None:
            self._record.opened(grant)
        self._session.open(kept)

    def _journal_of(self, session_id: SessionId) -> SessionJournal | None:
        return self._journal.of(session_id) if self._journal is not None else None

    def _files_changed(self, session_id: SessionId) -> None:
        if self._record is not None:
            self._record.files_changed(session_id)

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="call-wish")
        self._wishes.add(task)
        task.add_done_callback(self._wishes.discard)

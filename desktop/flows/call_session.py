"""CallSession: one session on this screen, from its join answer to its end."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime

from desktop.core.bands import Band
from desktop.core.call import CallPhase, CallState, EndReason, OwnDevice, PictureLayer, VideoKey
from desktop.core.chat import ChatMessage
from desktop.core.devices import DeviceChange
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, SignedOutError
from desktop.core.join_wish import JoinWish
from desktop.core.link import LinkStats, PictureWish
from desktop.core.people import SessionId
from desktop.core.session import Completion, JoinGrant, SessionState
from desktop.flows import call_bands
from desktop.flows.call_chat import CallChat
from desktop.flows.call_conditions import Conditions
from desktop.flows.call_ending import LAST_LINES_S, Ending
from desktop.flows.call_facts import CallFacts, Standing
from desktop.flows.call_healing import STALE_PLACE_S, Healing
from desktop.flows.call_insisting import InsistingBackend
from desktop.flows.call_journal import SessionJournal
from desktop.flows.call_link import CallLink
from desktop.flows.call_loss import LossWatch, Verdict
from desktop.flows.call_ports import CallBackend, CallListener, CallRooms
from desktop.flows.call_probe import Probe
from desktop.flows.call_repeats import Repeats
from desktop.flows.call_room import RoomDoor
from desktop.flows.call_waiting import pause_s, wait_for
from desktop.flows.pace import Pace
from desktop.rtc.events import (
    ChatEdited,
    ChatReceived,
    Disconnected,
    LostReason,
    OwnDevices,
    PhotoTaken,
    Reconnected,
    Reconnecting,
    RoomEvent,
    SessionPushed,
)
from desktop.store.outbox import KeptLine

_log = logging.getLogger(__name__)

_TICK_S = 0.25
_STATE_EVERY_S = 10.0
_TIME_UP_STATE_EVERY_S = 2.0
_STATE_PAUSE_S = 0.2
_MESSAGES_EVERY_S = 3.0
_UNCONFIRMED_AFTER_S = 5.0
_LATE_ANSWER_S = 2.0
_NEWS_AT_ONCE, _NEWS_PER_S = 20, 4.0
"""How often what others do draws the page anew: a call that begins tells about fifteen things in a second."""
_GONE_STATUS = frozenset({403, 404, 410})


class CallSession:
    """Holds one call. `open` publishes the first state at once; after `is_over` nothing more is published.

    Truth comes from three places, each for its own: the platform for status, names and time, the room for presence
    and tracks, and the clock for everything that only time decides. Pushes are hints to ask the platform: during the
    first seconds a stranger's packet cannot be told from the server's.
    """

    def __init__(
        self,
        grant: JoinGrant,
        backend: CallBackend,
        rooms: CallRooms,
        listener: CallListener,
        *,
        device_fingerprint: str,
        files_changed: Callable[[SessionId], None] = lambda _id: None,
        journal: SessionJournal | None = None,
        wish: JoinWish | None = None,
    ) -> None:
        """Make the call of a join answer; on the running loop. `files_changed` hears of files that others add.

        `journal` keeps for a restart what must not be lost with this process; `wish` is how to begin.
        """
        self._probe = Probe(backend, self._servers_changed)
        self._backend = InsistingBackend(backend, self._probe, is_lean=grant.is_lean)
        self._files_changed = files_changed
        self._journal = journal
        self._stays_noted = False
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving: asyncio.Task[None] | None = None
        self._tear_down: asyncio.Task[None] | None = None
        self._facts = CallFacts(grant)
        self._conditions = Conditions(self._facts)
        self._bands = self._conditions.bands
        self._published: CallState | None = None
        self._news = Pace(self._refresh, burst=_NEWS_AT_ONCE, per_s=_NEWS_PER_S)
        self._override: CallPhase | None = None
        self._end_reason: EndReason | None = None
        self._completion: Completion | None = None
        self._ending_s: float | None = None
        self._is_starting = False
        self._is_holding = False
        self._has_ended_by_time = False
        self._last_seq: int | None = None
        self._state_wanted = asyncio.Event()
        self._chat = CallChat(
            grant.session_id,
            self._backend,
            identity=grant.identity,
            after=grant.messages_after,
            before=grant.messages_before,
            tell=listener.change_chat,
            server_now=self._server_now,
            read_every_s=self._messages_interval,
            is_lean=grant.is_lean,
            journal=journal,
            kept=self._line_kept,
        )
        self._ending = Ending(self._backend, self._facts, self._chat, self._finish)
        self._door = RoomDoor(rooms, self._room_told, media=grant.kind.has_video)
        self._wish = wish = wish or JoinWish()
        self._door.set_muted(wish.muted)
        self._door.set_camera(wish.camera_on)
        self._repeats = Repeats(self._chat, self._door)
        self._link = CallLink(self._facts, self._bands, self._door)
        self._loss = LossWatch(self._facts, self._conditions, self._probe)
        self._healing = Healing(
            self._facts,
            self._conditions,
            self._chat,
            self._backend,
            self._door,
            self._probe,
            device_fingerprint=device_fingerprint,
            finish=self._finish,
            take_state=self._take_state,
            entered=self._entered,
            refresh=self._refresh,
        )

    @property
    def session_id(self) -> SessionId:
        """Which session this is."""
        return self._facts.grant.session_id

    @property
    def is_over(self) -> bool:
        """Whether this screen is out of it."""
        return self._end_reason is not None

    # ---- from the outside -------------------------------------------------------------------------------------------

    def open(self, kept: tuple[KeptLine, ...] = ()) -> None:
        """Publish transcript and first state, whole, from the join answer and kept lines alone; then connect."""
        if self._journal is not None:
            self._journal.opened(self._wish)
        self._facts.own = self._door.prepare()
        self._listener.open_chat(self._chat.open(self._facts.grant.messages, kept))
        self._refresh()
        for work in (
            self._healing.stay(),
            self._probe.run(),
            self._watch(),
            self._follow(),
            self._chat.keep_lines(),
            self._chat.store_lines(),
            self._chat.read_lines(),
        ):
            self._keep(work)

    async def leave(self) -> None:
        """Leave without ending: the session stays open for both. Returns when everything is released."""
        self._finish(EndReason.LEFT)
        await self.closed()

    def stay_noted(self, draft: str) -> None:
        """Let this PC go on noting the session as open when it is left: the next start leads back, to the `draft`."""
        if self._journal is not None and not self.is_over:
            self._journal.half_written(draft)
        self._stays_noted = True

    async def closed(self) -> None:
        """Return when a call that is over has released everything."""
        if self._tear_down is not None:
            await asyncio.wait({self._tear_down})

    def end(self) -> None:
        """End the session for both sides. The room is left at once; the platform's word is waited for."""
        if self.is_over or self._override is CallPhase.ENDING:
            return
        self._override, self._ending_s = CallPhase.ENDING, self._loop.time()
        self._refresh()
        self._leaving = asyncio.create_task(self._door.leave(), name="call-leave")
        self._keep(self._ending.end())

    def say(self, text: str) -> None:
        """Show, store and send a line, all under one id."""
        if not self.is_over:
            self._chat.say(text)

    def _line_kept(self, message: ChatMessage) -> None:
        """Send a line live once this PC has it: nothing that somebody read may be lost here."""
        self._door.send_chat(message.text, message.id)

    async def older(self) -> None:
        """Read a page of earlier messages, also after the end."""
        await self._chat.read_older()

    def retry(self, message_id: str) -> None:
        """Store a failed line again, under its old id."""
        if not self.is_over:
            self._chat.retry(message_id)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the own microphone."""
        self._door.set_muted(muted)
        if self._journal is not None:
            self._journal.muted(muted)
        if not muted:
            self.dismiss("talking_muted")

    async def own_level(self) -> float | None:
        """Return how loud the own microphone is in decibels; None while nothing is published."""
        return None if self.is_over else await self._door.own_level()

    def voice_while_muted(self) -> None:
        """Say that somebody talks while the microphone is closed."""
        if not self.is_over and self._facts.own.microphone is OwnDevice.OFF:
            self._bands.put(call_bands.talking_muted(self._facts.customer_first), self._loop.time())
            self._refresh()

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the own camera on or off."""
        self._door.set_camera(on)
        if self._journal is not None:
            self._journal.camera(on)
        if on:
            self._link.camera_wished(self._loop.time())

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Take how much of each picture the screen shows; one that is not named is wanted whole."""
        self._door.want_pictures(wishes)

    def wish_for_pictures(self, wish: PictureWish) -> None:
        """Let the mechanic decide how much picture comes, or the measured link again."""
        self._link.wish_for(wish, self._loop.time())
        self._refresh()

    def show_video(self) -> None:
        """Bring video back by hand where photos or sound alone have taken its place."""
        self._link.show_video(self._loop.time())
        self._refresh()

    def devices_changed(self, changes: tuple[DeviceChange, ...]) -> None:
        """Use the devices that are chosen now, and say what came or went by itself."""
        self._door.devices_changed()
        self._conditions.devices_changed(changes, self._loop.time())
        self._refresh()

    def show(self, band: Band) -> None:
        """Show a notice of another story."""
        self._bands.put(band, self._loop.time())
        self._refresh()

    def refuse_other(self) -> None:
        """Say that another session was asked for and that this one comes first."""
        customer = self._facts.customer.person.display_name
        sentence = BaylinkError("mechanic_has_active_session", details={"customer": customer}).sentence
        self.show(call_bands.still_here(sentence))

    def dismiss(self, key: str) -> None:
        """Take a band away because it was answered."""
        if self._bands.drop(key):
            self._refresh()

    # ---- the room ---------------------------------------------------------------------------------------------------

    def _entered(self) -> None:
        """Go on in a new room."""
        self._loss.entered(self._loop.time())
        self._link.entered(self._loop.time())
        self._connection_back()

    def _connection_back(self) -> float:
        """Catch up after a loss: what others said meanwhile, how the session stands, and own lines for the room.

        Returns for how many seconds the connection was gone.
        """
        now = self._loop.time()
        lost_s = self._conditions.connection_back(now)
        if lost_s is not None:
            self._repeats.own_loss(lost_s)
            self._repeats.say(everybody_is_here=self._facts.people.customer_seen)
            self._state_wanted.set()
        self._chat.read_soon()
        self._refresh()
        return 0.0 if lost_s is None else now - lost_s

    def _mended(self) -> None:
        """Go on in the same room after a loss."""
        if self._connection_back() >= STALE_PLACE_S:
            self._keep(self._healing.confirm_place())

    def _servers_changed(self) -> None:
        """Take it that the platform or the media server went away or is back."""
        if self.is_over:
            return
        if not self._probe.platform.is_down:
            self._chat.try_now()
            self._state_wanted.set()
        self._refresh()

    def _room_told(self, event: RoomEvent) -> None:
        """Take an event of the room; never raises into the SDK. What others do may show a moment later."""
        if self.is_over:
            return
        now = self._loop.time()
        if self._facts.take_event(event, now):
            self._repeats.take(event, now, everybody_is_here=self._facts.people.customer_seen)
        else:
            self._take_event(event, now)
        if isinstance(event, OwnDevices):
            self._refresh()
        else:
            self._news.wish()

    def _take_event(self, event: RoomEvent, now: float) -> None:
        """Take an event that is about the connection or the session, or says something."""
        match event:
            case ChatReceived():
                self._chat.received(event)
            case ChatEdited():
                self._chat.edited(event)
            case SessionPushed():
                self._pushed(event)
            case Reconnecting():
                self._loss.reconnecting(now)
            case Reconnected():
                self._loss.reconnected()
                self._state_wanted.set()
                self._chat.read_soon()
            case LinkStats() | PhotoTaken():
                self._measured(event, now)
            case Disconnected() if self._override is not CallPhase.ENDING:
                self._healing.lose(event)

    def _measured(self, event: LinkStats | PhotoTaken, now: float) -> None:
        """Take what was measured of the link; during a loss it says nothing about how much picture fits."""
        if isinstance(event, LinkStats):
            self._loss.measured(now, rx_kbps=event.rx_kbps, ice_answers=event.ice_answers)
        if not self._conditions.has_loss:
            self._link.take(event, now)

    def _pushed(self, push: SessionPushed) -> None:
        """Ask the platform what a push is about; after a gap, about everything."""
        if push.session_id != self.session_id or push.seq == self._last_seq:
            return
        is_next = self._last_seq is not None and push.seq == self._last_seq + 1
        self._last_seq = push.seq
        if push.type == "file.added":
            self._files_changed(self.session_id)
        is_line = push.type == "chat.message"
        if is_line or not is_next:
            self._chat.read_soon()
        if not is_line or not is_next:
            self._state_wanted.set()

    # ---- the platform -----------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Read where the session stands, every ten seconds and whenever somebody hints that it changed."""
        while True:
            interval = _TIME_UP_STATE_EVERY_S if self._conditions.is_time_up else _STATE_EVERY_S
            await wait_for(self._state_wanted, interval)
            self._state_wanted.clear()
            late = self._loop.call_later(_LATE_ANSWER_S, self._loss.platform_answered, False)
            try:
                self._take_state(await self._backend.state(self.session_id))
                self._loss.platform_answered(True)
            except SignedOutError as error:
                _log.info("signed out during a call; the room stays: %s", error.code)
            except RefusedError as error:
                if error.status in _GONE_STATUS and self._override is None and not self._facts.grant.is_lean:
                    self._finish(EndReason.REMOVED, band=call_bands.room_lost(error.sentence))
            except BaylinkError as error:
                self._loss.platform_answered(not isinstance(error, OfflineError))
                _log.info("the session's state could not be read: %s, request %s", error.code, error.reference)
            finally:
                late.cancel()
            await asyncio.sleep(_STATE_PAUSE_S)

    def _take_state(self, state: SessionState) -> None:
        """Take the platform's word, and end here if it says that the session has ended."""
        if self.is_over or not self._facts.take_state(state):
            return
        if state.message_seq > self._chat.read_seq:
            self._chat.read_soon()
        if state.status.is_terminal and self._override is not CallPhase.ENDING:
            self._finish(EndReason.ENDED, completion=self._facts.completion(state, self._loop.time()))
        else:
            self._refresh()

    async def _start_clock(self) -> None:
        """Tell the platform that both are here, until the clock runs or one of them is not."""
        self._facts.both_were_seen = True
        tries = 0
        while self._conditions.can_start():
            try:
                self._take_state(await self._backend.start(self.session_id))
            except RefusedError as error:
                if error.code == "feature_missing":
                    return
                if error.code == "illegal_transition":
                    self._state_wanted.set()
            except BaylinkError as error:
                _log.info("the clock could not be started: %s, request %s", error.code, error.reference)
            await asyncio.sleep(pause_s(tries))
            tries += 1
        self._is_starting = False

    # ---- time and state ---------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Look four times a second at everything that only time decides."""
        while True:
            await asyncio.sleep(_TICK_S)
            self._refresh()

    def _act_on_time(self, now: float) -> None:
        was_up = self._conditions.is_time_up
        self._look_at_connection(now)
        self._conditions.look(now)
        is_connected = self._door.is_connected and not self._conditions.is_lost(now)
        self._link.look(now, is_connected=is_connected, platform_is_down=self._probe.platform.is_down)
        if self._conditions.is_time_up and not was_up:
            self._state_wanted.set()
        if self._override is not None:
            return
        if self._conditions.can_start() and not self._is_starting:
            self._is_starting = True
            self._keep(self._start_clock())
        if self._conditions.must_end(now) and not self._has_ended_by_time:
            self._has_ended_by_time = True
            self._keep(self._ending.end_by_time())

    def _look_at_connection(self, now: float) -> None:
        """Notice a loss and a return; a room that a new one overtakes is given up."""
        self._conditions.chat_works = self._probe.platform.answered_s is not None and not self._probe.platform.is_down
        if self._override is None and self._door.is_connected:
            match self._loss.look(now):
                case Verdict.LEAVE:
                    self._healing.lose(Disconnected(LostReason.CONNECTION))
                case Verdict.FINE if self._conditions.has_loss:
                    self._mended()
                case _:
                    pass
        if (is_away := self._probe.media.is_down or self._conditions.has_loss) is not self._is_holding:
            self._is_holding = is_away
            self._door.hold_pictures(is_away)
        self._chat.is_return_awaited = self._conditions.has_loss and not self._conditions.chat_works
        self._probe.doubt(self._healing.is_searching or (self._door.is_connected and self._loss.is_unsure))

    def _refresh(self) -> None:
        """Work out what time decides, and publish the state if it differs from the last one."""
        if self.is_over:
            return
        now = self._loop.time()
        self._act_on_time(now)
        unconfirmed = self._ending_s is not None and now - self._ending_s >= _UNCONFIRMED_AFTER_S
        self._publish(
            Standing(
                phase=self._phase(now),
                band=self._bands.top(now),
                waiting_since_s=self._conditions.waiting_since_s,
                end_unconfirmed=unconfirmed,
                link=self._link.state,
            )
        )

    def _phase(self, now: float) -> CallPhase:
        if self._override is not None:
            return self._override
        if self._conditions.is_lost(now):
            return CallPhase.RECONNECTING if self._door.is_connected else CallPhase.REJOINING
        return CallPhase.LIVE if self._facts.is_live else CallPhase.WAITING

    def _publish(self, standing: Standing) -> None:
        state = self._facts.state(standing)
        if state != self._published:
            self._published = state
            self._listener.publish(state)

    def _finish(self, reason: EndReason, *, completion: Completion | None = None, band: Band | None = None) -> None:
        """Publish the last state, then end everything this call started, the caller's own task included."""
        if self.is_over:
            return
        self._end_reason, self._completion = reason, completion
        self._news.close()
        self._chat.tell_now()
        self._door.shut()
        if self._journal is not None and not self._stays_noted:
            self._journal.left()
        self._publish(Standing(CallPhase.ENDED, band, end_reason=reason, completion=completion))
        self._tear_down = asyncio.create_task(self._release(), name="call-release")

    async def _release(self) -> None:
        leaving = self._leaving or asyncio.create_task(self._door.leave(), name="call-leave")
        await self._chat.last_lines(LAST_LINES_S)
        self._chat.tell_now()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await leaving

    def _server_now(self) -> datetime:
        return self._facts.server_now(self._loop.time())

    def _messages_interval(self) -> float | None:
        """Return how often stored messages are read without a hint: only where no live copy can come."""
        comes_live = self._facts.people.own_in_room and not self._facts.grant.is_lean
        return None if comes_live else _MESSAGES_EVERY_S

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="call-session")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a part of the call failed", exc_info=error)

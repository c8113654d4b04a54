"""Healing: keeps one call in a room until the platform says that the session is over, whatever happens on the way."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress

from desktop.core.call import EndReason
from desktop.core.errors import (
    BaylinkError,
    OfflineError,
    RefusedError,
    RoomConnectError,
    ServerTroubleError,
    SignedOutError,
)
from desktop.core.session import JoinGrant, SessionState
from desktop.flows import call_bands
from desktop.flows.call_chat import CallChat
from desktop.flows.call_conditions import Conditions
from desktop.flows.call_ending import Finish
from desktop.flows.call_facts import CallFacts
from desktop.flows.call_policy import (
    AFTER_LOSS,
    SETUP_TRIES,
    Failure,
    Next,
    Rule,
    failure_of,
    is_worth_waiting,
    loss_error,
)
from desktop.flows.call_ports import CallBackend
from desktop.flows.call_probe import Probe
from desktop.flows.call_room import RoomDoor
from desktop.flows.call_waiting import pause_s, rejoin_pause_s
from desktop.rtc.events import Disconnected, LostReason

_log = logging.getLogger(__name__)

_SPREAD_S = 1.5
_STABLE_AFTER_S = 5.0
_GHOST_S = 10.0
_BLIND_TRY_S = 4.0
_LONGEST_PAUSE_S = 4.0
"""While the platform answers; it takes 20 joins a minute."""
_LAST_STATE_TRIES = 3
_WAIT_S = 5.0
_LONGEST_WAIT_S = 60.0
STALE_PLACE_S = 30.0
"""After so long a loss a place is asked for anew even where the SDK has mended its room just before we left it."""


class Healing:
    """The one task that opens rooms for a call: so there are never two attempts at once.

    People, chat, clock and pictures belong to the call and stay as they are while rooms come and go. `lose` is told of
    a room that is gone, or that was given up; everything else is read from the facts.
    """

    def __init__(
        self,
        facts: CallFacts,
        conditions: Conditions,
        chat: CallChat,
        backend: CallBackend,
        door: RoomDoor,
        probe: Probe,
        *,
        device_fingerprint: str,
        finish: Finish,
        take_state: Callable[[SessionState], None],
        entered: Callable[[], None],
        refresh: Callable[[], None],
    ) -> None:
        """Make it for one call; `stay` is to be run as a task. `entered` is called whenever the call is in a room."""
        self._facts, self._conditions, self._chat = facts, conditions, chat
        self._backend, self._door, self._probe = backend, door, probe
        self._fingerprint = device_fingerprint
        self._finish, self._take_state, self._entered, self._refresh = finish, take_state, entered, refresh
        self._loop = asyncio.get_running_loop()
        self._place: JoinGrant | None = facts.grant
        self._lost: Disconnected | None = None
        self._lost_early: Disconnected | None = None
        self._gone = asyncio.Event()
        self._tries = 0
        self._setup_tries = 0
        self._access_tries = 0
        self._entered_s: float | None = None
        self._let_go_s: float | None = None
        self._was_ghost = False
        self.is_resigned = False
        """Whether no room is tried any more although the call goes on, by chat."""

    @property
    def is_searching(self) -> bool:
        """Whether it is on its way into a room, and not for the first time."""
        return not self.is_resigned and not self._door.is_connected and (self.has_been_in or self._tries > 0)

    @property
    def has_been_in(self) -> bool:
        """Whether this call was ever in a room."""
        return self._entered_s is not None

    def lose(self, lost: Disconnected) -> None:
        """Take it that the room is gone: it is let go, and `stay` decides what follows."""
        if self._gone.is_set():
            return
        if not self._door.is_connected:
            self._lost_early = lost
            return
        now = self._loop.time()
        _log.info("the room is lost or given up: %s", lost.reason.value)
        if lost.reason is LostReason.DUPLICATE_IDENTITY and self._is_own_ghost(now):
            self._was_ghost = True
            lost = Disconnected(LostReason.CONNECTION, lost.number)
        self._lost, self._let_go_s = lost, now
        self._facts.people.own_in_room = False
        self._facts.people.lost(now)
        self._conditions.connection_lost(now)
        self._door.let_go()
        self._gone.set()

    def _is_own_ghost(self, now: float) -> bool:
        """Say whether who took the place is a former room of this very call: its SDK may have been about to return.

        That is believed once, and only for some seconds; another screen is never fought for the place.
        """
        is_fresh = self._let_go_s is not None and now - self._let_go_s < _GHOST_S
        return self._door.has_former or (is_fresh and not self._was_ghost)

    async def confirm_place(self) -> None:
        """Take a new join answer for the room that this call is in, which stays as it is; a refusal ends the call.

        For a room that was mended from within after a long loss: until then it stands on what the platform said before.
        """
        entered_s, tries = self._entered_s, 0
        while self._door.is_connected and self._entered_s == entered_s:
            try:
                self._take_grant(await self._backend.join(self._facts.grant.session_id, self._fingerprint))
            except RefusedError as refusal:
                if not is_worth_waiting(refusal):
                    await self.out(EndReason.REMOVED, refusal)
                    return
                await asyncio.sleep(_wait_s(refusal))
            except BaylinkError as error:
                _log.info("the place in the session is not confirmed yet: %s", error.code)
                await asyncio.sleep(pause_s(tries))
                tries += 1
            else:
                return

    def _take_grant(self, grant: JoinGrant) -> None:
        self._facts.take_grant(grant)
        self._chat.merge(grant.messages)

    async def stay(self) -> None:
        """Be in a room, again and again; return when there is none to be in any more."""
        if self._facts.grant.server_url is None:
            self._say(BaylinkError(self._facts.grant.media_error or "no_media_server"))
            self.is_resigned = True
            return
        while await self._get_in():
            await self._gone.wait()
            self._gone.clear()
            if self._lost is not None and not await self._goes_on_after(self._lost):
                return

    # ---- into a room ------------------------------------------------------------------------------------------------

    async def _get_in(self) -> bool:
        """Get into a room, however often that takes; False when this call has come to its end, or stays without one."""
        while not self._door.is_left:
            place, self._place = self._place or await self._new_place(), None
            if place is None:
                return False
            trouble = await self._try(place)
            if trouble is None:
                if not self._door.is_connected:
                    return False
                self._is_in()
                if self._lost_early is not None:
                    self.lose(self._lost_early)
                return True
            if await self._gives_up(trouble):
                return False
            await self._pause()
        return False

    async def _try(self, place: JoinGrant) -> RoomConnectError | None:
        """Use a join answer's token once; but a connect into nothing hangs for long, so that is looked at first."""
        self._lost_early = None
        self._probe.aim(place.server_url)
        if self._probe.media.answered_s is not None and not await self._probe.media.is_there():
            return RoomConnectError()
        return await self._door.enter(place)

    def _is_in(self) -> None:
        now = self._loop.time()
        first_time = self._entered_s is None
        _log.info("in a room")
        self._entered_s = now
        self._setup_tries = 0
        self._facts.people.own_in_room = True
        self._conditions.bands.drop("media_trouble")
        if first_time:
            self._probe.ask()
        self._entered()

    async def _new_place(self) -> JoinGrant | None:
        """Ask for a place until there is one; None when the platform says that there will be none."""
        while not self._door.is_left:
            try:
                grant = await self._backend.join(self._facts.grant.session_id, self._fingerprint)
            except (OfflineError, ServerTroubleError, SignedOutError) as error:
                _log.info("a new place in the session is not there yet: %s", error.code)
            except RefusedError as error:
                if not is_worth_waiting(error):
                    await self.out(EndReason.REMOVED, error)
                    return None
                await asyncio.sleep(_wait_s(error))
            else:
                self._take_grant(grant)
                return grant
            await self._pause()
        return None

    async def _gives_up(self, trouble: RoomConnectError) -> bool:
        """Say what stands in the way, and whether that is the end of trying."""
        match failure_of(trouble):
            case Failure.ACCESS:
                self._access_tries += 1
                if self._access_tries > 1:
                    await self.out(EndReason.LOST, trouble)
                    return True
            case Failure.SETUP:
                self._setup_tries += 1
                if self._setup_tries >= SETUP_TRIES:
                    self._resign(trouble)
                    return True
            case Failure.AWAY:
                pass
        if not self.has_been_in:
            self._say(RoomConnectError())
        return False

    def _resign(self, trouble: BaylinkError) -> None:
        """Go on without a room: what is wrong is for support, and chat still works."""
        self.is_resigned = True
        self._conditions.resign()
        self._say(trouble)

    def _say(self, error: BaylinkError) -> None:
        self._conditions.bands.put(call_bands.media_trouble(error.sentence), self._loop.time())
        self._refresh()

    async def _pause(self) -> None:
        """Wait before the next try; not a moment longer than until who was away is back.

        As long as they are known to be away, an answer of the platform may still name another media server.
        """
        seconds = rejoin_pause_s(self._tries)
        if not self._probe.platform.is_down:
            seconds = min(seconds, _LONGEST_PAUSE_S)
        self._tries += 1
        reaches = (self._probe.media, self._probe.platform)
        for reach in reaches:
            reach.back.clear()
        if any(reach.is_known_down for reach in reaches):
            seconds = max(seconds, _BLIND_TRY_S)
        returned = [asyncio.create_task(reach.back.wait(), name="call-back") for reach in reaches]
        try:
            done, _ = await asyncio.wait(returned, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in returned:
                task.cancel()
            await asyncio.gather(*returned, return_exceptions=True)
        if done:
            self._tries = 0

    # ---- out of a room ----------------------------------------------------------------------------------------------

    async def _goes_on_after(self, lost: Disconnected) -> bool:
        """Do what the policy says about a lost room; False when this call is over."""
        rule = AFTER_LOSS[lost.reason]
        has_held = self._entered_s is not None and self._loop.time() - self._entered_s >= _STABLE_AFTER_S
        if has_held:
            self._tries = self._access_tries = 0
            self._was_ghost = False
        self._refresh()
        if not await self._may_rejoin(lost, rule) or self._door.is_left:
            return False
        if not has_held:
            # A room that falls again and again is tried ever more slowly.
            await asyncio.sleep(rejoin_pause_s(self._tries))
            self._tries += 1
        return not self._door.is_left

    async def _may_rejoin(self, lost: Disconnected, rule: Rule) -> bool:
        match rule.next:
            case Next.TAKEN_OVER:
                self._finish(EndReason.JOINED_ELSEWHERE, band=call_bands.joined_elsewhere())
                return False
            case Next.ASK_AND_STOP:
                was_removed = lost.reason is LostReason.REMOVED
                await self.out(EndReason.REMOVED if was_removed else EndReason.LOST, loss_error(lost))
                return False
            case Next.REJOIN_ONCE:
                self._access_tries += 1
                if self._access_tries > 1:
                    await self.out(EndReason.LOST, loss_error(lost))
                    return False
            case Next.ASK:
                return await self._is_still_open()
            case Next.REJOIN_SPREAD:
                await asyncio.sleep(random.uniform(0.1, _SPREAD_S))  # noqa: S311 - spreads load, guards nothing
            case Next.REJOIN:
                pass
        return True

    async def _is_still_open(self) -> bool:
        """Ask the platform about a room that was closed; a smaller one closes it only because the session has ended."""
        if self._facts.grant.is_lean:
            await self.out(EndReason.LOST, None)
            return False
        with suppress(BaylinkError):
            self._take_state(await self._backend.state(self._facts.grant.session_id))
        return True

    async def out(self, reason: EndReason, error: BaylinkError | None) -> None:
        """Leave because the room or the session is gone; if the platform says that it ended, say how."""
        for attempt in range(_LAST_STATE_TRIES):
            try:
                self._take_state(await self._backend.state(self._facts.grant.session_id))
            except (OfflineError, ServerTroubleError):
                await asyncio.sleep(pause_s(attempt))
            except BaylinkError as refused:
                error = error or refused
                break
            else:
                break
        if error is None and reason is EndReason.LOST and self._facts.grant.is_lean:
            self._finish(EndReason.ENDED, completion=self._facts.completion(None, self._loop.time()))
        else:
            sentence = (error or BaylinkError("room_lost")).sentence
            self._finish(reason, band=call_bands.room_lost(sentence))


def _wait_s(refusal: RefusedError) -> float:
    """Return how long a platform that has had enough of us wants to be left alone."""
    seconds = refusal.details.get("retry_after_s")
    return min(float(seconds), _LONGEST_WAIT_S) if isinstance(seconds, int | float) else _WAIT_S

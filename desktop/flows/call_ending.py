"""Ending: how a session is ended from this side, and what is shown when the platform does not say whether it did."""

import asyncio
import logging
from typing import Protocol

from desktop.core.bands import Band
from desktop.core.call import EndReason
from desktop.core.errors import BaylinkError, OfflineError, ServerTroubleError, SignedOutError
from desktop.core.session import Completion
from desktop.flows import call_bands
from desktop.flows.call_chat import CallChat
from desktop.flows.call_facts import CallFacts
from desktop.flows.call_ports import CallBackend
from desktop.flows.call_waiting import pause_s

_log = logging.getLogger(__name__)

LAST_LINES_S = 1.5
"""How long lines that are still on their way are waited for before a session is left or ended."""


class Finish(Protocol):
    """What ends the call on this screen; it does nothing the second time."""

    def __call__(self, reason: EndReason, *, completion: Completion | None = None, band: Band | None = None) -> None:
        """End with a reason, and with how it ended or one sentence."""


class Ending:
    """Calls end for one session, as often as is safe and no more."""

    def __init__(self, backend: CallBackend, facts: CallFacts, chat: CallChat, finish: Finish) -> None:
        """Make it for one call; on the running loop."""
        self._backend = backend
        self._facts = facts
        self._chat = chat
        self._finish = finish
        self._loop = asyncio.get_running_loop()

    async def end(self) -> None:
        """End until the platform has told how it ended; a lean platform is called once (contract section 7)."""
        await self._chat.last_lines(LAST_LINES_S)
        tries = 0
        while not await self._try():
            await asyncio.sleep(pause_s(tries))
            tries += 1

    async def end_by_time(self) -> None:
        """Call end once, long after zero: the server should have done it."""
        try:
            completion = await self._backend.end(self._facts.grant.session_id)
        except BaylinkError as error:
            _log.warning("the session could not be closed at its end: %s, request %s", error.code, error.reference)
        else:
            self._finish(EndReason.ENDED, completion=self._facts.completed(completion))

    async def _try(self) -> bool:
        """Call end once; say whether the call is over for this screen."""
        try:
            completion = await self._backend.end(self._facts.grant.session_id)
        except SignedOutError as error:
            self._finish(EndReason.SIGNED_OUT, band=call_bands.room_lost(error.sentence))
        except (OfflineError, ServerTroubleError) as error:
            _log.info("the end is not confirmed yet: %s, request %s", error.code, error.reference)
            if not self._facts.grant.is_lean:
                return False
            await self._look()
        except BaylinkError as error:
            _log.warning("the end was refused: %s, request %s", error.code, error.reference)
            await self._look()
        else:
            self._finish(EndReason.ENDED, completion=self._facts.completed(completion))
        return True

    async def _look(self) -> None:
        """After an end of unknown fate, show what the platform says; else go back to the list and say so."""
        try:
            state = await self._backend.state(self._facts.grant.session_id)
        except BaylinkError:
            state = None
        if state is not None and state.status.is_terminal:
            self._facts.take_state(state)
            self._finish(EndReason.ENDED, completion=self._facts.completion(state, self._loop.time()))
        else:
            self._finish(EndReason.LEFT, band=call_bands.end_unknown())

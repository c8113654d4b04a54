"""What a crash must not take: typed lines come back in order and are stored once, and the open session is known."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta

import pytest

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase
from desktop.core.chat import Delivery
from desktop.core.errors import OfflineError, RefusedError
from desktop.core.people import MechanicId, Role, SessionId
from desktop.flows.call import CallFlow
from desktop.flows.call_journal import CallJournal
from desktop.store.open_call import OpenCall
from desktop.store.outbox import KeptLine
from tests.flows.call_fakes import SESSION, FakePlatform, FakeRooms, Screen
from tests.flows.fakes import IKE, MARISOL, signed_in
from tests.virtual_loop import run_virtual


class FakePc:
    """The disk of one PC: an outbox and the open sessions, as the two stores keep them."""

    def __init__(self) -> None:
        self.lines: dict[tuple[MechanicId, SessionId], list[KeptLine]] = {}
        self.open: dict[MechanicId, OpenCall] = {}
        self.is_full = False
        self.restarts = 0
        self.takes_s = 0.01

    async def put_line(self, owner: MechanicId, session_id: SessionId, line: KeptLine) -> None:
        await self._write()
        self.lines.setdefault((owner, session_id), []).append(line)

    async def _write(self) -> None:
        await asyncio.sleep(self.takes_s)
        if self.is_full:
            raise OSError("full")


class FakeOutbox:
    def __init__(self, pc: FakePc) -> None:
        self._pc = pc

    async def put(self, owner: MechanicId, session_id: SessionId, line: KeptLine) -> None:
        await self._pc.put_line(owner, session_id, line)

    async def remove(self, owner: MechanicId, session_id: SessionId, line_id: str) -> None:
        await self._pc._write()
        kept = self._pc.lines.get((owner, session_id), [])
        kept[:] = [line for line in kept if line.id != line_id]

    async def of(self, owner: MechanicId, session_id: SessionId) -> tuple[KeptLine, ...]:
        await self._pc._write()
        return tuple(self._pc.lines.get((owner, session_id), ()))


class FakeOpenCalls:
    def __init__(self, pc: FakePc) -> None:
        self._pc = pc

    async def put(self, call: OpenCall) -> None:
        await self._pc._write()
        self._pc.open[call.owner] = call

    async def remove(self, owner: MechanicId, session_id: SessionId) -> None:
        await self._pc._write()
        known = self._pc.open.get(owner)
        if known is not None and known.session_id == session_id:
            del self._pc.open[owner]

    async def since(self, moment: datetime) -> tuple[OpenCall, ...]:
        await self._pc._write()
        return tuple(call for call in self._pc.open.values() if call.joined_at > moment)

    async def note_restart(self, now: datetime, *, within: timedelta) -> int:
        await self._pc._write()
        self._pc.restarts += 1
        return self._pc.restarts


class Program:
    """One run of the program at a PC, up to a clean end or a kill."""

    def __init__(self, pc: FakePc, platform: FakePlatform) -> None:
        self.rooms = FakeRooms()
        self.screen = Screen()
        self.journal = CallJournal(FakeOutbox(pc), FakeOpenCalls(pc))
        self.flow = CallFlow(
            platform, self.rooms, self.screen, device_fingerprint="bay3-6f0c9a52", journal=self.journal
        )

    async def join(self) -> None:
        await self.flow.join(SESSION)
        await self.screen.until(lambda: self.screen.states and self.screen.state.mechanic.in_room, 5)

    async def stop(self) -> None:
        await self.flow.stop()
        await self.journal.aclose()

    async def say(self, *texts: str) -> None:
        for text in texts:
            self.flow.send(text)
            await asyncio.sleep(0.3)


def killed(pc: FakePc) -> FakePc:
    """Return the disk as a kill leaves it at this moment."""
    left = FakePc()
    left.lines = {key: list(lines) for key, lines in pc.lines.items()}
    left.open = dict(pc.open)
    return left


def play(story: Callable[[FakePc, FakePlatform], Coroutine[object, object, None]], *, is_lean: bool = False) -> None:
    platform = FakePlatform()
    platform.is_lean = is_lean
    run_virtual(story(FakePc(), platform))


def test_lines_typed_while_the_platform_is_away_outlive_a_kill_and_are_stored_once_in_order() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        first = Program(pc, platform)
        first.journal.account_changed(signed_in(MARISOL))
        await first.join()
        platform.always["send_message"] = OfflineError()
        await first.say("one", "two", "three")
        await asyncio.sleep(1)
        disk = killed(pc)
        await first.stop()

        again = Program(disk, platform)
        again.journal.account_changed(signed_in(MARISOL))
        await again.join()
        assert [(line.text, line.delivery) for line in again.screen.transcript] == [
            ("one", Delivery.SENDING),
            ("two", Delivery.SENDING),
            ("three", Delivery.SENDING),
        ]
        await again.say("four")
        del platform.always["send_message"]
        await again.screen.until(lambda: all(line.seq is not None for line in again.screen.transcript), 60)
        await again.stop()
        assert [line.text for line in platform.stored] == ["one", "two", "three", "four"]
        assert again.screen.texts == ["one", "two", "three", "four"]
        assert disk.lines == {(MARISOL.id, SESSION): []}

    play(story)


def test_a_line_whose_answer_was_lost_in_the_kill_is_not_stored_or_shown_twice() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        first = Program(pc, platform)
        first.journal.account_changed(signed_in(MARISOL))
        await first.join()
        platform.gates["send_message"] = asyncio.Event()
        await first.say("Is the pedal soft?")
        await asyncio.sleep(1)
        disk = killed(pc)
        line = disk.lines[MARISOL.id, SESSION][0]
        platform.store(line.text, line.id, Role.MECHANIC)
        platform.gates["send_message"].set()
        await first.stop()

        again = Program(disk, platform)
        again.journal.account_changed(signed_in(MARISOL))
        await again.join()
        await asyncio.sleep(2)
        await again.stop()
        assert [(line.text, line.delivery) for line in again.screen.transcript] == [
            ("Is the pedal soft?", Delivery.SENT)
        ]
        assert len(platform.stored) == 1
        assert disk.lines == {(MARISOL.id, SESSION): []}

    play(story)


def test_a_lean_platform_that_cannot_tell_repeats_is_sent_a_kept_line_by_a_tap_only() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        now = platform.directory  # the platform is asked once, so that the story has begun
        assert now.people
        first = Program(pc, platform)
        first.journal.account_changed(signed_in(MARISOL))
        await first.flow.join(SESSION)
        platform.always["send_message"] = OfflineError()
        platform.always["messages"] = OfflineError()
        await first.say("Rev it up, please.")
        await asyncio.sleep(1)
        disk = killed(pc)
        await first.stop()
        platform.always.clear()

        again = Program(disk, platform)
        again.journal.account_changed(signed_in(MARISOL))
        await again.flow.join(SESSION)
        await asyncio.sleep(5)
        assert [line.delivery for line in again.screen.transcript] == [Delivery.FAILED]
        assert platform.stored == []
        again.flow.retry(again.screen.transcript[0].id)
        await again.screen.until(lambda: again.screen.transcript[0].delivery is Delivery.SENT, 10)
        await again.stop()
        assert [line.text for line in platform.stored] == ["Rev it up, please."]

    play(story, is_lean=True)


def test_another_mechanic_finds_no_line_and_sends_none() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        first = Program(pc, platform)
        first.journal.account_changed(signed_in(MARISOL))
        await first.join()
        platform.always["send_message"] = OfflineError()
        await first.say("private")
        await asyncio.sleep(1)
        disk = killed(pc)
        await first.stop()
        del platform.always["send_message"]

        other = Program(disk, platform)
        other.journal.account_changed(signed_in(IKE))
        await other.join()
        await asyncio.sleep(5)
        await other.stop()
        assert other.screen.transcript == []
        assert platform.stored == []
        assert len(disk.lines[MARISOL.id, SESSION]) == 1

    play(story)


def test_a_kept_line_of_a_session_that_has_ended_is_there_to_read_and_marked_as_not_sent() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        first = Program(pc, platform)
        first.journal.account_changed(signed_in(MARISOL))
        await first.join()
        platform.always["send_message"] = RefusedError("session_ended", 410)
        await first.say("Too late?")
        await asyncio.sleep(1)
        await first.stop()
        platform.finish()

        again = Program(pc, platform)
        again.journal.account_changed(signed_in(MARISOL))
        await again.flow.review(SESSION)
        await again.stop()
        assert [(line.text, line.delivery) for line in again.screen.transcript] == [("Too late?", Delivery.FAILED)]

    play(story)


def test_nobody_reads_a_line_before_the_disk_has_it() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        program = Program(pc, platform)
        program.journal.account_changed(signed_in(MARISOL))
        await program.join()
        pc.takes_s = 2.0
        await program.say("Can you start the engine?")
        assert program.rooms.room.sent == []
        assert platform.stored == []
        await asyncio.sleep(2)
        assert [line.text for line in pc.lines[MARISOL.id, SESSION]] == ["Can you start the engine?"]
        assert [text for text, _ in program.rooms.room.sent] == ["Can you start the engine?"]
        await program.stop()

    play(story)


def test_a_full_disk_stops_no_line() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        pc.is_full = True
        program = Program(pc, platform)
        program.journal.account_changed(signed_in(MARISOL))
        await program.join()
        await program.say("one", "two")
        await program.screen.until(lambda: [line.delivery for line in program.screen.transcript] == [Delivery.SENT] * 2)
        await program.stop()

    play(story)


@pytest.mark.parametrize("way", ["leave", "end", "ended by the customer", "stop"])
def test_an_open_session_is_noted_and_every_proper_end_takes_the_note_away(way: str) -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        program = Program(pc, platform)
        program.journal.account_changed(signed_in(MARISOL))
        await program.join()
        await asyncio.sleep(1)
        assert [(call.owner, call.session_id) for call in pc.open.values()] == [(MARISOL.id, SESSION)]
        if way == "leave":
            await program.flow.leave()
        elif way == "end":
            program.flow.end()
            await program.screen.until_phase(CallPhase.ENDED)
        elif way == "ended by the customer":
            platform.finish()
            await program.screen.until_phase(CallPhase.ENDED)
        await program.stop()
        assert pc.open == {}

    play(story)


def test_a_sign_in_that_is_lost_in_a_call_keeps_the_note_for_its_mechanic() -> None:
    async def story(pc: FakePc, platform: FakePlatform) -> None:
        program = Program(pc, platform)
        program.journal.account_changed(signed_in(MARISOL))
        await program.join()
        interrupted = AccountState(phase=AccountPhase.SIGNED_OUT, mechanic=MARISOL, interrupted=True)
        program.journal.account_changed(interrupted)
        await program.say("still here")
        await asyncio.sleep(1)
        assert set(killed(pc).open) == {MARISOL.id}
        await program.stop()

    play(story)

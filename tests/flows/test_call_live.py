"""The whole story of a call on real parts: real platform client, join server, livekit-server and a customer's phone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import pytest

from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.core.call import CallPhase, EndReason, OwnDevice, TrackState, VideoKey
from desktop.core.chat import Delivery
from desktop.core.people import SessionId
from desktop.flows.call import CallFlow
from desktop.practice.camera import SyntheticCamera
from desktop.practice.day import BRAKES, PracticeDay
from desktop.rtc.mailboxes import Mailboxes
from desktop.rtc.room import Rooms
from tests.flows.call_fakes import Screen

pytestmark = pytest.mark.server

VIDEO = BRAKES


class Bay:
    """The app without its window: everything real but the widgets."""

    def __init__(self, day: PracticeDay) -> None:
        self.day = day
        self.screen = Screen()
        self.mailboxes = Mailboxes()
        self._woken = asyncio.Event()
        self.mailboxes.on_wake = lambda _key: self._woken.set()
        address = PlatformAddress(day.join_server.url, livekit_url=day.livekit.url, plain_loopback=True)
        self.backend = BackendClient(address, client_version="0.1.0")
        camera = SyntheticCamera(width=640, height=360, fps=15)
        rooms = Rooms(self.mailboxes, camera=lambda: camera)
        self.flow = CallFlow(self.backend, rooms, self.screen, device_fingerprint="bay3-6f0c9a52")

    async def sign_in(self) -> None:
        await self.backend.sign_in(self.day.login.email, self.day.login.password)
        await self.backend.board()

    async def until_picture(self) -> None:
        """Return when a new picture of the customer can be painted."""
        identity = self.screen.state.customer.person.identity
        assert identity is not None
        box = self.mailboxes.of(VideoKey(identity))
        box.take()
        async with asyncio.timeout(10):
            while box.take() is None:
                self._woken.clear()
                await self._woken.wait()

    async def close(self) -> None:
        await self.flow.stop()
        await self.backend.aclose()


@contextlib.asynccontextmanager
async def bay(folder: Path, *, lean: bool = False) -> AsyncIterator[Bay]:
    async with PracticeDay(folder=folder, lean=lean) as day:
        here = Bay(day)
        try:
            await here.sign_in()
            yield here
        finally:
            await here.close()


def play(folder: Path, story: Callable[[Bay], Coroutine[object, object, None]], *, lean: bool = False) -> None:
    async def run() -> None:
        async with bay(folder, lean=lean) as here:
            await story(here)

    asyncio.run(run())


def test_a_whole_call_on_real_parts(tmp_path: Path) -> None:
    async def story(here: Bay) -> None:
        screen = here.screen
        customer = await here.day.add_customer(VIDEO, "--size", "640x360", "--fps", "15")
        await customer.wait_for("joined")
        await here.flow.join(SessionId(VIDEO.id))
        assert screen.states[0].customer.person.display_name == "Dana Whitlock"
        await screen.until_phase(CallPhase.LIVE, 10)
        await here.until_picture()
        await screen.until(lambda: screen.state.customer.camera is TrackState.FLOWING, 10)
        await screen.until(lambda: screen.state.camera is OwnDevice.ON, 10)

        here.flow.send("Can you start the engine?")
        await screen.until(lambda: any("brake" in text for text in screen.texts), 15)
        await screen.until(lambda: all(m.seq is not None for m in screen.transcript), 15)
        assert len(screen.texts) == len(set(screen.texts))
        own = [message for message in screen.transcript if message.text == "Can you start the engine?"]
        assert [message.delivery for message in own] == [Delivery.SENT]

        await customer.command("rename", name="Dana Whitlock-Reyes")
        await screen.until(lambda: screen.state.customer.person.display_name == "Dana Whitlock-Reyes", 5)

        here.flow.end()
        state = await screen.until_phase(CallPhase.ENDED, 10)
        assert state.end_reason is EndReason.ENDED
        assert state.completion is not None
        assert state.completion.mechanic_name == "Marisol Quintero"
        assert state.completion.customer_name == "Dana Whitlock-Reyes"
        await here.flow.join(SessionId(VIDEO.id))
        assert [error.code for error in screen.refusals] == ["session_ended"]

    play(tmp_path, story)


def test_the_customer_leaves_returns_and_ends(tmp_path: Path) -> None:
    async def story(here: Bay) -> None:
        screen = here.screen
        await here.flow.join(SessionId(VIDEO.id))
        await screen.until(lambda: screen.states and screen.state.mechanic.in_room, 10)
        assert screen.state.phase is CallPhase.WAITING
        customer = await here.day.add_customer(VIDEO, "--size", "640x360", "--fps", "15")
        await screen.until_phase(CallPhase.LIVE, 20)
        await screen.until_band("customer_here", 15)
        await here.until_picture()
        await customer.command("leave")
        await screen.until_band("customer_dropped", 15)
        await customer.command("return")
        await screen.until(lambda: screen.state.customer.in_room, 15)
        await here.until_picture()
        await customer.command("end")
        state = await screen.until_phase(CallPhase.ENDED, 5)
        assert state.completion is not None
        assert state.completion.ended_by == "customer"

    play(tmp_path, story)


def test_ac_49_a_whole_call_on_a_lean_platform_in_the_app(tmp_path: Path) -> None:
    async def story(here: Bay) -> None:
        screen = here.screen
        customer = await here.day.add_customer(VIDEO, "--size", "640x360", "--fps", "15")
        await customer.wait_for("joined")
        await here.flow.join(SessionId(VIDEO.id))
        assert screen.states[0].customer.person.display_name == "Dana Whitlock"
        await screen.until_phase(CallPhase.LIVE, 15)
        await here.until_picture()
        here.flow.send("Can you start the engine?")
        await screen.until(lambda: any("brake" in text for text in screen.texts), 15)
        await asyncio.sleep(4)
        assert len(screen.texts) == len(set(screen.texts))
        here.flow.end()
        state = await screen.until_phase(CallPhase.ENDED, 10)
        assert state.completion is not None
        assert state.completion.customer_name == "Dana Whitlock"

    play(tmp_path, story, lean=True)

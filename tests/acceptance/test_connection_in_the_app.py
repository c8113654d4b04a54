"""The contract's cases of a connection that goes wrong: the app's flow, real servers and a real customer's phone."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from desktop.core.call import CallPhase, EndReason
from desktop.core.chat import Delivery
from desktop.practice.customer_process import Event
from tests.faults.lanes import Lanes, Notes, Outcome
from tests.fixtures.fault_desk import MechanicDesk
from tests.fixtures.fault_rig import Call, Network, call
from tests.fixtures.fault_shop import MECHANICS, Shop

pytestmark = [pytest.mark.server, pytest.mark.timeout(400)]

_A_MINUTE_S = 60.0


@contextlib.asynccontextmanager
async def _calls(folder: Path) -> AsyncIterator[dict[str, Call]]:
    """Open three calls in one shop, each behind a network of its own."""
    async with (
        Shop(folder) as shop,
        call(shop, host="127.0.0.3") as one,
        call(shop, host="127.0.0.4", udp_of=one.network.media) as two,
        call(shop, host="127.0.0.5", udp_of=one.network.media) as three,
    ):
        yield {"platform": one, "screens": two, "network": three}


lanes = Lanes(_calls)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return lanes.play(request, tmp_path_factory.mktemp("connection"))


@lanes.story("platform")
async def test_ac_34_a_minute_without_the_platform_and_live_text_flows_both_ways(here: Call, notes: Notes) -> None:
    since_s = time.monotonic()
    here.network.platform.blackout()
    while time.monotonic() - since_s < _A_MINUTE_S:
        line = here.say("can you hear it grind?")
        await here.customer.wait_for("chat", where=partial(_is_line, line), timeout_s=10)
        answer = await here.answer("yes, when braking")
        await here.desk.until(partial(_is_on_screen, here.desk, answer), 10, "the customer's live line")
        await asyncio.sleep(8)
    assert here.desk.phases(since_s) == [CallPhase.LIVE]
    here.network.platform.restore()
    back_s = time.monotonic()
    await here.settle_chat()
    notes.note(stored_s=time.monotonic() - back_s)
    stored = sorted((line.seq, line.text) for line in here.desk.transcript if line.text in here.said)
    assert [text for _, text in stored] == here.said, "lines were not stored in the order they were written"
    await here.assert_everybody_once()


@lanes.story("screens")
async def test_ac_40_a_second_screen_takes_the_place_and_nobody_fights_for_it(here: Call, notes: Notes) -> None:
    second = MechanicDesk(here.shop.join_server.url)
    try:
        await second.enter(here.session_id, MECHANICS[1])
        out_s = await here.desk.until(lambda: here.desk.state.phase is CallPhase.ENDED, 20, "the first screen is out")
        notes.note(out_s=out_s)
        assert here.desk.state.end_reason is EndReason.JOINED_ELSEWHERE
        assert here.desk.band == "joined_elsewhere"
        await second.until_live()
        since_s = time.monotonic()
        await asyncio.sleep(_A_MINUTE_S)
        assert second.phases(since_s) == [CallPhase.LIVE], "the place went back and forth"
        assert here.desk.state.phase is CallPhase.ENDED
        here.desk.flow.act_on_band("joined_elsewhere")
        await here.desk.until(lambda: here.desk.state.phase is CallPhase.LIVE, 20, "the first screen took it back")
        await second.until(lambda: second.state.phase is CallPhase.ENDED, 20, "the second screen is out")
        assert second.state.end_reason is EndReason.JOINED_ELSEWHERE
    finally:
        await second.aclose()
    await here.assert_everybody_once()


@lanes.story("network")
async def test_ac_42_a_minute_without_network_needs_no_hand_and_loses_no_line(here: Call, notes: Notes) -> None:
    desk = here.desk
    here.say("just before")
    here.network.down()
    await asyncio.sleep(_A_MINUTE_S / 2)
    here.say("in the dark")
    await here.answer("are you there?")
    await asyncio.sleep(_A_MINUTE_S / 2)
    up_s = here.network.up()
    notes.note(back_s=await here.until_back(up_s))
    # A room of its own, or the old one where the SDK was just back before the app gave it up.
    await desk.until(lambda: desk.client.last_join_s > up_s, 10, "a new join answer")
    here.say("there I am again")
    await here.settle_chat()
    await here.assert_everybody_once()


def test_ac_41_a_session_opens_without_livekit_and_media_comes_with_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with Shop(tmp_path) as shop:
            session_id, mechanic, _ = await shop.book()
            await shop.livekit.kill()
            network = Network(shop, "127.0.0.3", None)
            await network.start()
            desk = MechanicDesk(f"http://127.0.0.3:{shop.join_server.port}")
            try:
                await desk.enter(session_id, mechanic)
                await desk.until(lambda: desk.band == "media_trouble", 15, "the sentence that there is no room")
                desk.flow.send("I am here already")
                await desk.until(lambda: desk.transcript[-1].delivery is Delivery.SENT, 10, "chat over HTTP")
                await shop.livekit.start()
                await desk.until(lambda: desk.state.mechanic.in_room, 20, "media without a tap")
                assert desk.band != "media_trouble"
            finally:
                await desk.aclose()
                await network.stop()

    asyncio.run(story())


def _is_line(text: str, told: Event) -> bool:
    return told["text"] == text


def _is_on_screen(desk: MechanicDesk, text: str) -> bool:
    return any(line.text == text for line in desk.transcript)

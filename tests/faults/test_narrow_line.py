"""A line that narrows and widens again, against real servers: what a mechanic sees and hears on each rung."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.core.call import CallPhase
from desktop.core.link import LinkState, LinkStats, PictureWish, Rung
from tests.faults.lanes import Lanes, Notes, Outcome
from tests.fixtures.fault_rig import Call, call
from tests.fixtures.fault_shop import Shop

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]

_PHONE = ("--size", "960x540", "--fps", "15", "--max-bitrate", "900000")
_WIDE_BPS = 3_000_000
_LOW_LAYER_BPS = 300_000
_PHOTOS_BPS = 140_000
"""The customer's voice takes up to 75 kbit/s of it: enough for a small photo now and then, too little for video."""
_SOUND_BPS = 40_000
"""Less than the customer's voice takes: some of it is lost, and there is nothing smaller that could be asked for."""
_MOVING_FPS = 3.0
_BY_HAND_S = 8
_LONGEST_CLIMB_S = 110
"""Mostly a quarter of a minute; each probe that failed while the line was narrow makes the next one wait longer."""
_AWAY = {CallPhase.RECONNECTING, CallPhase.REJOINING, CallPhase.ENDED}


@contextlib.asynccontextmanager
async def _calls(folder: Path) -> AsyncIterator[dict[str, Call]]:
    """Open two calls in one shop, each behind a line of its own."""
    async with (
        Shop(folder) as shop,
        call(shop, host="127.0.0.3", phone=_PHONE) as moving,
        call(shop, host="127.0.0.4", udp_of=moving.network.media, phone=_PHONE) as still,
    ):
        yield {"moving": moving, "still": still}


lanes = Lanes(_calls)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return lanes.play(request, tmp_path_factory.mktemp("narrow"))


def _link(call: Call) -> LinkState:
    return call.desk.state.link


def _moves(call: Call) -> bool:
    return _link(call).rung.has_video and (_link(call).stats or LinkStats()).fps >= _MOVING_FPS


async def _until_rung(call: Call, rung: Rung) -> None:
    await call.desk.until(lambda: _link(call).rung is rung, 60, f"the rung {rung.name}")


async def _until_said(call: Call, key: str) -> tuple[str, str]:
    """Return the line on screen once it is this one."""
    await call.desk.until(lambda: call.desk.band == key, 60, f"the line {key}")
    band = call.desk.state.band
    assert band is not None
    return band.title, band.text


async def _full(call: Call) -> None:
    call.network.media.shape(rate_bps=_WIDE_BPS)
    await call.desk.until(lambda: _link(call).rung is Rung.FULL and _moves(call), 60, "the full picture")


async def _down_to(call: Call, rung: Rung, rate_bps: int) -> None:
    call.network.media.shape(rate_bps=rate_bps)
    await _until_rung(call, rung)


async def _see_it_undisturbed(call: Call, since_s: float) -> None:
    """See that every line came once, that sound comes, and that nobody was ever called away."""
    await call.desk.until_heard()
    await call.settle_chat()
    assert not set(call.desk.phases(since_s)) & _AWAY, "a narrow line was called a lost connection"
    assert not [told for told in call.customer.events if told["event"] == "went" and told.get("role") == "mechanic"]


@lanes.story("moving")
async def test_a_line_that_narrows_gets_a_picture_that_it_carries_and_a_larger_one_when_it_widens(
    call: Call, notes: Notes
) -> None:
    desk, began_s = call.desk, time.monotonic()
    await _full(call)
    narrowed_s = time.monotonic()
    await _down_to(call, Rung.LOW, _LOW_LAYER_BPS)
    call.say("over a narrow line")
    await desk.until(lambda: _moves(call), 60, "a picture that moves")
    notes.note(moves_s=time.monotonic() - narrowed_s)
    call.network.media.shape(rate_bps=_WIDE_BPS)
    widened_s = time.monotonic()
    await desk.until(lambda: _link(call).rung < Rung.LOW and _moves(call), 60, "a larger layer")
    notes.note(larger_s=time.monotonic() - widened_s)
    await _see_it_undisturbed(call, began_s)


@lanes.story("moving")
async def test_always_the_full_picture_overrules_a_narrow_line_until_it_is_taken_back(call: Call, notes: Notes) -> None:
    desk, began_s = call.desk, time.monotonic()
    await _full(call)
    call.network.media.shape(rate_bps=_LOW_LAYER_BPS)
    # How far down is the phone's doing: one on a busy machine may send a middle layer that fits.
    await desk.until(lambda: _link(call).rung > Rung.FULL, 60, "less than the full picture")
    desk.flow.wish_for_pictures(PictureWish.MORE_PICTURE)
    assert (_link(call).rung, _link(call).wish) == (Rung.FULL, PictureWish.MORE_PICTURE)
    wished_s = time.monotonic()
    await asyncio.sleep(_BY_HAND_S)
    rungs = {state.link.rung for at_s, state in desk.states if at_s >= wished_s}
    assert rungs == {Rung.FULL}, "the link decided although the mechanic had"
    await desk.until_picture(time.monotonic(), 60)
    notes.note(gap_s=desk.longest_gap_s(wished_s))
    call.say("with as much picture as comes")
    desk.flow.wish_for_pictures(PictureWish.AUTOMATIC)
    call.network.media.shape(rate_bps=_PHOTOS_BPS)
    await desk.until(lambda: not _link(call).rung.has_video, 60, "the link deciding again")
    call.network.media.shape(rate_bps=_WIDE_BPS)
    await _see_it_undisturbed(call, began_s)


@lanes.story("still")
async def test_a_line_too_narrow_for_video_gives_photos_with_their_time_beside_the_sound(
    call: Call, notes: Notes
) -> None:
    desk, began_s = call.desk, time.monotonic()
    await _full(call)
    narrowed_s = time.monotonic()
    await _down_to(call, Rung.PHOTOS, _PHOTOS_BPS)
    said = await _until_said(call, "photos")
    assert said == ("Your network is weak.", "You now get sharp photos instead of video. Sound goes on.")
    notes.note(photos_s=time.monotonic() - narrowed_s)
    await desk.until(lambda: _link(call).photo_at, 60, "a photo and its time")
    notes.note(photo_s=time.monotonic() - narrowed_s)
    call.say("beside a photo")
    await call.answer("to somebody who sees photos")
    await _see_it_undisturbed(call, began_s)


@lanes.story("still")
async def test_a_line_that_carries_only_sound_says_so_and_keeps_sound_and_chat(call: Call, notes: Notes) -> None:
    began_s = time.monotonic()
    await _down_to(call, Rung.SOUND, _SOUND_BPS)
    said = await _until_said(call, "sound_only")
    assert said == ("Your network is very weak.", "Only sound and chat for now. The picture comes back by itself.")
    notes.note(said_s=time.monotonic() - began_s)
    call.say("by sound alone")
    await call.answer("to somebody who only listens")
    await _see_it_undisturbed(call, began_s)
    assert (_link(call).stats or LinkStats()).fps < _MOVING_FPS


@lanes.story("still")
async def test_a_line_that_is_wide_again_brings_the_moving_picture_back_by_itself(call: Call, notes: Notes) -> None:
    desk, began_s = call.desk, time.monotonic()
    await _down_to(call, Rung.SOUND, _SOUND_BPS)
    call.network.media.shape(rate_bps=_WIDE_BPS)
    widened_s = time.monotonic()
    await desk.until(lambda: _moves(call), _LONGEST_CLIMB_S, "a picture that moves")
    await _until_said(call, "video_back")
    notes.note(moves_s=time.monotonic() - widened_s)
    await desk.until_picture(time.monotonic(), 60)
    assert _link(call).photo_at is None
    call.say("seen moving again")
    await _see_it_undisturbed(call, began_s)

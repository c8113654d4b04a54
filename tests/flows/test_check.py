"""The check of devices on the loop: own picture, connection, level in a call; and the ways into a session."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop.core.call import CallPhase
from desktop.core.check import CheckFacts, Connection, MediaReach, Preview, Verdict, connection_of
from desktop.core.join_wish import JoinWish
from desktop.core.session import SessionKind
from desktop.flows.check import CheckFlow, CheckListeners
from tests.flows.call_fakes import SESSION, Stage
from tests.virtual_loop import run_virtual

GOOD = Connection(Verdict.GOOD, 42, MediaReach.REACHED)
AWAY = Connection(Verdict.NONE)


class FakePreview:
    """A camera that films when it is told to."""

    def __init__(self) -> None:
        self.is_filming = False
        self.looks = 0

    def start(self) -> None:
        self.is_filming = True

    async def stop(self) -> None:
        await asyncio.sleep(0.1)
        self.is_filming = False

    def devices_changed(self) -> None:
        self.looks += 1


class Bench:
    """A check with a fake platform and camera behind it."""

    def __init__(self) -> None:
        self.answers: list[Connection] = [GOOD]
        self.tests = 0
        self.facts: list[CheckFacts] = []
        self.levels: list[float] = []
        self.level: float | None = -30.0
        self.preview = FakePreview()
        self.flow = CheckFlow(self._test, self._level, CheckListeners(self.facts.append, self.levels.append))
        self.flow.use_preview(self.preview)

    async def _test(self) -> Connection:
        self.tests += 1
        await asyncio.sleep(0.2)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def _level(self) -> float | None:
        return self.level


def play(story: Callable[[Bench], Awaitable[None]]) -> Bench:
    """Play a story on virtual time; every check is closed at its end."""
    bench = Bench()

    async def whole() -> None:
        await story(bench)
        await bench.flow.close()

    run_virtual(whole())
    return bench


def test_opening_films_and_measures_and_closing_lets_go_of_the_camera() -> None:
    async def story(bench: Bench) -> None:
        await bench.flow.open(in_call=False)
        assert bench.preview.is_filming
        await asyncio.sleep(1)
        assert bench.facts[-1].connection == GOOD

    bench = play(story)
    assert not bench.preview.is_filming
    assert bench.facts[0].connection.verdict is Verdict.UNKNOWN
    assert bench.levels == []


def test_a_good_connection_is_measured_once_until_somebody_asks_again() -> None:
    async def story(bench: Bench) -> None:
        await bench.flow.open(in_call=False)
        await asyncio.sleep(60)
        assert bench.tests == 1
        bench.flow.test_connection()
        await asyncio.sleep(0.1)
        assert bench.facts[-1].connection.verdict is Verdict.UNKNOWN, "it says that it is being measured"
        await asyncio.sleep(1)
        assert bench.tests == 2

    play(story)


@pytest.mark.parametrize("trouble", [AWAY, Connection(Verdict.GOOD, 20, MediaReach.AWAY)])
def test_a_connection_that_is_away_is_tried_again_by_itself_without_flicker(trouble: Connection) -> None:
    async def story(bench: Bench) -> None:
        bench.answers = [trouble, trouble, GOOD]
        await bench.flow.open(in_call=False)
        await asyncio.sleep(30)
        assert [facts.connection for facts in bench.facts] == [Connection(), trouble, GOOD]

    assert play(story).tests == 3


def test_in_a_call_the_camera_is_the_rooms_and_the_level_comes_twenty_times_a_second() -> None:
    async def story(bench: Bench) -> None:
        await bench.flow.open(in_call=True)
        await asyncio.sleep(1)
        assert not bench.preview.is_filming
        assert 18 <= len(bench.levels) <= 21
        bench.level = None
        count = len(bench.levels)
        await asyncio.sleep(1)
        assert len(bench.levels) == count, "nothing is published, nothing is shown"

    play(story)


def test_the_camera_can_be_off_from_the_start_and_be_switched() -> None:
    async def story(bench: Bench) -> None:
        await bench.flow.open(in_call=False, camera_on=False)
        assert not bench.preview.is_filming, "off from the start"
        await bench.flow.set_camera(on=True)
        was_filming = bench.preview.is_filming
        await bench.flow.set_camera(on=False)
        assert (was_filming, bench.preview.is_filming) == (True, False)
        assert bench.facts[-1].preview is Preview.OFF

    play(story)


def test_a_closed_check_starts_no_camera() -> None:
    async def story(bench: Bench) -> None:
        await bench.flow.set_camera(on=True)
        assert not bench.preview.is_filming

    play(story)


def test_opening_and_closing_quickly_ends_as_wished_last() -> None:
    async def story(bench: Bench) -> None:
        await asyncio.gather(
            bench.flow.open(in_call=False), bench.flow.close(), bench.flow.open(in_call=False), bench.flow.close()
        )
        assert not bench.preview.is_filming

    play(story)


@pytest.mark.parametrize(
    ("milliseconds", "verdict"),
    [
        (12, Verdict.GOOD),
        (299, Verdict.GOOD),
        (300, Verdict.FAIR),
        (500, Verdict.WEAK),
        (1000, Verdict.VERY_WEAK),
        (None, Verdict.NONE),
    ],
)
def test_the_round_trip_decides_the_verdict(milliseconds: int | None, verdict: Verdict) -> None:
    assert connection_of(milliseconds, MediaReach.REACHED).verdict is verdict


def enter(wish: JoinWish | None) -> Stage:
    """Enter a session as it is wished, and leave it."""
    stages: list[Stage] = []

    async def story() -> None:
        stage = Stage()
        stages.append(stage)
        await stage.flow.join(SESSION, wish)
        await stage.screen.until(lambda: stage.screen.states and stage.screen.state.mechanic.in_room, 5)
        await stage.flow.stop()

    run_virtual(story())
    return stages[0]


def test_one_tap_joins_with_everything() -> None:
    room = enter(None).rooms.opened[0]
    assert (room.media, room.is_muted, room.is_camera_on) == (True, False, True)


def test_joining_muted_and_without_camera_begins_so() -> None:
    room = enter(JoinWish(muted=True, camera_on=False)).rooms.opened[0]
    assert (room.media, room.is_muted, room.is_camera_on) == (True, True, False)


def test_chat_only_touches_no_camera_and_no_sound_of_a_video_session() -> None:
    stage = enter(JoinWish(chat_only=True))
    assert not stage.rooms.opened[0].media
    assert {state.kind for state in stage.screen.states} == {SessionKind.CHAT}
    assert stage.screen.order[0] == "chat", "the transcript comes before the first state"
    assert "no_sound" not in stage.screen.bands()
    assert stage.screen.state.phase is CallPhase.ENDED


def test_outside_of_a_call_there_is_no_level() -> None:
    async def story() -> None:
        stage = Stage()
        assert await stage.flow.own_level() is None
        await stage.join()
        assert await stage.flow.own_level() == -30.0
        await stage.flow.leave()
        assert await stage.flow.own_level() is None
        await stage.flow.stop()

    run_virtual(story())

"""SR-39 in a call: whatever others do in the room, the screen hears of it a few times a second, and of all of it."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import cycle

import pytest

from desktop.core.call import CallPhase, Quality, TrackState
from desktop.core.chat import ChatChange, Delivery
from desktop.rtc.events import (
    ChatEdited,
    ChatReceived,
    OwnDevices,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    QualityChanged,
    RoomEvent,
    SessionPushed,
    SpeakersChanged,
    TrackChanged,
    TrackSource,
)
from tests.flows.call_fakes import CUSTOMER, MECHANIC, SESSION, FakePlatform, Screen, Stage, play

GUEST = "customer-99999999-9999-4999-8999-999999999999"
SECONDS = 5
EVENTS_PER_S = 100
STATES_PER_S = 10
LAYOUTS_PER_S = 2
AT_ONCE = 20
READS_PER_S = 5

FLOODS: dict[str, Iterable[Callable[[int], RoomEvent]]] = {
    "names": (lambda number: ParticipantRenamed(GUEST, f"Guest {number}"),),
    "tracks": (
        lambda _number: TrackChanged(CUSTOMER, TrackSource.SCREEN_SHARE, TrackState.FLOWING),
        lambda _number: TrackChanged(CUSTOMER, TrackSource.SCREEN_SHARE, TrackState.ABSENT),
    ),
    "muting": (
        lambda _number: TrackChanged(CUSTOMER, TrackSource.MICROPHONE, TrackState.MUTED),
        lambda _number: TrackChanged(CUSTOMER, TrackSource.MICROPHONE, TrackState.FLOWING),
    ),
    "speakers": (
        lambda _number: SpeakersChanged(frozenset({CUSTOMER})),
        lambda _number: SpeakersChanged(frozenset({MECHANIC})),
    ),
    "connection quality": (
        lambda _number: QualityChanged(CUSTOMER, Quality.WEAK),
        lambda _number: QualityChanged(CUSTOMER, Quality.GOOD),
    ),
    "coming and going": (
        lambda _number: ParticipantJoined(GUEST, "Guest"),
        lambda _number: ParticipantLeft(GUEST),
    ),
    "lines": (lambda number: ChatReceived(CUSTOMER, f"line-{number:06}", str(number)),),
    "one line again and again": (lambda number: ChatReceived(CUSTOMER, "the-one-line", str(number)),),
    "edits": (lambda number: ChatEdited(CUSTOMER, "the-one-line", str(number)),),
    "pushes": (lambda number: SessionPushed(number, SESSION, "file.added", {}),),
}


def told_of(screen: Screen) -> list[tuple[ChatChange, ...]]:
    """Note from now on what reaches the screen of the transcript, one entry for each time."""
    told: list[tuple[ChatChange, ...]] = []
    change = screen.change_chat

    def noted(changes: tuple[ChatChange, ...]) -> None:
        told.append(changes)
        change(changes)

    screen.change_chat = noted  # type: ignore[method-assign]  # the same screen, with a counter
    return told


async def flood(stage: Stage, events: Iterable[Callable[[int], RoomEvent]]) -> None:
    """Let events come for some seconds, evenly."""
    for number, event in zip(range(SECONDS * EVENTS_PER_S), cycle(events), strict=False):
        stage.room.tell(event(number))
        await asyncio.sleep(1 / EVENTS_PER_S)


@pytest.mark.parametrize("kind", sorted(FLOODS))
def test_sr_39_a_flood_of_anything_reaches_the_screen_a_few_times_a_second(kind: str) -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(ParticipantJoined(GUEST, "Guest"), ChatReceived(CUSTOMER, "the-one-line", "first"))
        states, calls = len(stage.screen.states), len(stage.platform.calls)
        told = told_of(stage.screen)
        await flood(stage, FLOODS[kind])
        assert len(stage.screen.states) - states <= AT_ONCE + STATES_PER_S * SECONDS
        assert len(told) <= AT_ONCE + LAYOUTS_PER_S * SECONDS
        assert len(stage.platform.calls) - calls <= 2 * READS_PER_S * SECONDS
        assert stage.screen.state.phase is CallPhase.LIVE

    play(story)


def test_sr_39_no_line_is_lost_or_out_of_order_for_being_told_together() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await flood(stage, FLOODS["lines"])
        await asyncio.sleep(1)
        numbers = [int(text) for text in stage.screen.texts]
        assert numbers == list(range(SECONDS * EVENTS_PER_S))

    play(story)


def test_sr_39_in_a_flood_an_own_line_and_an_own_tap_show_at_once() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await flood(stage, FLOODS["lines"])
        await flood(stage, FLOODS["muting"])
        stage.flow.send("Please stop that")
        assert stage.screen.transcript[-1].delivery is Delivery.SENDING
        stage.room.tell(OwnDevices())
        assert stage.screen.state.microphone is OwnDevices().microphone

    play(story)


def test_sr_39_what_came_last_in_a_flood_is_what_stands_there_in_the_end() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(ParticipantJoined(GUEST, "Guest"))
        await flood(stage, FLOODS["names"])
        await asyncio.sleep(1)
        names = [view.person.display_name for view in stage.screen.state.others]
        assert names == [f"Guest {SECONDS * EVENTS_PER_S - 1}"]

    play(story)


def test_sr_39_lines_that_still_wait_are_told_before_the_end_of_the_session_is() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        await flood(stage, FLOODS["lines"])
        stage.room.tell(ChatReceived(CUSTOMER, "the-last-line", "the last one"))
        stage.platform.finish()
        stage.push("session.ended")
        await stage.screen.until_phase(CallPhase.ENDED)
        assert stage.screen.texts[-1] == "the last one"

    play(story, FakePlatform())


def test_sr_39_a_flood_of_lines_ends_at_a_bound_and_stored_ones_still_come() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        for number in range(1_200):
            stage.room.tell(ChatReceived(CUSTOMER, f"line-{number:06}", str(number)))
        await asyncio.sleep(1)
        assert len(stage.screen.texts) == 1_000
        stage.platform.store("kept by the platform", "line-001199")
        stage.push("chat.message")
        await stage.screen.until(lambda: "kept by the platform" in stage.screen.texts)
        for number in range(50):
            stage.platform.store(str(number), f"line-{number:06}")
        stage.push("chat.message")
        await asyncio.sleep(2)
        stage.room.tell(ChatReceived(CUSTOMER, "line-999999", "heard again"))
        await asyncio.sleep(2)
        assert "heard again" in stage.screen.texts

    play(story)

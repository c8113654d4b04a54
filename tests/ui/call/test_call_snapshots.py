"""A stored picture of every state of the call screens, in both themes and both profiles."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QWidget

from desktop.core.call import CallPhase, CallState, OwnDevice, TrackState, VideoKey, VideoSource
from desktop.core.chat import ChatChange, Delivery
from desktop.core.corner import Corner
from desktop.core.frames import LatestFrame
from desktop.core.link import LinkState, Verdict
from desktop.core.notes import NotesHome, NotesState
from desktop.core.people import Role, SessionId
from desktop.core.session import Completion, SessionKind, SessionStatus
from desktop.ui.call.call_page import CallPage
from desktop.ui.chat_page import ChatPage
from desktop.ui.completion_page import CompletionPage
from tests.ui.call.states import (
    CAR,
    CONCERN,
    CUSTOMER_ID,
    NOW,
    OTHERS,
    STATS,
    TALK,
    chat,
    customer,
    message,
    picture,
    reconnecting,
    record,
    state,
    timer,
    waiting,
)
from tests.ui.conftest import Dress
from tests.ui.snapshots import SnapshotCheck

Shown = Callable[[QWidget, tuple[int, int]], QWidget]

FAILED_LINE = message(
    Role.MECHANIC, "m9", "I can see water in the second one from the left.", 3.5, delivery=Delivery.FAILED
)


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock that the figures on screen are read from."""
    moment_s = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment_s)


def call_page(shown: Shown, size: tuple[int, int], first: CallState, rotation: int = 0) -> CallPage:
    """Return a shown call page with a picture of the customer and an own one."""
    page = CallPage(chat())
    remote, own = LatestFrame(), LatestFrame()
    page.set_videos(lambda _key: remote, own)
    page.render_state(first)
    if first.customer.was_in_room:
        remote.put(picture(rotation=rotation))
        page.frame_ready(VideoKey(CUSTOMER_ID))
    if first.camera is OwnDevice.ON:
        own.put(picture(640, 360, colour="#33506b"))
        page.own_frame_ready()
    page.render_state(first)
    shown(page, size)
    return page


PEOPLE_COLOURS = ("#5c5347", "#6b3350", "#2f5d3a", "#55406e")


def crowded_page(shown: Shown, size: tuple[int, int], first: CallState) -> CallPage:
    """Return a shown call page on which everybody's pictures differ in colour, shared screens in shape too."""
    page = CallPage(chat())
    boxes: dict[VideoKey, LatestFrame] = {}
    own = LatestFrame()
    page.set_videos(lambda key: boxes.setdefault(key, LatestFrame()), own)
    page.render_state(first)
    own.put(picture(640, 360, colour="#33506b"))
    page.own_frame_ready()
    for view, colour in zip((first.customer, *first.others), PEOPLE_COLOURS, strict=False):
        for source in VideoSource:
            key = VideoKey(view.person.identity or "", source)
            size_px = (1280, 720) if source is VideoSource.CAMERA else (1280, 800)
            boxes.setdefault(key, LatestFrame()).put(picture(*size_px, colour=colour))
            page.frame_ready(key)
    page.render_state(first)
    shown(page, size)
    return page


LOOKS = ("kiosk-bay", "kiosk-door", "desktop-bay", "desktop-door")


@pytest.mark.parametrize("look", LOOKS)
def test_the_call_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    snapshot(call_page(shown, dress(look), state()), f"call-{look}")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay"])
def test_the_waiting_room_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    snapshot(call_page(shown, dress(look), waiting()), f"waiting-{look}")


def test_reconnecting_looks_as_drawn(dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = call_page(shown, dress("kiosk-bay"), state())
    page.render_state(reconnecting())
    snapshot(page, "call-reconnecting-kiosk-bay")


def test_a_dropped_customer_looks_as_drawn(dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = call_page(shown, dress("desktop-door"), state())
    page.render_state(state(customer=customer(in_room=False)))
    snapshot(page, "call-dropped-desktop-door")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay"])
def test_a_frozen_picture_looks_as_drawn(
    look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = call_page(shown, dress(look), state())
    page.grab()
    later_s = time.monotonic() + 12
    monkeypatch.setattr(time, "monotonic", lambda: later_s)
    page.render_state(state(customer=customer(camera=TrackState.STALLED), timer=timer()))
    snapshot(page, f"call-frozen-{look}")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay"])
def test_a_shared_screen_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    sharing = state(customer=customer(screen=TrackState.FLOWING))
    snapshot(crowded_page(shown, dress(look), sharing), f"call-screen-{look}")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-door"])
def test_four_people_look_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    others = (
        OTHERS[0],
        replace(OTHERS[1], camera=TrackState.MUTED, microphone=TrackState.MUTED),
        replace(OTHERS[2], speaking=True),
    )
    snapshot(crowded_page(shown, dress(look), state(others=others)), f"call-four-people-{look}")


def test_a_pinned_picture_looks_as_drawn(dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = crowded_page(shown, dress("desktop-bay"), state(others=OTHERS))
    page.stage.show_large(OTHERS[0].camera_key)
    snapshot(page, "call-pinned-desktop-bay")


@pytest.mark.parametrize(("look", "corner"), [("desktop-bay", Corner.LOWER_LEFT), ("kiosk-door", Corner.UPPER_RIGHT)])
def test_ones_own_picture_in_another_corner_looks_as_drawn(
    look: str, corner: Corner, dress: Dress, shown: Shown, snapshot: SnapshotCheck
) -> None:
    page = call_page(shown, dress(look), state())
    page.stage.set_corner(corner)
    snapshot(page, f"call-{corner.value.replace(' ', '-')}-{look}")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay"])
def test_the_full_picture_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = crowded_page(shown, dress(look), state(others=OTHERS))
    page.toggle_full_picture()
    snapshot(page, f"call-full-picture-{look}")


def test_rejoining_looks_as_drawn(dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = crowded_page(shown, dress("kiosk-bay"), state(others=OTHERS))
    page.render_state(replace(reconnecting(), phase=CallPhase.REJOINING, others=OTHERS))
    snapshot(page, "call-rejoining-four-people-kiosk-bay")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-door"])
def test_the_end_question_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = call_page(shown, dress(look), state(timer=timer(used_s=31 * 60 + 8)))
    page.bar.ask_end()
    snapshot(page, f"end-confirm-{look}")


def test_an_upright_phone_and_a_closed_panel_look_as_drawn(dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    speaking = state(customer=customer(speaking=True))
    page = call_page(shown, dress("kiosk-bay"), speaking, rotation=90)
    page.toggle_panel("chat")
    model = page.panel.chat.messages.model() if page.panel.chat is not None else None
    assert model is not None
    model.apply(ChatChange("added", 3, message(Role.CUSTOMER, "c9", "It drips right there!", 3.2)))  # type: ignore[attr-defined]  # the view's model is the ChatModel
    snapshot(page, "call-portrait-wide-kiosk-bay")


@pytest.mark.parametrize("look", ["kiosk-door", "desktop-bay"])
def test_no_camera_and_little_time_look_as_drawn(
    look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck
) -> None:
    bare = state(
        customer=customer(camera=TrackState.MUTED, microphone=TrackState.MUTED),
        link=LinkState(Verdict.WEAK_THEIRS, stats=STATS),
        camera=OwnDevice.MISSING,
        microphone=OwnDevice.OFF,
        timer=timer(used_s=42 * 60),
    )
    snapshot(call_page(shown, dress(look), bare), f"call-no-camera-{look}")


def test_ending_looks_as_drawn(dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    ending = state(phase=CallPhase.ENDING, end_unconfirmed=True)
    snapshot(call_page(shown, dress("desktop-bay"), ending), "call-ending-desktop-bay")


@pytest.mark.parametrize("tab", ["vehicle", "files", "notes"])
def test_the_panel_looks_as_drawn(tab: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    page = call_page(shown, dress("desktop-bay"), state(urgent=True))
    notes = NotesState(
        "Hose hard near the clamp, crack starting.\nFan cuts in at 97 degrees.", 1, NotesHome.PLATFORM, NOW
    )
    page.render_record(record(notes=notes))
    page.panel.show_tab(tab)
    snapshot(page.panel, f"panel-{tab}-desktop-bay")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay", "desktop-door"])
def test_the_chat_session_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    size = dress(look)
    page = ChatPage(chat(*TALK, FAILED_LINE))
    page.render_state(state(kind=SessionKind.CHAT, urgent=True, plan_name="Quick Chat"))
    shown(page, size)
    snapshot(page, f"chat-only-{look}")


def completion(**more: object) -> Completion:
    """Return how the session ended."""
    plain = Completion(
        SessionId("5d1f4f8e"),
        SessionKind.VIDEO,
        SessionStatus.COMPLETED,
        "Marco Reyes",
        "Dana Whitfield",
        "Standard Video",
        NOW - timedelta(minutes=32),
        NOW,
        32 * 60,
        "mechanic",
        "ended",
        CAR,
        CONCERN,
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself


@pytest.mark.parametrize("look", LOOKS)
def test_the_completion_page_looks_as_drawn(look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    size = dress(look)
    page = CompletionPage(chat())
    page.render_state(completion())
    shown(page, size)
    snapshot(page, f"completion-{look}")

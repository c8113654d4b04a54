"""Call states to draw: the mock-ups' session in every phase, and one with difficult people."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.core.bands import Band, BandLevel
from desktop.core.call import CallPhase, CallState, OwnDevice, ParticipantView, Quality, TrackState
from desktop.core.chat import ChatMessage, Delivery, Transcript
from desktop.core.clock import ServerTime, SessionTimer
from desktop.core.files import FilesState
from desktop.core.frames import Frame
from desktop.core.link import LinkState, LinkStats, Verdict
from desktop.core.notes import NotesState
from desktop.core.people import Person, Role, SessionId
from desktop.core.record import RecordState
from desktop.core.session import FileEntry, SessionKind, Vehicle
from desktop.models.chat import ChatModel

MECHANIC_ID = "mechanic-7c6a1c80-9a43-4c57-8f0e-0c5f6a1c2d3e"
CUSTOMER_ID = "customer-1b7d3a52-55f1-4b0c-9a3f-6a2a0d0f9a11"
NOW = datetime(2026, 11, 22, 13, 47, tzinfo=UTC)
MECHANIC = Person(Role.MECHANIC, "Marco Reyes", MECHANIC_ID, present=True)
CUSTOMER = Person(Role.CUSTOMER, "Dana Whitfield", CUSTOMER_ID, present=True)
CAR = Vehicle("2016", "Honda", "Civic EX", "2HGFC2F51GH512387", "KTR 4192", "81,400 mi", "Blue")
CONCERN = (
    "Sweet smell after I park, and the temperature needle climbs when I am stuck in traffic. It started last week."
)
FILES = (
    FileEntry("f1", "under-the-hood.jpg", "image/jpeg", 1_240_000, "Dana Whitfield", NOW),
    FileEntry("f2", "invoice march.pdf", "application/pdf", 88_000, "Dana Whitfield", NOW),
)


STATS = LinkStats(
    rx_kbps=1684,
    tx_kbps=912,
    rx_loss=0.002,
    round_trip_ms=46,
    jitter_ms=8,
    buffer_ms=97,
    frame_width=1280,
    frame_height=720,
    fps=29.6,
    freezes=1,
    sent_width=640,
    sent_height=360,
    sent_fps=15,
    spare_out_kbps=2400,
)


def timer(*, used_s: float = 761, minutes: int = 45) -> SessionTimer:
    """Return a running timer, half a second into its present second, so that a test does not straddle two."""
    server = ServerTime(NOW.timestamp() - time.monotonic())
    started = NOW - timedelta(seconds=used_s)
    ends = started + timedelta(minutes=minutes, seconds=0.45)
    return SessionTimer(started, ends, minutes, server_time=server)


def state(**more: object) -> CallState:
    """Return the call in full swing; anything may be set otherwise."""
    live = ParticipantView(
        CUSTOMER,
        in_room=True,
        was_in_room=True,
        camera=TrackState.FLOWING,
        microphone=TrackState.FLOWING,
        quality=Quality.GOOD,
    )
    plain = CallState(
        session_id=SessionId("5d1f4f8e-0000-4000-8000-000000000001"),
        kind=SessionKind.VIDEO,
        phase=CallPhase.LIVE,
        mechanic=ParticipantView(MECHANIC, in_room=True, was_in_room=True, quality=Quality.GOOD),
        customer=live,
        plan_name="Standard Video",
        timer=timer(),
        vehicle=CAR,
        concern=CONCERN,
        microphone=OwnDevice.ON,
        camera=OwnDevice.ON,
        speaker=OwnDevice.ON,
        link=LinkState(Verdict.GOOD, stats=STATS),
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name, checked by the dataclass itself


def record(text: str = "", **more: object) -> RecordState:
    """Return what is written of the session: notes and files; anything may be set otherwise."""
    plain = RecordState(state().session_id, NotesState(text, loads=1), FilesState(FILES))
    return replace(plain, **more)  # type: ignore[arg-type]  # as above


def customer(**more: object) -> ParticipantView:
    """Return the customer in the room; anything may be set otherwise."""
    return replace(state().customer, **more)  # type: ignore[arg-type]  # as above


def other(name: str, number: int, **more: object) -> ParticipantView:
    """Return somebody else in the room, with a camera; anything may be set otherwise."""
    person = Person(Role.CUSTOMER, name, f"guest-{number}", present=True)
    plain = replace(state().customer, person=person)
    return replace(plain, **more)  # type: ignore[arg-type]  # as above


OTHERS = (other("Priya Raman", 1), other("Tom Okafor", 2), other("Lena Fischer-Albrecht", 3))


def waiting(waited_s: float = 84.0) -> CallState:
    """Return the waiting room, at the very beginning of a second."""
    return state(
        phase=CallPhase.WAITING,
        customer=ParticipantView(replace(CUSTOMER, present=False)),
        timer=SessionTimer(planned_minutes=45),
        waiting_since_s=time.monotonic() - waited_s,
    )


def reconnecting() -> CallState:
    """Return the call while this PC is on its way back."""
    band = Band(
        "reconnecting",
        BandLevel.WARNING,
        "wifi-off",
        "Connection lost. Reconnecting by itself.",
        "You do not have to do anything. Your messages are kept and sent when it is back.",
        since_s=time.monotonic() - 12.4,
    )
    return state(phase=CallPhase.RECONNECTING, band=band)


def message(role: Role, key: str, text: str, minute: float, **more: object) -> ChatMessage:
    """Return a message `minute` minutes after the first."""
    plain = ChatMessage(
        sender=MECHANIC_ID if role is Role.MECHANIC else CUSTOMER_ID,
        id=key,
        role=role,
        text=text,
        sent_at=NOW - timedelta(minutes=3 - minute),
        delivery=Delivery.SENT if role is Role.MECHANIC else Delivery.RECEIVED,
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # as above


TALK = (
    message(Role.CUSTOMER, "c1", "Like this?", 0, attachment_names=("under-the-hood.jpg",)),
    message(Role.MECHANIC, "m1", "Perfect. Do not open the cap while it is hot.", 1),
    message(Role.CUSTOMER, "c2", "There is something green under the clamp!", 3),
)


def chat(*messages: ChatMessage) -> ChatModel:
    """Return a model that holds the messages, with today fixed."""
    model = ChatModel(zone=UTC, today=NOW.date())
    model.apply(*Transcript().merge_all(messages or TALK))
    return model


def picture(width: int = 1280, height: int = 720, rotation: int = 0, *, colour: str = "#5c5347") -> Frame:
    """Return a drawn frame: a coloured ground with a bright top left quarter and a dark lower right one."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    painter = QPainter(image)
    painter.fillRect(0, 0, width // 4, height // 4, Qt.GlobalColor.yellow)
    painter.fillRect(width * 3 // 4, height * 3 // 4, width // 4, height // 4, Qt.GlobalColor.darkBlue)
    painter.end()
    return Frame(bytes(image.constBits()), width, height, rotation)

"""Hand-written stand-ins for what a call needs: a platform that keeps one session, and rooms that do as told."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from desktop.core.call import CallPhase, CallState, OwnDevice, PictureLayer, TrackState, VideoKey
from desktop.core.chat import ChatChange, ChatMessage, Delivery, MessagePage
from desktop.core.clock import ServerTime, SessionTimer
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, RoomConnectError
from desktop.core.people import Directory, Person, Role, SessionId
from desktop.core.session import Completion, JoinGrant, SessionKind, SessionRow, SessionState, SessionStatus, Vehicle
from desktop.flows.call import CallFlow
from desktop.rtc.events import (
    OwnDevices,
    ParticipantJoined,
    ParticipantLeft,
    RoomEvent,
    SessionPushed,
    TrackChanged,
    TrackSource,
)
from tests.virtual_loop import run_virtual

SESSION = SessionId("5e551011-0000-4000-8000-000000000001")
MECHANIC = "mechanic-11111111-1111-4111-8111-111111111111"
CUSTOMER = "customer-22222222-2222-4222-8222-222222222222"
SERVER_START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
LOOP_START_S = 1000.0
SERVER_TIME = ServerTime(SERVER_START.timestamp() - LOOP_START_S)


def server_now() -> datetime:
    """Return the server's time at this moment of virtual time."""
    return SERVER_TIME.datetime_at(asyncio.get_running_loop().time())


class FakePlatform:
    """A platform with one session; tests change its fields, or put errors into `trouble` by method name."""

    def __init__(self, *, kind: SessionKind = SessionKind.VIDEO, status: SessionStatus = SessionStatus.WAITING) -> None:
        self.kind = kind
        self.status = status
        self.version = 4
        self.mechanic_name = "Marisol Quintero"
        self.customer_name = "Dana Whitlock"
        self.customer_present = False
        self.plan_name = "Standard Video"
        self.planned_minutes = 45
        self.extension_minutes = 0
        self.started_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.ended_by: str | None = None
        self.end_reason: str | None = None
        self.server_url: str | None = "wss://media.example"
        self.media_error: str | None = None
        self.room_ready = True
        self.is_lean = False
        self.ignores_end_by_time = False
        self.page_size = 100
        self.stored: list[ChatMessage] = []
        self.trouble: dict[str, list[BaylinkError]] = {}
        self.always: dict[str, BaylinkError] = {}
        self.calls: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.is_alive = True
        self.is_media_alive = True
        self.probes: list[str] = []
        self.answers_in_s = 0.05

    @property
    def ends_at(self) -> datetime | None:
        if self.started_at is None or self.is_lean:
            return None
        return self.started_at + timedelta(minutes=self.planned_minutes + self.extension_minutes)

    @property
    def directory(self) -> Directory:
        return Directory(
            people=(
                Person(Role.MECHANIC, self.mechanic_name, None if self.is_lean else MECHANIC, present=True),
                Person(
                    Role.CUSTOMER,
                    self.customer_name,
                    None if self.is_lean else CUSTOMER,
                    present=self.customer_present,
                ),
            ),
            version=self.version,
        )

    @property
    def timer(self) -> SessionTimer:
        return SessionTimer(
            started_at=self.started_at,
            ends_at=self.ends_at,
            planned_minutes=self.planned_minutes,
            extension_minutes=self.extension_minutes,
            server_time=SERVER_TIME,
        )

    def go_live(self, *, minutes_ago: float = 0) -> None:
        self.status = SessionStatus.LIVE
        self.started_at = self.started_at or server_now() - timedelta(minutes=minutes_ago)
        self.customer_present = True
        self.version += 1

    def finish(self, *, by: str = "customer", reason: str = "ended_by_member") -> None:
        if not self.status.is_terminal:
            self.status, self.ended_at = SessionStatus.COMPLETED, server_now()
            self.ended_by, self.end_reason = by, reason
            self.version += 1

    def store(self, text: str, temp_id: str, role: Role = Role.CUSTOMER) -> ChatMessage:
        known = next((message for message in self.stored if message.id == temp_id and message.role is role), None)
        if known is not None:
            return known
        seq = len(self.stored) + 1
        message = ChatMessage(
            sender=CUSTOMER if role is Role.CUSTOMER else MECHANIC,
            id=temp_id,
            role=role,
            text=text,
            sent_at=server_now(),
            delivery=Delivery.RECEIVED if role is Role.CUSTOMER else Delivery.SENT,
            seq=seq,
            stored_id=f"stored-{seq}",
        )
        self.stored.append(message)
        return message

    async def join(
        self, session_id: SessionId, fingerprint: str, view: Literal["chat", "video"] | None = None
    ) -> JoinGrant:
        await self._called("join")
        return JoinGrant(
            session_id=session_id,
            kind=self.kind,
            status=self.status,
            server_url=self.server_url,
            token=f"token-{self.calls.count('join')}",
            room_name=f"session-{session_id}",
            identity="" if self.is_lean else MECHANIC,
            room_ready=self.room_ready,
            directory=self.directory,
            plan_name=self.plan_name,
            timer=self.timer,
            vehicle=Vehicle(year="2016", make="Subaru", model="Outback", colour="green"),
            concern="Grinding from the front left when braking",
            urgent=True,
            messages=tuple(self.stored[-self.page_size :]),
            messages_before=self._before(len(self.stored) - self.page_size),
            messages_after=f"after-{len(self.stored)}",
            version=self.version,
            is_lean=self.is_lean,
            media_error=self.media_error,
        )

    async def start(self, session_id: SessionId) -> SessionState:
        await self._called("start")
        if not self.customer_present:
            raise RefusedError("not_both_present", 409, details={"missing": self.customer_name})
        if self.status is SessionStatus.WAITING:
            self.go_live()
        return self._state()

    async def state(self, session_id: SessionId) -> SessionState:
        await self._called("state")
        return self._state()

    async def end(self, session_id: SessionId) -> Completion:
        await self._called("end")
        self.finish(by="mechanic")
        return Completion(
            session_id=session_id,
            kind=self.kind,
            status=self.status,
            mechanic_name=self.mechanic_name,
            customer_name=self.customer_name,
            plan_name=self.plan_name,
            started_at=self.started_at,
            ended_at=self.ended_at,
            duration_s=None,
            ended_by=self.ended_by,
            end_reason=self.end_reason,
        )

    async def send_message(self, session_id: SessionId, text: str, temp_id: str) -> ChatMessage:
        await self._called("send_message")
        return self.store(text, temp_id, Role.MECHANIC)

    @staticmethod
    def _before(index: int) -> str | None:
        return f"before-{index}" if index > 0 else None

    async def messages(
        self, session_id: SessionId, *, after: str | None = None, before: str | None = None
    ) -> MessagePage:
        await self._called("messages")
        if before is not None:
            end = int(before.removeprefix("before-"))
            first = max(0, end - self.page_size)
            return MessagePage(tuple(self.stored[first:end]), before=self._before(first), has_more=first > 0)
        start = int(after.removeprefix("after-")) if after else 0
        return MessagePage(messages=tuple(self.stored[start:]), after=f"after-{len(self.stored)}")

    async def alive(self) -> bool:
        self.probes.append("platform")
        await asyncio.sleep(self.answers_in_s)
        return self.is_alive

    async def media_alive(self, url: str) -> bool:
        self.probes.append(url)
        await asyncio.sleep(self.answers_in_s)
        return self.is_media_alive

    def listed(self, session_id: SessionId) -> SessionRow | None:
        return None

    def _state(self) -> SessionState:
        return SessionState(
            status=self.status,
            directory=self.directory,
            plan_name=self.plan_name,
            timer=self.timer,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
            end_reason=self.end_reason,
            message_seq=len(self.stored),
            version=self.version,
        )

    async def _called(self, name: str) -> None:
        self.calls.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        if self.trouble.get(name):
            raise self.trouble[name].pop(0)
        if name in self.always:
            raise self.always[name]


@dataclass
class FakeRoom:
    """A room that does what the test tells it: `tell` makes events, `trouble` makes `connect` fail."""

    on_event: Callable[[RoomEvent], None]
    media: bool
    trouble: RoomConnectError | None = None
    devices: OwnDevices = field(default_factory=lambda: OwnDevices(OwnDevice.ON, OwnDevice.ON, OwnDevice.ON))
    connected_with: tuple[str, str] | None = None
    is_silent: bool = False
    is_left: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)
    is_muted: bool = False
    level_db: float = -30.0
    is_camera_on: bool = True
    picture_wishes: Mapping[VideoKey, PictureLayer] = field(default_factory=dict)
    picture_limit: PictureLayer = PictureLayer.HIGH
    photos_asked: int = 0
    asked_again: int = 0
    people_inside: tuple[str, ...] = ()
    is_held: bool = False
    connect_s: float = 0.1
    leave_s: float = 0.2

    @property
    def own_devices(self) -> OwnDevices:
        return self.devices if self.media else OwnDevices()

    async def connect(self, url: str, token: str) -> None:
        assert not self.is_silent, "a room that was left is not entered"
        await asyncio.sleep(self.connect_s)
        if self.trouble is not None:
            raise self.trouble
        self.connected_with = (url, token)
        for identity in self.people_inside:
            self.tell(ParticipantJoined(identity))

    async def leave(self) -> None:
        self.is_silent = True
        await asyncio.sleep(self.leave_s)
        self.is_left = True

    def send_chat(self, text: str, temp_id: str) -> None:
        self.sent.append((text, temp_id))

    def set_muted(self, muted: bool) -> None:
        self.is_muted = muted

    async def own_level(self) -> float | None:
        return None if self.is_muted else self.level_db

    def set_camera(self, on: bool) -> None:
        self.is_camera_on = on

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        self.picture_wishes = dict(wishes)

    def limit_pictures(self, limit: PictureLayer) -> None:
        self.picture_limit = limit

    def ask_again(self) -> None:
        self.asked_again += 1

    def hold_pictures(self, held: bool) -> None:
        self.is_held = held

    def take_photos(self) -> None:
        self.photos_asked += 1

    def devices_changed(self) -> None:
        self.tell(self.devices)

    def tell(self, *events: RoomEvent) -> None:
        if not self.is_silent:
            for event in events:
                self.on_event(event)


class FakeRooms:
    """Hands out rooms; the newest is `room`."""

    def __init__(self) -> None:
        self.opened: list[FakeRoom] = []
        self.troubles: list[RoomConnectError] = []
        self.people_inside: tuple[str, ...] = ()
        self.devices = OwnDevices(OwnDevice.ON, OwnDevice.ON, OwnDevice.ON)

    @property
    def room(self) -> FakeRoom:
        return self.opened[-1]

    def open(self, on_event: Callable[[RoomEvent], None], *, media: bool) -> FakeRoom:
        room = FakeRoom(on_event, media, people_inside=self.people_inside, devices=self.devices)
        room.trouble = self.troubles.pop(0) if self.troubles else None
        self.opened.append(room)
        return room

    async def settled(self) -> None:
        return


class Screen:
    """What a mechanic would see: every state, the newest transcript, and refused joins."""

    def __init__(self) -> None:
        self.states: list[CallState] = []
        self.transcript: list[ChatMessage] = []
        self.refusals: list[BaylinkError] = []
        self.order: list[str] = []
        self._news = asyncio.Event()

    @property
    def state(self) -> CallState:
        return self.states[-1]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.transcript]

    def open_chat(self, messages: tuple[ChatMessage, ...]) -> None:
        self.order.append("chat")
        self.transcript = list(messages)

    def change_chat(self, changes: tuple[ChatChange, ...]) -> None:
        for change in changes:
            if change.kind == "added":
                self.transcript.insert(change.index, change.message)
            elif change.kind == "replaced":
                self.transcript[change.index] = change.message
            else:
                del self.transcript[change.index]
                self.transcript.insert(change.to_index, change.message)
        self._news.set()

    def publish(self, state: CallState) -> None:
        self.order.append("state")
        self.states.append(state)
        self._news.set()

    def refuse_join(self, error: BaylinkError) -> None:
        self.refusals.append(error)
        self._news.set()

    async def until(self, condition: Callable[[], object], within_s: float = 30.0) -> None:
        """Return when something is true on screen; fail after `within_s` virtual seconds."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_phase(self, phase: CallPhase, within_s: float = 30.0) -> CallState:
        await self.until(lambda: self.states and self.state.phase is phase, within_s)
        return self.state

    async def until_band(self, key: str, within_s: float = 30.0) -> CallState:
        await self.until(lambda: self.states and self.state.band is not None and self.state.band.key == key, within_s)
        return self.state

    def bands(self) -> list[str]:
        """Return the keys of all bands that were ever on top, each run once."""
        keys = [state.band.key if state.band else "" for state in self.states]
        return [key for index, key in enumerate(keys) if key and (index == 0 or keys[index - 1] != key)]


class Stage:
    """One mechanic in front of one screen, with a platform and rooms behind it."""

    def __init__(self, platform: FakePlatform | None = None) -> None:
        self.platform = platform or FakePlatform()
        self.rooms = FakeRooms()
        self.screen = Screen()
        self.flow = CallFlow(self.platform, self.rooms, self.screen, device_fingerprint="bay3-6f0c9a52")
        self.seq = 0

    @property
    def room(self) -> FakeRoom:
        return self.rooms.room

    async def join(self) -> None:
        """Join and wait until the room is connected or given up for now."""
        await self.flow.join(SESSION)
        await self.screen.until(lambda: self.screen.states and self.screen.state.mechanic.in_room, 5)

    def customer_enters(self, *, camera: bool = True) -> None:
        self.platform.customer_present = True
        self.platform.version += 1
        self.room.tell(ParticipantJoined(CUSTOMER))
        if camera:
            self.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.STARTING))
            self.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.FLOWING))

    def customer_drops(self) -> None:
        self.room.tell(TrackChanged(CUSTOMER, TrackSource.CAMERA, TrackState.ABSENT), ParticipantLeft(CUSTOMER))

    def network(self, is_there: bool) -> None:
        """Take the network away from this PC, or give it back: nobody answers, and the platform's calls fail."""
        self.platform.is_alive = self.platform.is_media_alive = is_there
        for name in ("join", "state", "messages", "send_message", "start", "end"):
            if is_there:
                self.platform.always.pop(name, None)
            else:
                self.platform.always[name] = OfflineError()

    def push(self, kind: str) -> None:
        self.seq += 1
        self.room.tell(SessionPushed(self.seq, SESSION, kind, {}))

    async def live(self) -> None:
        """Join, let the customer enter, and wait until the clock runs."""
        await self.join()
        self.customer_enters()
        await self.screen.until_phase(CallPhase.LIVE)


def play(story: Callable[[Stage], Coroutine[object, object, None]], platform: FakePlatform | None = None) -> Stage:
    """Run a story on virtual time; whatever is open at its end is left."""

    async def run() -> Stage:
        stage = Stage(platform)
        try:
            await story(stage)
        finally:
            await stage.flow.stop()
        return stage

    return run_virtual(run())


def renamed(message: ChatMessage, **changes: object) -> ChatMessage:
    """Return a message with changed fields."""
    return replace(message, **changes)  # type: ignore[arg-type]  # the fields are the test's own

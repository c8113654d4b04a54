"""A practice day with real servers: the customer is there, films, talks, answers, and everything ends with the day."""

import asyncio
import concurrent.futures
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import psutil
import pytest
from livekit import rtc

from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.practice.camera import mechanic_camera
from desktop.practice.customer_process import CustomerGoneError, CustomerProcess
from desktop.practice.day import BRAKES, OIL_LIGHT, PracticeDay, PracticeSession
from desktop.practice.day_thread import DayThread
from desktop.practice.owner_client import OwnerClient, OwnerRefusedError
from desktop.practice.picture_code import PictureCode, monotonic_ms, read_bgra

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def thread() -> Iterator[DayThread]:
    with DayThread() as running:
        yield running


@pytest.fixture
def day(thread: DayThread) -> PracticeDay:
    return thread.day


class Mechanic:
    """The mechanic's side of a call by the app's own client and a plain room."""

    def __init__(self, client: BackendClient, room: rtc.Room) -> None:
        self.client, self.room = client, room
        self.texts: list[tuple[str, str]] = []
        self.codes: list[tuple[int, int, PictureCode]] = []
        self.frames, self.last_size = 0, (0, 0)
        self.changed = asyncio.Condition()
        self.tasks: set[asyncio.Task[None]] = set()
        room.register_text_stream_handler("lk.chat", lambda reader, who: self.keep(self._read_text(reader, who)))
        room.on("track_subscribed", self._subscribed)

    def keep(self, story: Awaitable[None]) -> None:
        self.tasks.add(asyncio.ensure_future(story))

    def _subscribed(self, track: rtc.Track, _publication: object, _person: object) -> None:
        if isinstance(track, rtc.RemoteVideoTrack):
            self.keep(self._watch(track))

    async def _watch(self, track: rtc.RemoteVideoTrack) -> None:
        stream = rtc.VideoStream(track, capacity=1, format=rtc.VideoBufferType.BGRA)
        try:
            async for event in stream:
                frame = event.frame
                code = read_bgra(frame.data, frame.width, frame.height)
                self.frames += 1
                self.last_size = (frame.width, frame.height)
                if code is not None:
                    await self._tell(lambda seen=(frame.width, frame.height, code): self.codes.append(seen))  # type: ignore[misc]  # a default binds the frame of this round
        finally:
            await stream.aclose()

    async def _read_text(self, reader: rtc.TextStreamReader, identity: str) -> None:
        text = await reader.read_all()
        await self._tell(lambda: self.texts.append((identity, text)))

    async def _tell(self, change: Callable[[], None]) -> None:
        async with self.changed:
            change()
            self.changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with self.changed:
            try:
                await asyncio.wait_for(self.changed.wait_for(condition), 20)
            except TimeoutError:
                seen = (self.frames, self.last_size, len(self.codes), self.codes[-1:], self.texts)
                pytest.fail(f"only came: frames, last size, codes, last code, texts: {seen}")

    async def leave(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.room.disconnect()
        await self.client.aclose()


@asynccontextmanager
async def mechanic_in(day: PracticeDay, session: PracticeSession) -> AsyncIterator[Mechanic]:
    address = PlatformAddress(day.join_server.url, livekit_url=day.livekit.url, plain_loopback=True)
    client = BackendClient(address, client_version="0")
    await client.sign_in(day.login.email, day.login.password)
    grant = await client.join(session.id, "practice-test-1")
    mechanic = Mechanic(client, rtc.Room())
    try:
        assert grant.server_url is not None
        options = rtc.RoomOptions(single_peer_connection=False)
        await mechanic.room.connect(grant.server_url, grant.token, options)
        yield mechanic
    finally:
        await mechanic.leave()


def test_the_customer_films_talks_answers_and_leaves_with_the_session(thread: DayThread, day: PracticeDay) -> None:
    """One story, because a session has one life: join, picture, chat both ways, rename, portrait, return, end."""

    async def story() -> CustomerProcess:
        customer = await day.add_customer(BRAKES, "--answer-delay", "0")
        await customer.wait_for("said", where=lambda told: "phone in hand" in str(told["text"]))
        async with mechanic_in(day, BRAKES) as mechanic:
            await _sees_the_picture_move(mechanic)
            await _publishes_and_is_seen(mechanic, customer)
            await _talks_once_under_real_names(mechanic, customer)
            await _sees_the_phone_turned(mechanic, customer)
            await _knows_the_new_name(mechanic, customer)
            await _sees_the_customer_return(mechanic, customer)
            await customer.command("end")
            await customer.wait_for("session_ended", where=lambda told: told["by"] == "customer")
        await asyncio.wait_for(customer.child.process.wait(), 10)
        return customer

    customer = thread.call(story(), 120)
    assert customer.child.process.returncode == 0
    assert "eyJ" not in customer.child.log.read_text()


async def _sees_the_picture_move(mechanic: Mechanic) -> None:
    await mechanic.until(lambda: len(mechanic.codes) >= 20)
    (_, _, first), (width, height, last) = mechanic.codes[0], mechanic.codes[-1]
    assert last.counter > first.counter
    assert (width, height) in {(1280, 720), (640, 360), (320, 180)}
    assert 0 <= monotonic_ms() - last.clock_ms < 5_000


async def _publishes_and_is_seen(mechanic: Mechanic, customer: CustomerProcess) -> None:
    camera = mechanic_camera()
    source = rtc.VideoSource(camera.width, camera.height)

    async def film() -> None:
        async for frame in camera.frames():
            picture = rtc.VideoFrame(frame.width, frame.height, rtc.VideoBufferType.I420, frame.data)
            source.capture_frame(picture)

    mechanic.keep(film())
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False)
    await mechanic.room.local_participant.publish_track(track, options)
    frame = await customer.wait_for("first_frame")
    assert isinstance(frame["counter"], int)


async def _talks_once_under_real_names(mechanic: Mechanic, customer: CustomerProcess) -> None:
    attributes = {"baylink.tempId": "practice-test-line-1"}
    await mechanic.room.local_participant.send_text("Can you move closer?", topic="lk.chat", attributes=attributes)
    stored = await mechanic.client.send_message(BRAKES.id, "Can you move closer?", "practice-test-line-1")
    assert stored.text == "Can you move closer?"
    heard = await customer.wait_for("chat")
    assert (heard["sender"], heard["text"]) == ("Marisol Quintero", "Can you move closer?")
    await mechanic.until(lambda: any("Moving closer" in text for _, text in mechanic.texts))
    await customer.wait_for("push", where=lambda told: told["type"] == "chat.message")
    assert len([told for told in customer.events if told["event"] == "chat"]) == 1


async def _sees_the_phone_turned(mechanic: Mechanic, customer: CustomerProcess) -> None:
    await customer.command("portrait", on=True)
    await mechanic.until(lambda: mechanic.codes[-1][0] < mechanic.codes[-1][1])
    await customer.command("portrait", on=False)
    await mechanic.until(lambda: mechanic.codes[-1][0] > mechanic.codes[-1][1])


async def _knows_the_new_name(mechanic: Mechanic, customer: CustomerProcess) -> None:
    await customer.command("rename", name="Dana W.")
    await customer.wait_for("names", where=lambda told: "Dana W." in str(told["names"]))
    state = await mechanic.client.state(BRAKES.id)
    assert "Dana W." in {person.display_name for person in state.directory.people}


async def _sees_the_customer_return(mechanic: Mechanic, customer: CustomerProcess) -> None:
    seen = mechanic.codes[-1][2].counter
    told = len(customer.events)
    await customer.command("leave")
    await customer.wait_for("left", after=told)
    await customer.command("return")
    await customer.wait_for("published", after=told)
    await mechanic.until(lambda: mechanic.codes[-1][2].counter > seen + 5)


def test_a_chat_customer_publishes_nothing(thread: DayThread, day: PracticeDay) -> None:
    async def story() -> list[str]:
        customer = await day.add_customer(OIL_LIGHT)
        joined = await customer.wait_for("joined")
        assert joined["session_type"] == "chat"
        await customer.wait_for("said")
        assert await customer.stop() == 0
        return [str(told["event"]) for told in customer.events]

    assert "published" not in thread.call(story())


def test_a_customer_of_another_session_is_refused_and_says_so(thread: DayThread, day: PracticeDay) -> None:
    async def story() -> tuple[object, int]:
        customer = await day.add_customer(PracticeSession(OIL_LIGHT.key, BRAKES.customer))
        refused = await customer.wait_for("refused")
        return refused["code"], await customer.child.process.wait()

    assert thread.call(story()) == ("not_found", 3)


def test_a_wait_for_what_never_comes_names_what_came(thread: DayThread, day: PracticeDay) -> None:
    async def story() -> None:
        customer = await day.add_customer(OIL_LIGHT, "--stay-away")
        await customer.wait_for("signed_in")
        try:
            await customer.wait_for("joined", timeout_s=0.1)
        finally:
            await customer.stop()

    with pytest.raises(CustomerGoneError, match="signed_in"):
        thread.call(story())


def test_an_unknown_login_is_refused(thread: DayThread, day: PracticeDay) -> None:
    client = OwnerClient(day.join_server.url)
    with pytest.raises(OwnerRefusedError, match="401 bad_credentials"):
        thread.call(client.sign_in("nobody@post.example", "wrong"))


def test_everything_ends_with_the_day_also_when_it_is_interrupted() -> None:
    started: list[int] = []

    async def interrupted() -> None:
        async with PracticeDay() as day:
            customer = await day.add_customer(BRAKES)
            await customer.wait_for("joined")
            children = (day.livekit.child, day.join_server.child, customer.child)
            started.extend(child.process.pid for child in children)
            asyncio.get_running_loop().call_soon(running.cancel)
            await asyncio.Event().wait()

    loop = asyncio.new_event_loop()
    try:
        running = loop.create_task(interrupted())
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(running)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
    assert len(started) == 3
    assert not [pid for pid in started if psutil.pid_exists(pid)]


def test_a_day_that_cannot_begin_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAYLINK_LIVEKIT_SERVER", "/nowhere/livekit-server")
    waiting: concurrent.futures.Future[None] = concurrent.futures.Future()
    waiting.set_result(None)
    with pytest.raises(RuntimeError, match="livekit-server was not found"), DayThread():
        waiting.result()

"""What the tests with a real server share: rooms, tokens, a plain peer, and a client that remembers."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from livekit import api, rtc

from desktop.core.call import VideoKey, VideoSource
from desktop.core.frames import Frame
from desktop.practice.livekit_server import LiveKitServer
from desktop.rtc.camera_source import CameraSource
from desktop.rtc.events import RoomEvent
from desktop.rtc.mailboxes import Mailboxes
from desktop.rtc.room import RoomClient
from desktop.rtc.sound_devices import SoundDevices

WITHIN_S = 30.0


@dataclass
class Publication:
    """A publication whose subscription the tests watch."""

    muted: bool = False
    subscriptions: list[bool] = field(default_factory=list)
    qualities: list[int] = field(default_factory=list)
    switches: list[bool] = field(default_factory=list)
    width: int = 0
    height: int = 0
    has_layers: bool = True

    @property
    def simulcasted(self) -> bool:
        return self.has_layers

    sending: list[int | None] = field(default_factory=list)
    """What the server was told to send, in order: a layer, or None for nothing. What is not enabled here is black."""
    is_enabled: bool = True
    subscribed_again: asyncio.Event = field(default_factory=asyncio.Event)

    def set_subscribed(self, subscribed: bool) -> None:
        self.subscriptions.append(subscribed)
        if subscribed:
            self.subscribed_again.set()

    def set_enabled(self, enabled: bool) -> None:
        self.switches.append(enabled)
        if enabled is not self.is_enabled:
            self.is_enabled = enabled
            self.sending.append(rtc.VideoQuality.VIDEO_QUALITY_HIGH if enabled else None)

    def set_video_quality(self, quality: int) -> None:
        if not self.has_layers:
            raise ValueError("requires a simulcasted publication")
        self.qualities.append(quality)
        self.sending.append(quality)


@dataclass
class Server:
    """A running server and the loop on which all of a file's tests run."""

    runner: asyncio.Runner
    livekit: LiveKitServer

    def play(self, story: Callable[["House"], Coroutine[object, object, None]]) -> None:
        """Run a story in a new room, and fail if it leaves a task behind."""
        self.runner.run(self._alone(story))

    async def _alone(self, story: Callable[["House"], Coroutine[object, object, None]]) -> None:
        before = asyncio.all_tasks()
        async with House(self.livekit) as house:
            await story(house)
        left = asyncio.all_tasks() - before
        if left:
            _, left = await asyncio.wait(left, timeout=2)
        assert not left, f"tasks left running: {[task.get_name() for task in left]}"


class House:
    """One room on the server, and whoever enters it; everybody is out at the end."""

    def __init__(self, livekit: LiveKitServer) -> None:
        self.livekit = livekit
        self.room_name = f"session-{uuid.uuid4()}"
        self.mechanic = f"mechanic-{uuid.uuid4()}"
        self.customer = f"customer-{uuid.uuid4()}"
        self._api = api.LiveKitAPI(
            livekit.url.replace("ws://", "http://"), livekit.keys.api_key, livekit.keys.api_secret
        )
        self._clients: list[Client] = []
        self._peers: list[Peer] = []

    async def __aenter__(self) -> Self:
        await self._api.room.create_room(api.CreateRoomRequest(name=self.room_name, empty_timeout=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients:
            await client.room.leave()
        for peer in self._peers:
            await peer.leave()
        with suppress(api.TwirpError):
            await self.delete()
        await self._api.aclose()

    def token(self, identity: str, *, seconds: int = 600, can_publish: bool = True, secret: str | None = None) -> str:
        grants = api.VideoGrants(room_join=True, room=self.room_name, can_publish=can_publish)
        access = api.AccessToken(self.livekit.keys.api_key, secret or self.livekit.keys.api_secret)
        return access.with_identity(identity).with_ttl(timedelta(seconds=seconds)).with_grants(grants).to_jwt()

    def client(
        self,
        *,
        media: bool = True,
        camera: CameraSource | None = None,
        sound: Callable[[], SoundDevices] = SoundDevices,
    ) -> "Client":
        """Make the app's client of this room, not connected yet."""
        client = Client(media=media, camera=lambda: camera, sound=sound)
        self._clients.append(client)
        return client

    async def enter(self, *, media: bool = True, camera: CameraSource | None = None) -> "Client":
        """Let the app's client join as the mechanic."""
        client = self.client(media=media, camera=camera)
        await client.room.connect(self.livekit.url, self.token(self.mechanic))
        return client

    def forget(self, client: "Client") -> None:
        """Let go of a client that has left."""
        self._clients.remove(client)

    async def peer(self, identity: str | None = None) -> "Peer":
        """Let somebody else join, as a plain SDK client."""
        peer = Peer(identity or self.customer)
        await peer.room.connect(self.livekit.url, self.token(peer.identity))
        self._peers.append(peer)
        return peer

    async def delete(self) -> None:
        await self._api.room.delete_room(api.DeleteRoomRequest(room=self.room_name))

    async def remove(self, identity: str) -> None:
        await self._api.room.remove_participant(api.RoomParticipantIdentity(room=self.room_name, identity=identity))

    async def allow(self, identity: str, *, can_publish: bool) -> None:
        """Take the right to publish away, or give it back."""
        permission = api.ParticipantPermission(can_publish=can_publish, can_subscribe=True, can_publish_data=True)
        await self._api.room.update_participant(
            api.UpdateParticipantRequest(room=self.room_name, identity=identity, permission=permission)
        )

    async def rename(self, identity: str, name: str) -> None:
        await self._api.room.update_participant(
            api.UpdateParticipantRequest(room=self.room_name, identity=identity, name=name)
        )

    async def push(self, data: bytes, topic: str = "baylink.session") -> None:
        await self._api.room.send_data(
            api.SendDataRequest(room=self.room_name, data=data, kind="RELIABLE", topic=topic)
        )


class Client:
    """The app's room client, with everything it told and every picture it gave."""

    def __init__(
        self, *, media: bool, camera: Callable[[], CameraSource | None], sound: Callable[[], SoundDevices]
    ) -> None:
        self.events: list[RoomEvent] = []
        self.mailboxes = Mailboxes()
        self.mailboxes.on_wake = self._woken
        self.woken: list[VideoKey] = []
        self._news = asyncio.Event()
        self.room = RoomClient(self._told, self.mailboxes, sound=sound, camera=camera, media=media)

    async def until(self, condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_told(self, event: RoomEvent, within_s: float = WITHIN_S) -> None:
        await self.until(lambda: event in self.events, within_s)

    async def picture_of(
        self, identity: str, *, source: VideoSource = VideoSource.CAMERA, within_s: float = WITHIN_S
    ) -> Frame:
        """Return the next picture of somebody."""
        key = VideoKey(identity, source)
        self.mailboxes.of(key).take()
        async with asyncio.timeout(within_s):
            while (frame := self.mailboxes.of(key).take()) is None:
                self._news.clear()
                await self._news.wait()
        return frame

    def _told(self, event: RoomEvent) -> None:
        self.events.append(event)
        self._news.set()

    def _woken(self, key: VideoKey) -> None:
        self.woken.append(key)
        self._news.set()


@dataclass
class Peer:
    """Somebody else in the room: a plain SDK client that publishes a plain picture."""

    identity: str
    room: rtc.Room = field(default_factory=rtc.Room)
    lines: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    packets: list[rtc.DataPacket] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    track: rtc.LocalVideoTrack | None = None
    publication: rtc.LocalTrackPublication | None = None
    frames: int = 0
    is_gone: bool = False

    def __post_init__(self) -> None:
        self.room.register_text_stream_handler("lk.chat", self._text)
        self.room.on("data_received", self._packet)
        self.room.on("track_subscribed", self._subscribed)

    async def publish(self, *, width: int = 640, height: int = 360, rotation: int = 0) -> None:
        """Publish a moving picture as a camera would."""
        source = rtc.VideoSource(width, height)
        self.track = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False)
        self.publication = await self.room.local_participant.publish_track(self.track, options)
        self._keep(self._film(source, width, height, rotation))

    async def unpublish(self) -> None:
        assert self.publication is not None
        await self.room.local_participant.unpublish_track(self.publication.sid)

    async def say(self, text: str, *, temp_id: str | None = None) -> str:
        """Send a text stream alone; return its id."""
        attributes = {"baylink.tempId": temp_id} if temp_id else {}
        info = await self.room.local_participant.send_text(text, topic="lk.chat", attributes=attributes)
        return info.stream_id

    async def send(self, data: bytes, topic: str) -> None:
        await self.room.local_participant.publish_data(data, reliable=True, topic=topic)

    async def until(self, condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def leave(self) -> None:
        if self.is_gone:
            return
        self.is_gone = True
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.room.disconnect()

    async def _film(self, source: rtc.VideoSource, width: int, height: int, rotation: int) -> None:
        rotations = {0: rtc.VideoRotation.VIDEO_ROTATION_0, 90: rtc.VideoRotation.VIDEO_ROTATION_90}
        shade = 40
        try:
            while True:
                shade = 40 + (shade + 5) % 160
                data = bytearray([shade]) * (width * height) + bytearray([128]) * (width * height // 2)
                frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data)
                source.capture_frame(frame, rotation=rotations[rotation])
                await asyncio.sleep(1 / 20)
        finally:
            await source.aclose()

    def _text(self, reader: rtc.TextStreamReader, _identity: str) -> None:
        self._keep(self._read(reader))

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        text = await reader.read_all()
        self.lines.append((text, dict(reader.info.attributes or {})))
        self.news.set()

    def _packet(self, packet: rtc.DataPacket) -> None:
        self.packets.append(packet)
        self.news.set()

    def _subscribed(self, track: rtc.Track, *_about: object) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self._keep(self._watch(track))

    async def _watch(self, track: rtc.Track) -> None:
        stream = rtc.VideoStream(track, capacity=1)
        try:
            async for event in stream:
                if event.frame.width > 16:
                    self.frames += 1
                    self.news.set()
        finally:
            await stream.aclose()

    def _keep(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name="peer")
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


@dataclass(frozen=True)
class PlainFrame:
    """A picture of a camera that the tests made."""

    data: bytearray
    width: int
    height: int
    rotation: int = 0


class PlainCamera:
    """A camera that gives one grey picture again and again; `is_running` tells whether its light is on."""

    def __init__(self, width: int = 640, height: int = 360) -> None:
        self.frame = PlainFrame(bytearray([90]) * (width * height * 3 // 2), width, height)
        self.is_running = False
        self.is_pulled = False

    def resize(self, width: int, height: int) -> None:
        """Give pictures of another size, as another camera would."""
        self.frame = PlainFrame(bytearray([90]) * (width * height * 3 // 2), width, height)

    async def frames(self) -> AsyncIterator[PlainFrame]:
        self.is_running = True
        try:
            while not self.is_pulled:
                yield self.frame
                await asyncio.sleep(1 / 20)
        finally:
            self.is_running = False


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Serve at a URL that takes connections and never says anything."""
    over = asyncio.Event()

    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    listening = await asyncio.start_server(never, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        listening.close()

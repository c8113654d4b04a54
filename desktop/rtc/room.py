"""RoomClient: one connection to one LiveKit room, its events out as core data."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping

from livekit import rtc

from desktop.core.allowance import Allowance
from desktop.core.call import PictureLayer, Quality, VideoKey
from desktop.rtc import connecting
from desktop.rtc.camera_source import CameraSource
from desktop.rtc.chat import EDIT_TOPIC, LEGACY_TOPIC, PACKET_CAP_BYTES, TEXT_TOPIC, ChatInbox, ChatOutbox
from desktop.rtc.events import (
    Disconnected,
    LostReason,
    OwnDevices,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    QualityChanged,
    Reconnected,
    Reconnecting,
    RoomEvent,
    SessionPushed,
    SpeakersChanged,
)
from desktop.rtc.mailboxes import Mailboxes
from desktop.rtc.own_media import NO_MEDIA, OwnMedia
from desktop.rtc.reasons import lost_reason
from desktop.rtc.sound_devices import SoundDevices
from desktop.rtc.stats import LinkMeter
from desktop.rtc.tracks import RemoteTracks

_log = logging.getLogger(__name__)

SESSION_TOPIC = "baylink.session"
_PUSH_VERSION = 1
_PUSHES_AT_ONCE, _PUSHES_PER_S = 50, 10.0
"""A server tells a handful of things a minute; a stranger whom the room has not announced yet looks like one."""
_GONE_CHECK_S = 0.5
_QUALITIES = {
    rtc.ConnectionQuality.QUALITY_EXCELLENT: Quality.GOOD,
    rtc.ConnectionQuality.QUALITY_GOOD: Quality.FAIR,
    rtc.ConnectionQuality.QUALITY_POOR: Quality.WEAK,
    rtc.ConnectionQuality.QUALITY_LOST: Quality.LOST,
}


class RoomClient:
    """One room from `connect` to `leave`; a new object for every connection.

    Everything is called on one loop, and `on_event` is called on it too. Without `media` no camera, microphone or
    speaker is touched and nothing is subscribed.
    """

    def __init__(
        self,
        on_event: Callable[[RoomEvent], None],
        mailboxes: Mailboxes,
        *,
        sound: Callable[[], SoundDevices],
        camera: Callable[[], CameraSource | None],
        media: bool,
    ) -> None:
        """Make the client and look at the devices; call `connect` next."""
        self._on_event = on_event
        self._mailboxes = mailboxes
        self._loop = asyncio.get_running_loop()
        self._room = rtc.Room()
        self._stop = asyncio.Event()
        self._leaving: asyncio.Task[None] | None = None
        self._is_over = False
        self._people: dict[str, str] = {}
        self._inbox = ChatInbox(self._tell)
        self._pushes = Allowance(_PUSHES_AT_ONCE, _PUSHES_PER_S)
        self._outbox: ChatOutbox | None = None
        self._own = OwnMedia(sound, camera, mailboxes, self._tell, self._voices) if media else None
        self._tracks = RemoteTracks(mailboxes.put, self._tell, self._first_picture_came) if media else None
        self._meter = LinkMeter(self._room, self._tell) if media else None
        self._gone_check: asyncio.TimerHandle | None = None

    @property
    def own_devices(self) -> OwnDevices:
        """The state of the own devices, known before anything is connected."""
        return self._own.state if self._own is not None else NO_MEDIA

    @property
    def is_connected(self) -> bool:
        """Whether lines of chat can be sent."""
        return self._outbox is not None and not self._is_over

    async def connect(self, url: str, token: str) -> None:
        """Join the room, or raise RoomConnectError. Never cancels the SDK's connect; after `leave` it returns unjoined.

        People and tracks that were there before are told before this returns.
        """
        self._listen()
        if self._tracks is not None:
            self._tracks.start()
        if not await connecting.connect(self._room, url, token, self._stop, media=self._own is not None):
            return
        self._outbox = ChatOutbox(self._room.local_participant)
        if self._own is not None:
            self._own.room_connected(self._room.local_participant)
        if self._meter is not None:
            self._meter.start()
        self._sweep()

    async def leave(self) -> None:
        """Leave the room and release everything; safe at any time and more than once. Tells no event.

        Once begun it goes on to its end, even if who waits for it is cancelled.
        """
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave(), name="room-leave")
        await asyncio.wait({self._leaving})

    async def _leave(self) -> None:
        self._stop.set()
        self._is_over = True
        if self._gone_check is not None:
            self._gone_check.cancel()
        if self._meter is not None:
            await self._meter.close()
        if self._tracks is not None:
            await self._tracks.close()
        if self._own is not None:
            await self._own.stop()
        await self._inbox.close()
        if self._outbox is not None:
            await self._room.disconnect()
            await self._outbox.close()
        if self._own is not None:
            await self._own.close()

    def send_chat(self, text: str, temp_id: str) -> None:
        """Queue a line for everybody in the room; dropped where no room is connected."""
        if self._outbox is not None and not self._is_over:
            self._outbox.send(text, temp_id)

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Mute or unmute the own microphone."""
        if self._own is not None:
            self._own.set_muted(muted)

    async def own_level(self) -> float | None:
        """Return how loud the own microphone is in decibels; None while nothing is published."""
        return await self._own.level() if self._own is not None else None

    def set_camera(self, on: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Turn the own camera on or off."""
        if self._own is not None:
            self._own.set_camera(on)

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Take how much of each picture is wanted; one that is not named is wanted whole."""
        if self._tracks is not None:
            self._tracks.want_pictures(wishes)

    def limit_pictures(self, limit: PictureLayer) -> None:
        """Take the most that may be fetched of any picture."""
        if self._tracks is not None:
            self._tracks.limit_pictures(limit)

    def ask_again(self) -> None:
        """Let the media server think anew of how much of each picture it sends; a blink of them."""
        if self._tracks is not None and not self._is_over:
            self._tracks.ask_again()

    def hold_pictures(self, held: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Fetch no dried up picture anew while the network is known to be away."""
        if self._tracks is not None:
            self._tracks.hold_pictures(held)

    def take_photos(self) -> None:
        """Take one sharp photo of every large picture while all are paused; each is told as `PhotoTaken`."""
        if self._tracks is not None and not self._is_over:
            self._tracks.take_photos()

    def devices_changed(self) -> None:
        """Look at the devices again: some came or went, or others are chosen."""
        if self._own is not None and self._outbox is not None and not self._is_over:
            self._own.devices_changed()

    def _listen(self) -> None:
        room = self._room
        room.register_text_stream_handler(TEXT_TOPIC, self._inbox.text_stream_opened)
        room.on("participant_connected", self._participant_connected)
        room.on("participant_disconnected", self._participant_disconnected)
        room.on("participant_name_changed", self._name_changed)
        room.on("participant_permissions_changed", self._permissions_changed)
        room.on("active_speakers_changed", self._speakers_changed)
        room.on("connection_quality_changed", self._quality_changed)
        room.on("data_received", self._data_received)
        room.on("reconnecting", lambda: self._tell(Reconnecting()))
        room.on("reconnected", lambda: self._tell(Reconnected()))
        room.on("connection_state_changed", self._state_changed)
        room.on("disconnected", self._disconnected)
        if self._tracks is not None:
            self._tracks.listen(room)

    def _tell(self, event: RoomEvent) -> None:
        if not self._is_over:
            self._on_event(event)

    def _sweep(self) -> None:
        """Tell who and what was there before us: the SDK has no events for them."""
        for participant in tuple(self._room.remote_participants.values()):
            self._participant_connected(participant)
            if self._tracks is not None:
                for publication in tuple(participant.track_publications.values()):
                    self._tracks.published(publication, participant)

    def _participant_connected(self, participant: rtc.RemoteParticipant) -> None:
        if self._people.get(participant.identity) != participant.name:
            self._people[participant.identity] = participant.name
            self._inbox.participant_joined(participant.identity)
            self._tell(ParticipantJoined(participant.identity, participant.name))

    def _participant_disconnected(self, participant: rtc.RemoteParticipant) -> None:
        if self._people.pop(participant.identity, None) is not None:
            self._tell(ParticipantLeft(participant.identity))

    def _name_changed(self, participant: rtc.Participant, _old: str, new: str) -> None:
        if participant.identity in self._people:
            self._people[participant.identity] = new
            self._tell(ParticipantRenamed(participant.identity, new))

    def _permissions_changed(self, participant: rtc.Participant, _permissions: object) -> None:
        if self._own is not None and participant is self._room.local_participant:
            self._own.permissions_changed(participant.permissions.can_publish)

    def _speakers_changed(self, speakers: list[rtc.Participant]) -> None:
        self._tell(SpeakersChanged(frozenset(speaker.identity for speaker in speakers)))

    def _quality_changed(self, participant: rtc.Participant | None, quality: rtc.ConnectionQuality) -> None:
        if participant is not None:
            self._tell(QualityChanged(participant.identity, _QUALITIES.get(quality, Quality.UNKNOWN)))

    def _data_received(self, packet: rtc.DataPacket) -> None:
        identity = packet.participant.identity if packet.participant is not None else None
        if packet.topic == LEGACY_TOPIC:
            self._inbox.legacy_received(packet.data, identity)
        elif packet.topic == EDIT_TOPIC:
            self._inbox.edit_received(packet.data, identity)
        elif packet.topic == SESSION_TOPIC and identity is None:
            self._pushed(packet.data)

    def _pushed(self, data: bytes) -> None:
        if self._pushes.take(self._loop.time()) and (push := session_push(data)) is not None:
            self._tell(push)

    def _state_changed(self, state: int) -> None:
        if state == rtc.ConnectionState.CONN_DISCONNECTED and not self._is_over:
            self._gone_check = self._loop.call_later(_GONE_CHECK_S, self._gone, LostReason.CONNECTION)

    def _disconnected(self, reason: int) -> None:
        self._gone(lost_reason(reason), reason)

    def _gone(self, reason: LostReason, number: int = 0) -> None:
        if self._gone_check is not None:
            self._gone_check.cancel()
        if not self._is_over:
            _log.info("the room is gone: %s, %d", reason.value, number)
            self._tell(Disconnected(reason, number))
            self._is_over = True

    def _voices(self) -> tuple[rtc.RemoteTrackPublication, ...]:
        """Return everybody's published sound."""
        return tuple(
            publication
            for participant in self._room.remote_participants.values()
            for publication in participant.track_publications.values()
            if publication.kind == rtc.TrackKind.KIND_AUDIO
        )

    def _first_picture_came(self) -> None:
        if self._own is not None:
            self._own.first_picture_came()


class Rooms:
    """Makes room clients that share this PC's devices and the app's mailboxes."""

    def __init__(
        self,
        mailboxes: Mailboxes,
        *,
        sound: Callable[[], SoundDevices] = SoundDevices,
        camera: Callable[[], CameraSource | None] = lambda: None,
    ) -> None:
        """Keep what every room needs; `sound` and `camera` are asked on the loop, at every change of devices anew."""
        self._mailboxes = mailboxes
        self._sound = sound
        self._camera = camera

    def open(self, on_event: Callable[[RoomEvent], None], *, media: bool) -> RoomClient:
        """Make the client of a new connection, without connecting it; on the running loop."""
        return RoomClient(on_event, self._mailboxes, sound=self._sound, camera=self._camera, media=media)

    async def settled(self) -> None:
        """Return when no connection attempt is under way: to be awaited before the loop ends."""
        await connecting.settled()


def session_push(data: bytes) -> SessionPushed | None:
    """Return a packet of `baylink.session` if it has the contract's shape; everything else is dropped."""
    if len(data) > PACKET_CAP_BYTES:
        return None
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or body.get("v") != _PUSH_VERSION:
        return None
    seq, kind, session_id, content = (body.get(field) for field in ("seq", "type", "sessionId", "data"))
    if not isinstance(seq, int) or not isinstance(kind, str) or not isinstance(session_id, str):
        return None
    return SessionPushed(seq, session_id, kind, content if isinstance(content, dict) else {})

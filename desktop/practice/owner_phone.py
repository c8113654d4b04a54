"""The owner's phone in one LiveKit room: connect, publish, look, leave; the SDK's habits are obeyed here."""

import asyncio
import contextlib
import json
from collections.abc import Callable

from livekit import rtc

from desktop.backend import wire
from desktop.practice.camera import SyntheticCamera
from desktop.practice.owner_chat import LEGACY_TOPIC, OwnerChat
from desktop.practice.owner_eyes import OwnerEyes, Report
from desktop.practice.owner_media import OwnerMedia, Publishing

_FIRST_LOOK_S = 2.0
_AFTERWARDS_S = 0.3


class OwnerPhone:
    """One connection to a room. `on_push` gets the server's pushes, `on_gone` the reason when the room is lost."""

    def __init__(
        self,
        publishing: Publishing,
        camera: SyntheticCamera | None,
        chat: OwnerChat,
        report: Report,
        *,
        on_push: Callable[[dict[str, object]], None],
        on_gone: Callable[[str], None],
    ) -> None:
        """Make the phone inside the running loop; `connect` opens the room."""
        self.media = OwnerMedia(publishing, camera)
        self._eyes = OwnerEyes(report)
        self._chat, self._report = chat, report
        self._on_push, self._on_gone = on_push, on_gone
        self._leaving = False
        self._publishing: asyncio.Task[None] | None = None
        self._room = rtc.Room()
        self._present: set[str] = set()
        chat.attach(self._room)
        self._room.on("participant_connected", self._arrived)
        self._room.on("participant_disconnected", self._went)
        self._room.on("track_subscribed", self._subscribed)
        self._room.on("track_unsubscribed", self._unsubscribed)
        self._room.on("track_unpublished", lambda publication, _person: self._eyes.forget(publication.sid))
        self._room.on("track_muted", lambda person, publication: self._muted(person, publication, muted=True))
        self._room.on("track_unmuted", lambda person, publication: self._muted(person, publication, muted=False))
        self._room.on("data_received", self._data)
        self._room.on("reconnecting", lambda: report("reconnecting"))
        self._room.on("reconnected", lambda: report("reconnected"))
        self._room.on("disconnected", self._disconnected)

    async def connect(self, url: str, token: str, *, dynacast: bool, watch: bool) -> None:
        """Join the room. Raises rtc.ConnectError. When cancelled, the SDK's own connect still runs to its end."""
        # With one peer connection for both ways, publishing now and then stops a received picture for good.
        options = rtc.RoomOptions(auto_subscribe=watch, dynacast=dynacast, single_peer_connection=False)
        await asyncio.shield(asyncio.ensure_future(self._room.connect(url, token, options)))
        for person in list(self._room.remote_participants.values()):
            self._arrived(person)

    def start_publishing(self) -> None:
        """Publish camera and voice: at once in an empty room, else after the first picture or two seconds.

        Publishing while a picture is being set up can leave that picture empty for ever.
        """
        self._publishing = asyncio.create_task(self._publish())
        self._publishing.add_done_callback(self._publishing_ended)

    async def simulate(self, scenario: int) -> None:
        """Ask the SDK for one of its simulated faults."""
        await self._room.simulate_scenario(scenario)  # type: ignore[arg-type]  # the enum's plain number is accepted

    async def leave(self) -> None:
        """Leave in the order the SDK needs: readers, sources, room, a moment of rest."""
        self._leaving = True
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.gather(self._publishing, return_exceptions=True)
        await self._eyes.close()
        await self.media.close()
        await self._room.disconnect()
        await asyncio.sleep(_AFTERWARDS_S)

    async def _publish(self) -> None:
        people = self._room.remote_participants.values()
        sources = [publication.kind for person in people for publication in person.track_publications.values()]
        if rtc.TrackKind.KIND_VIDEO in sources:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._eyes.seen.wait(), _FIRST_LOOK_S)
        published = await self.media.publish(self._room.local_participant)
        self._report("published", tracks=list(published))

    def _publishing_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report("failed", error=type(error).__name__)

    def _arrived(self, person: rtc.RemoteParticipant) -> None:
        if person.identity not in self._present:
            self._present.add(person.identity)
            self._report("arrived", role=person.identity.partition("-")[0])

    def _went(self, person: rtc.RemoteParticipant) -> None:
        self._present.discard(person.identity)
        self._report("went", role=person.identity.partition("-")[0])

    def _subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, person: rtc.RemoteParticipant
    ) -> None:
        self._arrived(person)
        self._report("subscribed", kind=_kind(publication), muted=publication.muted)
        self._eyes.start(track, publication)

    def _unsubscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, _person: rtc.RemoteParticipant
    ) -> None:
        self._report("unsubscribed", kind=_kind(publication))
        self._eyes.stop(track.sid)

    def _muted(self, person: rtc.Participant, publication: rtc.TrackPublication, *, muted: bool) -> None:
        if person.identity != self._room.local_participant.identity:
            self._report("remote_muted", kind=_kind(publication), muted=muted)

    def _data(self, packet: rtc.DataPacket) -> None:
        if packet.topic == LEGACY_TOPIC:
            self._chat.take_data(packet)
        elif packet.topic == wire.SESSION_TOPIC and packet.participant is None:
            try:
                push = json.loads(packet.data)
            except ValueError:
                return
            if isinstance(push, dict):
                self._on_push(push)

    def _disconnected(self, reason: rtc.DisconnectReason.ValueType | None = None) -> None:
        name = "UNKNOWN_REASON" if reason is None else rtc.DisconnectReason.Name(reason)
        self._report("disconnected", reason=name)
        if not self._leaving:
            self._on_gone(name)


def _kind(publication: rtc.TrackPublication) -> str:
    return "video" if publication.kind == rtc.TrackKind.KIND_VIDEO else "audio"

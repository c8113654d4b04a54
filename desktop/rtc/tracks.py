"""Everybody else's tracks: their states as events, their pictures into the mailboxes."""

import asyncio
from collections.abc import Callable, Mapping

from livekit import rtc

from desktop.core.call import PictureLayer, TrackState, VideoKey, VideoSource
from desktop.core.frames import Frame
from desktop.rtc.enabling import set_enabled
from desktop.rtc.events import PhotoTaken, RoomEvent, TrackChanged, TrackSource
from desktop.rtc.video import RemoteVideo, VideoWatch

_SOURCES = {
    rtc.TrackSource.SOURCE_CAMERA: TrackSource.CAMERA,
    rtc.TrackSource.SOURCE_SCREENSHARE: TrackSource.SCREEN_SHARE,
    rtc.TrackSource.SOURCE_MICROPHONE: TrackSource.MICROPHONE,
}
_VIDEO_SOURCES = {VideoSource.CAMERA: TrackSource.CAMERA, VideoSource.SCREEN_SHARE: TrackSource.SCREEN_SHARE}
_Key = tuple[str, TrackSource]


def source_of(publication: rtc.TrackPublication) -> TrackSource | None:
    """Return which track this is; a picture without a source counts as the camera; other sound is only played."""
    known = _SOURCES.get(publication.source)
    if known is not None or publication.kind != rtc.TrackKind.KIND_VIDEO:
        return known
    return TrackSource.CAMERA


class RemoteTracks:
    """The tracks of one room, by identity and source, so that every sweep and reconnect finds the same ones."""

    def __init__(
        self,
        put: Callable[[VideoKey, Frame], None],
        tell: Callable[[RoomEvent], None],
        first_picture_came: Callable[[], None],
        *,
        enable: Callable[[rtc.RemoteTrackPublication, bool], None] = set_enabled,
    ) -> None:
        """Start without tracks; all callbacks are called on the running loop."""
        self._enable = enable
        self._put_on = put
        self._tell_on = tell
        self._first_picture_came = first_picture_came
        self._videos: dict[_Key, RemoteVideo] = {}
        self._states: dict[_Key, TrackState] = {}
        self._wishes: Mapping[VideoKey, PictureLayer] = {}
        self._limit = PictureLayer.HIGH
        self._watch: VideoWatch | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._photos: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._is_held = False

    def start(self) -> None:
        """Begin to watch for empty and frozen pictures."""
        self._watch = VideoWatch(lambda: tuple(self._videos.values()))

    def want_pictures(self, wishes: Mapping[VideoKey, PictureLayer]) -> None:
        """Take how much of each picture is wanted; one that is not named is wanted whole."""
        self._wishes = dict(wishes)
        for video in self._videos.values():
            video.is_small = self._is_small(video.key)
            video.want(self._layer_of(video.key))

    def limit_pictures(self, limit: PictureLayer) -> None:
        """Take the most that may be fetched of any picture; acts at once, both ways."""
        self._limit = limit
        for video in self._videos.values():
            video.want(self._layer_of(video.key), at_once=True)

    def ask_again(self) -> None:
        """Let the media server think anew of how much of each picture it sends; a blink of them.

        Not of those that are wanted smaller than they may be: they are as small as they come.
        """
        for video in self._videos.values():
            if self._wishes.get(video.key, PictureLayer.HIGH) >= self._limit:
                video.ask_again()

    def hold_pictures(self, held: bool) -> None:  # noqa: FBT001 - the state itself is the argument
        """Fetch no dried up picture anew while the network is known to be away."""
        self._is_held = held
        for video in self._videos.values():
            video.is_held = held

    def take_photos(self) -> None:
        """Take one sharp photo of every large picture while all are paused; each is told as it is taken."""
        for video in self._videos.values():
            is_large = self._wishes.get(video.key, PictureLayer.HIGH) >= PictureLayer.MEDIUM
            if is_large and video.may_be_photographed:
                task = asyncio.create_task(self._take_photo(video), name="photo")
                self._photos.add(task)
                task.add_done_callback(self._photos.discard)

    def listen(self, room: rtc.Room) -> None:
        """Take the room's track events; before it is connected."""
        room.on("track_published", self.published)
        room.on("track_unpublished", self._unpublished)
        room.on("track_subscribed", self._subscribed)
        room.on("track_unsubscribed", self._unsubscribed)
        room.on("track_muted", self._mute_changed)
        room.on("track_unmuted", self._mute_changed)

    def published(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        """Take a publication, new or known: the sweep after connect comes here too."""
        source = source_of(publication)
        if source is None or self._is_closed:
            return
        key = (participant.identity, source)
        if source is TrackSource.MICROPHONE:
            self._set(key, self._sound_state(publication))
            return
        known = self._videos.get(key)
        if known is None or known.publication is not publication:
            self._end(key)
            video_key = VideoKey(participant.identity, VideoSource(source.value))
            video = self._videos[key] = RemoteVideo(
                video_key, publication, self._put, self._video_changed, enable=self._enable
            )
            video.is_held = self._is_held
            video.is_small = self._is_small(video_key)
            video.want(self._layer_of(video_key), at_once=True)
        if publication.track is not None and known is None:
            self._videos[key].attach(publication.track)

    async def close(self) -> None:
        """End all readers and wait for them; nothing is told any more."""
        self._is_closed = True
        if self._watch is not None:
            await self._watch.close()
        for photo in self._photos:
            photo.cancel()
        await asyncio.gather(*self._photos, return_exceptions=True)
        for key in tuple(self._videos):
            self._end(key)
        await asyncio.gather(*self._ending)

    def _unpublished(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        source = source_of(publication)
        if source is None:
            return
        key = (participant.identity, source)
        video = self._videos.get(key)
        if video is None or video.publication is publication:
            self._end(key)
            self._set(key, TrackState.ABSENT)

    def _subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        source = source_of(publication)
        if source is None or self._is_closed:
            return
        key = (participant.identity, source)
        if source is TrackSource.MICROPHONE:
            self._set(key, self._sound_state(publication))
            return
        known = self._videos.get(key)
        if known is None or known.publication is not publication:
            self.published(publication, participant)
        video = self._videos[key]
        if known is video or publication.track is None:
            video.attach(track)

    def _unsubscribed(
        self, _track: rtc.Track | None, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        source = source_of(publication)
        if source is None:
            return
        key = (participant.identity, source)
        video = self._videos.get(key)
        if video is not None and video.publication is publication:
            video.detach()
            if not video.is_unsubscribed_here:
                self._set(key, TrackState.ABSENT)

    def _mute_changed(self, participant: rtc.Participant, publication: rtc.TrackPublication) -> None:
        source = source_of(publication)
        if source is None or not isinstance(publication, rtc.RemoteTrackPublication):
            return
        key = (participant.identity, source)
        if source is TrackSource.MICROPHONE:
            self._set(key, self._sound_state(publication))
        elif (video := self._videos.get(key)) is not None:
            video.mute_changed()

    def _sound_state(self, publication: rtc.RemoteTrackPublication) -> TrackState:
        if publication.muted:
            return TrackState.MUTED
        return TrackState.FLOWING if publication.subscribed else TrackState.STARTING

    async def _take_photo(self, video: RemoteVideo) -> None:
        took_s, layer = await video.photograph()
        if not self._is_closed:
            self._tell_on(PhotoTaken(video.key.identity, took_s, layer))

    def _layer_of(self, key: VideoKey) -> PictureLayer:
        return min(self._wishes.get(key, PictureLayer.HIGH), self._limit)

    def _is_small(self, key: VideoKey) -> bool:
        return self._wishes.get(key, PictureLayer.HIGH) is PictureLayer.LOW

    def _put(self, key: VideoKey, frame: Frame) -> None:
        if not self._is_closed:
            self._put_on(key, frame)

    def _video_changed(self, key: VideoKey, state: TrackState) -> None:
        self._set((key.identity, _VIDEO_SOURCES[key.source]), state)
        if state is TrackState.FLOWING:
            self._first_picture_came()

    def _set(self, key: _Key, state: TrackState) -> None:
        if self._is_closed or self._states.get(key, TrackState.ABSENT) is state:
            return
        self._states[key] = state
        self._tell_on(TrackChanged(*key, state))

    def _end(self, key: _Key) -> None:
        video = self._videos.pop(key, None)
        if video is not None:
            task = asyncio.create_task(video.close(), name="video-close")
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

"""Somebody else in a room: films, shares a screen, and knows what is sent of it."""

import asyncio

from livekit import rtc

from desktop.core.call import VideoSource


class Guest:
    """Somebody who films in three layers, as a phone does, and stops a layer that nobody wants. On one loop."""

    def __init__(self, identity: str, width: int = 1280, height: int = 720) -> None:
        """Make somebody who is not in a room yet; their pictures have this size."""
        self.identity = identity
        self._size = width, height
        self.room = rtc.Room()
        self._films: list[asyncio.Task[None]] = []
        self._published: dict[VideoSource, tuple[rtc.LocalVideoTrack, rtc.LocalTrackPublication]] = {}

    async def enter(self, url: str, token: str) -> None:
        """Join a room; nobody else's tracks are fetched."""
        await self.room.connect(url, token, rtc.RoomOptions(dynacast=True, auto_subscribe=False))

    async def publish(self, source: VideoSource = VideoSource.CAMERA) -> None:
        """Film from now on."""
        images = rtc.VideoSource(*self._size)
        track = rtc.LocalVideoTrack.create_video_track(source.value, images)
        is_camera = source is VideoSource.CAMERA
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA if is_camera else rtc.TrackSource.SOURCE_SCREENSHARE,
            simulcast=is_camera,
        )
        publication = await self.room.local_participant.publish_track(track, options)
        self._published[source] = track, publication
        self._films.append(asyncio.create_task(self._film(images), name="guest-film"))

    async def unpublish(self, source: VideoSource) -> None:
        """Stop to share."""
        await self.room.local_participant.unpublish_track(self._published.pop(source)[1].sid)

    async def frames_sent(self) -> int:
        """Return how many frames of the camera were sent so far, all layers together."""
        track, _ = self._published[VideoSource.CAMERA]
        return sum(
            stat.outbound_rtp.outbound.frames_sent
            for stat in await track.get_stats()
            if stat.WhichOneof("stats") == "outbound_rtp"
        )

    async def leave(self) -> None:
        """Stop filming and go."""
        for film in self._films:
            film.cancel()
        await asyncio.gather(*self._films, return_exceptions=True)
        await self.room.disconnect()

    async def _film(self, images: rtc.VideoSource) -> None:
        shade, (width, height) = 40, self._size
        try:
            while True:
                shade = 40 + (shade + 5) % 160
                data = bytearray([shade]) * (width * height) + bytearray([128]) * (width * height // 2)
                images.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data))
                await asyncio.sleep(1 / 15)
        finally:
            await images.aclose()

"""`python -m benchmarks.guests`: guests of one room who send 720p30 in one layer, in a process of their own.

Each sends a camera, the first one a shared screen as well: a room of the platform holds no more than four people.
BAYLINK_GUESTS holds a JSON object with `url` and `tokens`, a token for each guest. One line is written once all are in
the room; then they film from a line `film` on the input to a line `rest`, so that they cost nothing in between.
"""

import asyncio
import json
import os
import sys

from livekit import rtc

from desktop.practice.camera import I420Frame, SyntheticCamera

VARIABLE = "BAYLINK_GUESTS"
_SIZE = (1280, 720)
_BIT_RATE = 1_700_000


async def film(url: str, tokens: list[str]) -> None:
    """Enter with every token, film when told to, and go when the input ends."""
    entered = [await _enter(url, token, shares=number == 0) for number, token in enumerate(tokens)]
    sources = [source for _room, published in entered for source in published]
    sys.stdout.write('{"event": "ready"}\n')
    sys.stdout.flush()
    told = asyncio.Event()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with asyncio.TaskGroup() as group:
        filming = group.create_task(_film(sources, told))
        while line := await reader.readline():
            (told.set if line.strip() == b"film" else told.clear)()
        filming.cancel()


async def _film(sources: list[rtc.VideoSource], told: asyncio.Event) -> None:
    camera = SyntheticCamera(width=_SIZE[0], height=_SIZE[1])
    while True:
        await told.wait()
        async for frame in camera.frames():
            for source in sources:
                source.capture_frame(_video_frame(frame))
            if not told.is_set():
                break


async def _enter(url: str, token: str, *, shares: bool) -> tuple[rtc.Room, list[rtc.VideoSource]]:
    room = rtc.Room()
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    kinds = [rtc.TrackSource.SOURCE_CAMERA, *([rtc.TrackSource.SOURCE_SCREENSHARE] if shares else [])]
    return room, [await _publish(room, kind) for kind in kinds]


async def _publish(room: rtc.Room, kind: rtc.TrackSource.ValueType) -> rtc.VideoSource:
    source = rtc.VideoSource(*_SIZE)
    options = rtc.TrackPublishOptions(
        source=kind,
        simulcast=False,
        video_encoding=rtc.VideoEncoding(max_bitrate=_BIT_RATE, max_framerate=30),
    )
    track = rtc.LocalVideoTrack.create_video_track("picture", source)
    await room.local_participant.publish_track(track, options)
    return source


def _video_frame(frame: I420Frame) -> rtc.VideoFrame:
    return rtc.VideoFrame(frame.width, frame.height, rtc.VideoBufferType.I420, frame.data)


if __name__ == "__main__":
    wanted = json.loads(os.environ[VARIABLE])
    asyncio.run(film(wanted["url"], wanted["tokens"]))

"""The other side of a call in a process of its own: talks, listens, watches, and tells when something begins or ends.

`python -m tests.rtc.far_side URL` with the token in `FAR_SIDE_TOKEN`; each line of output is one change as JSON. It is
a process of its own because the SDK plays every voice of a process through one device.
"""

import asyncio
import json
import os
import sys

import numpy as np
from livekit import rtc

from tests.rtc.hotplug_bay import CHUNK, LOUD, RATE, Sense, rms, voice


def _tell(name: str, is_on: bool, since_s: float) -> None:
    sys.stdout.write(json.dumps({"sense": name, "on": is_on, "at": since_s}) + "\n")
    sys.stdout.flush()


async def _listen(track: rtc.Track, sense: Sense) -> None:
    stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1)
    async for event in stream:
        if rms(bytes(event.frame.data)) > LOUD:
            sense.felt(asyncio.get_running_loop().time())


async def _watch(track: rtc.Track, sense: Sense) -> None:
    stream = rtc.VideoStream(track, capacity=1)
    async for event in stream:
        if event.frame.width > 16:
            sense.felt(asyncio.get_running_loop().time())


async def _talk(source: rtc.AudioSource) -> None:
    sample = 0
    while True:
        data = np.frombuffer(voice(sample, CHUNK, pitch_hz=230, pace_hz=2.2, breath=0.4), dtype=np.int16)
        await source.capture_frame(rtc.AudioFrame(data.tobytes(), RATE, 1, CHUNK))
        sample += CHUNK


async def main(url: str, token: str) -> None:
    loop = asyncio.get_running_loop()
    senses = {rtc.TrackKind.KIND_AUDIO: Sense("sound", _tell), rtc.TrackKind.KIND_VIDEO: Sense("picture", _tell)}
    tasks: set[asyncio.Task[None]] = set()
    room = rtc.Room()

    def subscribed(track: rtc.Track, *_about: object) -> None:
        work = _listen if track.kind == rtc.TrackKind.KIND_AUDIO else _watch
        tasks.add(asyncio.create_task(work(track, senses[track.kind])))

    def told_muted(_who: rtc.Participant, publication: rtc.TrackPublication) -> None:
        if publication.source == rtc.TrackSource.SOURCE_MICROPHONE:
            _tell("muted", publication.muted, loop.time())

    room.on("track_subscribed", subscribed)
    room.on("track_muted", told_muted)
    room.on("track_unmuted", told_muted)
    await room.connect(url, token)
    source = rtc.AudioSource(RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("voice", source)
    await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
    tasks.add(asyncio.create_task(_talk(source)))
    while True:
        for sense in senses.values():
            sense.look(loop.time())
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], os.environ["FAR_SIDE_TOKEN"]))

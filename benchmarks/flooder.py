"""`python -m benchmarks.flooder`: somebody in a room who sends 400 things a second, on every topic.

BAYLINK_FLOODER holds a JSON object with `url` and `token`. One line is written once they are in the room; they send
from a line `flood` on the input to a line `rest`, and write then how many things they sent. They go when it ends.
A flood comes from another machine: this one's time is not to be taken from who is measured, so it is the last in line.
"""

import asyncio
import contextlib
import json
import os
import sys
from itertools import count

from livekit import rtc

VARIABLE = "BAYLINK_FLOODER"
_RATE = 48_000
_EVERY_S = 0.02
_FLAPS_EVERY = 5
_NICENESS = 10
_WORDS = "grinding from the front left " * 20


async def flood(url: str, token: str) -> None:
    """Enter, flood when told to, and go when the input ends."""
    room = rtc.Room()
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    track = rtc.LocalAudioTrack.create_audio_track("voice", rtc.AudioSource(_RATE, 1))
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(track, options)
    _tell("ready")
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    flooding: asyncio.Task[None] | None = None
    sent = [0]
    while line := await reader.readline():
        if line.strip() == b"flood":
            sent = [0]
            flooding = asyncio.create_task(_send_on(room.local_participant, track, sent))
        elif flooding is not None:
            flooding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await flooding
            _tell("sent", count=sent[0])
    await room.disconnect()


async def _send_on(participant: rtc.LocalParticipant, track: rtc.LocalAudioTrack, sent: list[int]) -> None:
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    for number in count():
        await asyncio.sleep(began_s + number * _EVERY_S - loop.time())
        packets = _packets(number)
        await asyncio.gather(*(participant.publish_data(data, topic=topic) for topic, data in packets.items()))
        await participant.send_text(f"{number} {_WORDS}", topic="lk.chat")
        await participant.send_text(_WORDS, topic="of.nobody")
        sent[0] += len(packets) + 2
        if number % _FLAPS_EVERY == 0:
            (track.mute if number % (2 * _FLAPS_EVERY) == 0 else track.unmute)()


def _packets(number: int) -> dict[str, bytes]:
    line = {"id": f"packet-{number}", "timestamp": 1, "message": f"{number} {_WORDS}"}
    push = {"v": 1, "seq": number, "sessionId": "x", "type": "file.added", "data": {}}
    marks = {"v": 1, "op": "add", "id": f"mark-{number}", "points": [[0.5, 0.5]] * 100}
    return {
        "lk-chat-topic": json.dumps(line).encode(),
        "lk-chat-update-topic": json.dumps({**line, "id": "packet-0"}).encode(),
        "baylink.session": json.dumps(push).encode(),
        "baylink.typing": b'{"v": 1, "on": true}',
        "baylink.marks": json.dumps(marks).encode(),
        "of.nobody": b"x" * 5_000,
    }


def _tell(event: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.nice(_NICENESS)
    wanted = json.loads(os.environ[VARIABLE])
    asyncio.run(flood(wanted["url"], wanted["token"]))

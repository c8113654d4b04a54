"""The simulated customer as a process: `python -m desktop.practice.customer --server URL --session ID --email E`.

The password comes from BAYLINK_PRACTICE_PASSWORD. Events are told as JSON lines on the output, each with `event` and
`at_ms` (CLOCK_MONOTONIC); commands are JSON lines on the input, such as `{"do": "say", "text": "Hello"}`. The end of
the input ends the customer.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import re
import signal
import sys
from typing import Literal

from desktop.practice.demo_people import PASSWORD_VARIABLE
from desktop.practice.owner import Owner, OwnerOptions
from desktop.practice.owner_client import OwnerRefusedError
from desktop.practice.owner_media import Publishing
from desktop.practice.picture_code import monotonic_ms

_TOKEN = re.compile(r"eyJ[\w.-]+")
_NEVER_JOINED = 3


def main() -> None:
    """Run the customer and leave the process without Python's farewell, which native threads may not survive."""
    options = _options(sys.argv[1:])
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger().handlers[0].addFilter(_redact)
    code = 1
    try:
        code = asyncio.run(_run(options))
    except (OwnerRefusedError, OSError) as error:
        report("failed", error=f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        code = 130
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def report(event: str, **fields: object) -> None:
    """Write one event line."""
    line = json.dumps({"event": event, "at_ms": monotonic_ms(), **fields})
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{_TOKEN.sub('[token]', line)}\n")
        sys.stdout.flush()


async def _run(options: OwnerOptions) -> int:
    owner = Owner(options, report)
    loop = asyncio.get_running_loop()
    story = asyncio.create_task(owner.run())
    commands = asyncio.create_task(_obey_input(owner))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, story.cancel)
    try:
        return 0 if await story else _NEVER_JOINED
    except asyncio.CancelledError:
        await owner.close()
        return 0
    finally:
        commands.cancel()
        await asyncio.gather(commands, return_exceptions=True)
        report("gone")


async def _obey_input(owner: Owner) -> None:
    """Do what the input says, one line after the other."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        try:
            command = json.loads(line)
        except ValueError:
            command = None
        if isinstance(command, dict):
            await owner.obey(command)
        else:
            report("unknown_command", name="")
    await owner.obey({"do": "quit"})


def _options(arguments: list[str]) -> OwnerOptions:
    parser = argparse.ArgumentParser(description="A simulated car owner in a Baylink session.")
    parser.add_argument("--server", required=True, help="base URL of the join server (loopback)")
    parser.add_argument("--session", required=True, help="id of the session")
    parser.add_argument("--email", required=True, help="login of the customer")
    parser.add_argument("--livekit-url", help="used where the join answer names no media server")
    parser.add_argument("--size", default="1280x720", help="picture size, at most 1280x720")
    parser.add_argument("--fps", type=float, default=30)
    parser.add_argument("--max-bitrate", type=int, default=1_700_000, help="bit/s of the largest layer")
    for name, words in (
        ("simulcast", "publish three layers, as phones do"),
        ("dynacast", "publish only the layers that somebody watches"),
        ("video", "publish the camera"),
        ("audio", "publish the microphone"),
        ("greet", "open with a friendly line"),
        ("answer", "answer what the mechanic writes"),
        ("watch", "subscribe to the mechanic's tracks"),
    ):
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=True, help=words)
    parser.add_argument("--answer-delay", type=float, default=0.9, help="seconds of typing before an answer")
    parser.add_argument("--still", action="store_true", help="hold the phone perfectly still")
    parser.add_argument("--stay-away", action="store_true", help="sign in, and join only when told to return")
    parsed = parser.parse_args(arguments)
    width, _, height = parsed.size.partition("x")
    return OwnerOptions(
        server=parsed.server,
        session_id=parsed.session,
        email=parsed.email,
        password=os.environ.get(PASSWORD_VARIABLE, ""),
        publishing=Publishing(
            width=int(width),
            height=int(height),
            fps=parsed.fps,
            simulcast=parsed.simulcast,
            max_bitrate=parsed.max_bitrate,
            video=parsed.video,
            audio=parsed.audio,
            still=parsed.still,
        ),
        livekit_url=parsed.livekit_url,
        greets=parsed.greet,
        answers=parsed.answer,
        answer_delay_s=parsed.answer_delay,
        watches=parsed.watch,
        dynacast=parsed.dynacast,
        stays_away=parsed.stay_away,
    )


def _redact(record: logging.LogRecord) -> Literal[True]:
    """Take LiveKit tokens out of a log line: the SDK prints a refused one whole."""
    record.msg, record.args = _TOKEN.sub("[token]", record.getMessage()), ()
    return True


if __name__ == "__main__":
    main()

"""`python -m benchmarks.join_clients`: the clients of the load benchmark, in a cheap process of their own.

Orders come as JSON lines on stdin, results go as JSON lines to stdout. It uses the standard library's sockets and looks
into an answer no further than it must, so that the server's cores are the server's.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_TOLD_EVERY: Final = 20


@dataclass(slots=True)
class Line:
    """One kept connection to the server, asking one thing at a time for one session."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request: bytes

    async def join(self) -> float:
        """Join; return how many seconds it took. Raises RuntimeError for anything but 200 with a ready room."""
        began = time.perf_counter()
        self.writer.write(self.request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        place = head.lower().index(b"content-length:") + len(b"content-length:")
        body = await self.reader.readexactly(int(head[place : head.index(b"\r", place)]))
        spent = time.perf_counter() - began
        if not head.startswith(b"HTTP/1.1 200") or b'"roomReady":true' not in body:
            raise RuntimeError(f"a join failed: {head[:40]!r} {body[:200]!r}")
        return spent


async def crowd(lines: Sequence[Line], seconds: float) -> list[float]:
    """Let every line join again and again; return the times of all joins in seconds."""
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def go_on(line: Line) -> None:
        while time.perf_counter() < until:
            times.append(await line.join())

    await asyncio.gather(*map(go_on, lines))
    return times


async def steady(lines: Sequence[Line], rate: float, seconds: float) -> list[float]:
    """Join `rate` times a second, whatever the answers take; a join that waits for a free line counts its wait."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    times: list[float] = []

    async def one(due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        line = await free.get()
        await line.join()
        times.append(time.perf_counter() - due)
        free.put_nowait(line)

    began = time.perf_counter()
    await asyncio.gather(*(one(began + number / rate) for number in range(int(seconds * rate))))
    return times


async def many(lines: Sequence[Line], count: int) -> list[float]:
    """Join `count` times in all, telling on stderr how far it is; return no times: they would only fill memory."""
    left = itertools.count()
    told = max(1, count // _TOLD_EVERY)

    async def go_on(line: Line) -> None:
        while (number := next(left)) < count:
            await line.join()
            if (number + 1) % told == 0:
                print(f"  {number + 1} of {count} joins", file=sys.stderr, flush=True)

    await asyncio.gather(*map(go_on, lines))
    return []


async def _obey(orders: asyncio.StreamReader) -> None:
    first = json.loads(await orders.readline())
    lines = [
        Line(*await asyncio.open_connection("127.0.0.1", first["port"]), request.encode())
        for request in first["requests"]
    ]
    print("{}", flush=True)
    async for raw in orders:
        order: dict[str, Any] = json.loads(raw)
        chosen = lines[: order["lines"]]
        match order["do"]:
            case "crowd":
                times = await crowd(chosen, order["seconds"])
            case "steady":
                times = await steady(chosen, order["rate"], order["seconds"])
            case _:
                times = await many(chosen, order["count"])
        print(json.dumps({"times": times}), flush=True)
    for line in lines:
        line.writer.close()
        await line.writer.wait_closed()


async def _main() -> None:
    orders = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    await _obey(orders)


if __name__ == "__main__":
    asyncio.run(_main())

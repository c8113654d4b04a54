"""A small client of Chromium's DevTools protocol: commands out, answers and events in, over one websocket."""

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Self, cast

import aiohttp

type Json = dict[str, object]

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024


class DevToolsError(Exception):
    """The browser refused a command, or a script in its page threw."""


class DevTools:
    """A connection to one page. Events go to the functions given to `on`, called in the loop of the connection."""

    def __init__(self, address: str) -> None:
        """Prepare a connection to the page's websocket address."""
        self._address = address
        self._http = aiohttp.ClientSession()
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._listeners: dict[str, Callable[[Json], None]] = {}
        self._number = 0

    async def __aenter__(self) -> Self:
        """Connect."""
        self._socket = await self._http.ws_connect(self._address, max_msg_size=_MAX_MESSAGE_BYTES)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect; the browser goes on."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._socket.close()
        await self._http.close()

    def on(self, event: str, listener: Callable[[Json], None]) -> None:
        """Call `listener` with the parameters of each such event."""
        self._listeners[event] = listener

    async def send(self, method: str, **params: object) -> Json:
        """Send a command and return its result. Raises DevToolsError, also when the browser goes away."""
        self._number += 1
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        await self._socket.send_str(json.dumps({"id": self._number, "method": method, "params": params}))
        return await answer

    async def evaluate(self, expression: str) -> object:
        """Run an expression in the page, wait if it is a promise, return its JSON value. Raises DevToolsError."""
        result = await self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise DevToolsError(json.dumps(result["exceptionDetails"])[:800])
        return cast("Json", result["result"]).get("value")

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(json.loads(message.data))
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(DevToolsError("the browser is gone"))

    def _take(self, message: Json) -> None:
        number = message.get("id")
        if isinstance(number, int):
            answer = self._waiting.pop(number, None)
            if answer is None or answer.done():
                return
            if "error" in message:
                answer.set_exception(DevToolsError(json.dumps(message["error"])[:800]))
            else:
                answer.set_result(cast("Json", message.get("result", {})))
        elif (listener := self._listeners.get(str(message.get("method")))) is not None:
            listener(cast("Json", message.get("params", {})))

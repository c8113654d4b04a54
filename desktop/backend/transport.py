"""One HTTP exchange with the platform: safe address, headers, request id, clock sample, retries, and its error."""

import asyncio
import contextlib
import logging
import re
import ssl
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import stamina

from desktop.backend import wire
from desktop.backend.addresses import check_scheme, host_of, is_loopback
from desktop.backend.forms import CountedStream, Form, FormParts, opened
from desktop.backend.private_file import private_file
from desktop.backend.refusals import Endpoint, Refusal, error_of
from desktop.core.clock import ServerClock, ServerTime
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError

_log = logging.getLogger(__name__)

_CONNECT_S = 5.0
_FILE_SILENCE_S = 30.0
_PROBE_S = 3.5
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_HALF_SECOND = timedelta(milliseconds=500)
"""The `Date` header is cut to whole seconds: on average the server's time is half a second later."""


@dataclass(frozen=True, slots=True)
class PlatformAddress:
    """Where the platform is, and what may be spoken to.

    `auth_base_url` None: tokens are refreshed at the API. `plain_loopback` allows http to this machine (development).
    """

    api_base_url: str
    auth_base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    livekit_url: str | None = None
    allowed_media_hosts: tuple[str, ...] = ()
    plain_loopback: bool = False

    @property
    def media_hosts(self) -> frozenset[str]:
        """The hosts a join answer may send the app to: the API's, the configured LiveKit host, and listed ones."""
        own = {host_of(self.api_base_url), host_of(self.livekit_url or "")} - {""}
        return frozenset(own | {host.lower() for host in self.allowed_media_hosts})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to make. `bearer` goes out only to the API base; `attempts` above 1 only where a repeat is safe.

    `form` is a multipart body in the place of a JSON one.
    """

    endpoint: Endpoint
    method: str
    path: str
    body: wire.WireShape | None = None
    form: Form | None = None
    params: Mapping[str, str] | None = None
    bearer: str | None = field(default=None, repr=False)
    if_none_match: str | None = None
    last_event_id: str | None = None
    at_auth_base: bool = False
    attempts: int = 1
    timeout_s: float = 10.0

    @property
    def name(self) -> str:
        """The path for the log: a file's link loses its signature (SR-11)."""
        return urlsplit(self.path).path


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: 2xx, or 304 with an empty body."""

    status: int
    body: bytes = field(repr=False)
    etag: str | None
    reference: str

    @property
    def is_unchanged(self) -> bool:
        """Whether the server said that nothing changed since the tag that was sent."""
        return self.status == HTTPStatus.NOT_MODIFIED


class Transport:
    """Speaks HTTP to the platform's two bases and to nothing else; redirects are refused, not followed."""

    def __init__(
        self,
        address: PlatformAddress,
        *,
        client_version: str,
        transport: httpx.AsyncBaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Check the addresses (raises `insecure_url`) and make the pool; `transport` replaces the network."""
        self._api = check_scheme(address.api_base_url, plain_loopback=address.plain_loopback)
        auth = address.auth_base_url or address.api_base_url
        self._auth = check_scheme(auth, plain_loopback=address.plain_loopback)
        self._api_key = address.api_key
        self._plain_loopback = address.plain_loopback
        self._monotonic = monotonic
        self._clock = ServerClock()
        self.api_version: int | None = None
        # A proxy of the environment never stands between this machine and itself.
        trust_env = not is_loopback(host_of(self._api))
        tls = httpx.create_ssl_context(trust_env=trust_env)
        self._http = httpx.AsyncClient(
            transport=transport,
            verify=tls,
            follow_redirects=False,
            trust_env=trust_env,
            headers={wire.CLIENT_HEADER: client_version, "Accept": "application/json"},
        )
        # An old connection may stay silent long after the network is back; a new one tells the truth. And what is
        # asked here goes to other hosts too, so it carries neither token nor cookie (SR-32).
        self._probes = httpx.AsyncClient(
            transport=transport,
            verify=tls,
            follow_redirects=False,
            trust_env=trust_env,
            timeout=_PROBE_S,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    @property
    def is_lean(self) -> bool:
        """Whether the last answer lacked the join server's own header: the platform's smaller answers are read."""
        return self.api_version is None

    @property
    def server_time(self) -> ServerTime | None:
        """Where server time stands by the best of the last answers; None before the first one."""
        return self._clock.estimate()

    def forget_cookies(self) -> None:
        """Drop every cookie."""
        self._http.cookies.clear()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self._probes.aclose()

    async def status_of(self, url: str) -> int | None:
        """Return the HTTP status that a server gives on a new connection, or None where none comes.

        A path without a host is one of the API; anything else must have been checked by the caller.
        """
        try:
            async with self._probes.stream("GET", self._api + url if url.startswith("/") else url) as response:
                return response.status_code
        except (httpx.HTTPError, ssl.SSLError):
            return None

    async def send(self, exchange: Exchange) -> Answer:
        """Make the exchange, again where it may be repeated; raises OfflineError, RefusedError, ServerTroubleError."""
        retries = stamina.retry_context(
            on=_worth_repeating,
            attempts=exchange.attempts,
            timeout=None,
            wait_initial=0.2,
            wait_max=2.0,
            wait_jitter=0.4,
        )
        async for attempt in retries:
            with attempt:
                return await self._send_once(exchange)
        raise OfflineError  # pragma: no cover - the retries end with a result or an error

    async def fetch(self, url: str, target: Path, cap_bytes: int) -> None:
        """Write what a link leads to into `target`; a link without a host is one of the API.

        No token goes along (SR-32). Raises RefusedError, `file_too_large` beyond `cap_bytes`, and OSError where
        `target` cannot be written; a broken download leaves nothing behind.
        """
        if not url.startswith("/"):
            check_scheme(url, plain_loopback=self._plain_loopback)
        elif url.startswith("//"):
            raise BaylinkError("insecure_url")
        exchange = Exchange(Endpoint.FILE_CONTENT, "GET", url, timeout_s=_FILE_SILENCE_S)
        part = target.with_name(f"{target.name}.part")
        try:
            async with self.open(exchange) as response:
                await _write(response, part, cap_bytes)
            await asyncio.to_thread(part.replace, target)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    async def _send_once(self, exchange: Exchange) -> Answer:
        async with self.open(exchange) as response:
            try:
                body = await response.aread()
            except httpx.HTTPError as error:
                raise _offline(error, _reference(response)) from error
        return Answer(response.status_code, body, response.headers.get("ETag"), _reference(response))

    @asynccontextmanager
    async def open(self, exchange: Exchange) -> AsyncIterator[httpx.Response]:
        """Open the answer without reading its body; its status is already known to be a success."""
        sent_s = self._monotonic()
        response = await self._sent(exchange)
        try:
            received_s = self._monotonic()
            _log.debug(
                "%s %s: %d in %.0f ms, request %s",
                exchange.method,
                exchange.name,
                response.status_code,
                (received_s - sent_s) * 1000,
                _reference(response),
            )
            self._take_headers(exchange, response, sent_s, received_s)
            if not (response.is_success or response.status_code == HTTPStatus.NOT_MODIFIED):
                raise await self._refused(exchange, response)
            yield response
        finally:
            await response.aclose()

    async def _sent(self, exchange: Exchange) -> httpx.Response:
        with contextlib.ExitStack() as stack:
            parts = stack.enter_context(opened(exchange.form)) if exchange.form is not None else None
            request = self._request(exchange, parts)
            own_id = request.headers[wire.REQUEST_ID_HEADER]
            try:
                return await self._http.send(request, stream=True)
            except (httpx.HTTPError, ssl.SSLError) as error:
                _log.info(
                    "%s %s: no answer, %s, request %s", exchange.method, exchange.name, type(error).__name__, own_id
                )
                raise _offline(error, own_id) from error

    def _request(self, exchange: Exchange, parts: FormParts | None) -> httpx.Request:
        base = self._auth if exchange.at_auth_base else self._api
        headers = {wire.REQUEST_ID_HEADER: str(uuid.uuid4())}
        if exchange.bearer is not None and not exchange.at_auth_base:
            headers["Authorization"] = f"Bearer {exchange.bearer}"
        if exchange.at_auth_base and self._api_key is not None:
            headers["apikey"] = self._api_key
        if exchange.if_none_match is not None:
            headers["If-None-Match"] = exchange.if_none_match
        if exchange.last_event_id:
            headers["Last-Event-ID"] = exchange.last_event_id
        request = self._http.build_request(
            exchange.method,
            base + exchange.path if exchange.path.startswith("/") else exchange.path,
            params=dict(exchange.params) if exchange.params else None,
            json=exchange.body.to_wire() if exchange.body is not None else None,
            files=parts,
            headers=headers,
            timeout=httpx.Timeout(exchange.timeout_s, connect=_CONNECT_S),
        )
        form = exchange.form
        if form is not None and form.progress is not None and isinstance(request.stream, httpx.AsyncByteStream):
            request.stream = CountedStream(request.stream, form.progress)
        return request

    async def _refused(self, exchange: Exchange, response: httpx.Response) -> BaylinkError:
        try:
            body = await response.aread()
        except httpx.HTTPError as broken:
            return _offline(broken, _reference(response))
        refusal = Refusal(
            endpoint=exchange.endpoint,
            status=response.status_code,
            body=body,
            reference=_reference(response),
            retry_after=response.headers.get("Retry-After"),
            is_lean=wire.API_HEADER not in response.headers,
            received_at=datetime.now(UTC),
        )
        error = error_of(refusal)
        _log.info(
            "%s %s: %d %s, request %s",
            exchange.method,
            exchange.name,
            response.status_code,
            error.code,
            error.reference,
        )
        return error

    def _take_headers(self, exchange: Exchange, response: httpx.Response, sent_s: float, received_s: float) -> None:
        if exchange.endpoint is Endpoint.FILE_CONTENT:
            return  # files may come from another host, which says nothing of the API
        if response.is_success and not exchange.at_auth_base:
            version = response.headers.get(wire.API_HEADER, "")
            self.api_version = int(version) if version.isdecimal() else None
        moment = _server_moment(response.headers)
        if moment is not None:
            self._clock.add(sent_s, received_s, moment)


async def _write(response: httpx.Response, part: Path, cap_bytes: int) -> None:
    """Write an answer's body to a new file that only this user can read, piece by piece and off the loop."""
    try:
        async with private_file(part) as file:
            size = 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > cap_bytes:
                    raise RefusedError("file_too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                await asyncio.to_thread(file.write, chunk)
    except httpx.HTTPError as error:
        raise _offline(error, _reference(response)) from error


def _server_moment(headers: httpx.Headers) -> datetime | None:
    try:
        if wire.TIME_HEADER in headers:
            return wire.parse_timestamp(headers[wire.TIME_HEADER])
        if "Date" in headers:
            return parsedate_to_datetime(headers["Date"]).replace(tzinfo=UTC) + _HALF_SECOND
    except ValueError:
        _log.info("the server's time could not be read")
    return None


def _reference(response: httpx.Response) -> str:
    own = str(response.request.headers[wire.REQUEST_ID_HEADER])
    echoed = str(response.headers.get(wire.REQUEST_ID_HEADER, ""))
    return echoed if _REQUEST_ID.fullmatch(echoed) else own


def _worth_repeating(error: Exception) -> bool:
    if isinstance(error, OfflineError):
        return error.code == "offline"
    return isinstance(error, ServerTroubleError)


def _offline(error: Exception, reference: str) -> OfflineError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return OfflineError("tls", reference=reference)
        cause = cause.__cause__ or cause.__context__
    return OfflineError(reference=reference)

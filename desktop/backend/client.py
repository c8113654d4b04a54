"""BackendClient: everything that the app asks of the platform, as core data and core errors."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

import httpx

from desktop.backend import mapping, wire
from desktop.backend.addresses import check_media_url, check_scheme
from desktop.backend.calls import REPEATS, SignedInCalls, parsed
from desktop.backend.events import EventStreamParser, hint_of
from desktop.backend.known import Known, detailed
from desktop.backend.lean import LeanFacts, lean_grant, lean_state
from desktop.backend.login import LoginListener
from desktop.backend.reach import Reach
from desktop.backend.records import RecordCalls
from desktop.backend.refusals import Endpoint
from desktop.backend.transport import Answer, Exchange, PlatformAddress, Transport
from desktop.core.board import BoardListing, HintKind, ServerHint
from desktop.core.chat import MESSAGE_CAP, ChatMessage, MessagePage
from desktop.core.clock import ServerTime
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.people import Role, SessionId
from desktop.core.session import Completion, JoinGrant, Mechanic, SessionRow, SessionState

_log = logging.getLogger(__name__)

_JOIN_TIMEOUT_S = 15.0
_LOGOUT_TIMEOUT_S = 3.0
_STREAM_SILENCE_S = 45.0
"""The server says something at least every 15 s; three times that without a byte and the stream is taken for dead."""


class BackendClient:
    """Speaks to the platform for one app.

    Lives in one asyncio loop. Every method raises OfflineError (nothing answered), ServerTroubleError (5xx or not the
    contract), RefusedError (4xx, with its code) or SignedOutError (the login is over; `listener` was told once).
    Reads, joins, starts, ends and sends are repeated a few times with jitter where the contract makes that safe.
    `records` speaks about notes, files and summaries; `reach` measures how far everything is.
    """

    def __init__(
        self,
        address: PlatformAddress,
        *,
        client_version: str,
        transport: httpx.AsyncBaseTransport | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the client; nothing is sent yet. `transport` replaces the network. Raises `insecure_url`."""
        self._address = address
        if address.livekit_url is not None:
            check_scheme(address.livekit_url, plain_loopback=address.plain_loopback)
        self._monotonic = monotonic
        self._transport = Transport(address, client_version=client_version, transport=transport, monotonic=monotonic)
        self._calls = SignedInCalls(self._transport, monotonic, self._login_ended)
        self.records = RecordCalls(self._calls)
        self._known = Known()
        self._interrupted: Known | None = None
        self.reach = Reach(self._transport, self.media_alive, self._media_url, monotonic)

    # ---- the login --------------------------------------------------------------------------------------------------

    @property
    def listener(self) -> LoginListener | None:
        """Who is told about new refresh tokens and the end of the login."""
        return self._calls.listener

    @listener.setter
    def listener(self, listener: LoginListener | None) -> None:
        self._calls.listener = listener

    @property
    def is_lean(self) -> bool:
        """Whether the platform's smaller answers are being read."""
        return self._transport.is_lean

    @property
    def server_time(self) -> ServerTime:
        """Where server time stands by the best of the last answers; this machine's own before the first."""
        return self._transport.server_time or ServerTime(time.time() - self._monotonic())

    async def sign_in(self, email: str, password: str) -> Mechanic:
        """Sign in; raises `bad_credentials`, `rate_limited` (details `wait`, `retry_after_s`), `api_too_new`."""
        self.forget()
        try:
            request = wire.LoginRequest(email=email, password=password)
        except ValueError:
            # Longer than any e-mail address or password: the answer is known, and neither goes into an error text.
            raise RefusedError("bad_credentials", HTTPStatus.UNAUTHORIZED) from None
        answer = await self._transport.send(Exchange(Endpoint.LOGIN, "POST", "/api/mechanic/login", request))
        login = parsed(wire.LoginAnswer, answer)
        self._check_version()
        return await self._entered(self._calls.open(login))

    async def restore(self, refresh_token: str) -> Mechanic:
        """Sign in again with a kept refresh token; raises SignedOutError when the server no longer takes it."""
        self.forget()
        return await self._entered(self._calls.open_with(refresh_token))

    async def _entered(self, opening: Awaitable[None]) -> Mechanic:
        """Finish a login: the cookie, and who it is; one that cannot be finished is dropped again."""
        try:
            await opening
            mechanic = await self.me()
            self._check_version()
        except RefusedError:
            self.forget()
            raise
        except BaylinkError:
            # The refresh token is good and already kept: whoever asked tries again with that.
            self._calls.drop_tokens()
            raise
        self._known.go_on_from(self._interrupted)
        self._interrupted = None
        return mechanic

    async def sign_out(self) -> None:
        """Forget everything of this login at once, then tell the server, which may be away."""
        pair = self._calls.forget()
        self.records.forget()
        self._known = Known()
        self._interrupted = None
        if pair is None:
            return
        exchange = Exchange(
            Endpoint.LOGOUT, "POST", "/api/mechanic/logout", bearer=pair.access, timeout_s=_LOGOUT_TIMEOUT_S
        )
        try:
            await self._transport.send(exchange)
        except BaylinkError as error:
            _log.info("the server was not told of the sign-out: %s", error.code)

    def forget(self) -> None:
        """Drop tokens, cookies and everything read for this login, without a word to the server."""
        self._calls.forget()
        self.records.forget()
        self._known = Known()

    async def aclose(self) -> None:
        """Close the connections; the login is dropped here but stays open on the server."""
        await self._calls.aclose()

    async def me(self) -> Mechanic:
        """Return who is signed in, as the server knows them now."""
        answer = await self._calls.read(wire.MeAnswer, Exchange(Endpoint.ME, "GET", "/api/mechanics/me"))
        self._known.mechanic = mapping.mechanic_of(answer)
        return self._known.mechanic

    def _login_ended(self) -> None:
        if self._known.mechanic is not None:
            self._interrupted = self._known
        self._known = Known()
        self.records.forget()

    def _check_version(self) -> None:
        version = self._transport.api_version
        if version is not None and version > wire.API_VERSION:
            raise RefusedError("api_too_new", HTTPStatus.UPGRADE_REQUIRED)

    # ---- lists ------------------------------------------------------------------------------------------------------

    async def board(self) -> BoardListing:
        """Return the open sessions, open requests and the latest ended ones; unchanged parts are not sent again."""
        known = self._known
        listing = Exchange(Endpoint.LIST, "GET", "/api/mechanic/active-sessions", attempts=2)
        async with asyncio.TaskGroup() as together:
            opened = together.create_task(_outcome(self._calls.read(wire.ActiveSessionsAnswer, listing)))
            requests = together.create_task(self._requests())
            ended = together.create_task(self._ended())
        answer = opened.result()
        if isinstance(answer, BaylinkError):
            raise answer
        rows = tuple(mapping.row_of(item) for item in answer.sessions)
        own = {row.id for row in rows}
        rows += tuple(row for row in (*requests.result(), *ended.result()) if row.id not in own)
        known.rows = {row.id: row for row in rows}
        has_requests = not self._calls.lacks(Endpoint.QUEUE)
        return BoardListing(rows=rows, server_time=self.server_time, has_requests=has_requests)

    async def _requests(self) -> tuple[SessionRow, ...]:
        exchange = Exchange(Endpoint.QUEUE, "GET", "/api/mechanic/queue")
        return await self._extra(exchange, wire.QueueAnswer, _request_rows)

    async def _ended(self) -> tuple[SessionRow, ...]:
        exchange = Exchange(Endpoint.HISTORY, "GET", "/api/mechanic/sessions/history", params={"limit": "50"})
        return await self._extra(exchange, wire.HistoryAnswer, _history_rows)

    async def _extra[Shape: wire.WireShape](
        self, exchange: Exchange, shape: type[Shape], rows_of: Callable[[Shape], tuple[SessionRow, ...]]
    ) -> tuple[SessionRow, ...]:
        """Return rows that the list can do without: where they do not come, the last ones stay."""
        known = self._known
        outcome = await _outcome(self._calls.read(shape, exchange))
        if not isinstance(outcome, BaylinkError):
            known.extras[exchange.endpoint] = rows_of(outcome)
        return known.extras.get(exchange.endpoint, ())

    async def accept(self, assignment_id: str) -> SessionId:
        """Accept an open request; return the session that is now one's own."""
        path = f"/api/mechanic/assignments/{_in_path(assignment_id)}/accept"
        answer = await self._named(Exchange(Endpoint.ACCEPT, "POST", path, attempts=REPEATS), None)
        return SessionId(parsed(wire.AcceptAnswer, answer).session_id)

    async def events(self) -> AsyncGenerator[ServerHint]:
        """Yield the server's hints: first OPENED, then one for each change. Ends by raising when the stream breaks.

        Raises `feature_missing` where the platform has no stream. The next call goes on after the last event seen.
        """
        known = self._known
        exchange = Exchange(
            Endpoint.EVENTS,
            "GET",
            "/api/mechanic/events",
            last_event_id=known.last_event_id,
            timeout_s=_STREAM_SILENCE_S,
        )
        parser = EventStreamParser()
        try:
            async with self._calls.stream(exchange) as response:
                yield ServerHint(HintKind.OPENED)
                async for chunk in response.aiter_text():
                    for event in parser.feed(chunk):
                        known.last_event_id = event.last_id
                        if (hint := hint_of(event)) is not None:
                            yield hint
        except httpx.HTTPError as error:
            raise OfflineError from error
        raise OfflineError

    # ---- a session --------------------------------------------------------------------------------------------------

    async def join(
        self, session_id: SessionId, fingerprint: str, view: Literal["chat", "video"] | None = None
    ) -> JoinGrant:
        """Enter a session: one request with everything on a full platform; on a lean one names come from elsewhere.

        A media host that the settings do not know, or none at all, leaves a grant without `server_url` and with the
        reason in `media_error`.
        """
        body = wire.JoinRequest(device_fingerprint=fingerprint, view=view)
        path = f"/api/mechanic/sessions/{_in_path(session_id)}/join"
        exchange = Exchange(Endpoint.JOIN, "POST", path, body, attempts=REPEATS, timeout_s=_JOIN_TIMEOUT_S)
        answer = await self._named(exchange, session_id)
        join = parsed(wire.JoinAnswer, answer)
        if join.session_id != session_id:
            raise ServerTroubleError("internal", reference=answer.reference)
        if join.version is None:
            grant = lean_grant(join, await self._lean_facts(session_id), self.server_time)
        else:
            grant = mapping.grant_of(join, self.server_time)
        self._known.remember_grant(grant)
        return self._with_media(grant)

    def _with_media(self, grant: JoinGrant) -> JoinGrant:
        url = grant.server_url or self._address.livekit_url
        if url is None:
            return replace(grant, server_url=None, token="", media_error="no_media_server")
        try:
            allowed = check_media_url(url, self._address.media_hosts, plain_loopback=self._address.plain_loopback)
        except BaylinkError as error:
            _log.warning("the server named a media host that is not allowed")
            return replace(grant, server_url=None, token="", media_error=error.code)
        return replace(grant, server_url=allowed)

    async def alive(self) -> bool:
        """Whether the platform answers at all; whatever it says will do, so that a lean one can be asked too."""
        return await self._transport.status_of("/api/health") is not None

    async def media_alive(self, url: str) -> bool:
        """Whether the media server of a join answer answers; what stands before a dead one does not count."""
        try:
            allowed = check_media_url(url, self._address.media_hosts, plain_loopback=self._address.plain_loopback)
        except BaylinkError:
            return False
        status = await self._transport.status_of(allowed.replace("ws", "http", 1))
        return status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR

    def _media_url(self) -> str | None:
        """Return where the media server is: as the last join answer said, else as the settings say."""
        told = (grant.server_url for grant in reversed(self._known.grants.values()) if grant.server_url)
        return next(told, self._address.livekit_url)

    def listed(self, session_id: SessionId) -> SessionRow | None:
        """Return a session's row in the list that was read last, if it has one."""
        return self._known.rows.get(session_id)

    async def start(self, session_id: SessionId) -> SessionState:
        """Start the clock once both are present, and return where the session stands; `not_both_present` otherwise."""
        path = f"/api/sessions/{_in_path(session_id)}/start"
        await self._named(Exchange(Endpoint.START, "POST", path, attempts=REPEATS), session_id)
        return await self.state(session_id)

    async def state(self, session_id: SessionId) -> SessionState:
        """Return where a session stands now; a lean platform's is put together from what it has."""
        exchange = Exchange(Endpoint.STATE, "GET", f"/api/sessions/{_in_path(session_id)}/state", attempts=2)
        try:
            answer = await self._calls.read(wire.StateAnswer, exchange)
        except RefusedError as error:
            if error.code != "feature_missing":
                raise
            state = lean_state(await self._lean_facts(session_id, fresh=True), self.server_time)
        else:
            state = mapping.state_of(answer, self.server_time)
        self._known.remember_state(session_id, state)
        return state

    async def end(self, session_id: SessionId) -> Completion:
        """End a session; a repeat reads the same end. On a lean platform it is sent once and never repeated."""
        path = f"/api/sessions/{_in_path(session_id)}/end"
        attempts = 1 if self.is_lean else REPEATS
        answer = await self._named(Exchange(Endpoint.END, "POST", path, attempts=attempts), session_id)
        known = self._known
        return mapping.completion_of(
            parsed(wire.EndAnswer, answer),
            known.grants.get(session_id),
            known.rows.get(session_id),
            known.mechanic,
        )

    async def _lean_facts(self, session_id: SessionId, *, fresh: bool = False) -> LeanFacts:
        """Gather what a lean platform tells of a session in several answers; what does not come stays unknown.

        `fresh` reads the list again and raises where it does not come; without it the newest messages are read too.
        """
        if fresh or session_id not in self._known.rows:
            listing = await _outcome(self.board())
            if fresh and isinstance(listing, BaylinkError):
                raise listing
        exchange = Exchange(Endpoint.SESSION_INFO, "GET", "/api/chat/session-info", params={"sessionId": session_id})
        info = await _outcome(self._calls.read(wire.SessionInfoAnswer, exchange))
        messages = None if fresh else await _outcome(self.messages(session_id))
        return LeanFacts(
            mechanic=self._known.mechanic,
            row=self._known.rows.get(session_id),
            info=info if isinstance(info, wire.SessionInfoAnswer) else None,
            messages=messages if isinstance(messages, MessagePage) else MessagePage(),
            earlier=self._known.grants.get(session_id),
        )

    # ---- messages ---------------------------------------------------------------------------------------------------

    async def send_message(self, session_id: SessionId, text: str, temp_id: str) -> ChatMessage:
        """Store a message; the same `temp_id` gives the same stored message, however often it is sent."""
        try:
            body = wire.SendMessageRequest(session_id=session_id, content=text, temp_id=temp_id)
        except ValueError:
            raise RefusedError("bad_content", HTTPStatus.BAD_REQUEST) from None
        # A lean platform stores a repeat twice.
        attempts = 1 if self.is_lean else REPEATS
        exchange = Exchange(Endpoint.SEND_MESSAGE, "POST", "/api/chat/send-message", body, attempts=attempts)
        try:
            answer = await self._named(exchange, session_id)
        except RefusedError as error:
            if error.code == "message_too_long":
                raise detailed(error, excess=max(1, len(text) - MESSAGE_CAP)) from None
            raise
        sent = parsed(wire.SendMessageAnswer, answer).message
        self._known.temp_ids[sent.id] = temp_id
        stored = mapping.message_of(sent, self._known.directory(session_id))
        return replace(stored, id=temp_id, role=Role.MECHANIC)

    async def messages(
        self, session_id: SessionId, *, after: str | None = None, before: str | None = None, limit: int = 100
    ) -> MessagePage:
        """Return a page of stored messages: the newest, or those `after` or `before` an opaque cursor."""
        cursors = {"after": after, "before": before}
        params = {"limit": str(limit)} | {name: cursor for name, cursor in cursors.items() if cursor is not None}
        path = f"/api/sessions/{_in_path(session_id)}/messages"
        exchange = Exchange(Endpoint.MESSAGES, "GET", path, params=params, attempts=2)
        page = mapping.page_of(await self._calls.read(wire.MessagesAnswer, exchange), self._known.directory(session_id))
        return replace(page, messages=tuple(self._known.recognised(message) for message in page.messages))

    # ---- refusals that name people ----------------------------------------------------------------------------------

    async def _named(self, exchange: Exchange, session_id: SessionId | None) -> Answer:
        """Make a call whose refusal may name people: the names come from the list."""
        try:
            return await self._calls.make(exchange)
        except SignedOutError:
            raise
        except RefusedError as error:
            raise self._known.with_names(error, session_id) from error


def _in_path(name: str) -> str:
    return quote(name, safe="")


async def _outcome[Result](work: Awaitable[Result]) -> Result | BaylinkError:
    """Return what `work` gives, or the failure it ends in."""
    try:
        return await work
    except BaylinkError as error:
        return error


def _request_rows(answer: wire.QueueAnswer) -> tuple[SessionRow, ...]:
    """Return the requests that can still be accepted; what is accepted already stands in the list itself."""
    waiting = (item for item in (*answer.mine, *answer.unassigned) if item.status in {"offered", "queued"})
    return tuple(mapping.row_of_request(item) for item in waiting)


def _history_rows(answer: wire.HistoryAnswer) -> tuple[SessionRow, ...]:
    return tuple(mapping.row_of_history(item) for item in answer.sessions)

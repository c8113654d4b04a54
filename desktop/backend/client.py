"""BackendClient: everything that the app asks of the platform, as core data and core errors."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

import httpx

from desktop.backend import mapping, wire
from desktop.backend.addresses import check_media_url, check_scheme
from desktop.backend.events import EventStreamParser, hint_of
from desktop.backend.lean import LeanFacts, lean_grant, lean_state
from desktop.backend.login import Login, LoginListener, TokenPair, signed_out
from desktop.backend.refusals import Endpoint
from desktop.backend.transport import Answer, Exchange, PlatformAddress, Transport
from desktop.core.board import BoardListing, HintKind, ServerHint
from desktop.core.chat import MESSAGE_CAP, ChatMessage, MessagePage
from desktop.core.clock import ServerTime
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.people import Directory, Role, SessionId
from desktop.core.session import Completion, JoinGrant, Mechanic, SessionRow, SessionState

_log = logging.getLogger(__name__)

_ACCOUNT_CLOSED = frozenset({"account_suspended", "account_not_approved", "not_a_mechanic"})
_REMEMBERED = frozenset({Endpoint.ME, Endpoint.LIST, Endpoint.QUEUE, Endpoint.HISTORY, Endpoint.STATE})
"""What is asked for again and again under one path, and answered with 304 while nothing changed."""
_REPEATS = 3
_JOIN_TIMEOUT_S = 15.0
_LOGOUT_TIMEOUT_S = 3.0
_STREAM_SILENCE_S = 45.0
"""The server says something at least every 15 s; three times that without a byte and the stream is taken for dead."""


@dataclass(slots=True)
class _Known:
    """What is known only as long as one mechanic is signed in; dropped whole at the end of the login."""

    mechanic: Mechanic | None = None
    rows: dict[SessionId, SessionRow] = field(default_factory=dict)
    grants: dict[SessionId, JoinGrant] = field(default_factory=dict)
    missing: set[Endpoint] = field(default_factory=set)
    answers: dict[str, tuple[str, wire.WireShape]] = field(default_factory=dict)
    extras: dict[Endpoint, tuple[SessionRow, ...]] = field(default_factory=dict)
    last_event_id: str = ""


class BackendClient:
    """Speaks to the platform for one app.

    Lives in one asyncio loop. Every method raises OfflineError (nothing answered), ServerTroubleError (5xx or not the
    contract), RefusedError (4xx, with its code) or SignedOutError (the login is over; `listener` was told once).
    Reads, joins, starts, ends and sends are repeated a few times with jitter where the contract makes that safe.
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
        self._transport = Transport(address, client_version=client_version, transport=transport, monotonic=monotonic)
        self._login = Login(self._renew, self._confirm_quietly, self._login_ended, monotonic)
        self._known = _Known()

    # ---- the login --------------------------------------------------------------------------------------------------

    @property
    def listener(self) -> LoginListener | None:
        """Who is told about new refresh tokens and the end of the login."""
        return self._login.listener

    @listener.setter
    def listener(self, listener: LoginListener | None) -> None:
        self._login.listener = listener

    @property
    def is_signed_in(self) -> bool:
        """Whether there are tokens."""
        return self._login.is_open

    @property
    def is_lean(self) -> bool:
        """Whether the platform's smaller answers are being read."""
        return self._transport.is_lean

    @property
    def server_time(self) -> ServerTime | None:
        """Where server time stands by the best of the last answers."""
        return self._transport.server_time

    async def sign_in(self, email: str, password: str) -> Mechanic:
        """Sign in; raises `bad_credentials`, `rate_limited` (details `wait`, `retry_after_s`), `api_too_new`."""
        self.forget()
        try:
            request = wire.LoginRequest(email=email, password=password)
        except ValueError:
            # Longer than any e-mail address or password: the answer is known, and neither goes into an error text.
            raise RefusedError("bad_credentials", HTTPStatus.UNAUTHORIZED) from None
        answer = await self._transport.send(Exchange(Endpoint.LOGIN, "POST", "/api/mechanic/login", request))
        login = _parsed(wire.LoginAnswer, answer)
        self._check_version()
        pair = self._login.open(login)
        return await self._entered(pair, mapping.mechanic_of_login(login.mechanic, email))

    async def restore(self, refresh_token: str) -> Mechanic:
        """Sign in again with a kept refresh token; raises SignedOutError when the server no longer takes it."""
        self.forget()
        try:
            answer = await self._renew(refresh_token)
        except RefusedError as error:
            if error.code == "rate_limited":
                raise
            raise signed_out(error) from error
        return await self._entered(self._login.open(answer), None)

    async def _entered(self, pair: TokenPair, known: Mechanic | None) -> Mechanic:
        """Finish a login: the cookie, and who it is; a login that cannot be finished is dropped again."""
        try:
            await self._confirm(pair)
            return await self.me()
        except RefusedError as error:
            if error.code == "feature_missing" and known is not None:
                self._known.mechanic = known
                return known
            self.forget()
            raise
        except (OfflineError, ServerTroubleError):
            # The pair is good and its refresh token already kept: what asked first tries again with that.
            self._login.forget()
            raise

    async def sign_out(self) -> None:
        """Forget everything of this login at once, then tell the server, which may be away."""
        pair = self._login.forget()
        self._known = _Known()
        exchange = Exchange(Endpoint.LOGOUT, "POST", "/api/mechanic/logout", timeout_s=_LOGOUT_TIMEOUT_S)
        try:
            if pair is not None:
                await self._transport.send(replace(exchange, bearer=pair.access))
        except BaylinkError as error:
            _log.info("the server was not told of the sign-out: %s", error.code)
        finally:
            if not self._login.is_open:
                self._transport.forget_cookies()

    def forget(self) -> None:
        """Drop tokens, cookies and everything read for this login, without a word to the server."""
        self._login.forget()
        self._transport.forget_cookies()
        self._known = _Known()

    async def aclose(self) -> None:
        """Close the connections; the login is dropped here but stays open on the server."""
        await self._login.aclose()
        await self._transport.aclose()

    async def me(self) -> Mechanic:
        """Return who is signed in, as the server knows them now."""
        answer = await self._read(wire.MeAnswer, Exchange(Endpoint.ME, "GET", "/api/mechanics/me"))
        self._check_version()
        self._known.mechanic = mapping.mechanic_of(answer)
        return self._known.mechanic

    def _login_ended(self, error: SignedOutError) -> None:
        _log.info("the server ended the login: %s, request %s", error.code, error.reference)
        self._known = _Known()
        self._transport.forget_cookies()
        if self.listener is not None:
            self.listener.login_ended(error)

    def _check_version(self) -> None:
        version = self._transport.api_version
        if version is not None and version > wire.API_VERSION:
            raise RefusedError("api_too_new", HTTPStatus.UPGRADE_REQUIRED)

    async def _renew(self, refresh_token: str) -> wire.TokenAnswer:
        exchange = Exchange(
            Endpoint.REFRESH,
            "POST",
            "/auth/v1/token",
            wire.RefreshRequest(refresh_token=refresh_token),
            params={"grant_type": "refresh_token"},
            at_auth_base=True,
            attempts=_REPEATS,
        )
        return _parsed(wire.TokenAnswer, await self._transport.send(exchange))

    async def _confirm(self, pair: TokenPair) -> None:
        body = wire.SetSessionRequest(access_token=pair.access, refresh_token=pair.refresh)
        exchange = Exchange(
            Endpoint.SET_SESSION, "POST", "/api/auth/set-session", body, bearer=pair.access, attempts=_REPEATS
        )
        try:
            await self._transport.send(exchange)
        except RefusedError as error:
            if error.code != "feature_missing":
                raise

    async def _confirm_quietly(self, pair: TokenPair) -> None:
        """Set the cookie after a renewal; the Bearer decides, so that a call in hand need not fail for it."""
        try:
            await self._confirm(pair)
        except BaylinkError as error:
            _log.warning("the renewed login has no cookie: %s, request %s", error.code, error.reference)

    # ---- lists ------------------------------------------------------------------------------------------------------

    async def board(self) -> BoardListing:
        """Return the open sessions, open requests and the latest ended ones; unchanged parts are not sent again."""
        listing = Exchange(Endpoint.LIST, "GET", "/api/mechanic/active-sessions", attempts=2)
        async with asyncio.TaskGroup() as together:
            requests = together.create_task(self._requests())
            ended = together.create_task(self._ended())
            opened = together.create_task(_outcome(self._read(wire.ActiveSessionsAnswer, listing)))
        answer = opened.result()
        if isinstance(answer, BaylinkError):
            raise answer
        rows = tuple(mapping.row_of(item) for item in answer.sessions)
        known = {row.id for row in rows}
        rows += tuple(row for row in (*requests.result(), *ended.result()) if row.id not in known)
        self._known.rows = {row.id: row for row in rows}
        return BoardListing(rows=rows, server_time=self.server_time)

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
        outcome = await _outcome(self._read(shape, exchange))
        if not isinstance(outcome, BaylinkError):
            known.extras[exchange.endpoint] = rows_of(outcome)
        return known.extras.get(exchange.endpoint, ())

    async def accept(self, assignment_id: str) -> SessionId:
        """Accept an open request; return the session that is now one's own."""
        path = f"/api/mechanic/assignments/{quote(assignment_id, safe='')}/accept"
        answer = await self._named(Exchange(Endpoint.ACCEPT, "POST", path, attempts=_REPEATS), None)
        return SessionId(_parsed(wire.AcceptAnswer, answer).session_id)

    async def events(self) -> AsyncGenerator[ServerHint]:
        """Yield the server's hints: first OPENED, then one for each change. Ends by raising when the stream breaks.

        Raises `feature_missing` where the platform has no stream. The next call goes on after the last event seen.
        """
        known = self._known
        exchange = Exchange(Endpoint.EVENTS, "GET", "/api/mechanic/events", timeout_s=_STREAM_SILENCE_S)
        self._check_present(exchange)
        pair = await self._login.fresh_pair()
        parser = EventStreamParser()
        try:
            async with self._transport.open(
                replace(exchange, bearer=pair.access, last_event_id=known.last_event_id)
            ) as response:
                yield ServerHint(HintKind.OPENED)
                async for chunk in response.aiter_text():
                    for event in parser.feed(chunk):
                        known.last_event_id = event.last_id
                        if (hint := hint_of(event)) is not None:
                            yield hint
        except httpx.HTTPError as error:
            raise OfflineError from error
        except RefusedError as error:
            self._after_refusal(error, exchange, pair)
            raise
        raise OfflineError

    # ---- a session --------------------------------------------------------------------------------------------------

    async def join(
        self, session_id: SessionId, fingerprint: str, view: Literal["chat", "video"] | None = None
    ) -> JoinGrant:
        """Enter a session: one request with everything on a full platform; on a lean one names come from elsewhere.

        A media host that the settings do not know, or none at all, leaves a grant without `server_url`.
        """
        body = wire.JoinRequest(device_fingerprint=fingerprint, view=view)
        path = f"/api/mechanic/sessions/{_in_path(session_id)}/join"
        exchange = Exchange(Endpoint.JOIN, "POST", path, body, attempts=_REPEATS, timeout_s=_JOIN_TIMEOUT_S)
        answer = await self._named(exchange, session_id)
        join = _parsed(wire.JoinAnswer, answer)
        if join.session_id != session_id:
            raise ServerTroubleError("internal", reference=answer.reference)
        if join.version is None:
            grant = lean_grant(join, await self._lean_facts(session_id), self.server_time)
        else:
            grant = mapping.grant_of(join, self.server_time)
        self._known.grants[session_id] = replace(grant, token="", messages=(), files=(), notes="")
        return self._with_media(grant, join.server_url)

    def _with_media(self, grant: JoinGrant, named: str | None) -> JoinGrant:
        url = named or self._address.livekit_url
        if url is None:
            return replace(grant, server_url=None, token="", media_error="no_media_server")
        try:
            allowed = check_media_url(url, self._address.media_hosts, plain_loopback=self._address.plain_loopback)
        except BaylinkError as error:
            _log.warning("the server named a media host that is not allowed")
            return replace(grant, server_url=None, token="", media_error=error.code)
        return replace(grant, server_url=allowed)

    async def start(self, session_id: SessionId) -> SessionState:
        """Start the clock once both are present, and return where the session stands; `not_both_present` otherwise."""
        path = f"/api/sessions/{_in_path(session_id)}/start"
        await self._named(Exchange(Endpoint.START, "POST", path, attempts=_REPEATS), session_id)
        return await self.state(session_id)

    async def state(self, session_id: SessionId) -> SessionState:
        """Return where a session stands now; a lean platform's is put together from what it has."""
        exchange = Exchange(Endpoint.STATE, "GET", f"/api/sessions/{_in_path(session_id)}/state", attempts=2)
        try:
            answer = await self._read(wire.StateAnswer, exchange)
        except RefusedError as error:
            if error.code != "feature_missing":
                raise
            state = lean_state(await self._lean_facts(session_id, fresh=True), self.server_time)
        else:
            state = mapping.state_of(answer, self.server_time)
        self._remember(session_id, state)
        return state

    def _remember(self, session_id: SessionId, state: SessionState) -> None:
        grant = self._known.grants.get(session_id)
        if grant is not None:
            self._known.grants[session_id] = replace(
                grant,
                status=state.status,
                directory=grant.directory.replaced_by(state.directory),
                plan_name=state.plan_name,
                timer=state.timer,
            )

    async def end(self, session_id: SessionId) -> Completion:
        """End a session; a repeat reads the same end. On a lean platform it is sent once and never repeated."""
        path = f"/api/sessions/{_in_path(session_id)}/end"
        attempts = 1 if self.is_lean else _REPEATS
        answer = await self._named(Exchange(Endpoint.END, "POST", path, attempts=attempts), session_id)
        known = self._known
        return mapping.completion_of(
            _parsed(wire.EndAnswer, answer),
            known.grants.get(session_id),
            known.rows.get(session_id),
            known.mechanic,
        )

    async def session_info(self, session_id: SessionId) -> wire.SessionInfoAnswer:
        """Return names and intake of a session where the join answer has none (lean platforms only)."""
        exchange = Exchange(Endpoint.SESSION_INFO, "GET", "/api/chat/session-info", params={"sessionId": session_id})
        return await self._read(wire.SessionInfoAnswer, exchange)

    async def _lean_facts(self, session_id: SessionId, *, fresh: bool = False) -> LeanFacts:
        """Gather what a lean platform tells of a session in several answers; what does not come stays unknown."""
        if fresh or session_id not in self._known.rows:
            listing = await _outcome(self.board())
            if fresh and isinstance(listing, BaylinkError):
                raise listing
        info = await _outcome(self.session_info(session_id))
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
        attempts = 1 if self.is_lean else _REPEATS
        exchange = Exchange(Endpoint.SEND_MESSAGE, "POST", "/api/chat/send-message", body, attempts=attempts)
        try:
            answer = await self._named(exchange, session_id)
        except RefusedError as error:
            if error.code == "message_too_long":
                raise _detailed(error, excess=max(1, len(text) - MESSAGE_CAP)) from None
            raise
        sent = _parsed(wire.SendMessageAnswer, answer).message
        stored = mapping.message_of(sent, self._directory(session_id))
        return replace(stored, id=temp_id, role=Role.MECHANIC)

    async def messages(
        self, session_id: SessionId, *, after: str | None = None, before: str | None = None, limit: int = 100
    ) -> MessagePage:
        """Return a page of stored messages: the newest, or those `after` or `before` an opaque cursor."""
        cursors = {"after": after, "before": before}
        params = {"limit": str(limit)} | {name: cursor for name, cursor in cursors.items() if cursor is not None}
        path = f"/api/sessions/{_in_path(session_id)}/messages"
        answer = await self._read(
            wire.MessagesAnswer, Exchange(Endpoint.MESSAGES, "GET", path, params=params, attempts=2)
        )
        return mapping.page_of(answer, self._directory(session_id))

    def _directory(self, session_id: SessionId) -> Directory:
        grant = self._known.grants.get(session_id)
        return grant.directory if grant is not None else Directory()

    # ---- how a call is made -----------------------------------------------------------------------------------------

    async def _read[Shape: wire.WireShape](self, shape: type[Shape], exchange: Exchange) -> Shape:
        """Read a resource; an unchanged one comes from memory."""
        known = self._known
        key = exchange.path
        kept = known.answers.get(key)
        if kept is not None:
            exchange = replace(exchange, if_none_match=kept[0])
        answer = await self._authorized(exchange)
        if answer.is_unchanged:
            if kept is None or not isinstance(kept[1], shape):
                raise ServerTroubleError("internal", reference=answer.reference)
            return kept[1]
        parsed = _parsed(shape, answer)
        if answer.etag is not None and exchange.endpoint in _REMEMBERED:
            known.answers[key] = (answer.etag, parsed)
        return parsed

    async def _named(self, exchange: Exchange, session_id: SessionId | None) -> Answer:
        """Make a call whose refusal may name people: the names come from the list."""
        try:
            return await self._authorized(exchange)
        except SignedOutError:
            raise
        except RefusedError as error:
            raise self._with_names(error, session_id) from None

    def _with_names(self, error: RefusedError, session_id: SessionId | None) -> RefusedError:
        other = error.details.get("active_session_id", session_id)
        row = self._known.rows.get(SessionId(other)) if isinstance(other, str) else None
        names: dict[str, object] = {} if row is None else {"customer": row.customer_name}
        present = error.details.get("present")
        if session_id is not None and isinstance(present, tuple):
            people = self._directory(session_id).people
            missing = [person.display_name for person in people if person.role.value not in present]
            names |= {"missing": " and ".join(missing)} if missing else {}
        return _detailed(error, **names)

    async def _authorized(self, exchange: Exchange) -> Answer:
        """Make a call as the signed-in mechanic; an expired token is renewed once and the call made again."""
        self._check_present(exchange)
        pair = await self._login.fresh_pair()
        try:
            return await self._transport.send(replace(exchange, bearer=pair.access))
        except RefusedError as error:
            self._after_refusal(error, exchange, pair)
            if error.status != HTTPStatus.UNAUTHORIZED:
                raise
        pair = await self._login.pair_after(pair)
        try:
            return await self._transport.send(replace(exchange, bearer=pair.access))
        except RefusedError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                self._login.end_if(pair, signed_out(error))
                raise signed_out(error) from None
            self._after_refusal(error, exchange, pair)
            raise

    def _check_present(self, exchange: Exchange) -> None:
        if self.is_lean and exchange.endpoint in self._known.missing:
            raise RefusedError("feature_missing", HTTPStatus.NOT_FOUND, details={"feature": exchange.endpoint.value})

    def _after_refusal(self, error: RefusedError, exchange: Exchange, used: TokenPair) -> None:
        """Remember what a lean platform lacks; end the login of an account that may no longer work here."""
        if error.code == "feature_missing":
            self._known.missing.add(exchange.endpoint)
        if error.code in _ACCOUNT_CLOSED:
            ended = signed_out(error)
            self._login.end_if(used, ended)
            raise ended from error


def _in_path(session_id: SessionId) -> str:
    return quote(session_id, safe="")


def _parsed[Shape: wire.WireShape](shape: type[Shape], answer: Answer) -> Shape:
    """Read a body; one that is not of the contract counts as the server's trouble."""
    try:
        return shape.from_json(answer.body)
    except ValueError as error:
        _log.warning("an answer was not of the contract: %s, request %s", shape.__name__, answer.reference)
        raise ServerTroubleError("internal", reference=answer.reference) from error


async def _outcome[Result](work: Awaitable[Result]) -> Result | BaylinkError:
    """Return what `work` gives, or the failure it ends in."""
    try:
        return await work
    except BaylinkError as error:
        return error


def _detailed(error: RefusedError, **details: object) -> RefusedError:
    return RefusedError(error.code, error.status, reference=error.reference, details={**error.details, **details})


def _request_rows(answer: wire.QueueAnswer) -> tuple[SessionRow, ...]:
    """Return the requests that can still be accepted; what is accepted already stands in the list itself."""
    waiting = (item for item in (*answer.mine, *answer.unassigned) if item.status in {"offered", "queued"})
    return tuple(mapping.row_of_request(item) for item in waiting)


def _history_rows(answer: wire.HistoryAnswer) -> tuple[SessionRow, ...]:
    return tuple(mapping.row_of_history(item) for item in answer.sessions)

"""Calls as the signed-in mechanic: token on, renewed once when it has expired, unchanged answers from memory."""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import httpx

from desktop.backend import wire
from desktop.backend.login import EARLY_S, LEAN_EARLY_S, Login, LoginListener, TokenPair, signed_out
from desktop.backend.refusals import Endpoint
from desktop.backend.transport import Answer, Exchange, Transport
from desktop.core.clock import ServerTime
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError

_log = logging.getLogger(__name__)

REPEATS = 3
_ACCOUNT_CLOSED = frozenset({"account_suspended", "account_not_approved", "not_a_mechanic"})
_REMEMBERED = frozenset({Endpoint.ME, Endpoint.LIST, Endpoint.QUEUE, Endpoint.HISTORY, Endpoint.STATE})
"""What is asked for again and again under one path, and answered with 304 while nothing changed."""


@dataclass(slots=True)
class _Memory:
    """What belongs to one login: features that a lean platform lacks, and tagged answers."""

    missing: set[Endpoint] = field(default_factory=set)
    answers: dict[str, tuple[str, wire.WireShape]] = field(default_factory=dict)


class SignedInCalls:
    """Makes calls for one login after the other; `ended` is told of a login that the server ended."""

    def __init__(self, transport: Transport, monotonic: Callable[[], float], ended: Callable[[], None]) -> None:
        """Make it without a login."""
        self._transport = transport
        self.monotonic = monotonic
        self._ended = ended
        self._login = Login(
            self._renew, self._confirm_quietly, self._login_ended, monotonic, early_s=self._renewed_early_s
        )
        self._memory = _Memory()

    @property
    def listener(self) -> LoginListener | None:
        """Who is told about new refresh tokens and the end of the login."""
        return self._login.listener

    @listener.setter
    def listener(self, listener: LoginListener | None) -> None:
        self._login.listener = listener

    @property
    def server_time(self) -> ServerTime | None:
        """Where server time stands; None before the first answer."""
        return self._transport.server_time

    @property
    def is_open(self) -> bool:
        """Whether there are tokens."""
        return self._login.is_open

    async def open(self, answer: wire.LoginAnswer | wire.TokenAnswer) -> None:
        """Begin a login with its tokens and turn them into the cookie."""
        await self._confirm(self._login.open(answer))

    async def open_with(self, refresh_token: str) -> None:
        """Begin a login with a kept refresh token; raises SignedOutError when the server no longer takes it."""
        try:
            answer = await self._renew(refresh_token)
        except RefusedError as error:
            if error.code == "rate_limited":
                raise
            if error.code == "feature_missing":
                # A platform that renews nothing: a kept sign-in is worth nothing there.
                raise SignedOutError("not_signed_in", error.status, reference=error.reference) from error
            raise signed_out(error) from error
        await self.open(answer)

    def lacks(self, endpoint: Endpoint) -> bool:
        """Whether this login's platform has shown that it does not have a feature."""
        return endpoint in self._memory.missing

    def drop_tokens(self) -> TokenPair | None:
        """Drop and return the tokens."""
        return self._login.forget()

    def forget(self) -> TokenPair | None:
        """Drop tokens, cookies and everything remembered; return the tokens."""
        self._memory = _Memory()
        self._transport.forget_cookies()
        return self._login.forget()

    async def aclose(self) -> None:
        """Stop a renewal under way and close the connections."""
        await self._login.aclose()
        await self._transport.aclose()

    async def read[Shape: wire.WireShape](self, shape: type[Shape], exchange: Exchange) -> Shape:
        """Read a resource; an unchanged one comes from memory."""
        memory = self._memory
        kept = memory.answers.get(exchange.path)
        if kept is not None:
            exchange = replace(exchange, if_none_match=kept[0])
        answer = await self.make(exchange)
        if answer.is_unchanged:
            if kept is None or not isinstance(kept[1], shape):
                raise ServerTroubleError("internal", reference=answer.reference)
            return kept[1]
        shaped = parsed(shape, answer)
        if answer.etag is not None and exchange.endpoint in _REMEMBERED:
            memory.answers[exchange.path] = (answer.etag, shaped)
        return shaped

    async def make(self, exchange: Exchange) -> Answer:
        """Make a call; an expired token is renewed once, whoever else waits for it, and the call made again."""
        self._check_present(exchange)
        pair = await self._login.fresh_pair()
        try:
            return await self._transport.send(replace(exchange, bearer=pair.access))
        except RefusedError as error:
            if error.status != HTTPStatus.UNAUTHORIZED:
                raise self._considered(error, exchange, pair) from error
        pair = await self._after_refusal(pair)
        try:
            return await self._transport.send(replace(exchange, bearer=pair.access))
        except RefusedError as error:
            raise self._considered(error, exchange, pair) from error

    async def fetch(self, url: str, target: Path, cap_bytes: int) -> None:
        """Write what a signed link leads to into `target`; the login has no part in it."""
        await self._transport.fetch(url, target, cap_bytes)

    @contextlib.asynccontextmanager
    async def stream(self, exchange: Exchange) -> AsyncIterator[httpx.Response]:
        """Open an answer that goes on; its body is for the caller to read."""
        self._check_present(exchange)
        pair = await self._login.fresh_pair()
        try:
            async with self._transport.open(replace(exchange, bearer=pair.access)) as response:
                yield response
        except RefusedError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                await self._after_refusal(pair)
                # The login goes on: the stream only has to be opened again.
                raise OfflineError(reference=error.reference) from error
            raise self._considered(error, exchange, pair) from error

    async def _after_refusal(self, refused: TokenPair) -> TokenPair:
        """Return a pair newer than the one that the server took no more; where none can be had, the login is over."""
        try:
            return await self._login.pair_after(refused)
        except RefusedError as error:
            if error.code != "feature_missing":
                raise
            ended = SignedOutError("token_expired", HTTPStatus.UNAUTHORIZED, reference=error.reference)
            self._login.end_if(refused, ended)
            raise ended from error

    def _renewed_early_s(self) -> float:
        return LEAN_EARLY_S if self._transport.is_lean else EARLY_S

    def _check_present(self, exchange: Exchange) -> None:
        if self._transport.is_lean and exchange.endpoint in self._memory.missing:
            raise RefusedError("feature_missing", HTTPStatus.NOT_FOUND, details={"feature": exchange.endpoint.value})

    def _considered(self, error: RefusedError, exchange: Exchange, used: TokenPair) -> RefusedError:
        """Return the error to raise; remember what is missing, end the login where the refusal means that."""
        if error.code == "feature_missing":
            self._memory.missing.add(exchange.endpoint)
        if error.status == HTTPStatus.UNAUTHORIZED or error.code in _ACCOUNT_CLOSED:
            ended = signed_out(error)
            self._login.end_if(used, ended)
            return ended
        return error

    def _login_ended(self, error: SignedOutError) -> None:
        _log.info("the server ended the login: %s, request %s", error.code, error.reference)
        self._memory = _Memory()
        self._transport.forget_cookies()
        self._ended()
        if self.listener is not None:
            self.listener.login_ended(error)

    async def _renew(self, refresh_token: str) -> wire.TokenAnswer:
        exchange = Exchange(
            Endpoint.REFRESH,
            "POST",
            "/auth/v1/token",
            wire.RefreshRequest(refresh_token=refresh_token),
            params={"grant_type": "refresh_token"},
            at_auth_base=True,
            attempts=REPEATS,
        )
        return parsed(wire.TokenAnswer, await self._transport.send(exchange))

    async def _confirm(self, pair: TokenPair) -> None:
        body = wire.SetSessionRequest(access_token=pair.access, refresh_token=pair.refresh)
        exchange = Exchange(
            Endpoint.SET_SESSION, "POST", "/api/auth/set-session", body, bearer=pair.access, attempts=REPEATS
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


def parsed[Shape: wire.WireShape](shape: type[Shape], answer: Answer) -> Shape:
    """Read a body; one that is not of the contract counts as the server's trouble."""
    try:
        return shape.from_json(answer.body)
    except ValueError as error:
        _log.warning("an answer was not of the contract: %s, request %s", shape.__name__, answer.reference)
        raise ServerTroubleError("internal", reference=answer.reference) from error

"""One renewal for however many callers, whatever becomes of them meanwhile."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backend import wire
from desktop.backend.login import Login, TokenPair
from desktop.core.errors import BaylinkError, OfflineError, RefusedError, SignedOutError
from tests.virtual_time import in_loop, settle


class Server:
    """Renews tokens one after the other, or fails as told; `gate` holds it back."""

    def __init__(self, failure: BaylinkError | None = None) -> None:
        self.failure = failure
        self.renewed: list[str] = []
        self.confirmed: list[str] = []
        self.ended: list[SignedOutError] = []
        self.gate = asyncio.Event()
        self.now_s = 0.0
        self.login = Login(self._renew, self._confirm, self.ended.append, lambda: self.now_s)
        self.login.open(self._answer(0))

    @staticmethod
    def _answer(number: int, expires_in: int = 3_600) -> wire.TokenAnswer:
        return wire.TokenAnswer(access_token=f"bl_at_{number}", refresh_token=f"bl_rt_{number}", expires_in=expires_in)

    async def _renew(self, token: str) -> wire.TokenAnswer:
        self.renewed.append(token)
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return self._answer(len(self.renewed))

    async def _confirm(self, pair: TokenPair) -> None:
        self.confirmed.append(pair.access)


@given(callers=st.integers(1, 30), given_up=st.sets(st.integers(0, 29)))
def test_all_callers_share_one_renewal_even_if_some_give_up(callers: int, given_up: set[int]) -> None:
    @in_loop
    async def story() -> None:
        server = Server()
        used = server.login.pair
        calls = [asyncio.create_task(server.login.pair_after(used)) for _ in range(callers)]
        await settle()
        for number in given_up & set(range(callers)):
            calls[number].cancel()
        await settle()
        server.gate.set()
        results = await asyncio.gather(*calls, return_exceptions=True)
        await settle()
        assert server.renewed == ["bl_rt_0"]
        assert server.confirmed == ["bl_at_1"]
        assert server.login.pair.refresh == "bl_rt_1"
        assert {result.access for result in results if isinstance(result, TokenPair)} <= {"bl_at_1"}

    story()


@in_loop
async def test_a_refused_renewal_ends_the_login_once_for_all_callers() -> None:
    server = Server(RefusedError("refresh_reused", 401))
    server.gate.set()
    used = server.login.pair
    results = await asyncio.gather(*(server.login.pair_after(used) for _ in range(10)), return_exceptions=True)
    assert all(isinstance(result, SignedOutError) and result.code == "refresh_reused" for result in results)
    assert len(server.ended) == 1
    assert not server.login.is_open


@in_loop
async def test_a_network_gap_during_a_renewal_keeps_the_login() -> None:
    server = Server(OfflineError())
    server.gate.set()
    with pytest.raises(OfflineError):
        await server.login.pair_after(server.login.pair)
    assert server.login.is_open
    assert server.ended == []
    server.failure = None
    assert (await server.login.pair_after(server.login.pair)).access == "bl_at_2"


@in_loop
async def test_a_token_is_renewed_a_minute_early_and_still_used_if_that_fails() -> None:
    server = Server(OfflineError())
    server.gate.set()
    assert (await server.login.fresh_pair()).access == "bl_at_0"
    server.now_s = 3_541
    assert (await server.login.fresh_pair()).access == "bl_at_0"
    server.now_s = 3_601
    with pytest.raises(OfflineError):
        await server.login.fresh_pair()
    server.failure = None
    assert (await server.login.fresh_pair()).access == "bl_at_3"


class Warned:
    """Hears the warnings of a login that cannot be renewed."""

    def __init__(self) -> None:
        self.times = 0

    def refresh_token_changed(self, token: str) -> None:
        """Take no note."""

    def login_ends_soon(self) -> None:
        self.times += 1

    def login_ended(self, error: SignedOutError) -> None:
        """Take no note."""


@in_loop
async def test_a_login_that_cannot_be_renewed_lasts_to_its_end_and_warns_once() -> None:
    server = Server(RefusedError("feature_missing", 404))
    server.gate.set()
    server.login.listener = warned = Warned()
    for server.now_s in (3_545, 3_550, 3_599):
        assert (await server.login.fresh_pair()).access == "bl_at_0"
    assert warned.times == 1
    assert len(server.renewed) == 1
    server.now_s = 3_601
    with pytest.raises(SignedOutError) as ended:
        await server.login.fresh_pair()
    assert ended.value.sentence == "Please sign in again. Your notes and unsent messages are kept."
    assert len(server.ended) == 1


@in_loop
async def test_a_short_lived_token_is_not_renewed_with_every_call() -> None:
    server = Server()
    server.gate.set()
    server.login.open(server._answer(7, expires_in=60))
    for server.now_s in (1, 10, 29):
        assert (await server.login.fresh_pair()).access == "bl_at_7"
    assert server.renewed == []


@in_loop
async def test_signing_out_during_a_renewal_leaves_no_login_behind() -> None:
    server = Server()
    call = asyncio.create_task(server.login.pair_after(server.login.pair))
    await settle()
    server.login.forget()
    server.gate.set()
    with pytest.raises(SignedOutError):
        await call
    assert not server.login.is_open
    assert server.ended == []


def test_tokens_are_not_shown_by_repr() -> None:
    assert "bl_" not in repr(TokenPair("bl_at_1", "bl_rt_1", 1.0, 1))

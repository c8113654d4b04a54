"""What a mechanic would miss at the sign-in: its sentences, its patience, and nothing kept that should be gone."""

import asyncio

from desktop.core.account import AccountPhase, AccountState, CredentialHome
from desktop.core.errors import SENTENCES, BaylinkError, OfflineError, RefusedError, ServerTroubleError, SignedOutError
from desktop.core.session import Mechanic
from desktop.flows.account import AccountFlow, SignInPlace
from tests.flows.fakes import IKE, MARISOL, FakeAccountBackend, FakeKeeper
from tests.virtual_time import VirtualClock, in_loop, settle


class Desk:
    """A flow with its fakes and the states it published."""

    def __init__(self, *answers: Mechanic | BaylinkError, token: str | None = None) -> None:
        self.backend = FakeAccountBackend(*answers)
        self.keeper = FakeKeeper(token)
        self.clock = VirtualClock()
        self.states: list[AccountState] = []
        self.flow = AccountFlow(
            self.backend,
            self.keeper,
            self.states.append,
            place=SignInPlace("Northgate", "Bay 3", "practice@shop.example"),
            clock=self.clock,
            chance=lambda: 0.5,
        )

    def now(self) -> AccountState:
        return self.states[-1]


@in_loop
async def test_the_first_start_asks_for_a_sign_in_and_names_the_bay() -> None:
    desk = Desk()
    await desk.flow.start()
    assert desk.now().phase is AccountPhase.SIGNED_OUT
    assert (desk.now().shop_name, desk.now().bay_name, desk.now().email) == (
        "Northgate",
        "Bay 3",
        "practice@shop.example",
    )
    assert desk.now().error is None
    assert not desk.backend.asked


@in_loop
async def test_a_right_password_signs_in_and_shows_who_it_is() -> None:
    desk = Desk(MARISOL)
    await desk.flow.sign_in(" marisol@shop.example ", "demo-torque-42")
    assert desk.backend.asked == [("sign_in", "marisol@shop.example", "demo-torque-42")]
    assert [state.phase for state in desk.states] == [AccountPhase.SIGNING_IN, AccountPhase.SIGNED_IN]
    assert desk.now().mechanic == MARISOL


@in_loop
async def test_a_restart_signs_in_by_itself_and_keeps_the_next_token() -> None:
    desk = Desk(MARISOL, token="bl_rt_kept")
    await desk.flow.start()
    desk.flow.refresh_token_changed("bl_rt_next")
    await settle()
    assert desk.backend.asked == [("restore", "bl_rt_kept")]
    assert desk.now().phase is AccountPhase.SIGNED_IN
    assert desk.keeper.token == "bl_rt_next"


@in_loop
async def test_each_refusal_has_its_own_sentence_and_keeps_what_was_typed() -> None:
    for code in ("bad_credentials", "not_a_mechanic", "account_not_approved", "account_suspended", "api_too_new"):
        desk = Desk(RefusedError(code, 403))
        await desk.flow.sign_in("ike@shop.example", "wrong")
        assert desk.now().phase is AccountPhase.SIGNED_OUT
        assert desk.now().error == SENTENCES[code]
        assert desk.now().email == "ike@shop.example"
        assert desk.keeper.token is None


@in_loop
async def test_empty_fields_are_refused_without_asking_the_server() -> None:
    desk = Desk()
    await desk.flow.sign_in("marisol@shop.example", "")
    assert desk.now().error == SENTENCES["bad_credentials"]
    assert not desk.backend.asked


@in_loop
async def test_a_lock_out_counts_down_in_words_and_then_lets_try_again() -> None:
    desk = Desk(RefusedError("rate_limited", 429, details={"wait": "2 minutes", "retry_after_s": 90.0}))
    desk.flow._spawn(desk.flow.sign_in("marisol@shop.example", "demo-torque-42"))
    await settle()
    assert desk.now().error == "Too many tries. You can try again in 2 minutes."
    assert desk.now().retry_at_s == desk.clock.monotonic() + 90
    await desk.clock.advance(31)
    assert desk.now().error == "Too many tries. You can try again in 59 seconds."
    await desk.clock.advance(60)
    assert desk.now().error is None
    assert desk.now().retry_at_s is None
    assert desk.now().phase is AccountPhase.SIGNED_OUT
    await desk.flow.aclose()


@in_loop
async def test_without_a_network_it_says_so_and_goes_on_by_itself() -> None:
    desk = Desk(OfflineError(), ServerTroubleError("internal"), MARISOL)
    desk.flow._spawn(desk.flow.sign_in("marisol@shop.example", "demo-torque-42"))
    await settle()
    assert desk.now().offline
    assert desk.now().phase is AccountPhase.SIGNING_IN
    assert desk.now().error == SENTENCES["offline"]
    await desk.clock.advance(2)
    assert not desk.now().offline
    assert desk.now().error == SENTENCES["internal"]
    await desk.clock.advance(4)
    assert desk.now().phase is AccountPhase.SIGNED_IN
    assert desk.now().error is None
    assert len(desk.backend.asked) == 3
    await desk.flow.aclose()


@in_loop
async def test_a_start_without_a_network_takes_the_newest_token_at_each_try() -> None:
    desk = Desk(OfflineError(), MARISOL, token="bl_rt_old")
    desk.flow._spawn(desk.flow.start())
    await settle()
    assert desk.now().offline
    desk.flow.refresh_token_changed("bl_rt_new")
    await desk.clock.advance(2)
    assert desk.backend.asked == [("restore", "bl_rt_old"), ("restore", "bl_rt_new")]
    assert desk.now().phase is AccountPhase.SIGNED_IN
    await desk.flow.aclose()


@in_loop
async def test_a_server_that_cannot_prove_itself_is_not_tried_again() -> None:
    desk = Desk(OfflineError("tls"))
    await desk.flow.sign_in("marisol@shop.example", "demo-torque-42")
    assert desk.now().phase is AccountPhase.SIGNED_OUT
    assert desk.now().error == SENTENCES["tls"]


@in_loop
async def test_cancel_gives_the_page_back_at_once() -> None:
    desk = Desk(OfflineError())
    desk.flow._spawn(desk.flow.sign_in("marisol@shop.example", "demo-torque-42"))
    await settle()
    await desk.flow.cancel()
    assert desk.now().phase is AccountPhase.SIGNED_OUT
    assert desk.now().error is None
    assert desk.now().email == "marisol@shop.example"
    await desk.clock.advance(60)
    assert len(desk.backend.asked) == 1


@in_loop
async def test_a_second_wish_takes_the_place_of_the_first() -> None:
    desk = Desk(IKE)
    desk.backend.gate = gate = asyncio.Event()
    desk.flow._spawn(desk.flow.sign_in("marisol@shop.example", "one"))
    await settle()
    desk.flow._spawn(desk.flow.sign_in("ike@shop.example", "two"))
    await settle()
    gate.set()
    await settle()
    assert [asked[1] for asked in desk.backend.asked] == ["marisol@shop.example", "ike@shop.example"]
    assert desk.now().mechanic == IKE
    assert sum(state.phase is AccountPhase.SIGNED_IN for state in desk.states) == 1


@in_loop
async def test_a_refused_renewal_asks_for_a_sign_in_and_says_why() -> None:
    desk = Desk(MARISOL)
    await desk.flow.sign_in("marisol@shop.example", "demo-torque-42")
    desk.flow.login_ended(SignedOutError("refresh_reused", 401))
    await settle()
    assert desk.now().phase is AccountPhase.SIGNED_OUT
    assert desk.now().error == SENTENCES["refresh_reused"]
    assert not desk.now().interrupted
    assert desk.now().mechanic is None
    assert desk.keeper.token is None


@in_loop
async def test_a_login_that_ends_in_a_call_only_interrupts_it() -> None:
    desk = Desk(MARISOL)
    await desk.flow.sign_in("marisol@shop.example", "demo-torque-42")
    desk.flow.call_changed(in_call=True)
    desk.flow.login_ended(SignedOutError("refresh_invalid", 401))
    await settle()
    assert desk.now().interrupted
    assert desk.now().mechanic == MARISOL
    assert desk.now().email == MARISOL.email
    assert desk.now().error == "Please sign in again. Your notes and unsent messages are kept."
    await desk.flow.sign_in(MARISOL.email, "demo-torque-42")
    assert not desk.now().interrupted
    assert desk.now().phase is AccountPhase.SIGNED_IN


@in_loop
async def test_sr_37_signing_out_leaves_nothing_of_the_mechanic() -> None:
    desk = Desk(MARISOL)
    await desk.flow.sign_in("marisol@shop.example", "demo-torque-42")
    desk.flow.refresh_token_changed("bl_rt_kept")
    await settle()
    await desk.flow.sign_out()
    assert desk.keeper.token is None
    assert desk.backend.signed_out == 1
    assert desk.now().mechanic is None
    assert desk.now().email == "practice@shop.example"


@in_loop
async def test_it_says_when_there_is_no_safe_place_for_the_sign_in() -> None:
    desk = Desk(MARISOL)
    desk.keeper.home = CredentialHome.MEMORY
    await desk.flow.start()
    assert desk.now().credential_home is CredentialHome.MEMORY


@in_loop
async def test_a_new_name_of_ones_own_shows_without_a_new_sign_in() -> None:
    desk = Desk(MARISOL)
    await desk.flow.sign_in("marisol@shop.example", "demo-torque-42")
    desk.backend.answers.clear()
    desk.backend.answers.append(Mechanic(MARISOL.id, "Marisol Q. Reyes"))
    await desk.flow.refresh_me()
    mechanic = desk.now().mechanic
    assert mechanic is not None
    assert mechanic.name == "Marisol Q. Reyes"


@in_loop
async def test_a_kept_sign_in_that_is_asked_to_wait_waits_and_goes_on() -> None:
    desk = Desk(RefusedError("rate_limited", 429, details={"retry_after_s": 20.0}), MARISOL, token="bl_rt_kept")
    desk.flow._spawn(desk.flow.start())
    await desk.clock.advance(19)
    assert len(desk.backend.asked) == 1
    await desk.clock.advance(7)
    assert desk.now().phase is AccountPhase.SIGNED_IN
    assert desk.now().error is None
    await desk.flow.aclose()

"""The right page is on screen, and a lost sign-in never throws a session away."""

from dataclasses import replace

import pytest

from desktop.core.account import AccountPhase, AccountState
from desktop.core.call import CallPhase, CallState, ParticipantView
from desktop.core.clock import SessionTimer
from desktop.core.people import Person, Role, SessionId
from desktop.core.restart import RestartPhase, RestartState
from desktop.core.route import Page, page_for
from desktop.core.session import Completion, SessionKind, SessionStatus

SIGNED_IN = AccountState(AccountPhase.SIGNED_IN)
CALL = CallState(
    session_id=SessionId("s"),
    kind=SessionKind.VIDEO,
    phase=CallPhase.WAITING,
    mechanic=ParticipantView(Person(Role.MECHANIC, "Marisol Quintero")),
    customer=ParticipantView(Person(Role.CUSTOMER, "Dana Whitlock")),
    plan_name="Standard Video",
    timer=SessionTimer(),
)
ENDING = Completion(
    session_id=SessionId("s"),
    kind=SessionKind.VIDEO,
    status=SessionStatus.COMPLETED,
    mechanic_name="Marisol Quintero",
    customer_name="Dana Whitlock",
    plan_name="Standard Video",
    started_at=None,
    ended_at=None,
    duration_s=None,
    ended_by="mechanic",
    end_reason=None,
)


@pytest.mark.parametrize("phase", [AccountPhase.STARTING, AccountPhase.SIGNED_OUT, AccountPhase.SIGNING_IN])
def test_nobody_signed_in_means_sign_in_and_the_session_is_there_again_afterwards(phase: AccountPhase) -> None:
    assert page_for(AccountState(phase), CALL) is Page.SIGN_IN
    assert page_for(SIGNED_IN, CALL) is Page.CALL


def test_a_tapped_session_opens_only_when_its_page_can_be_drawn_whole() -> None:
    assert page_for(SIGNED_IN, None) is Page.SESSIONS
    assert page_for(SIGNED_IN, replace(CALL, phase=CallPhase.JOINING)) is Page.SESSIONS


@pytest.mark.parametrize("phase", [CallPhase.WAITING, CallPhase.LIVE, CallPhase.RECONNECTING, CallPhase.REJOINING])
def test_a_video_session_has_its_call_page_and_a_chat_session_its_chat_page(phase: CallPhase) -> None:
    assert page_for(SIGNED_IN, replace(CALL, phase=phase)) is Page.CALL
    assert page_for(SIGNED_IN, replace(CALL, phase=phase, kind=SessionKind.DIAGNOSTIC)) is Page.CALL
    assert page_for(SIGNED_IN, replace(CALL, phase=phase, kind=SessionKind.CHAT)) is Page.CHAT


def test_an_ended_session_shows_how_it_ended_and_a_left_one_the_list() -> None:
    assert page_for(SIGNED_IN, replace(CALL, phase=CallPhase.ENDED, completion=ENDING)) is Page.COMPLETION
    assert page_for(SIGNED_IN, replace(CALL, phase=CallPhase.ENDED)) is Page.SESSIONS


def test_the_question_to_an_idle_mechanic_covers_all_but_the_sign_in() -> None:
    assert page_for(SIGNED_IN, None, idle=True) is Page.IDLE
    assert page_for(SIGNED_IN, None, checking=True, idle=True) is Page.IDLE
    assert page_for(AccountState(AccountPhase.SIGNED_OUT), None, idle=True) is Page.SIGN_IN


def test_devices_lie_over_the_way_back_and_lead_to_wherever_it_has_led_meanwhile() -> None:
    restart = RestartState(RestartPhase.ENTERING, SessionId("s"))
    there = replace(CALL, mechanic=replace(CALL.mechanic, in_room=True))
    assert page_for(SIGNED_IN, None, restart=restart) is Page.REJOINING
    assert page_for(SIGNED_IN, None, restart=restart, checking=True) is Page.CHECK
    assert page_for(SIGNED_IN, CALL, restart=restart) is Page.REJOINING
    assert page_for(SIGNED_IN, there, restart=restart, checking=True) is Page.CHECK
    assert page_for(SIGNED_IN, there, restart=restart) is Page.CALL
    assert page_for(AccountState(AccountPhase.SIGNED_OUT), None, restart=restart, checking=True) is Page.SIGN_IN

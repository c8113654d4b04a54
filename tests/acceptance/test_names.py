"""Real names and plan names: acceptance cases of the three verification procedures, at the server."""

import json
import re
from typing import Any

import pytest

from desktop.joinserver.demo_data.ids import user_id
from tests.fixtures.joinserver import (
    DANA,
    IKE,
    LAYLA,
    MARISOL,
    OWEN,
    PRIYA,
    JoinServerHarness,
    session_key,
)

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _names(answer: dict[str, Any]) -> dict[str, str]:
    return {person["role"]: person["displayName"] for person in answer["participants"]}


def _shown_texts(value: object, key: str = "") -> list[str]:
    """Return every text of an answer that the app shows: not ids, links, tokens, cursors, times."""
    if isinstance(value, dict):
        hidden = re.compile(r"(^|_)id$|Id$|identity|token|url|roomName|after|before|uploaded_by|temp_id")
        return [text for name, inner in value.items() if not hidden.search(name) for text in _shown_texts(inner, name)]
    if isinstance(value, list):
        return [text for inner in value for text in _shown_texts(inner, key)]
    return [value] if isinstance(value, str) else []


def test_ac_01_a_customer_alone_is_shown_by_their_profiles_name(server: JoinServerHarness) -> None:
    server.end_open_sessions_of(MARISOL, DANA)
    made = server.make_session(status="pending", type="video", plan="standard", customer=DANA)
    answer = server.sign_in(DANA).joined(made["id"], "customer")
    assert answer["status"] == "pending"
    assert _names(answer) == {"customer": "Dana Whitlock"}


def test_ac_02_accepting_and_joining_tells_both_names_to_both_sides(server: JoinServerHarness) -> None:
    server.end_open_sessions_of(IKE, DANA)
    made = server.make_session(status="pending", type="video", plan="standard", customer=DANA)
    dana, ike = server.sign_in(DANA), server.sign_in(IKE)
    dana.joined(made["id"], "customer")
    accepted = ike.post(f"/api/mechanic/assignments/{made['assignmentId']}/accept")
    assert accepted.json() == {
        "success": True,
        "sessionId": made["id"],
        "sessionType": "video",
        "message": "Session accepted",
        "status": "waiting",
        "alreadyAccepted": False,
    }
    both = {"mechanic": "Ike Brannigan", "customer": "Dana Whitlock"}
    assert _names(ike.joined(made["id"])) == both
    pushed = server.rooms.pushed("participants.updated")[-1]
    assert _names(dict(pushed.data)) == both, "the customer's side learns the name without reconnecting"
    assert pushed.data["version"]
    assert _names(dana.get(f"/api/sessions/{made['id']}/state").json()) == both


def test_ac_03_every_stored_and_pushed_message_carries_its_senders_name(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    for number in range(2):
        mechanic.send(session_id, f"from the bay {number}", f"mechanic-{number}")
        customer.send(session_id, f"from the drive {number}", f"customer-{number}")
    expected = ["Ike Brannigan", "Dana Whitlock"] * 2
    for person in (mechanic, customer):
        stored = person.get(f"/api/sessions/{session_id}/messages").json()["messages"]
        assert [message["sender_name"] for message in stored] == expected
    pushed = [packet.data["message"] for packet in server.rooms.pushed("chat.message")]
    assert [message["sender_name"] for message in pushed if isinstance(message, dict)] == expected


def test_ac_04_after_the_end_both_names_stand_in_completion_summary_and_history(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    server.clock.advance(minutes=3)
    both = {"mechanic": "Ike Brannigan", "customer": "Dana Whitlock"}
    assert _names(customer.post(f"/api/sessions/{session_id}/end").json()) == both
    details = mechanic.get(f"/api/sessions/{session_id}/summary").json()["session_details"]
    assert (details["mechanic_name"], details["customer_name"]) == ("Ike Brannigan", "Dana Whitlock")
    newest = mechanic.get("/api/mechanic/sessions/history").json()["sessions"][0]
    assert (newest["id"], newest["customer_name"]) == (session_id, "Dana Whitlock")


def test_ac_05_nothing_that_is_shown_looks_like_an_id_or_an_address(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    answers = [marisol.get(path).json() for path in ("/api/mechanic/active-sessions", "/api/mechanic/queue")]
    answers.append(marisol.get("/api/mechanic/sessions/history?limit=100").json())
    answers.append(marisol.joined(session_key("S01")))
    answers.append(marisol.get(f"/api/sessions/{session_key('S11')}/messages").json())
    texts = [text for answer in answers for text in _shown_texts(answer)]
    assert len(texts) > 200
    for text in texts:
        assert not _UUID.search(text), text
        assert not re.search(r"\S+@\S+\.\w+", text), text


@pytest.mark.parametrize(
    ("customer", "shown"),
    [(PRIYA, "Priya R."), ("rust.bucket.88@post.example", "rust.bucket.88")],
)
def test_ac_16_a_customer_without_a_full_name(server: JoinServerHarness, customer: str, shown: str) -> None:
    server.patch(f"sessions/{session_key('S01')}", status="cancelled")
    for key in ("S03", "S04"):
        server.patch(f"sessions/{session_key(key)}", status="cancelled")
    made = server.make_session(status="waiting", type="chat", plan="quick", mechanic=MARISOL, customer=customer)
    answer = server.sign_in(MARISOL).joined(made["id"])
    assert _names(answer) == {"mechanic": "Marisol Quintero", "customer": shown}


def test_ac_17_a_guest_is_named_by_the_local_part_of_the_address_given(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    history = marisol.get("/api/mechanic/sessions/history?limit=100").json()["sessions"]
    assert {item["customer_name"] for item in history if item["id"] == session_key("S14")} == {"walkin+bay3"}
    details = marisol.get(f"/api/sessions/{session_key('S14')}/summary").json()["session_details"]
    assert details["customer_name"] == "walkin+bay3"
    assert details["vehicle"]["make"] == "Pontiac"


def test_ac_18_two_people_of_one_name_both_stand_and_their_roles_tell_them_apart(server: JoinServerHarness) -> None:
    server.patch(f"sessions/{session_key('S01')}", status="cancelled")
    made = server.make_session(
        status="waiting", type="video", plan="standard", mechanic=MARISOL, customer="m.quintero.jeep@post.example"
    )
    answer = server.sign_in(MARISOL).joined(made["id"])
    assert _names(answer) == {"mechanic": "Marisol Quintero", "customer": "Marisol Quintero"}


def test_ac_19_a_rename_in_a_live_call_is_pushed_and_read_with_a_higher_version(server: JoinServerHarness) -> None:
    session_id, mechanic, _, _, _ = server.live_session()
    before = mechanic.get(f"/api/sessions/{session_id}/state").json()
    server.patch(f"profiles/{user_id('C1')}", fullName="Dana Whitlock-Reyes")
    pushed = server.rooms.pushed("participants.updated")[-1]
    assert _names(dict(pushed.data))["customer"] == "Dana Whitlock-Reyes"
    after = mechanic.get(f"/api/sessions/{session_id}/state").json()
    assert _names(after)["customer"] == "Dana Whitlock-Reyes"
    assert after["version"] > before["version"]
    assert mechanic.get("/api/mechanic/active-sessions").json()["sessions"][0]["customerName"] == "Dana Whitlock-Reyes"


@pytest.mark.parametrize(
    ("full_name", "shown"),
    [
        ("", "dana.w"),
        (" \u200b\u200e ", "dana.w"),
        ("0f6b2c1e-4a1d-4b8e-9d0e-0123456789ab", "dana.w"),
        ("customer-0f6b2c1e-4a1d-4b8e-9d0e-0123456789ab", "dana.w"),
        ("real.person@mail.example", "real.person"),
        ("  Dana \u202e \t W  ", "Dana W"),
    ],
)
def test_ac_20_an_unusable_name_gives_way_to_the_next_rule(
    server: JoinServerHarness, full_name: str, shown: str
) -> None:
    server.patch(f"profiles/{user_id('C1')}", fullName=full_name)
    assert _names(server.sign_in(MARISOL).joined(session_key("S01")))["customer"] == shown


def test_ac_20_metadata_of_the_same_user_comes_before_the_address(server: JoinServerHarness) -> None:
    server.patch(f"profiles/{user_id('C1')}", clearName=True, metadataName="Dana from sign-up")
    assert _names(server.sign_in(MARISOL).joined(session_key("S01")))["customer"] == "Dana from sign-up"


def test_ac_21_a_renamed_plan_shows_at_once_and_never_moves_a_running_clock(server: JoinServerHarness) -> None:
    server.end_open_sessions_of(IKE, OWEN)
    made = server.make_session(status="pending", type="video", plan="standard", customer=OWEN)
    ike, owen = server.sign_in(IKE), server.sign_in(OWEN)
    ike.post(f"/api/mechanic/assignments/{made['assignmentId']}/accept")
    server.enter(ike.joined(made["id"]))
    server.enter(owen.joined(made["id"], "customer"))
    before = ike.get(f"/api/sessions/{made['id']}/state").json()
    assert (before["status"], before["planName"], before["durationMinutes"]) == ("live", "Standard Video", 45)
    server.patch("plans/standard", name="Standard Video Plus", durationMinutes=90)
    after = ike.get(f"/api/sessions/{made['id']}/state").json()
    assert after["planName"] == "Standard Video Plus"
    assert (after["endsAt"], after["durationMinutes"]) == (before["endsAt"], 45)
    assert server.rooms.pushed("plan.updated")[-1].data == {"planName": "Standard Video Plus"}


_NO_PLAN_NAME = {"chat": ("Free Session", 5), "video": ("Standard Video", 45), "diagnostic": ("Standard Video", 45)}
_FALLBACK = {"chat": ("Quick Chat", 30), "video": ("Video Consultation", 45), "diagnostic": ("Video Consultation", 60)}


@pytest.mark.parametrize("kind", ["chat", "video", "diagnostic"])
def test_ac_22_every_row_of_the_plan_table(server: JoinServerHarness, kind: str) -> None:
    cases: dict[str | None, tuple[str, int]] = {
        "ev-deep-dive": ("EV & Hybrid Deep Dive", 90),
        "fleet-monthly": ("Fleet Monthly", _FALLBACK[kind][1]),
        "video15": ("Standard Video", 45),
        "winter-check": _FALLBACK[kind],
        "legacy-gold": _FALLBACK[kind],
        "chat10": ("Quick Chat", 30),
        "inspection": ("Diagnostic Session", 60),
        "trial-free": ("Free Session", 5),
        "markup-plan": ("<b>Big</b> Planx", 30),
        None: _NO_PLAN_NAME[kind],
    }
    server.end_open_sessions_of(IKE, LAYLA)
    ike = server.sign_in(IKE)
    for plan, (name, minutes) in cases.items():
        asked = {"plan": plan} if plan else {}
        made = server.make_session(status="waiting", type=kind, mechanic=IKE, customer=LAYLA, **asked)
        answer = ike.joined(made["id"])
        assert (answer["planName"], answer["durationMinutes"]) == (name, minutes), (plan, kind)
        server.patch(f"sessions/{made['id']}", status="cancelled")


@pytest.mark.parametrize(
    ("kind", "view", "status"),
    [
        ("chat", "chat", 200), ("chat", "video", 404), ("video", "video", 200), ("video", "chat", 404),
        ("diagnostic", "video", 200), ("diagnostic", "chat", 404),
    ],
)  # fmt: skip
def test_ac_23_a_page_of_the_wrong_kind_finds_no_session(
    server: JoinServerHarness, kind: str, view: str, status: int
) -> None:
    server.end_open_sessions_of(IKE, LAYLA)
    made = server.make_session(status="waiting", type=kind, mechanic=IKE, customer=LAYLA)
    ike, layla = server.sign_in(IKE), server.sign_in(LAYLA)
    for answer in (ike.join(made["id"], view=view), layla.join(made["id"], "customer", view=view)):
        assert answer.status_code == status
        if status == 404:
            assert json.loads(answer.content) == {"error": "Not found", "code": "not_found"}

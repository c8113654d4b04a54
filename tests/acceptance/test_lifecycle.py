"""From waiting to the end: acceptance cases of the state machine, at the server."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from desktop.joinserver.tables import Assignment, Device, SessionEvent
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import (
    DANA,
    IKE,
    LAYLA,
    MARISOL,
    OWEN,
    JoinServerHarness,
    SyncPerson,
    session_key,
)


def _state(person: SyncPerson, session_id: str) -> dict[str, Any]:
    answer = person.get(f"/api/sessions/{session_id}/state")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def _events(server: JoinServerHarness, session_id: str, kind: str) -> int:
    def count(unit: Unit) -> int:
        query = select(func.count()).where(SessionEvent.session_id == session_id, SessionEvent.event_type == kind)
        return unit.session.scalar(query) or 0

    return server.run(server.server.house.db.read(count))


def _waiting(server: JoinServerHarness) -> tuple[str, SyncPerson, SyncPerson]:
    server.end_open_sessions_of(IKE, OWEN)
    made = server.make_session(
        status="waiting", type="video", plan="standard", mechanic=IKE, customer=OWEN, stays=False
    )
    return made["id"], server.sign_in(IKE), server.sign_in(OWEN)


def test_ac_25_one_side_alone_never_starts_the_clock(server: JoinServerHarness) -> None:
    session_id, ike, owen = _waiting(server)
    server.enter(ike.joined(session_id))
    owen.joined(session_id, "customer")
    server.clock.advance(seconds=60)
    server.sweep()
    for person in (ike, owen):
        refused = person.post(f"/api/sessions/{session_id}/start")
        assert refused.status_code == 409
        assert refused.json() == {"error": "Both must be present", "code": "not_both_present", "present": ["mechanic"]}
    state = _state(ike, session_id)
    assert (state["status"], state["startedAt"], state["endsAt"]) == ("waiting", None, None)
    assert state["participantCount"] == 1


def test_ac_26_the_second_arrival_starts_it_once_for_both(server: JoinServerHarness) -> None:
    session_id, ike, owen = _waiting(server)
    server.enter(ike.joined(session_id))
    server.clock.advance(seconds=20)
    server.enter(owen.joined(session_id, "customer"))
    started = server.rooms.pushed("session.started")
    assert len(started) == 1
    server.clock.advance(seconds=5)
    path = f"/api/sessions/{session_id}/start"
    answers = server.together(ike.person.post(path), owen.person.post(path))
    bodies = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [body["alreadyStarted"] for body in bodies] == [True, True]
    assert {body["session"]["started_at"] for body in bodies} == {started[0].data["startedAt"]}
    assert _state(ike, session_id)["endsAt"] == _state(owen, session_id)["endsAt"] == started[0].data["endsAt"]
    assert _events(server, session_id, "started") == 1


def test_ac_26_without_webhooks_start_finds_both_by_itself(server: JoinServerHarness) -> None:
    session_id, ike, owen = _waiting(server)
    for joined in (ike.joined(session_id), owen.joined(session_id, "customer")):
        server.rooms.enter(joined["roomName"], joined["identity"])
    path = f"/api/sessions/{session_id}/start"
    answers = server.together(ike.person.post(path), owen.person.post(path))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json()["alreadyStarted"] for answer in answers) == [False, True]
    assert len({answer.json()["session"]["started_at"] for answer in answers}) == 1
    assert _events(server, session_id, "started") == 1


def test_ac_26_without_webhooks_the_sweeper_starts_it_too(server: JoinServerHarness) -> None:
    session_id, ike, owen = _waiting(server)
    for joined in (ike.joined(session_id), owen.joined(session_id, "customer")):
        server.rooms.enter(joined["roomName"], joined["identity"])
    server.sweep()
    assert _state(ike, session_id)["status"] == "live"


@pytest.mark.parametrize(
    ("seconds", "status", "reason"), [(59, "cancelled", "too_short"), (61, "completed", "ended_by_member")]
)
def test_ac_28_a_minute_decides_between_cancelled_and_completed(
    server: JoinServerHarness, seconds: int, status: str, reason: str
) -> None:
    session_id, mechanic, _, _, _ = server.live_session()
    server.clock.advance(seconds=seconds)
    body = mechanic.post(f"/api/sessions/{session_id}/end").json()
    assert (body["session"]["status"], body["semantic_result"], body["endReason"]) == (status, status, reason)
    assert (body["session"]["duration_seconds"], body["session"]["duration_minutes"]) == (seconds, 1)
    assert (body["endedBy"], body["session"]["started"]) == ("mechanic", True)


def test_ac_29_ending_on_both_sides_and_again_ends_once(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    server.clock.advance(minutes=23, seconds=41)
    path = f"/api/sessions/{session_id}/end"
    answers = server.together(*(person.person.post(path) for person in (mechanic, customer) * 5))
    server.clock.advance(minutes=5)
    answers.append(mechanic.post(path))
    bodies = [answer.json() for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert [body["alreadyEnded"] for body in bodies].count(False) == 1
    assert len({body["session"]["ended_at"] for body in bodies}) == 1
    assert {body["session"]["duration_minutes"] for body in bodies} == {23}
    assert bodies[-1]["semantic_result"] == "already_ended"
    assert _events(server, session_id, "ended") == 1
    assert len(server.rooms.pushed("session.ended")) == 1 + len(server.rooms.deleted) - 1
    last = server.rooms.pushed("session.ended")[-1]
    assert last.data["durationSeconds"] == 1_421
    assert "payout" not in json.dumps(bodies)


def test_ac_30_when_time_runs_out_the_server_itself_completes(server: JoinServerHarness) -> None:
    session_id, mechanic, _, joined, _ = server.live_session()
    server.clock.advance(minutes=44, seconds=59)
    server.sweep()
    assert _state(mechanic, session_id)["status"] == "live"
    server.clock.advance(seconds=1)
    server.sweep()
    state = _state(mechanic, session_id)
    assert (state["status"], state["endReason"], state["endedBy"]) == ("completed", "time_up", "system")
    assert joined["roomName"] in server.rooms.deleted
    repeat = mechanic.post(f"/api/sessions/{session_id}/end").json()
    assert (repeat["alreadyEnded"], repeat["endReason"]) == (True, "time_up")
    assert repeat["session"]["duration_minutes"] == 45


def test_ac_31_an_extension_moves_the_end_and_counts_once(server: JoinServerHarness) -> None:
    session_id, mechanic, _, joined, _ = server.live_session()
    for _ in range(2):
        server.patch(f"sessions/{session_id}", extensionMinutes=15, payment="pay-1")
    pushes = server.rooms.pushed("session.extended")
    assert [packet.data["extensionMinutes"] for packet in pushes] == [15]
    state = _state(mechanic, session_id)
    began, ends = datetime.fromisoformat(state["startedAt"]), datetime.fromisoformat(state["endsAt"])
    assert (ends - began).total_seconds() == 60 * 60
    assert pushes[0].data["endsAt"] == state["endsAt"]
    assert mechanic.joined(session_id)["endsAt"] == state["endsAt"]
    assert joined["extensionMinutes"] == 0


def test_ac_37_of_two_mechanics_who_accept_together_one_wins(server: JoinServerHarness) -> None:
    server.end_open_sessions_of(MARISOL, IKE)
    server.patch(f"sessions/{session_key('S05')}", status="cancelled")
    made = server.make_session(status="pending", type="chat", plan="quick", customer=DANA)
    people = [server.sign_in(MARISOL), server.sign_in(IKE)]
    path = f"/api/mechanic/assignments/{made['assignmentId']}/accept"
    answers = server.together(*(person.person.post(path) for person in people))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json() == {"error": "Already taken", "code": "assignment_taken"}
    winner = people[[answer.status_code for answer in answers].index(200)]
    again = winner.post(path)
    assert (again.status_code, again.json()["alreadyAccepted"]) == (200, True)

    def accepted(unit: Unit) -> int:
        query = select(func.count()).where(Assignment.session_id == made["id"], Assignment.status == "accepted")
        return unit.session.scalar(query) or 0

    assert server.run(server.server.house.db.read(accepted)) == 1


def test_ac_38_a_mechanic_in_a_session_takes_no_second_one(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    active = {
        "error": "Another session is active",
        "code": "mechanic_has_active_session",
        "activeSessionId": session_key("S01"),
    }
    queue = marisol.get("/api/mechanic/queue").json()
    for item in (queue["unassigned"][0], *(own for own in queue["mine"] if own["status"] == "offered")):
        refused = marisol.post(f"/api/mechanic/assignments/{item['id']}/accept")
        assert (refused.status_code, refused.json()) == (409, active)
    scheduled = marisol.join(session_key("S02"))
    assert (scheduled.status_code, scheduled.json()) == (409, active)
    marisol.post(f"/api/sessions/{session_key('S01')}/end")
    assert marisol.joined(session_key("S02"))["status"] == "waiting"


def test_ac_39_a_booked_session_opens_ten_minutes_before_and_needs_the_waiver(server: JoinServerHarness) -> None:
    server.end_open_sessions_of(MARISOL, LAYLA)
    made = server.make_session(
        status="scheduled", type="video", mechanic=MARISOL, customer=LAYLA, scheduledInMinutes=11, waiverSigned=False
    )
    marisol, layla = server.sign_in(MARISOL), server.sign_in(LAYLA)
    for answer in (marisol.join(made["id"]), layla.join(made["id"], "customer")):
        assert answer.status_code == 409
        assert answer.json() == {
            "error": "Join window not open",
            "code": "too_early",
            "opensAt": "2026-11-23T13:07:40.000Z",
        }
    server.clock.advance(minutes=2)
    unsigned = marisol.join(made["id"])
    assert (unsigned.status_code, unsigned.json()["code"]) == (409, "waiver_unsigned")
    server.patch(f"sessions/{made['id']}", waiverSigned=True)
    assert layla.joined(made["id"], "customer")["status"] == "scheduled"
    assert marisol.joined(made["id"])["status"] == "waiting"


def test_ac_40_the_last_device_wins_and_the_session_goes_on(server: JoinServerHarness) -> None:
    session_id, mechanic, _, joined, _ = server.live_session()
    second = mechanic.join(session_id, device="office-second-pc").json()
    assert (second["identity"], second["status"], second["roomName"]) == (
        joined["identity"], "live", joined["roomName"],
    )  # fmt: skip

    def devices(unit: Unit) -> dict[str, bool]:
        rows = unit.session.scalars(select(Device).where(Device.session_id == session_id))
        return {row.device_fingerprint: row.kicked_at is None for row in rows if row.device_fingerprint != "x"}

    alive = server.run(server.server.house.db.read(devices))
    assert alive["office-second-pc"]
    assert _events(server, session_id, "device_kicked") == 1


def test_ac_41_without_livekit_the_session_opens_for_chat_and_is_closed_later(server: JoinServerHarness) -> None:
    session_id, ike, owen = _waiting(server)
    server.rooms.away = True
    answer = ike.joined(session_id)
    assert answer["roomReady"] is False
    assert ike.send(session_id, "chat works", "temp-0001").status_code == 200
    ike.post(f"/api/sessions/{session_id}/end")
    assert answer["roomName"] not in server.rooms.deleted
    server.rooms.away = False
    server.sweep()
    assert answer["roomName"] in server.rooms.deleted
    server.rooms.deleted.clear()
    server.sweep()
    assert server.rooms.deleted == []
    assert owen.join(session_id, "customer").status_code == 410


def test_a_reconnect_that_overlaps_its_own_leaving_keeps_the_person_present(server: JoinServerHarness) -> None:
    session_id, mechanic, _, joined, _ = server.live_session()
    old = server.rooms.rooms[joined["roomName"]][joined["identity"]]
    new = server.enter(joined)
    server.webhook("participant_left", joined["roomName"], identity=joined["identity"], sid=old)
    assert _state(mechanic, session_id)["participantCount"] == 2
    server.leave(joined, new)
    state = _state(mechanic, session_id)
    assert (state["participantCount"], state["status"]) == (1, "live")
    assert all(person["joinedAt"] for person in state["participants"])


def test_an_intruder_is_put_out(server: JoinServerHarness) -> None:
    _, _, _, joined, _ = server.live_session()
    stranger = f"customer-{uuid4()}"
    sid = server.rooms.enter(joined["roomName"], stranger)
    server.webhook("participant_joined", joined["roomName"], identity=stranger, sid=sid)
    assert server.rooms.removed == [(joined["roomName"], stranger)]


def test_a_webhook_counts_once_and_only_with_its_signature(server: JoinServerHarness) -> None:
    session_id, ike, _ = _waiting(server)
    joined = ike.joined(session_id)
    wrong = server.webhook(
        "participant_joined", joined["roomName"], identity=joined["identity"], sid="PA_x", secret="x" * 40
    )
    assert wrong.status_code == 401
    assert _state(ike, session_id)["participantCount"] == 0
    for _ in range(2):
        answer = server.webhook(
            "participant_joined", joined["roomName"], identity=joined["identity"], sid="PA_1", event_id="EV_same"
        )
        assert answer.status_code == 200
    assert _events(server, session_id, "joined") == 1
    assert server.webhook("room_started", "somebody-elses-room").status_code == 200


@pytest.mark.parametrize(
    ("minutes", "status", "reason"),
    [(29, "waiting", None), (30, "cancelled", "mechanic_no_show")],
)
def test_a_mechanic_who_never_comes_ends_a_waiting_session(
    server: JoinServerHarness, minutes: int, status: str, reason: str | None
) -> None:
    session_id, ike, _ = _waiting(server)
    server.clock.advance(minutes=minutes - 5)
    server.sweep()
    state = _state(ike, session_id)
    assert (state["status"], state["endReason"]) == (status, reason)

"""The shift clock: in, out, once each, and told to the mechanic's other screens."""

import httpx

from tests.fixtures.joinserver import DANA, IKE, MARISOL, JoinServerHarness

_CLOCK = "/api/mechanic/clock"


def test_a_mechanic_clocks_out_and_in_again_and_the_minutes_are_counted(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    assert marisol.get(_CLOCK).json()["status"]["availability_status"] == "busy", "there is a session waiting"
    out = marisol.post(_CLOCK, {"action": "clock_out"}).json()
    assert (out["action"], out["shift_duration_minutes"]) == ("clock_out", 120)
    assert out["status"]["availability_status"] == "offline"
    assert marisol.get("/api/mechanics/me").json()["currently_on_shift"] is False
    server.clock.advance(minutes=10)
    back = marisol.post(_CLOCK, {"action": "clock_in", "location": "Bay 3", "notes": "late shift"}).json()
    assert (back["ok"], back["time"], back["shift_duration_minutes"]) == (True, "2026-11-23T13:16:40.000Z", None)
    standing = marisol.get(_CLOCK).json()
    assert (standing["current_shift"]["location"], standing["current_shift"]["notes"]) == ("Bay 3", "late shift")
    server.clock.advance(minutes=41, seconds=30)
    assert marisol.post(_CLOCK, {"action": "clock_out"}).json()["shift_duration_minutes"] == 41
    assert marisol.get(_CLOCK).json()["current_shift"] is None


def test_clocking_in_twice_is_told_and_changes_nothing(server: JoinServerHarness) -> None:
    ike = server.sign_in(IKE)
    answers: list[httpx.Response] = server.together(
        *(ike.person.post(_CLOCK, {"action": "clock_out"}) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    refused = ike.post(_CLOCK, {"action": "clock_out"})
    assert refused.json() == {"error": "Already in that state", "code": "already_in_state"}


def test_a_workshops_mechanic_reads_the_minutes_that_are_left(server: JoinServerHarness) -> None:
    status = server.sign_in(IKE).get(_CLOCK).json()["status"]
    assert (status["daily_micro_minutes_cap"], status["daily_micro_minutes_used"]) == (240, 65)
    assert (status["micro_minutes_remaining"], status["workshop_name"]) == (175, "Northgate Auto Care")


def test_the_clock_is_for_mechanics_and_knows_two_actions(server: JoinServerHarness) -> None:
    assert server.nobody.get(_CLOCK).status_code == 401
    assert server.sign_in(DANA).get(_CLOCK).json()["code"] == "not_a_mechanic"
    marisol = server.sign_in(MARISOL)
    for body in ({"action": "lunch"}, {}, {"action": "clock_in", "location": "x" * 201}):
        assert marisol.post(_CLOCK, body).json()["code"] == "invalid_request"

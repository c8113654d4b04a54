"""Stored chat: acceptance cases of sending, repeating and reading on, at the server."""

import pytest
from sqlalchemy import insert

from desktop.joinserver.demo_data.ids import user_id
from desktop.joinserver.demo_data.talk import HOSTILE_LINES
from desktop.joinserver.tables import MessageRow
from desktop.joinserver.unit import Unit, new_id
from tests.fixtures.joinserver import DANA, IKE, MARISOL, JoinServerHarness, session_key


def test_ac_32_a_message_sent_again_is_stored_and_pushed_once(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    body = {"sessionId": session_id, "content": "Pads are at 3 mm", "attachments": [], "tempId": "0f6b2c1e-41"}
    answers = server.together(*(mechanic.person.post("/api/chat/send-message", body) for _ in range(5)))
    answers.append(mechanic.send(session_id, "another text under the same id", "0f6b2c1e-41"))
    server.clock.advance(minutes=2)
    mechanic.post(f"/api/sessions/{session_id}/end")
    answers.append(mechanic.send(session_id, "Pads are at 3 mm", "0f6b2c1e-41"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["message"]["id"] for answer in answers}) == 1
    assert [answer.json()["duplicate"] for answer in answers].count(False) == 1
    assert {answer.json()["message"]["content"] for answer in answers} == {"Pads are at 3 mm"}
    for person in (mechanic, customer):
        assert person.get(f"/api/sessions/{session_id}/messages").json()["message_count"] == 1
    assert len(server.rooms.pushed("chat.message")) == 1
    refused = mechanic.send(session_id, "too late", "0f6b2c1e-42")
    assert (refused.status_code, refused.json()["code"]) == (410, "session_ended")


def test_ac_32_two_senders_may_use_the_same_id(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    first = mechanic.send(session_id, "from the bay", "same-id-1").json()["message"]
    second = customer.send(session_id, "from the drive", "same-id-1").json()["message"]
    assert (first["sender_role"], second["sender_role"]) == ("mechanic", "customer")
    assert first["id"] != second["id"]


def test_ac_33_what_no_push_carried_is_in_the_next_read(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, joined = server.live_session()
    server.rooms.away = True
    mechanic.send(session_id, "Lift it on the left", "temp-id-1")
    after = joined["messagesCursor"]["after"]
    page = customer.get(f"/api/sessions/{session_id}/messages", params={"after": after}).json()
    assert [message["content"] for message in page["messages"]] == ["Lift it on the left"]
    again = customer.get(f"/api/sessions/{session_id}/messages", params={"after": page["cursors"]["after"]}).json()
    assert (again["messages"], again["has_more"]) == ([], False)
    assert again["cursors"]["after"] == page["cursors"]["after"]


def test_ac_36_pages_by_cursor_have_no_gap_and_no_repeat_while_new_ones_arrive(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = f"/api/sessions/{session_key('S11')}/messages"
    newest = marisol.get(path, params={"limit": 50}).json()
    assert newest["message_count"] == 120
    assert newest["has_more"]
    seen = [message["seq"] for message in newest["messages"]]
    page = newest
    while page["cursors"]["before"]:
        page = marisol.get(path, params={"limit": 50, "before": page["cursors"]["before"]}).json()
        seen = [message["seq"] for message in page["messages"]] + seen
    assert seen == list(range(1, 121))
    assert not page["has_more"]


def test_ac_36_ten_thousand_messages_are_read_by_pages_while_new_ones_arrive(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()

    def fill(unit: Unit) -> None:
        rows = [
            {
                "id": new_id(), "session_id": session_id, "sender_id": user_id("C1"), "content": f"line {number}",
                "attachments": [], "created_at": unit.now, "seq": number, "temp_id": f"temp-{number:05d}",
            }
            for number in range(1, 10_001)
        ]  # fmt: skip
        unit.session.execute(insert(MessageRow), rows)

    server.run(server.server.house.db.write(fill))
    path, seen = f"/api/sessions/{session_id}/messages", list[int]()
    page = mechanic.get(path, params={"limit": 200}).json()
    newest = page["cursors"]["after"]
    seen = [message["seq"] for message in page["messages"]]
    while page["cursors"]["before"]:
        if len(seen) % 4_000 == 0:
            customer.send(session_id, "meanwhile", f"temp-new-{len(seen)}")
        page = mechanic.get(path, params={"limit": 200, "before": page["cursors"]["before"]}).json()
        seen = [message["seq"] for message in page["messages"]] + seen
    assert seen == list(range(1, 10_001))
    later = mechanic.get(path, params={"after": newest}).json()
    assert [message["seq"] for message in later["messages"]] == [10_001, 10_002]
    assert later["message_count"] == 10_002


def test_ac_36_reading_on_from_a_cursor_meets_every_new_message_once(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, joined = server.live_session()
    cursor, seen = joined["messagesCursor"]["after"], []
    for number in range(12):
        mechanic.send(session_id, f"line {number}", f"temp-{number:04d}")
        if number % 3 == 2:
            page = customer.get(f"/api/sessions/{session_id}/messages", params={"after": cursor, "limit": 2}).json()
            seen += [message["content"] for message in page["messages"]]
            cursor = page["cursors"]["after"]
            assert page["has_more"]
    page = customer.get(f"/api/sessions/{session_id}/messages", params={"after": cursor}).json()
    seen += [message["content"] for message in page["messages"]]
    assert seen == [f"line {number}" for number in range(12)]


@pytest.mark.parametrize("cursor", ["", "x", "c2VxOi0x", "c2VxOjAx", "c2VxOjE=", "\u00fc", "A" * 500])
def test_a_made_up_cursor_is_refused(server: JoinServerHarness, cursor: str) -> None:
    marisol = server.sign_in(MARISOL)
    answer = marisol.get(f"/api/sessions/{session_key('S11')}/messages", params={"after": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_ac_55_text_is_stored_and_returned_exactly_as_it_was_sent(server: JoinServerHarness, line: str) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    assert mechanic.send(session_id, line, "hostile-1").json()["message"]["content"] == line
    stored = customer.get(f"/api/sessions/{session_id}/messages").json()["messages"]
    assert [message["content"] for message in stored] == [line]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_message"), (" \n\t ", "empty_message"), ("x" * 2_001, "message_too_long"),
        ("nul \0 inside", "bad_content"), ("lone \ud83d surrogate", "bad_content"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_told_apart(server: JoinServerHarness, content: str, code: str) -> None:
    answer = server.sign_in(MARISOL).send(session_key("S01"), content, "temp-id-1")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_other_sides_messages_become_read_once(server: JoinServerHarness) -> None:
    session_id, mechanic, customer, _, _ = server.live_session()
    for number in range(3):
        customer.send(session_id, f"line {number}", f"customer-{number}")
    own = mechanic.send(session_id, "answer", "mechanic-1").json()["message"]
    row = next(
        item for item in mechanic.get("/api/mechanic/active-sessions").json()["sessions"] if item["id"] == session_id
    )
    assert row["unreadCount"] == 3
    path = f"/api/sessions/{session_id}/messages/read"
    assert mechanic.post(path, {"upTo": own["id"]}).json()["count"] == 3
    assert mechanic.post(path, {"upTo": own["id"]}).json()["count"] == 0
    pushes = server.rooms.pushed("chat.read")
    assert [(packet.data["upToSeq"], packet.data["byRole"]) for packet in pushes] == [(4, "mechanic")]


def test_ac_34_what_was_queued_while_the_server_was_away_is_stored_in_order(server: JoinServerHarness) -> None:
    session_id, mechanic, _, _, _ = server.live_session(mechanic=IKE, customer=DANA)
    for number in range(3):
        mechanic.send(session_id, f"queued {number}", f"queued-{number}")
    stored = mechanic.get(f"/api/sessions/{session_id}/messages").json()["messages"]
    assert [(message["seq"], message["content"]) for message in stored] == [
        (1, "queued 0"), (2, "queued 1"), (3, "queued 2"),
    ]  # fmt: skip

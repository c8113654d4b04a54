"""The mechanic's words after a session, at the server: sent once, read by both sides, with their pictures."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from desktop.joinserver.demo_data.pictures import pdf, png
from tests.acceptance.test_files import NOT_FOUND, kept
from tests.fixtures.joinserver import DANA, IKE, MARISOL, OWEN, JoinServerHarness, SyncPerson, session_key

S12 = session_key("S12")
_TEXTS = {"findings": "Battery at 11.9 V <rest>", "steps_taken": "Load test", "next_steps": "Replace it"}
_PICTURE = png(32, 24, 10, 90, 140)
Files = dict[str, tuple[str, bytes, str]]


def submit(person: SyncPerson, session_id: str = S12, files: Files | None = None, **fields: str) -> httpx.Response:
    form: dict[str, Any] = {**_TEXTS, **fields}
    # Fields without files go out as a form of another type: an empty part makes it a multipart one.
    parts: dict[str, Any] = dict(files) if files else {"parts_needed": (None, form.pop("parts_needed", ""))}
    return person.post(f"/api/sessions/{session_id}/summary", data=form, files=parts)


def test_ac_04_the_summary_is_read_by_both_sides_with_both_names(server: JoinServerHarness) -> None:
    server.patch(f"sessions/{session_key('S01')}", status="completed")
    marisol, dana = server.sign_in(MARISOL), server.sign_in(DANA)
    files = {f"photo_{number}": ("hub.png", png(8 + number, 8, 1, 2, 3), "image/png") for number in (2, 0)}
    sent = submit(marisol, session_key("S01"), files, parts_needed="Battery, 70 Ah")
    assert (sent.status_code, sent.json()["success"]) == (200, True), sent.text
    for person in (marisol, dana):
        answer = person.get(f"/api/sessions/{session_key('S01')}/summary").json()
        assert answer["has_manual_summary"]
        details, words = answer["session_details"], answer["manual_summary"]
        assert (details["mechanic_name"], details["customer_name"]) == ("Marisol Quintero", "Dana Whitlock")
        assert {name: words[name] for name in _TEXTS} == _TEXTS
        assert words["parts_needed"] == "Battery, 70 Ah"
        assert [server.nobody.get(file["url"]).content for file in words["media_files"]] == [
            png(8, 8, 1, 2, 3), png(10, 8, 1, 2, 3),
        ]  # fmt: skip
    listed = marisol.get(f"/api/sessions/{session_key('S01')}/files").json()["files"]
    assert [file["tags"] for file in listed[-2:]] == [["summary"], ["summary"]]


def test_a_summary_is_sent_once_and_a_repeat_with_its_id_is_fine(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = f"/api/sessions/{S12}/summary"
    before = marisol.get(path)
    assert before.json()["manual_summary"] is None
    photo: Files = {"photo_0": ("hub.png", _PICTURE, "image/png")}
    assert submit(marisol, files=photo, tempId="temp-summary-1").status_code == 200
    on_disk = kept(server)
    assert submit(marisol, files=photo, tempId="temp-summary-1", findings="changed").status_code == 200
    for again in (submit(marisol, files=photo, tempId="temp-summary-2"), submit(marisol)):
        assert (again.status_code, again.json()["code"]) == (409, "summary_exists")
    assert kept(server) == on_disk
    after = marisol.get(path, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["manual_summary"]["findings"] == _TEXTS["findings"]
    row = next(row for row in marisol.get("/api/mechanic/sessions/history").json()["sessions"] if row["id"] == S12)
    assert row["summary_submitted_at"] == "2026-11-23T13:06:40.000Z"


@pytest.mark.parametrize(
    ("key", "code"),
    [("S01", "session_not_ended"), ("S03", "session_not_ended"), ("S14", "read_only"), ("S17", "read_only"),
     ("S19", "read_only"), ("S21", "read_only"), ("S11", "summary_exists")],
)  # fmt: skip
def test_only_a_completed_session_takes_a_summary(server: JoinServerHarness, key: str, code: str) -> None:
    refused = submit(server.sign_in(MARISOL), session_key(key))
    assert (refused.status_code, refused.json()["code"]) == (409, code)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"findings": " "}, ["findings"]),
        ({"findings": "", "next_steps": ""}, ["findings", "next_steps"]),
        ({"steps_taken": "x" * 4_001}, ["steps_taken"]),
        ({"parts_needed": "x" * 4_001}, ["parts_needed"]),
        ({"tempId": "short"}, ["tempId"]),
        ({"findings": "a\0b"}, ["findings"]),
    ],
)
def test_what_is_missing_or_too_long_is_named(
    server: JoinServerHarness, fields: dict[str, str], wrong: list[str]
) -> None:
    refused = submit(server.sign_in(MARISOL), S12, None, **fields)
    assert refused.json() == {"error": "Invalid request", "code": "invalid_request", "fields": wrong}


def test_photos_follow_the_rules_of_files_and_nothing_of_a_refused_summary_stays(server: JoinServerHarness) -> None:
    marisol, before = server.sign_in(MARISOL), kept(server)
    good = ("hub.png", _PICTURE, "image/png")
    for bad, code in (
        (("hub.jpg", _PICTURE, "image/jpeg"), "file_type_mismatch"),
        (("bill.pdf", pdf("bill"), "application/pdf"), "file_type_not_allowed"),
        (("empty.png", b"", "image/png"), "file_empty"),
    ):
        assert submit(marisol, files={"photo_0": good, "photo_1": bad}).json()["code"] == code
    assert submit(marisol, files={"photo_10": good}).json()["fields"] == ["photo_10"]
    assert kept(server) == before
    assert marisol.get(f"/api/sessions/{S12}/summary").json()["manual_summary"] is None


def test_ac_06_07_08_nobody_else_writes_or_reads_a_summary(server: JoinServerHarness) -> None:
    for person in (server.sign_in(IKE), server.sign_in(MARISOL)):
        assert submit(person, str(uuid4())).content == NOT_FOUND
    assert submit(server.sign_in(IKE)).content == NOT_FOUND
    owen = server.sign_in(OWEN)
    assert submit(owen).json()["code"] == "not_a_mechanic"
    assert owen.get(f"/api/sessions/{S12}/summary").content == NOT_FOUND
    assert submit(server.nobody).status_code == 401


def test_ac_58_the_sessions_own_mechanic_sends_files_notes_and_summary(server: JoinServerHarness) -> None:
    session_id, mechanic, _, _, _ = server.live_session()
    files = {"file": ("hub.png", _PICTURE, "image/png")}
    sent = mechanic.post(f"/api/sessions/{session_id}/files", files=files, data={"tempId": "temp-file-1"})
    assert sent.status_code == 201
    notes = f"/api/mechanic/sessions/{session_id}/notes"
    assert mechanic.put(notes, {"notes": "pads at 3 mm", "baseVersion": 0}).status_code == 200
    server.clock.advance(seconds=90)
    assert mechanic.post(f"/api/sessions/{session_id}/end").status_code == 200
    assert submit(mechanic, session_id).status_code == 200
    assert mechanic.get(notes).json()["notes"] == "pads at 3 mm"


def test_ac_54_notes_edited_on_two_screens_meet_and_offline_notes_are_taken_later(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    path = f"/api/mechanic/sessions/{session_key('S01')}/notes"
    assert marisol.put(path, {"notes": "first screen", "baseVersion": 0}).json()["version"] == 1
    conflict = marisol.put(path, {"notes": "second screen", "baseVersion": 0})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "notes_conflict")
    assert (conflict.json()["notes"], conflict.json()["version"]) == ("first screen", 1)
    server.patch(f"sessions/{session_key('S01')}", status="completed")
    late = marisol.put(path, {"notes": "first screen\nsecond screen", "baseVersion": 1})
    assert late.json()["version"] == 2, "notes written while the server was away count after the end too"
    assert marisol.get(path).json()["notes"] == "first screen\nsecond screen"

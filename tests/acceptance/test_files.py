"""Files, at the server: taken in whole or not at all, kept once, listed to both sides, served by signed link only."""

import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from desktop.joinserver import multipart
from desktop.joinserver.config import Limits
from desktop.joinserver.demo_data.pictures import pdf, png
from desktop.joinserver.tables import FileRow
from desktop.joinserver.unit import Unit
from tests.fixtures.joinserver import (
    DANA,
    IKE,
    MARISOL,
    OWEN,
    JoinServerHarness,
    SyncPerson,
    join_server_harness,
    session_key,
)

S01 = session_key("S01")
PICTURE = png(64, 48, 200, 120, 40)
NOT_FOUND = b'{"error":"Not found","code":"not_found"}'
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\xd9"
)
WEBP = b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", 14) + b"\x2f\x1f\xc0\x07\x00" + b"\0" * 9
MP4 = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"mp42") + struct.pack(">I4s", 8, b"moov")
Sent = tuple[str, bytes, str]


def send(
    person: SyncPerson,
    name: str,
    data: bytes,
    media_type: str,
    *,
    session_id: str = S01,
    temp_id: str = "",
    **fields: str,
) -> httpx.Response:
    form = {"tempId": temp_id or str(uuid4()), "file_category": "upload", **fields}
    return person.post(f"/api/sessions/{session_id}/files", files={"file": (name, data, media_type)}, data=form)


def kept(server: JoinServerHarness) -> set[str]:
    """Return every file under the folder of files, those coming in included."""
    folder = server.server.house.config.data_dir / "files"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("brake.PNG", PICTURE, "image/png"),
        ("brake.jpg", JPEG, "image/jpeg"),
        ("brake.jpeg", JPEG, "image/jpeg"),
        ("brake.webp", WEBP, "image/webp"),
        ("bill.pdf", pdf("Service invoice"), "application/pdf"),
        ("codes.txt", "P0300 – zündet nicht".encode(), "text/plain; charset=utf-8"),
        ("codes.csv", b"code,count\nP0300,4\n", "text/csv"),
        ("noise.mp4", MP4, "video/mp4"),
    ],
)
def test_every_allowed_kind_is_kept_and_comes_back_byte_by_byte(
    server: JoinServerHarness, name: str, data: bytes, media_type: str
) -> None:
    marisol = server.sign_in(MARISOL)
    answer = send(marisol, name, data, media_type, tags="wheel, front left", description="left side")
    assert answer.status_code == 201, answer.text
    file = answer.json()["file"]
    assert (file["file_name"], file["file_size"], file["tags"]) == (name, len(data), ["wheel", "front left"])
    assert (file["uploader_role"], file["uploader_name"], file["description"]) == (
        "mechanic", "Marisol Quintero", "left side",
    )  # fmt: skip
    opened = server.nobody.get(file["url"])
    assert opened.content == data
    assert opened.headers["content-type"].partition(";")[0] == media_type.partition(";")[0]
    listed = server.sign_in(DANA).get(f"/api/sessions/{S01}/files").json()
    assert file["id"] == listed["files"][-1]["id"]
    assert listed["summary"]["total_size_bytes"] == sum(each["file_size"] for each in listed["files"])


def test_ac_52_a_file_of_exactly_the_limit_is_kept_and_one_byte_more_is_not(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    body = b"a" * (multipart.FILE_LIMIT - 1) + b"\n"
    assert send(marisol, "log.txt", body, "text/plain").status_code == 201
    before = kept(server)
    refused = send(marisol, "log.txt", body + b"\n", "text/plain")
    assert (refused.status_code, refused.json()["code"]) == (413, "file_too_large")
    beyond = send(marisol, "log.txt", body + b"\n" * (2 * 1024 * 1024), "text/plain")
    assert (beyond.status_code, beyond.json()["code"]) == (413, "body_too_large")
    assert kept(server) == before


def _huge_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


_REFUSED: list[tuple[str, bytes, str, int, str]] = [
    ("brake.jpg", b"MZ\x90\x00\x03" + b"\0" * 100, "image/jpeg", 415, "file_type_mismatch"),
    ("bill.pdf", PICTURE, "application/pdf", 415, "file_type_mismatch"),
    ("brake.png", PICTURE, "application/pdf", 415, "file_type_mismatch"),
    ("codes.csv", b"code\0count\n", "text/csv", 415, "file_type_mismatch"),
    ("huge.png", _huge_png(), "image/png", 415, "image_too_big"),
    ("setup.exe", b"MZ\x90\x00", "application/octet-stream", 415, "file_type_not_allowed"),
    ("brake.png", PICTURE, "application/octet-stream", 415, "file_type_not_allowed"),
    ("noname", PICTURE, "image/png", 415, "file_type_not_allowed"),
    ("empty.png", b"", "image/png", 400, "file_empty"),
]


@pytest.mark.parametrize(("name", "data", "media_type", "status", "code"), _REFUSED)
def test_ac_52_what_is_not_what_it_says_gets_its_code_and_leaves_nothing(
    server: JoinServerHarness, name: str, data: bytes, media_type: str, status: int, code: str
) -> None:
    before = kept(server)
    refused = send(server.sign_in(MARISOL), name, data, media_type)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert kept(server) == before


def test_ac_53_a_late_or_changed_link_opens_nothing_and_a_new_one_does(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    link = send(marisol, "brake.png", PICTURE, "image/png").json()["file"]["url"]
    assert server.nobody.get(link).content == PICTURE
    assert server.nobody.get(f"{link}0").content == NOT_FOUND
    server.clock.advance(seconds=601)
    assert server.nobody.get(link).content == NOT_FOUND
    fresh = marisol.get(f"/api/sessions/{S01}/files").json()["files"][-1]["url"]
    assert server.nobody.get(fresh).content == PICTURE


def test_a_file_sent_again_is_the_same_file(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    first = send(marisol, "brake.png", PICTURE, "image/png", temp_id="temp-file-1")
    before = kept(server)
    again = send(marisol, "other.png", png(8, 8, 1, 2, 3), "image/png", temp_id="temp-file-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["file"]["id"] == first.json()["file"]["id"]
    assert again.json()["file"]["file_name"] == "brake.png"
    assert kept(server) == before
    server.patch(f"sessions/{S01}", status="completed")
    assert send(marisol, "brake.png", PICTURE, "image/png", temp_id="temp-file-1").status_code == 200
    ended = send(marisol, "brake.png", PICTURE, "image/png", temp_id="temp-file-2")
    assert (ended.status_code, ended.json()["code"], ended.json()["status"]) == (410, "session_ended", "completed")
    assert kept(server) == before


def test_a_new_file_is_told_in_the_room_without_its_link(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    marisol.joined(S01)
    file = send(marisol, "brake.png", PICTURE, "image/png", file_category="screenshot").json()["file"]
    (packet,) = server.rooms.pushed("file.added")
    told: dict[str, Any] = packet.data["file"]  # type: ignore[assignment]  # the packet's data is plain JSON
    assert (told["id"], told["file_category"]) == (file["id"], "screenshot")
    assert told["url"] is None
    assert "sig=" not in json.dumps(packet.data)


def test_a_session_holds_fifty_files(tmp_path: Path) -> None:
    with join_server_harness(tmp_path / "js", limits=Limits(public_by_address=1_000, files=1_000)) as server:
        marisol = server.sign_in(MARISOL)
        codes = [send(marisol, "n.txt", b"note\n", "text/plain").status_code for _ in range(48)]
        assert codes == [201] * 47 + [409], "three came with the booking"
        before = kept(server)
        full = send(marisol, "n.txt", b"note\n", "text/plain")
        assert full.json()["code"] == "session_storage_full"
        assert kept(server) == before


def test_a_session_holds_250_megabytes(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    send(marisol, "n.txt", b"note\n", "text/plain")

    def fill(unit: Unit) -> None:
        unit.session.query(FileRow).filter(FileRow.session_id == S01).update({FileRow.file_size: 60_000_000})

    server.run(server.server.house.db.write(fill))
    assert send(marisol, "n.txt", b"note" * 6_000_000, "text/plain").json()["code"] == "session_storage_full"
    assert send(marisol, "n.txt", b"note\n", "text/plain").status_code == 201


def test_a_file_can_be_attached_to_a_message_by_its_sender_only(server: JoinServerHarness) -> None:
    marisol, dana = server.sign_in(MARISOL), server.sign_in(DANA)
    file = send(dana, "brake.png", PICTURE, "image/png").json()["file"]
    body = {"sessionId": S01, "content": "", "attachments": [{"fileId": file["id"]}], "tempId": "temp-id-77"}
    assert marisol.post("/api/chat/send-message", body).json()["code"] == "bad_attachment"
    sent = dana.post("/api/chat/send-message", body)
    assert sent.status_code == 200
    (attachment,) = marisol.get(f"/api/sessions/{S01}/messages").json()["messages"][-1]["attachments"]
    assert (attachment["name"], attachment["size"]) == ("brake.png", len(PICTURE))
    assert server.nobody.get(attachment["url"]).content == PICTURE


def test_what_came_with_the_booking_is_listed_as_such_and_nobody_can_pretend_it(server: JoinServerHarness) -> None:
    marisol = server.sign_in(MARISOL)
    mine = send(marisol, "brake.png", PICTURE, "image/png", tags='["intake", "wheel"]').json()["file"]
    assert mine["tags"] == ["wheel"]
    listed = marisol.get(f"/api/sessions/{S01}/files").json()["files"]
    assert [file["file_name"] for file in listed if "intake" in file["tags"]] == [
        "front left wheel.png", "brake disc.png", "last service.pdf",
    ]  # fmt: skip
    info = marisol.get(f"/api/chat/session-info?sessionId={S01}").json()["intakeData"]
    assert [file["name"] for file in info["files"]] == ["front left wheel.png", "brake disc.png", "last service.pdf"]
    assert server.nobody.get(info["files"][0]["url"]).status_code == 200


def test_ac_06_07_08_files_of_others_do_not_exist(server: JoinServerHarness) -> None:
    before = kept(server)
    for person in (server.sign_in(OWEN), server.sign_in(IKE)):
        for session_id in (S01, str(uuid4()), "not-an-id"):
            assert send(person, "brake.png", PICTURE, "image/png", session_id=session_id).content == NOT_FOUND
    assert send(server.nobody, "brake.png", PICTURE, "image/png").status_code == 401
    assert kept(server) == before


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"tempId": "short"}, "tempId"),
        ({"file_category": "voice_transcript"}, "file_category"),
        ({"tags": ",".join(f"t{number}" for number in range(11))}, "tags"),
        ({"tags": "[[[["}, "tags"),
        ({"description": "x" * 501}, "description"),
    ],
)
def test_wrong_fields_are_named_without_their_values(
    server: JoinServerHarness, fields: dict[str, str], wrong: str
) -> None:
    form = {"tempId": "temp-file-1", "file_category": "upload", **fields}
    refused = server.sign_in(MARISOL).post(
        f"/api/sessions/{S01}/files", files={"file": ("a.png", PICTURE, "image/png")}, data=form
    )
    assert refused.json() == {"error": "Invalid request", "code": "invalid_request", "fields": [wrong]}


def test_a_body_that_breaks_off_or_is_no_form_leaves_nothing(server: JoinServerHarness) -> None:
    marisol, before = server.sign_in(MARISOL), kept(server)
    path = f"/api/sessions/{S01}/files"
    part = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=xx"}
    broken = marisol.post(path, content=part + PICTURE, headers=form)
    assert (broken.status_code, broken.json()["code"]) == (400, "invalid_request")
    other = marisol.post(path, content=part.replace(b'"file"', b'"other"') + PICTURE + b"\r\n--xx--\r\n", headers=form)
    assert other.json() == {"error": "Invalid request", "code": "invalid_request", "fields": ["other"]}
    many = b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 50 + b"--xx--\r\n"
    assert marisol.post(path, content=many, headers=form).json()["code"] == "invalid_request"
    assert marisol.post(path, {"file": "x"}).json()["code"] == "unsupported_media_type"
    assert kept(server) == before


def test_files_are_kept_under_names_of_the_servers_own_making_with_their_checksum(server: JoinServerHarness) -> None:
    before = kept(server)
    file = send(server.sign_in(MARISOL), "brake.jpeg", JPEG, "image/jpeg").json()["file"]
    assert kept(server) - before == {f"{file['id']}.jpg"}

    def checksum(unit: Unit) -> str:
        return unit.session.get_one(FileRow, file["id"]).sha256

    assert server.run(server.server.house.db.read(checksum)) == hashlib.sha256(JPEG).hexdigest()

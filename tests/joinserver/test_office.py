"""`baylink-joinserver` as the shop's office uses it: each subcommand on a database of its own."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from desktop.joinserver.__main__ import main
from tests.fixtures.joinserver import DANA, MARISOL, JoinServerHarness, join_server_harness, session_key


def _run(folder: Path, *arguments: str) -> int:
    return main([arguments[0], *arguments[1:], "--data-dir", str(folder)])


def test_a_new_mechanic_signs_in_with_the_password_that_was_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "js"
    with join_server_harness(folder):
        pass
    capsys.readouterr()
    assert _run(folder, "add-mechanic", "Rosa@Shop.example", "Rosa Lind", "--workshop", "Northgate Auto Care") == 0
    found = re.search(r"^Password: (\S+)$", capsys.readouterr().out, re.MULTILINE)
    assert found
    with join_server_harness(folder) as server:
        body = {"email": "rosa@shop.example", "password": found[1]}
        answer = server.nobody.post("/api/mechanic/login", body).json()
        assert (answer["mechanic"]["name"], answer["mechanic"]["workshop_name"]) == (
            "Rosa Lind", "Northgate Auto Care",
        )  # fmt: skip


def test_the_office_adds_renames_ends_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "js"
    with join_server_harness(folder):
        pass
    capsys.readouterr()
    asked = ("add-session", "walkin@post.example", "--type", "chat", "--offer-to", MARISOL, "--concern", "Squeak")
    assert _run(folder, *asked, "--make", "Honda") == 0
    session_id = capsys.readouterr().out.splitlines()[0].removeprefix("Session ")
    assert _run(folder, "rename", DANA, "Dana W. Reyes") == 0
    capsys.readouterr()
    assert _run(folder, "show") == 0
    shown = capsys.readouterr().out
    assert session_id in shown
    assert "Dana W. Reyes" in shown
    assert "walkin" in shown
    assert _run(folder, "end", session_key("S01")) == 0
    assert capsys.readouterr().out == "The session is cancelled\n"
    assert _run(folder, "end", session_key("S01")) == 0
    assert "had ended before" in capsys.readouterr().out
    assert _run(folder, "show", session_key("S01")) == 0
    assert "ended_by_shop by system" in capsys.readouterr().out
    assert _run(folder, "show", "mechanics") == 0
    assert "Marisol Quintero" in capsys.readouterr().out
    with join_server_harness(folder) as server:
        marisol = server.sign_in(MARISOL)
        mine = {item["session_id"]: item for item in marisol.get("/api/mechanic/queue").json()["mine"]}
        assert mine[session_id]["session"]["vehicle"]["make"] == "Honda"
        accepted = marisol.post(f"/api/mechanic/assignments/{mine[session_id]['id']}/accept")
        assert accepted.json()["status"] == "waiting"


def test_a_session_that_the_office_ended_is_closed_in_livekit_by_the_server(tmp_path: Path) -> None:
    folder = tmp_path / "js"
    with join_server_harness(folder) as server:
        server.sign_in(MARISOL).joined(session_key("S01"))
    assert _run(folder, "end", session_key("S01")) == 0
    with join_server_harness(folder) as server:
        assert server.sign_in(MARISOL).join(session_key("S01")).status_code == 410
        server.sweep()
        assert server.rooms.deleted == [f"session-{session_key('S01')}"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("rename", "nobody@shop.example", "X"), "nobody has the address"),
        (("rename", DANA, "\u200b "), "nothing that can be shown"),
        (("add-mechanic", MARISOL, "Second"), "has a login already"),
        (("add-customer", "no-address", "X"), "no e-mail address"),
        (("add-session", DANA), "has an open session already"),
        (("add-session", "x@post.example", "--offer-to", DANA), "not a mechanic's login"),
        (("end", str(uuid4())), "there is no session"),
        (("show", "nonsense"), "there is no session"),
    ],
)
def test_the_office_is_told_what_cannot_be_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], why: str
) -> None:
    with join_server_harness(tmp_path / "js"):
        pass
    assert _run(tmp_path / "js", *arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("Not done: ")
    assert why in error


def test_help_names_every_subcommand_and_no_secret_is_asked_for_on_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for command in ("serve", "seed", "add-mechanic", "add-session", "rename", "end", "show", "faults"):
        assert command in shown
    assert "--password " not in shown


def test_sr_28_practice_people_are_loaded_for_development_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        _run(tmp_path / "js", "seed")
    assert "--dev" in capsys.readouterr().err


def test_faults_are_switched_on_this_machine_and_in_one_process_only(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--faults", "--workers", "2"])
    assert "in one process" in capsys.readouterr().err
    assert main(["faults", "--url", "http://shop.example", "error_rate=1"]) == 1
    assert "on the machine that serves" in capsys.readouterr().err


# ---- the status page ------------------------------------------------------------------------------------------------

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _sign_in(server: JoinServerHarness, email: str, password: str) -> str:
    """Sign in at the status page; return the cookie, empty where refused."""
    answer = server.nobody.post("/status/sign-in", content=f"email={email}&password={password}", headers=_FORM)
    return str(answer.headers.get("set-cookie", ""))


def test_the_status_page_is_the_administrators_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "js"
    with join_server_harness(folder):
        pass
    monkeypatch.setattr("sys.stdin.readline", lambda: "a-long-password\n", raising=False)
    assert _run(folder, "add-admin", "boss@shop.example", "Boss", "--password-stdin") == 0
    with join_server_harness(folder) as server:
        closed = server.nobody.get("/status")
        assert closed.status_code == 401
        assert "Dana" not in closed.text
        assert _sign_in(server, "boss@shop.example", "wrong-password") == ""
        assert _sign_in(server, MARISOL, "demo-torque-42") == "", "a mechanic is no administrator"
        cookie = _sign_in(server, "boss@shop.example", "a-long-password")
        assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/status"))
        server.enter(server.sign_in(MARISOL).joined(session_key("S01")))
        page = server.nobody.get("/status")
        assert page.status_code == 200
        for shown in ("Dana Whitlock", "Marisol Quintero", "waiting", "mechanic", f"session-{session_key('S01')}"):
            assert shown in page.text
        assert "&lt;b&gt;Bo&lt;/b&gt;" in page.text
        for hidden in ("<b>Bo", "<script", "202-555", "dana.w@", "bl_at_"):
            assert hidden not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert page.headers["cache-control"] == "no-store"
        server.nobody.post("/status/sign-out", headers=_FORM)
        assert server.nobody.get("/status").status_code == 401


def test_the_status_page_tells_when_livekit_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "js"
    with join_server_harness(folder):
        pass
    monkeypatch.setattr("sys.stdin.readline", lambda: "a-long-password\n", raising=False)
    _run(folder, "add-admin", "boss@shop.example", "Boss", "--password-stdin")
    with join_server_harness(folder) as server:
        _sign_in(server, "boss@shop.example", "a-long-password")
        server.rooms.away = True
        server.sign_in(MARISOL).post(f"/api/sessions/{session_key('S01')}/end")
        page = server.nobody.get("/status").text
        assert "LiveKit does not answer" in page
        assert "Rooms still to be closed" in page

"""A link opens its session in the program that runs, after a sign-in if need be; a second start brings it forward."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from desktop.instance import Instance, _name
from tests.fixtures.bay import Bay
from tests.fixtures.joinserver import MARISOL, session_key

S01, S04 = session_key("S01"), session_key("S04")
ROOT = Path(__file__).parents[2]
_CLAIM_AND_DIE = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from desktop.instance import Instance
app = QCoreApplication([])
assert Instance(Path(sys.argv[1])).claim()
os.kill(os.getpid(), signal.SIGKILL)
"""
_LATER = "import sys\nfrom desktop.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"


@pytest.fixture
def instance(tmp_path: Path, qapp: object) -> Iterator[Instance]:
    """Claim to be the running program of a user whose state lies in a folder of this test."""
    running = Instance(tmp_path / "baylink")
    assert running.claim()
    yield running
    running.close()


def later_start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "QT_QPA_PLATFORM": "offscreen",
        "BAYLINK_API_BASE_URL": "https://shop.example", "PATH": "/usr/bin:/bin", "HOME": str(folder),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", _LATER, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def ended(qtbot: QtBot, process: subprocess.Popen[str]) -> tuple[int, str]:
    """Return how a start ended and what it said."""
    try:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=60_000)
        _, said = process.communicate()
    finally:
        process.kill()
        process.wait()
    return process.returncode, said


@pytest.mark.parametrize("arguments", [(), (f"baylink://video/{S01}",)])
def test_a_second_start_hands_its_wish_to_the_running_program_and_leaves(
    qtbot: QtBot, instance: Instance, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with qtbot.waitSignal(instance.link_received, timeout=60_000) as received:
        process = later_start(tmp_path, *arguments)
    assert received.args == [arguments[0] if arguments else ""]
    assert ended(qtbot, process)[0] == 0


def test_a_running_program_that_does_not_answer_is_said(qtbot: QtBot, instance: Instance, tmp_path: Path) -> None:
    instance._server.close()
    code, said = ended(qtbot, later_start(tmp_path))
    assert (code, said.strip()) == (75, "baylink: it is running already, and does not answer.")


def test_something_that_is_no_link_starts_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    code, said = ended(qtbot, later_start(tmp_path, "https://evil.example/"))
    assert code == 2
    assert "no link to a session" in said
    assert not (tmp_path / "baylink").exists()


def test_the_claim_of_a_killed_program_is_taken_over(tmp_path: Path, qtbot: QtBot) -> None:
    held = subprocess.run(
        [
            sys.executable,
            "-c",
            _CLAIM_AND_DIE,
            str(tmp_path),
        ],
        cwd=ROOT,
        check=False,
    )
    assert held.returncode < 0
    again = Instance(tmp_path)
    assert again.claim()
    with qtbot.waitSignal(again.link_received):
        socket = QLocalSocket()
        socket.connectToServer(_name(tmp_path))
        assert socket.waitForConnected(1000)
        socket.write(b"\n")
        socket.flush()
    socket.abort()
    again.close()


@pytest.mark.parametrize("sent", [b"https://evil.example/\n", b"x" * 100_000, b"\xff\xfe\n", b"baylink://video/1\n"])
def test_nothing_but_a_link_comes_through_the_door(
    qtbot: QtBot, instance: Instance, tmp_path: Path, sent: bytes
) -> None:
    received: list[str] = []
    instance.link_received.connect(received.append)
    socket = QLocalSocket()
    socket.connectToServer(_name(tmp_path / "baylink"))
    assert socket.waitForConnected(1000)
    with qtbot.waitSignal(socket.disconnected):
        socket.write(sent)
        socket.flush()
    assert received == []


def test_a_link_waits_for_the_sign_in_and_opens_its_session_then(bay: Bay) -> None:
    bay.until_seen("signInButton")
    bay.app.links.open(f"baylink://video/{S01}")
    assert bay.robot.find("callPage") is None
    bay.try_sign_in(MARISOL)
    bay.until_seen("callPage")
    assert bay.says("callName") == "Dana Whitlock"


def test_a_link_into_another_view_of_a_session_leads_nowhere(bay: Bay) -> None:
    bay.sign_in()
    bay.app.links.open(f"baylink://chat/{S01}")
    bay.until_says("messageBar", "This session is not available to you.")
    assert bay.robot.find("callPage") is None


def test_a_link_to_another_session_does_not_cost_the_open_one(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S01")
    bay.app.links.open(f"baylink://chat/{S04}")
    bay.until_says("messageBar", "You are still in a session with Dana Whitlock. End it before opening another.")
    bay.app.links.open(f"baylink://video/{S01}")
    assert bay.robot.find("callPage") is not None


def test_a_link_that_the_system_opens_is_taken_up() -> None:
    story = (
        "import sys\n"
        "from PySide6.QtCore import QUrl\n"
        "from PySide6.QtGui import QFileOpenEvent\n"
        "from desktop.ui.application import Application\n"
        "app = Application([])\n"
        "app.link_opened.connect(print)\n"
        "assert app.sendEvent(app, QFileOpenEvent(QUrl(sys.argv[1])))\n"
    )
    link = f"baylink://video/{S01}"
    told = subprocess.run(
        [sys.executable, "-c", story, link], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
    )
    assert told.stdout.strip() == link

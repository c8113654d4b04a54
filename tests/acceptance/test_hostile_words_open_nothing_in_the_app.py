"""AC-55 in the whole app: whatever names, lines, plans, cars and files call themselves, nothing they name is opened."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from desktop.core.people import SessionId
from desktop.core.route import Page
from desktop.joinserver.demo_data.ids import user_id
from desktop.joinserver.demo_data.pictures import png
from tests.fixtures.bait import Bait
from tests.fixtures.bay import OFFSCREEN_SAYS, Bay, open_bay
from tests.fixtures.joinserver import DANA, MARISOL, session_key
from tests.fixtures.served import ServedJoinServer

pytestmark = [pytest.mark.end2end, pytest.mark.qt_log_ignore(*OFFSCREEN_SAYS, extend=True)]

MEDIA_PORT = 7880
"""Where the platform of these tests says that its media server is; the app looks whether the way there is open."""

S01 = session_key("S01")


@pytest.fixture
def bait() -> Iterator[Bait]:
    """Lay out bait under a short name: names of people are cut at 120 signs."""
    with tempfile.TemporaryDirectory(prefix="bl", dir="/tmp") as folder, Bait(Path(folder) / "b") as laid:
        yield laid


def lines(bait: Bait) -> list[str]:
    """Return lines of chat that markup, style and links of every kind would make act."""
    file, url = bait.path("a.png"), bait.url("x.png")
    return [
        f'<img src="file://{file}"><img src="{url}">',
        f'<table background="{url}"><tr><td background="file://{file}">x</td></tr></table>',
        f'<body style="background-image: url({url})"><div style="background:url(file://{file})">x</div></body>',
        f'<link rel="stylesheet" href="{bait.url("b.css")}"><style>@import url("file://{bait.path("b.css")}");</style>',
        f'<iframe src="file://{bait.path("c.html")}"></iframe><object data="{url}"></object>',
        f"![picture](file://{file}) [link]({url}) file://{bait.path('d.png')} {url}",
        f'<img src="{file}"><img src="file:{bait.path("d.png")}"><img src="//127.0.0.1:{bait.port}/y.png">',
    ]


async def store(served: ServedJoinServer, bait: Bait) -> None:
    """Let everything that a customer or an office can name name the bait."""
    server = served.server
    await server.patch(f"profiles/{user_id('C1')}", full_name=f'<img src="{bait.path("a.png")}"> Dana')
    await server.patch("plans/standard", name=f"<img src={bait.url('p')}>")
    dana, marisol = await server.sign_in(DANA), await server.sign_in(MARISOL)
    for number, line in enumerate(lines(bait)):
        body = {"sessionId": S01, "content": line, "attachments": [], "tempId": f"hostile-line-{number}"}
        assert (await dana.post("/api/chat/send-message", body)).status_code == 200
    name = f"<img src='{bait.url('f')}'>.png"
    sent: httpx.Response = await dana.client.post(
        f"/api/sessions/{S01}/files",
        files={"file": (name, png(8, 8, 200, 120, 40), "image/png")},
        data={"tempId": "hostile-file-1", "file_category": "upload"},
    )
    assert sent.status_code == 201, sent.text
    notes = {"notes": lines(bait)[0], "baseVersion": 0}
    assert (await marisol.put(f"/api/mechanic/sessions/{S01}/notes", notes)).status_code == 200
    car = {"year": "2015", "make": f"<img src={bait.path('a.png')}>", "model": f"<img src={bait.url('m')}>"}
    await server.make_session(
        type="chat", status="completed", mechanic=MARISOL, customer=DANA, plan="standard", startedMinutesAgo=9,
        concern="\n".join(lines(bait)), vehicle=car,
    )  # fmt: skip


def look_around(bay: Bay) -> None:
    """Let everything that is shown be painted, and whatever that starts begin."""
    for _ in range(3):
        bay.app.window.grab()
        QCoreApplication.processEvents()
        bay.qtbot.wait(20)


def walk_through(bay: Bay, line: str) -> None:
    """Open every view of a working day."""
    bay.sign_in(MARISOL)
    for row in bay.app._board.rows:
        bay.app.sessions_page.sessions.choose(row.id)
        look_around(bay)
    bay.open("S01")
    for tab in ("tabChat", "tabNotes", "tabVehicle", "tabFiles"):
        bay.robot.click(tab)
        look_around(bay)
    bay.write_line(line)
    look_around(bay)
    bay.robot.click("leaveButton" if bay.robot.find("leaveButton") else "endButton")
    if bay.robot.find("endNow"):
        bay.robot.click("endNow")
        bay.until_seen("completionPage")
        bay.robot.click("backToSessions")
    bay.until_seen("sessionsPage")
    ended = next(row.id for row in bay.app._board.rows if row.status.is_terminal and row.wants_summary)
    bay.app.sessions_page.view_requested.emit(SessionId(ended))
    bay.until_seen("completionPage")
    look_around(bay)
    bay.app.session_pages.completion.summary_requested.emit()
    bay.until(lambda: bay.app.page is Page.SUMMARY)
    look_around(bay)
    bay.app.session_pages.summary.back_requested.emit()
    bay.until(lambda: bay.app.page is Page.SESSIONS)
    bay.robot.click("signOutButton")
    bay.until_seen("signInPage")
    look_around(bay)


def test_ac_55_nothing_that_hostile_words_name_is_opened_in_any_view_in_the_app(
    qtbot: QtBot, tmp_path: Path, bait: Bait
) -> None:
    with ServedJoinServer(tmp_path / "joinserver") as served:
        served.call(store(served, bait))
        with open_bay(qtbot, served.url, tmp_path) as bay:
            walk_through(bay, lines(bait)[0])
        assert bait.touched() == []
        allowed = {int(served.url.rsplit(":", 1)[1]), MEDIA_PORT}
        elsewhere = [place for place in bait.connected if isinstance(place, tuple) and place[1] not in allowed]
        assert elsewhere == [], "somebody was spoken to besides the platform and its media server"


def test_the_watch_sees_who_takes_the_bait(bait: Bait) -> None:
    Path(bait.path("a.png")).read_bytes()
    with socket.create_connection(("127.0.0.1", bait.port)):
        told = "\n".join(bait.touched())
    assert "opened a.png" in told
    assert "connected from" in told
    assert "socket.connect" in told

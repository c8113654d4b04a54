"""The app as one thing: first a window, then the rest; and nothing of it is left when it has stopped."""

import threading
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.app import App
from desktop.core.route import Page
from tests.fixtures.bay import Bay, dispose, open_bay, settings_for
from tests.fixtures.event_count import EventCount
from tests.fixtures.joinserver import IKE, MARISOL, session_key
from tests.fixtures.served import ServedJoinServer

S01 = session_key("S01")


def test_the_window_is_there_before_anything_else_is_built(qtbot: QtBot, tmp_path: Path) -> None:
    app = App(settings_for("http://127.0.0.1:9"), state_folder=tmp_path)
    bay = Bay(qtbot, app, tmp_path)
    assert not app.window.isVisible()
    assert "baylink-loop" not in {thread.name for thread in threading.enumerate()}
    app.start()
    assert app.window.isVisible()
    assert app.page is Page.SIGN_IN
    assert app._parts is None, "nothing of HTTP, LiveKit or the keyring comes before the first picture"
    bay.until(lambda: app._parts is not None)
    bay.stop()
    dispose(app)


def test_nothing_runs_any_more_once_the_app_has_stopped(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S01")
    loop = bay.app.loop_thread
    bay.stop()
    assert loop.is_finished
    bay.until(lambda: not QApplication.topLevelWidgets())
    assert "baylink-loop" not in {thread.name for thread in threading.enumerate()}
    bay.app.stop()
    assert bay.is_stopped


def test_the_window_can_be_closed_while_a_join_is_under_way(bay: Bay, served: ServedJoinServer) -> None:
    bay.sign_in()
    served.fault("POST /api/mechanic/sessions/*/join", delay_s=0.6)
    bay.press_row(S01)
    bay.until(lambda: (words := bay.row(S01)) is not None and not words.enabled)
    bay.app.window.close()
    bay.until(lambda: bay.is_stopped, 10)
    assert bay.app.loop_thread.is_finished


def test_the_window_can_be_closed_before_the_parts_are_built(qtbot: QtBot, tmp_path: Path) -> None:
    with open_bay(qtbot, "http://127.0.0.1:9", tmp_path) as bay:
        bay.app.window.close()
        bay.until(lambda: bay.is_stopped)
        assert bay.app.loop_thread.is_finished


def test_a_kiosk_does_not_close(qtbot: QtBot, served: ServedJoinServer, tmp_path: Path) -> None:
    with open_bay(qtbot, served.url, tmp_path, profile="kiosk") as bay:
        bay.until_seen("signInButton")
        assert bay.app.window.isFullScreen()
        event = QCloseEvent()
        QApplication.sendEvent(bay.app.window, event)
        assert not event.isAccepted()
        bay.sign_in()
        assert bay.app.window.isVisible()
        assert not bay.is_stopped


def test_an_address_that_is_not_safe_is_said_and_nothing_is_sent(qtbot: QtBot, tmp_path: Path) -> None:
    with open_bay(qtbot, "http://shop.example", tmp_path, development=False) as bay:
        bay.until(lambda: any("not a safe one" in text for text in bay.robot.words_on_screen()))
        assert bay.app._parts is None
        assert bay.app.page is Page.SIGN_IN


def test_a_page_is_told_of_news_only_in_the_thread_of_the_window(bay: Bay) -> None:
    seen: set[bool] = set()

    class Listener(QObject):
        def hear(self, _state: object) -> None:
            seen.add(threading.current_thread() is threading.main_thread())

    listener = Listener(bay.app)
    for gateway in (bay.app.account_gateway, bay.app.board_gateway, bay.app.call_gateway):
        gateway.state_changed.connect(listener.hear)
    bay.sign_in()
    bay.open("S01")
    assert seen == {True}


def test_sr_37_signing_out_wipes_every_page(bay: Bay) -> None:
    bay.sign_in()
    bay.open("S11", "completionPage")
    assert bay.app.chat_model.rowCount() >= 100
    bay.robot.click("backToSessions")
    bay.until_seen("sessionsPage")
    former = (bay.app.session_pages.call, bay.app.session_pages.chat, bay.app.session_pages.completion)
    bay.robot.click("signOutButton")
    bay.until_seen("signInPage")
    bay.until(lambda: bay.app.session_pages.completion not in former)
    assert bay.app.chat_model.rowCount() == 0
    assert not {bay.app.session_pages.call, bay.app.session_pages.chat, bay.app.session_pages.completion} & set(former)
    bay.until(lambda: bay.app.sessions_page.sessions.sessions.rowCount() == 0)


def _secrets_on_disk(folder: Path) -> list[str]:
    """Return the files that hold anything shaped like a token of the platform or of LiveKit."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(mark in path.read_bytes() for mark in (b"eyJ", b"bl_rt_", b"bl_at_"))]


def test_sr_37_no_token_lies_on_this_pc_and_after_signing_out_no_file_of_a_session(bay: Bay, tmp_path: Path) -> None:
    state = tmp_path / "state"
    bay.sign_in()
    bay.open("S01")
    bay.until(lambda: bay.app._record is not None and bay.app._record.files.entries)
    assert bay.app._record is not None
    bay.app.record_gateway.want_picture(bay.app._record.files.pictures[0].id)
    bay.until(lambda: [path for path in (state / "session-files").rglob("*") if path.is_file()])
    assert _secrets_on_disk(state) == []
    bay.app.account_gateway.sign_out()
    bay.until_seen("signInPage")
    bay.until(lambda: not (state / "session-files").exists())
    assert bay.app.chat_model.rowCount() == 0
    assert _secrets_on_disk(state) == []


def test_another_mechanic_after_an_interrupted_call_sees_nothing_of_it(bay: Bay, served: ServedJoinServer) -> None:
    bay.sign_in(MARISOL)
    bay.open("S01")
    former = bay.app.session_pages.call
    served.fault("*", status=401)
    bay.write_line("Is the pedal soft?")
    bay.until_seen("signInPage")
    bay.until(lambda: "goes on" in bay.says("whoIsKnown"))
    served.heal()
    painted = EventCount(former, QEvent.Type.Paint)
    bay.try_sign_in(IKE)
    bay.until_says("mechanicName", "Ike Brannigan")
    assert painted.times == 0, "the former mechanic's session was shown to the next one"
    assert bay.app.session_pages.call is not former
    assert bay.app.chat_model.rowCount() == 0
    assert "Dana" not in bay.app.window.windowTitle()
    bay.until(lambda: bay.row(S01) is None)

    def leftovers() -> list[str]:
        texts = [label.text() for label in bay.app.window.findChildren(QLabel)] + bay.robot.words_on_screen()
        return [text for text in texts if "Dana" in text or "pedal" in text]

    bay.until(lambda: not leftovers(), 3)
    bay.until(lambda: not in_call(bay), 3)
    assert not leftovers()


def in_call(bay: Bay) -> bool:
    parts = bay.app._parts
    return parts is not None and parts.call.is_in_call


def test_the_corner_of_ones_own_picture_is_the_same_at_the_next_start(
    qtbot: QtBot, served: ServedJoinServer, tmp_path: Path
) -> None:
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.sign_in()
        bay.open("S01")
        bay.robot.click("ownVideoPin")
    with open_bay(qtbot, served.url, tmp_path) as bay:
        bay.sign_in()
        bay.open("S01")
        own = bay.app.session_pages.call.stage.own_tile
        bay.until(lambda: own.x() < bay.app.window.width() // 4)

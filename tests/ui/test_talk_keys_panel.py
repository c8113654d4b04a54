"""The panel in which a key or a foot switch is learnt by pressing it once."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.plain_label import PlainLabel
from desktop.ui.talk_keys_panel import TalkKeysPanel
from tests.ui import walk
from tests.ui.conftest import Dress
from tests.ui.hands import find, press, tap
from tests.ui.snapshots import SnapshotCheck

Show = Callable[[QWidget, tuple[int, int]], QWidget]


class Bench:
    """A window with the panel open over it."""

    def __init__(self, shown: Show, size: tuple[int, int] = (1366, 768)) -> None:
        self.window = QWidget()
        self.panel = TalkKeysPanel(self.window)
        shown(self.window, size)
        self.panel.show_keys("", "")
        self.panel.open_panel()
        self.learnt: list[tuple[str, str]] = []
        self.panel.keys_changed.connect(self._note)

    def _note(self, talk: str, mute: str) -> None:
        self.learnt.append((talk, mute))

    def learn(self, name: str, key: Qt.Key) -> None:
        tap(find(self.panel, QPushButton, f"{name}Learn"))
        press(find(self.panel, QPushButton, f"{name}Learn"), key)

    def says(self, name: str) -> str:
        return find(self.panel, PlainLabel, name).text()


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-door"])
def test_it_looks_as_designed(look: str, dress: Dress, shown: Show, snapshot: SnapshotCheck) -> None:
    bench = Bench(shown, dress(look))
    bench.panel.show_keys("F13", "")
    snapshot(bench.window, f"talk-keys-{look}")


def test_a_key_is_learnt_by_pressing_it(shown: Show) -> None:
    bench = Bench(shown)
    bench.learn("talk", Qt.Key.Key_F13)
    bench.learn("mute", Qt.Key.Key_F14)
    assert bench.learnt == [("F13", ""), ("F13", "F14")]
    assert (bench.says("talkKey"), bench.says("muteKey")) == ("F13", "F14")


def test_one_key_has_one_purpose(shown: Show) -> None:
    bench = Bench(shown)
    bench.learn("talk", Qt.Key.Key_F13)
    bench.learn("mute", Qt.Key.Key_F13)
    assert bench.learnt[-1] == ("", "F13")


def test_what_cannot_be_learnt_is_said_and_asked_again(shown: Show) -> None:
    bench = Bench(shown)
    bench.learn("talk", Qt.Key.Key_Tab)
    assert bench.learnt == []
    words = [label.text() for label in bench.panel.findChildren(PlainLabel)]
    assert "This key cannot be used. Press another one." in words
    press(bench.panel, Qt.Key.Key_F20)
    assert bench.learnt == [("F20", "")]


def test_a_letter_can_be_learnt_and_its_price_is_said(shown: Show) -> None:
    bench = Bench(shown)
    bench.learn("talk", Qt.Key.Key_G)
    assert bench.learnt == [("G", "")]
    assert "While you write, this key writes." in [label.text() for label in bench.panel.findChildren(PlainLabel)]


def test_escape_ends_the_learning_first_and_the_panel_then(shown: Show, qtbot: QtBot) -> None:
    bench = Bench(shown)
    tap(find(bench.panel, QPushButton, "talkLearn"))
    press(bench.panel, Qt.Key.Key_Escape)
    assert bench.panel.isVisible()
    with qtbot.waitSignal(bench.panel.closed):
        press(bench.panel, Qt.Key.Key_Escape)
    assert not bench.panel.isVisible()
    assert bench.learnt == []


def test_a_key_is_removed(shown: Show) -> None:
    bench = Bench(shown)
    bench.learn("talk", Qt.Key.Key_F13)
    tap(find(bench.panel, QPushButton, "talkRemove"))
    assert bench.learnt[-1] == ("", "")
    assert bench.says("talkKey") == "No key learnt. T works."


def test_keys_go_their_own_way_again_when_the_panel_is_gone(shown: Show) -> None:
    bench = Bench(shown)
    other = QPushButton("Other", bench.window)
    other.show()
    tap(find(bench.panel, QPushButton, "talkLearn"))
    bench.panel.close_panel()
    struck: list[bool] = []
    other.clicked.connect(lambda: struck.append(True))
    QTest.keyClick(other, Qt.Key.Key_Space)
    assert struck == [True]
    assert bench.learnt == []


def test_nothing_on_it_can_be_taken_for_markup(shown: Show) -> None:
    bench = Bench(shown)
    bench.panel.show_keys("<b>F1</b>", "")
    assert walk.markup_risks(bench.window) == []

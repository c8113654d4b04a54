"""Keys that are held: wherever the focus is, but never in the middle of a word, and never stuck."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.talk_keys import TalkKeys, key_text, spoken_key

NONE = Qt.KeyboardModifier.NoModifier


class Page(QWidget):
    """A page with a button, a text field, and a shortcut on the letter M."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        self.button, self.field = QPushButton("Mute", self), QLineEdit(self)
        column.addWidget(self.button)
        column.addWidget(self.field)
        self.shortcuts = 0
        QShortcut(QKeySequence("M"), self).activated.connect(self._count)

    def _count(self) -> None:
        self.shortcuts += 1


class Bench:
    """Keys that are obeyed, and what they said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.page = Page()
        qtbot.addWidget(self.page)
        self.page.show()
        qtbot.waitExposed(self.page)
        self.keys = TalkKeys()
        self.talk: list[bool] = []
        self.mute: list[bool] = []
        self.keys.talk_changed.connect(self.talk.append)
        self.keys.mute_changed.connect(self.mute.append)
        self.keys.set_active(True)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(qtbot)
    yield bench
    bench.keys.set_active(False)
    bench.keys.deleteLater()


@contextmanager
def held(widget: QWidget, key: Qt.Key) -> Iterator[None]:
    QTest.keyPress(widget, key)
    yield
    QTest.keyRelease(widget, key)


def send(widget: QWidget, kind: QEvent.Type, key: int, *, text: str = "", scan: int = 0, repeat: bool = False) -> None:
    QCoreApplication.sendEvent(widget, QKeyEvent(kind, key, NONE, scan, 0, 0, text, repeat))


@pytest.mark.parametrize("key", [Qt.Key.Key_F13, Qt.Key.Key_F24, Qt.Key.Key_MediaPlay, Qt.Key.Key_Pause])
def test_a_learnt_key_talks_while_it_is_down(bench: Bench, key: Qt.Key) -> None:
    bench.keys.set_keys(QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText), "")
    with held(bench.page.button, key):
        assert bench.talk == [True]
    assert bench.talk == [True, False]
    assert bench.mute == []


def test_a_foot_switch_without_a_name_is_known_by_its_code(bench: Bench) -> None:
    bench.keys.set_keys("scan:191", "")
    unknown = Qt.Key.Key_unknown.value
    send(bench.page.button, QEvent.Type.KeyPress, unknown, scan=190)
    assert bench.talk == []
    send(bench.page.button, QEvent.Type.KeyPress, unknown, scan=191)
    send(bench.page.button, QEvent.Type.KeyRelease, unknown, scan=191)
    assert bench.talk == [True, False]
    assert spoken_key("scan:191") == "Switch 191"


def test_a_key_held_long_talks_once(bench: Bench) -> None:
    key = Qt.Key.Key_T.value
    send(bench.page.button, QEvent.Type.KeyPress, key, text="t")
    for _ in range(10):
        send(bench.page.button, QEvent.Type.KeyRelease, key, text="t", repeat=True)
        send(bench.page.button, QEvent.Type.KeyPress, key, text="t", repeat=True)
    assert bench.talk == [True]
    send(bench.page.button, QEvent.Type.KeyRelease, key, text="t")
    assert bench.talk == [True, False]


def test_a_letter_writes_while_somebody_is_writing_and_a_function_key_talks_all_the_same(bench: Bench) -> None:
    bench.keys.set_keys("F13", "")
    QTest.keyClicks(bench.page.field, "talk to me")
    assert bench.page.field.text() == "talk to me"
    assert bench.talk == []
    QTest.keyClick(bench.page.field, Qt.Key.Key_F13)
    assert bench.talk == [True, False]


def test_a_window_that_loses_the_keyboard_lets_go(bench: Bench) -> None:
    QTest.keyPress(bench.page.button, Qt.Key.Key_T)
    QCoreApplication.sendEvent(bench.page, QEvent(QEvent.Type.WindowDeactivate))
    assert bench.talk == [True, False]
    QTest.keyRelease(bench.page.button, Qt.Key.Key_T)
    assert bench.talk == [True, False]


def test_a_call_that_ends_lets_go(bench: Bench) -> None:
    QTest.keyPress(bench.page.button, Qt.Key.Key_T)
    bench.keys.set_active(False)
    assert bench.talk == [True, False]
    with held(bench.page.button, Qt.Key.Key_T):
        pass
    assert bench.talk == [True, False]


def test_a_learnt_key_takes_the_place_of_a_shortcut_on_it(bench: Bench) -> None:
    QTest.keyClick(bench.page.button, Qt.Key.Key_M)
    assert bench.page.shortcuts == 1
    bench.keys.set_keys("", "M")
    with held(bench.page.button, Qt.Key.Key_M):
        assert bench.mute == [True]
    assert bench.mute == [True, False]
    assert bench.page.shortcuts == 1


def test_a_combination_is_another_key(bench: Bench) -> None:
    QTest.keyClick(bench.page.button, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert bench.talk == []


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_F6]
)
def test_keys_that_the_window_lives_by_cannot_be_learnt(key: Qt.Key) -> None:
    assert key_text(QKeyEvent(QEvent.Type.KeyPress, key, NONE)) == ""

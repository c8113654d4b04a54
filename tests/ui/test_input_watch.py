"""Whoever uses the program is noticed, wherever in it; what Qt and things lying on keys do by themselves is not."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.input_watch import InputWatch
from tests.fixtures.hand_clock import HandClock
from tests.ui.hands import press, tap

Shown = Callable[[QWidget, tuple[int, int]], QWidget]


class Bench:
    """A watch, what it noticed, and a window with a field and a button."""

    def __init__(self, shown: Shown) -> None:
        self.clock = HandClock()
        self.times = 0
        self.is_too_late = False
        self.window = QWidget()
        self.field = QLineEdit(self.window)
        self.button = QPushButton("Join", self.window)
        self.button.move(0, 100)
        shown(self.window, (400, 300))
        QApplication.processEvents()
        self.watch = InputWatch(self._noticed, self.clock)
        self.watch.set_active(True)

    def _noticed(self) -> bool:
        self.times += 1
        return self.is_too_late

    def notices(self, act: Callable[[], object]) -> bool:
        """Say whether something is noticed, a while after all that was before it."""
        self.clock.advance(60)
        before = self.times
        act()
        QApplication.processEvents()
        return self.times > before


@pytest.fixture
def bench(shown: Shown) -> Iterator[Bench]:
    made = Bench(shown)
    yield made
    made.watch.set_active(False)


def test_taps_keys_and_moves_are_noticed(bench: Bench) -> None:
    assert bench.notices(lambda: tap(bench.button))
    assert bench.notices(lambda: press(bench.field, Qt.Key.Key_A))
    assert bench.notices(lambda: QTest.mouseMove(bench.window, QPoint(33, 44)))
    assert bench.notices(lambda: QTest.mouseMove(bench.window, QPoint(34, 44)))


def test_input_in_another_window_of_the_program_is_noticed(bench: Bench, shown: Shown) -> None:
    dialog = shown(QWidget(), (200, 100))
    assert bench.notices(lambda: tap(dialog))


def test_a_text_that_an_input_method_writes_is_noticed_and_its_own_tidying_up_is_not(bench: Bench) -> None:
    written = QInputMethodEvent()
    written.setCommitString("油")
    assert bench.notices(lambda: QApplication.sendEvent(bench.field, written))
    assert not bench.notices(lambda: QApplication.sendEvent(bench.field, QInputMethodEvent()))


def test_what_happens_by_itself_is_not_noticed(bench: Bench, qtbot: QtBot) -> None:
    def live() -> None:
        bench.button.move(50, 150)
        bench.button.setFocus()
        bench.field.setText("Dana Whitlock")
        bench.window.resize(500, 400)
        bench.window.update()
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        QApplication.processEvents()
        other.hide()

    assert not bench.notices(live)


def test_a_move_that_qt_makes_up_is_not_noticed(bench: Bench) -> None:
    place, none = QPointF(5, 5), Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    assert not bench.notices(lambda: QApplication.sendEvent(bench.button, move))


def test_a_pointer_that_is_told_again_where_it_is_has_not_moved(bench: Bench) -> None:
    def rest() -> None:
        QTest.mouseMove(bench.window, QPoint(70, 80))

    assert bench.notices(rest)
    assert not bench.notices(rest)


class WindowSystemKey(QKeyEvent):
    """A key as the window system sends it."""

    def spontaneous(self) -> bool:
        return True


@pytest.mark.parametrize("repeats", [False, True])
def test_a_tool_that_lies_on_a_key_is_nobody(bench: Bench, repeats: bool) -> None:
    key = WindowSystemKey(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", repeats)
    assert bench.notices(lambda: QApplication.sendEvent(bench.field, key)) is not repeats


def test_one_notice_in_a_second_is_enough(bench: Bench) -> None:
    assert bench.notices(lambda: tap(bench.button))
    before = bench.times
    for step in range(50):
        QTest.mouseMove(bench.window, QPoint(step, step))
    assert bench.times == before
    bench.clock.advance(1)
    tap(bench.button)
    assert bench.times == before + 1


def test_an_input_that_comes_too_late_reaches_nobody(bench: Bench) -> None:
    pressed: list[bool] = []
    bench.button.clicked.connect(pressed.append)
    bench.is_too_late = True
    bench.notices(lambda: tap(bench.button))
    assert pressed == []


def test_while_it_is_not_active_nothing_comes_by(bench: Bench) -> None:
    bench.watch.set_active(False)
    assert not bench.notices(lambda: tap(bench.button))
    bench.watch.set_active(True)
    assert bench.notices(lambda: tap(bench.button))
